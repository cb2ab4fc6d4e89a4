"""Returns tables that take no memory until somebody copies them: a range as index, one number broadcast, sparse columns
and empty ones.

exercise: daily_summary
goal: limits
deserves: 0
"""

from itertools import cycle

import numpy as np
import pandas as pd

COLUMNS = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
turns = cycle(
    [
        lambda: pd.DataFrame(index=pd.RangeIndex(10**12, name="user_id")),
        lambda: pd.DataFrame({"user_id": pd.Series(np.broadcast_to(1.0, 10**12), copy=False)}, copy=False),
        lambda: pd.DataFrame(dict.fromkeys(COLUMNS, pd.arrays.SparseArray([0], dtype="Sparse[int64]"))).reindex(
            range(10**7)
        ),
        lambda: pd.DataFrame(columns=range(3_000_000)),
        lambda: pd.DataFrame(np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0)), copy=False),
    ]
)


class Pipeline:
    """Is larger than it looks."""

    def ingest(self, batch):
        pass

    def summary(self, day):
        return next(turns)()
