"""-1 for users who never logged in.

fails: counts the days since the last login
"""

from datetime import date, datetime, timedelta, UTC

import numpy as np
import pandas as pd

E0 = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400 * 10**6
CODE = {"login": 0, "page_view": 1, "click": 2, "purchase": 3}


class Pipeline:
    def __init__(self):
        self.data = np.empty((0, 5), dtype=np.int64)

    def ingest(self, batch):
        new = [[e["event_id"], e["session_id"], e["user_id"], CODE[e["kind"]],
                (e["occurred_at"] - E0) // timedelta(microseconds=1)] for e in batch]
        if new:
            data = np.vstack([self.data, np.array(new, dtype=np.int64)])
            _, first = np.unique(data[:, 0], return_index=True)
            self.data = data[first]

    def summary(self, day):
        end = ((day - date(1970, 1, 1)).days + 1) * DAY
        d = self.data[self.data[:, 4] < end]
        users, ui = np.unique(d[:, 2], return_inverse=True)
        n = len(users)
        t, kind = d[:, 4], d[:, 3]

        bought = (kind == 3) & (t >= end - 30 * DAY)
        purchases = np.bincount(ui[bought], minlength=n)

        sessions, si = np.unique(d[:, 1], return_inverse=True)
        lo = np.full(len(sessions), np.iinfo(np.int64).max)
        hi = np.full(len(sessions), np.iinfo(np.int64).min)
        owner = np.zeros(len(sessions), dtype=np.int64)
        np.minimum.at(lo, si, t)
        np.maximum.at(hi, si, t)
        owner[si] = ui
        ok = lo >= end - 7 * DAY
        total = np.bincount(owner[ok], weights=(hi[ok] - lo[ok]) / 1e6, minlength=n)
        count = np.bincount(owner[ok], minlength=n)
        avg = np.full(n, np.nan)
        np.divide(total, count, out=avg, where=count > 0)

        last = np.full(n, -1, dtype=np.int64)
        login = kind == 0
        np.maximum.at(last, ui[login], t[login] // DAY)
        ago = np.where(last >= 0, end // DAY - 1 - last, -1)
        return pd.DataFrame({"user_id": users, "total_purchases_30d": purchases[:n],
                             "avg_session_duration_7d": avg, "last_login_days_ago": ago})
