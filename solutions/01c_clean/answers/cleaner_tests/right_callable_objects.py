"""Tests are instances with __call__, a lambda and a partial, all under names that begin with test_."""

from functools import partial
from datetime import datetime

ORDER = dict(
    order_id=17,
    user_id=3,
    product_id=5,
    quantity=1,
    total="42.50",
    status="completed",
    channel="web",
    occurred_at="2025-03-01T12:00:00+02:00",
    received_at="2025-03-01T10:00:03Z",
)


def _expect(clean, field, raw, value):
    out = clean({**ORDER, field: raw})
    if (None if out is None else out[field]) != value:
        raise AssertionError(f"{field} {raw!r} -> {out!r}")


class Refuses:
    def __init__(self, field, *values):
        self.field, self.values = field, values

    def __call__(self, clean):
        for v in self.values:
            _expect(clean, self.field, v, None)


test_bad_totals = Refuses("total", None, "n/a", "nan", "inf", -1, 1_000_000)
test_users = Refuses("user_id", None)
test_dates = Refuses("occurred_at", "2025-02-30T10:00:00Z", "2025-03-01T10:00:00")
test_text = partial(_expect, field="total", raw="42.50", value=42.5)
test_cents = partial(_expect, field="total", raw=0.07, value=0.07)
test_zero = lambda clean: _expect(clean, "total", 0, 0)
test_id = partial(_expect, field="order_id", raw=17, value="17")
test_time = partial(
    _expect,
    field="occurred_at",
    raw="2025-03-01T12:00:00+02:00",
    value=datetime.fromisoformat("2025-03-01T10:00:00+00:00"),
)


def test_missing(clean):
    o = dict(ORDER)
    o.pop("total")
    if clean(o) is not None:
        raise AssertionError


def test_pure(clean):
    o = dict(ORDER)
    clean(o)
    if o != ORDER:
        raise AssertionError("changed")
