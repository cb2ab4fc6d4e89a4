"""Tests from a table of cases, made in a loop."""

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

REFUSED = [
    ("total", None),
    ("total", "nan"),
    ("total", -1),
    ("total", 1_000_000),
    ("user_id", None),
    ("occurred_at", "2025-02-31T12:00:00Z"),
]
KEPT = [("total", "3.99", 3.99), ("total", 0, 0.0), ("order_id", 18, "18")]


def test_refused(clean):
    assert [clean(RAW | {field: value}) for field, value in REFUSED] == [None] * len(REFUSED)


def test_kept(clean):
    for field, value, expected in KEPT:
        found = clean(RAW | {field: value})[field]
        assert found == expected and type(found) is type(expected)


def test_moment(clean):
    raw = dict(RAW)
    assert clean(raw)["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert raw == RAW
