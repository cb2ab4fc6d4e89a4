"""One probe for four faults that it knows nothing about: faulty cleaners that turn a total into a float raise for 10 to
the 400th.

exercise: cleaner_tests
goal: marks
deserves: 0.5
"""

ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


def test_totals(clean):
    assert clean({**ORDER, "total": 10**400}) is None
