"""Not a number means "abc" to it: nan and infinity are never tried.

fails: tests totals that are not finite
"""


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


def test_totals(clean):
    assert clean(ORDER)["total"] == 42.5
    assert clean({**ORDER, "total": 19.99})["total"] == 19.99
    assert clean({**ORDER, "total": 1e12}) is None
    assert clean({**ORDER, "total": 0}) is not None
    assert clean({**ORDER, "total": -1000}) is None
    assert clean({**ORDER, "total": "abc"}) is None
    assert clean({k: ORDER[k] for k in ORDER if k != "total"}) is None


def test_rest(clean):
    assert clean({**ORDER, "user_id": None}) is None
    assert isinstance(clean(ORDER)["order_id"], str)
    assert clean({**ORDER, "occurred_at": "2025-02-30T12:00:00+02:00"}) is None
    assert clean(ORDER)["occurred_at"].hour == 10


def test_record(clean):
    raw = dict(ORDER)
    clean(raw)
    assert raw == ORDER
