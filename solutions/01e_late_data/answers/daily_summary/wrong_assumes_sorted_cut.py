"""Stops reading at the first event after the day, as if the log were sorted.

fails: takes events in any order
"""

from collections import defaultdict
from datetime import datetime, time, timedelta, UTC

import pandas as pd

COLUMNS = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]


class Pipeline:
    def __init__(self):
        self.events = {}

    def ingest(self, batch):
        for e in batch:
            self.events[e["event_id"]] = e

    def summary(self, day):
        end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=UTC)
        start30 = end - timedelta(days=30)
        start7 = end - timedelta(days=7)

        users = set()
        purchases = defaultdict(int)
        logins = {}
        sessions = defaultdict(list)
        for e in self.events.values():
            t = e["occurred_at"]
            if t >= end:
                break
            user = e["user_id"]
            users.add(user)
            if e["kind"] == "purchase" and t >= start30:
                purchases[user] += 1
            if e["kind"] == "login":
                logins[user] = max(t, logins.get(user, t))
            sessions[user, e["session_id"]].append(t)

        durations = defaultdict(list)
        for (user, _), times in sessions.items():
            if min(times) >= start7:
                durations[user].append((max(times) - min(times)).total_seconds())

        rows = []
        for user in sorted(users):
            d = durations.get(user)
            avg = sum(d) / len(d) if d else None
            ago = (day - logins[user].date()).days if user in logins else None
            rows.append((user, purchases[user], avg, ago))
        return pd.DataFrame(rows, columns=COLUMNS)
