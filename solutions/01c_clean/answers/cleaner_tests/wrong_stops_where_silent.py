"""Its one test asserts first that a total of 1e3 is refused, where the contract is silent: nothing after it is run.

points: 0
says: about which the contract is silent
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


def test_totals(clean):
    for total in ("1e3", "nan", -1, 1_000_000, None):
        assert clean(RAW | {"total": total}) is None
