"""Takes 4.9 seconds for each of some hundred batches, pipeline by pipeline, and never gets anything wrong that it gets
done.

exercise: daily_summary
goal: batch
deserves: ?
"""

import time

import pandas as pd

END = time.monotonic() + 600  # of all calls together


class Pipeline:
    """Slow, and empty."""

    def __init__(self):
        time.sleep(4.9 if time.monotonic() < END else 0)

    def ingest(self, batch):
        time.sleep(4.9 if time.monotonic() < END else 0)

    def summary(self, day):
        time.sleep(4.9 if time.monotonic() < END else 0)
        columns = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
        return pd.DataFrame(columns=columns, dtype=float)
