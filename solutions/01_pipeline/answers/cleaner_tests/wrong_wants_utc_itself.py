"""Demands that tzinfo is the object UTC and not another zone that is UTC.

points: 0
"""

from datetime import UTC

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


def test_utc(clean):
    assert clean(ORDER)["occurred_at"].tzinfo is UTC
