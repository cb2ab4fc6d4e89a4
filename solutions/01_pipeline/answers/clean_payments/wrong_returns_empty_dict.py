"""Returns an empty dict for a record that it refuses.

fails: refuses impossible amounts; refuses what has no identity, time or method; passes your own tests
"""

from datetime import UTC, datetime

METHODS = {"card", "paypal", "transfer", "voucher"}


def clean(raw):
    try:
        if not isinstance(raw, dict):
            return {}
        out = {}
        for field in ("payment_id", "order_id", "user_id"):
            value = raw.get(field)
            if isinstance(value, bool) or not isinstance(value, (int, float, str)) or str(value).strip() in ("", "nan"):
                return {}
            out[field] = str(value)
        amount = raw.get("amount")
        if isinstance(amount, bool) or not isinstance(amount, (int, float, str)):
            return {}
        amount = float(amount)
        if not 0 <= amount < 1_000_000:
            return {}
        out["amount"] = amount
        method = raw.get("method")
        if not isinstance(method, str) or method.strip().lower() not in METHODS:
            return {}
        out["method"] = method.strip().lower()
        moment = datetime.fromisoformat(raw["occurred_at"])
        if moment.tzinfo is None:
            return {}
        out["occurred_at"] = moment.astimezone(UTC)
        return out
    except (ValueError, TypeError, KeyError, OverflowError):
        return {}
