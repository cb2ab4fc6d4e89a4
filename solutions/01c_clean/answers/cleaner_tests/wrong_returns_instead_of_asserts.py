"""Returns the comparison instead of asserting it, so it can't fail.

fails: tests totals that are not finite; tests a total of zero; tests negative totals; tests very large totals; tests a user that is null; tests a total that is missing; tests times with an offset; tests the type of an id; tests cents; tests dates that don't exist; tests the caller's record
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


def test_total(clean):
    return (
        clean(ORDER)["total"] == 42.5
        and clean({**ORDER, "total": -1}) is None
        and clean({**ORDER, "user_id": None}) is None
    )
