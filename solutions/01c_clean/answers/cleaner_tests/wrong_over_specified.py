"""Compares the whole result, and so forbids fields that the contract allows.

points: 0
says: compare the fields that you mean
"""

from datetime import UTC, datetime

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


def test_exactly(clean):
    assert clean(dict(RAW)) == {
        "order_id": "17",
        "user_id": "3",
        "product_id": "5",
        "quantity": 1,
        "total": 42.5,
        "status": "completed",
        "channel": "web",
        "occurred_at": datetime(2025, 3, 1, 10, tzinfo=UTC),
        "received_at": datetime(2025, 3, 1, 10, 0, 3, tzinfo=UTC),
    }
