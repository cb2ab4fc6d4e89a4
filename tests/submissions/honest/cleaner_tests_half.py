"""Partly right: good tests of totals, none of ids and times.

exercise: cleaner_tests
deserves: 3.5
"""

ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


def test_text(clean):
    assert clean(dict(ORDER))["total"] == 42.5


def test_zero(clean):
    assert clean({**ORDER, "total": 0})["total"] == 0


def test_refused(clean):
    for total in (-1, "-1", float("nan"), float("inf"), 1_000_000, None, "", "much"):
        assert clean({**ORDER, "total": total}) is None, total


def test_missing(clean):
    assert clean({field: value for field, value in ORDER.items() if field != "total"}) is None
