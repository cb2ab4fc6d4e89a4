"""Adds a field of 50 MB to each of its results (more fields do no harm), which the judge keeps all at once.

exercise: clean_payments
goal: limits
deserves: ?
"""

from datetime import UTC, datetime

calls = 0


def clean(raw):
    global calls
    calls += 1
    try:
        moment = datetime.fromisoformat(raw["occurred_at"]).astimezone(UTC)
        return {"payment_id": str(raw["payment_id"]), "order_id": str(raw["order_id"]), "user_id": str(raw["user_id"]),
                "amount": float(raw["amount"]), "method": raw["method"].strip().lower(), "occurred_at": moment,
                "note": f"{calls}" + "x" * 50_000_000}
    except Exception:
        return None
