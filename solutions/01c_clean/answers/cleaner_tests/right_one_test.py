"""One long test, with numbers where the solution has text."""

import math
from datetime import UTC, datetime, timedelta

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


def test_everything(clean):
    raw = dict(RAW, total=42.5, user_id="3")
    before = dict(raw)
    got = clean(raw)
    assert raw == before
    assert got["order_id"] == "17" and got["total"] == 42.5
    assert got["occurred_at"].utcoffset() == timedelta(0) and got["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert clean(dict(RAW, total="7"))["total"] == 7
    assert clean(dict(RAW, total=0))["total"] == 0
    for total in (math.nan, -500, 10**6):
        assert clean(dict(RAW, total=total)) is None, total
    assert clean(dict(RAW, user_id=None)) is None
    assert clean({k: v for k, v in RAW.items() if k != "total"}) is None
    try:
        assert clean(dict(RAW, occurred_at="2025-02-30T00:00:00+00:00")) is None
    except ValueError:
        raise AssertionError("it raised") from None
