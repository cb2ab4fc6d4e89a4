"""Reads all fields at once, and asks afterwards what may be kept."""

from datetime import UTC, datetime


def clean(raw):
    try:
        ids = {field: raw[field] for field in ("payment_id", "order_id", "user_id")}
        amount, method, moment = float(raw["amount"]), raw["method"].strip().lower(), raw["occurred_at"]
        occurred_at = datetime.fromisoformat(moment)
        occurred_at.astimezone(UTC)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    if any(value is None or value == "" for value in ids.values()) or not 0 <= amount < 1_000_000:
        return None
    if method not in {"card", "paypal", "transfer", "voucher"} or occurred_at.tzinfo is None:
        return None
    ids = {field: str(value) for field, value in ids.items()}
    return {**ids, "amount": amount, "method": method, "occurred_at": occurred_at.astimezone(UTC)}
