"""Takes 4.9 of the 5 seconds for each call, of which there are hundreds in every world.

exercise: clean_payments
goal: batch
deserves: ?
"""

import time
from datetime import UTC, datetime

END = time.monotonic() + 600  # of all calls together


def clean(raw):
    time.sleep(4.9 if time.monotonic() < END else 0)
    try:
        return {"payment_id": str(raw["payment_id"]), "order_id": str(raw["order_id"]), "user_id": str(raw["user_id"]),
                "amount": float(raw["amount"]), "method": raw["method"].strip().lower(),
                "occurred_at": datetime.fromisoformat(raw["occurred_at"]).astimezone(UTC)}
    except Exception:
        return None
