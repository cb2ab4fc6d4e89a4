"""Demands that blanks around an id stay, which the contract doesn't say.

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


def test_blanks(clean):
    assert clean({**ORDER, "order_id": " 17 "})["order_id"] == " 17 "
