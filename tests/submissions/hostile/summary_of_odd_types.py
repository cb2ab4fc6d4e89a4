"""Returns tables of every type of column that pandas has: sparse, arrow, interval, period, categories, masked, nested,
structured.

exercise: daily_summary
goal: batch
deserves: 0
"""

from itertools import cycle

import numpy as np
import pandas as pd

COLUMNS = ["total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
nested = pd.Series([[[1], {"a": 1}]])
turns = cycle([
    lambda: pd.arrays.SparseArray([1.0]), lambda: pd.array([1], dtype="Int8"), lambda: pd.interval_range(0, 1),
    lambda: pd.period_range("2025", periods=1), lambda: pd.Categorical([1]), lambda: nested,
    lambda: pd.array([1], dtype="int64[pyarrow]"), lambda: pd.array([b"x"], dtype="binary[pyarrow]"),
    lambda: pd.array([[1]], dtype=pd.Series([[1]]).convert_dtypes(dtype_backend="pyarrow").dtype),
    lambda: pd.array([True], dtype="boolean"), lambda: pd.array(["1"], dtype="string"), lambda: np.array([1 + 1j]),
    lambda: pd.to_timedelta([1], unit="s"), lambda: pd.to_datetime(["2025"], utc=True), lambda: np.array([None]),
    lambda: np.array([np.float64], dtype=object), lambda: np.array([1], dtype=">f2"), lambda: np.array([pd.NaT]),
])


class Pipeline:
    """Has a row for one user, in odd types."""

    def ingest(self, batch):
        pass

    def summary(self, day):
        return pd.DataFrame({"user_id": [1], **dict.fromkeys(COLUMNS, next(turns)())})
