"""The three tests that everyone writes: a sound order, a missing total, a negative one.

fails: tests totals that are not finite; tests a total of zero; tests very large totals; tests a user that is null; tests times with an offset; tests dates that don't exist
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
    assert clean(RAW)["total"] == 42.5 and clean(RAW)["order_id"] == "17"


def test_none(clean):
    assert clean(RAW | {"total": None}) is None


def test_negative(clean):
    assert clean(RAW | {"total": -1}) is None
