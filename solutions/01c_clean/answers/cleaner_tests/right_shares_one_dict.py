"""Copies nothing: changes one dict and restores it, tests the caller's record last."""

from datetime import UTC, datetime

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


def given(clean, field, value):
    old = ORDER[field]
    ORDER[field] = value
    try:
        return clean(dict(ORDER))
    finally:
        ORDER[field] = old


def test_a(clean):
    assert given(clean, "total", "42.51")["total"] == 42.51
    assert given(clean, "total", 0)["total"] == 0
    for bad in (None, "hello", float("nan"), "nan", -2, "-2", 1_000_000):
        assert given(clean, "total", bad) is None


def test_b(clean):
    assert given(clean, "user_id", None) is None
    assert given(clean, "user_id", 8)["user_id"] == "8"


def test_c(clean):
    assert given(clean, "occurred_at", "2025-02-29T12:00:00+02:00") is None
    assert given(clean, "occurred_at", "2024-02-29T12:00:00+02:00")["occurred_at"] == datetime(
        2024, 2, 29, 10, tzinfo=UTC
    )


def test_d(clean):
    order = dict(ORDER)
    del order["total"]
    assert clean(order) is None


def test_e(clean):
    order = dict(ORDER)
    result = clean(order)
    assert order == ORDER and order is not result
