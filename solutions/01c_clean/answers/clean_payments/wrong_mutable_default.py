"""A mutable default argument, so that all results are one dict.

fails: takes any record and leaves it as it was
"""

from datetime import UTC, datetime


def clean(raw, out={}):
    try:
        for f in ("payment_id", "order_id", "user_id"):
            if raw[f] is None or raw[f] == "":
                return None
            out[f] = str(raw[f])
        amount = float(raw["amount"])
        method = raw["method"].strip().lower()
        moment = datetime.fromisoformat(raw["occurred_at"])
        if not 0 <= amount < 1e6 or moment.tzinfo is None or method not in ("card", "paypal", "transfer", "voucher"):
            return None
        out["amount"], out["method"], out["occurred_at"] = amount, method, moment.astimezone(UTC)
        return out
    except Exception:
        return None
