"""Has tests of what the contract is silent about, some of which fail on a correct cleaner, beside all that it asks for."""

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


def test_true_is_no_number(clean):
    assert clean(ORDER | {"total": True}) is None


def test_spellings(clean):
    assert clean(ORDER | {"total": "1_000"}) is None
    assert clean(ORDER | {"total": " 7 "}) is None


def test_quantity(clean):
    assert clean(ORDER | {"quantity": "2.0"})["quantity"] == 2
    assert clean(ORDER | {"quantity": 1.5}) is None


def test_order(clean):
    raw = dict(ORDER)
    found = clean(raw)
    assert raw == ORDER and found["order_id"] == "17" and found["total"] == 42.5
    assert found["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)


def test_totals(clean):
    assert clean(ORDER | {"total": 0})["total"] == 0
    for total in (None, "nan", -1, 1_000_000):
        assert clean(ORDER | {"total": total}) is None


def test_others(clean):
    assert clean(ORDER | {"user_id": None}) is None
    assert clean(ORDER | {"occurred_at": "2025-02-30T12:00:00Z"}) is None
