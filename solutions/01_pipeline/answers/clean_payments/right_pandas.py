"""Leaves numbers and times to pandas."""

import pandas as pd

METHODS = {"card", "paypal", "transfer", "voucher"}


def clean(raw):
    if not isinstance(raw, dict):
        return None
    ids = {field: raw.get(field) for field in ("payment_id", "order_id", "user_id")}
    if any(value is None or str(value) == "" for value in ids.values()):
        return None
    if not isinstance(raw.get("amount"), (int, float, str)) or not isinstance(raw.get("occurred_at"), str):
        return None
    amount = float(pd.to_numeric(str(raw["amount"]), errors="coerce"))
    moment = pd.to_datetime(raw["occurred_at"], errors="coerce")
    method = str(raw.get("method")).strip().lower()
    if not (0 <= amount < 1e6) or pd.isna(moment) or moment.tzinfo is None or method not in METHODS:
        return None
    return {
        **{k: str(v) for k, v in ids.items()},
        "amount": amount,
        "method": method,
        "occurred_at": moment.tz_convert("UTC"),
    }
