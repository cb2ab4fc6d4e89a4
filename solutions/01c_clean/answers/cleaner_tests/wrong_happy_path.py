"""Tests that a sound order comes through, and nothing else.

fails: tests totals that are not finite; tests a total of zero; tests negative totals; tests very large totals; tests a user that is null; tests a total that is missing; tests times with an offset; tests the type of an id; tests dates that don't exist; tests the caller's record
says: passes all your tests
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


def test_a_sound_order(clean):
    assert clean(dict(RAW))["total"] == 42.5
