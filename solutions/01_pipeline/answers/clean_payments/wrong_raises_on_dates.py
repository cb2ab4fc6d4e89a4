"""Raises at a date that does not exist.

fails: refuses what has no identity, time or method; takes any record and leaves it as it was; passes your own tests
says: raised
"""

from datetime import UTC, datetime


def clean(raw):
    try:
        ids = {field: raw[field] for field in ("payment_id", "order_id", "user_id")}
        amount, method, moment = float(raw["amount"]), raw["method"].strip().lower(), raw["occurred_at"]
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    occurred_at = datetime.fromisoformat(moment)
    if any(value is None or value == "" for value in ids.values()) or not 0 <= amount < 1_000_000:
        return None
    if method not in {"card", "paypal", "transfer", "voucher"} or occurred_at.tzinfo is None:
        return None
    ids = {field: str(value) for field, value in ids.items()}
    return {**ids, "amount": amount, "method": method, "occurred_at": occurred_at.astimezone(UTC)}
