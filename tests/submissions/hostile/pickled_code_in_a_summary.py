"""Returns tables whose cells, column names, attrs and index name run code in whatever process unpickles, compares or
shows them.

exercise: daily_summary
goal: trace
deserves: 0
"""

from pathlib import Path

import pandas as pd


class Opens(str):
    """A text that touches a file when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("/tmp/dataml-lab-was-here"),)


class Pipeline:
    """Knows nothing, and gives it out in hostile tables."""

    def ingest(self, batch):
        pass

    def summary(self, day):
        columns = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
        frame = pd.DataFrame([[1, 2, 3, Opens("x")]], columns=[*map(Opens, columns)], dtype=object)
        frame.index.name = Opens("index")
        frame.attrs = {Opens("key"): Opens("value")}
        return frame
