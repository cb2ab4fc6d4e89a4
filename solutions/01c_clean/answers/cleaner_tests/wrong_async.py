"""Tests are coroutines, which nobody awaits.

points: 0
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


async def test_total(clean):
    assert clean({**ORDER, "total": -1}) is None
