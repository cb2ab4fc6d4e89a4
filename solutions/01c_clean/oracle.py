"""Slow and obvious reference for part 01c: what a cleaner is compared with when it is graded."""

from datetime import UTC, datetime


def clean(raw):
    """The clean payment, one question at a time."""
    if not isinstance(raw, dict):
        return None
    clean = {}
    for field in ("payment_id", "order_id", "user_id"):
        if field not in raw or raw[field] is None or raw[field] == "":
            return None
        clean[field] = str(raw[field])
    if "amount" not in raw or raw["amount"] is None:
        return None
    try:
        clean["amount"] = float(raw["amount"])
    except (TypeError, ValueError, OverflowError):
        return None
    if clean["amount"] != clean["amount"] or clean["amount"] < 0 or clean["amount"] >= 1_000_000:
        return None
    if not isinstance(raw.get("method"), str):
        return None
    clean["method"] = raw["method"].strip().lower()
    if clean["method"] not in ("card", "paypal", "transfer", "voucher"):
        return None
    try:
        moment = datetime.fromisoformat(raw.get("occurred_at"))
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    try:
        clean["occurred_at"] = moment.astimezone(UTC)
    except OverflowError:
        return None
    return clean


ORACLES = {"clean_payments": clean}
