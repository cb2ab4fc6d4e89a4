"""Leaves a pandas Timestamp (a datetime) and a numpy float64 (a float) in its result."""

import numpy as np
import pandas as pd
from datetime import datetime

METHODS = {"card", "paypal", "transfer", "voucher"}


def clean(raw):
    try:
        if not isinstance(raw, dict):
            return None
        out = {}
        for field in ("payment_id", "order_id", "user_id"):
            value = raw.get(field)
            if isinstance(value, bool) or not isinstance(value, (int, float, str)) or str(value).strip() in ("", "nan"):
                return None
            out[field] = str(value)
        amount = raw.get("amount")
        if isinstance(amount, bool) or not isinstance(amount, (int, float, str)):
            return None
        amount = float(amount)
        if not 0 <= amount < 1_000_000:
            return None
        out["amount"] = np.float64(amount)
        method = raw.get("method")
        if not isinstance(method, str) or method.strip().lower() not in METHODS:
            return None
        out["method"] = method.strip().lower()
        moment = datetime.fromisoformat(raw["occurred_at"])
        if moment.tzinfo is None:
            return None
        out["occurred_at"] = pd.Timestamp(moment).tz_convert("UTC")
        return out
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
