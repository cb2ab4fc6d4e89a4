"""Returns tables whose index or columns have levels, or the same name twice, where the judge resets and renames an
index.

exercise: daily_summary
goal: batch
deserves: 0
"""

from itertools import cycle

import pandas as pd

COLUMNS = ["total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
levels = pd.MultiIndex.from_tuples([(1, 2)], names=[None, None])
turns = cycle([
    lambda: pd.DataFrame([[1, 2, 3]], columns=COLUMNS, index=levels),
    lambda: pd.DataFrame([[1, 2, 3]], columns=COLUMNS, index=levels.set_names(["user_id", "user_id"])),
    lambda: pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_product([["a"], COLUMNS])),
    lambda: pd.DataFrame([[1, 1, 2, 3]], columns=["user_id", "user_id", *COLUMNS[:2]]),
    lambda: pd.DataFrame([[1, 2, 3, 4]], columns=["index", *COLUMNS], index=pd.Index([7], name="user_id")),
    lambda: pd.DataFrame([[1, 2, 3]], columns=COLUMNS, index=pd.Index([[1]], dtype=object)),
    lambda: pd.DataFrame([[1, 2, 3]], columns=COLUMNS, index=pd.IntervalIndex.from_breaks([0, 1])),
    lambda: pd.DataFrame([[1e300, 1, 2, 3]], columns=["user_id", *COLUMNS]),
])


class Pipeline:
    """Has a table of one row in many shapes."""

    def ingest(self, batch):
        pass

    def summary(self, day):
        return next(turns)()
