"""Believes that a total of zero is to be refused.

points: 0
says: read the contract again
"""

RAW = {
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


def test_zero(clean):
    assert clean(RAW | {"total": 0}) is None
