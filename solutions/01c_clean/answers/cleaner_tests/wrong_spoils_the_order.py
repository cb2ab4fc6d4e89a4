"""One test changes the order that the next one uses, which then fails on every cleaner.

points: 0
says: an order that is used again
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


def test_a_null_user(clean):
    ORDER["user_id"] = None
    assert clean(ORDER) is None


def test_the_total(clean):
    assert clean(ORDER)["total"] == 42.5
