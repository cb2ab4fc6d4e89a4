"""Right by itself; the point for passing one's own tests needs the answer to another exercise, which isn't in this
cell.

exercise: clean_payments
deserves: 6
"""

import math
from datetime import UTC, datetime


def name(value):
    """An id as text; ValueError for none."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise ValueError("no id")
    return str(value)


def clean(raw):
    """The clean payment, or None for a record that can't be trusted."""
    try:
        amount, moment = float(raw["amount"]), datetime.fromisoformat(raw["occurred_at"])
        method = raw["method"].strip().lower()
        if not 0 <= amount < 1_000_000 or math.isnan(amount) or moment.utcoffset() is None:
            return None
        if method not in ("card", "paypal", "transfer", "voucher"):
            return None
        ids = {field: name(raw[field]) for field in ("payment_id", "order_id", "user_id")}
        return {**ids, "amount": amount, "method": method, "occurred_at": moment.astimezone(UTC)}
    except Exception:
        return None
