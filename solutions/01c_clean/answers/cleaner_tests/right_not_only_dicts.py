"""Hands over what is no dict, too: a cleaner never raises."""

from datetime import UTC, datetime

ORDER = {
    "order_id": 17,
    "user_id": 3,
    "product_id": 5,
    "quantity": 1,
    "total": "42.50",
    "status": "completed",
    "channel": "web",
    "occurred_at": "2025-03-01T12:00:00+02:00",
    "received_at": "2025-03-01T10:00:03Z",
}


def test_anything_but_a_dict_is_refused(clean):
    assert [clean(raw) for raw in (None, [], "order", 7, {})] == [None] * 5


def test_fields(clean):
    for field in ORDER:
        assert clean({**ORDER, field: None}) is None
    for field in ("order_id", "user_id", "product_id"):
        assert clean(ORDER)[field] == str(ORDER[field])


def test_totals(clean):
    for total in ("nan", float("inf"), -1, 1_000_000):
        assert clean({**ORDER, "total": total}) is None
    assert [clean({**ORDER, "total": total})["total"] for total in (0, "0.25", 7.5)] == [0, 0.25, 7.5]


def test_times(clean):
    assert clean({**ORDER, "occurred_at": "2025-02-30T12:00:00Z"}) is None
    assert clean(ORDER)["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)


def test_the_order_stays_as_it_was(clean):
    raw = dict(ORDER)
    clean(raw)
    assert raw == ORDER
