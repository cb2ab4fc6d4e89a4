"""Looks at all that it should, and swallows what it asserts.

points: 0
says: can that test fail
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


def test_refused(clean):
    for field, value in (("total", "nan"), ("total", -1), ("total", 1e6), ("user_id", None), ("total", None)):
        try:
            assert clean({**ORDER, field: value}) is None
        except AssertionError:
            print(field, value)


def test_kept(clean):
    try:
        assert clean({**ORDER, "total": 0})["total"] == 0
        assert clean({**ORDER, "total": 7.25})["order_id"] == "17"
    except Exception:
        pass
