"""Returns arrays, frames and intervals where the judge writes `amount != expected` and takes the truth of it.

exercise: clean_payments
goal: batch
deserves: ?
"""

import numpy as np
import pandas as pd


def clean(raw):
    odd = np.array([1.0, 2.0])
    return {"payment_id": odd, "order_id": pd.Series([1, 2]), "user_id": pd.DataFrame({"a": [1]}), "amount": odd,
            "method": pd.Index(["card", "cash"]), "occurred_at": np.array(["2025"], dtype="M8[s]")}
