"""Takes an event for a repetition if its id is not above the greatest id so far.

fails: takes events in any order; corrects the table when events come late
"""

from bisect import bisect_left, insort
from collections import defaultdict
from datetime import datetime, timedelta, UTC

import pandas as pd


class Pipeline:
    def __init__(self):
        self.max_id = 0
        self.first_seen = {}
        self.purchases = defaultdict(list)
        self.logins = defaultdict(list)
        self.sessions = defaultdict(list)
        self.user_sessions = defaultdict(set)

    def ingest(self, batch):
        for e in batch:
            if e["event_id"] <= self.max_id:
                continue
            self.max_id = e["event_id"]
            u, s, t = e["user_id"], e["session_id"], e["occurred_at"]
            if u not in self.first_seen or t < self.first_seen[u]:
                self.first_seen[u] = t
            if e["kind"] == "purchase":
                insort(self.purchases[u], t)
            elif e["kind"] == "login":
                insort(self.logins[u], t)
            insort(self.sessions[s], t)
            self.user_sessions[u].add(s)

    def _average(self, user, lo, hi):
        durations = []
        for s in self.user_sessions[user]:
            times = self.sessions[s]
            n = bisect_left(times, hi)
            if n and times[0] >= lo:
                durations.append((times[n - 1] - times[0]).total_seconds())
        if not durations:
            return float("nan")
        return sum(durations) / len(durations)

    def _last_login(self, user, day, hi):
        logins = self.logins.get(user, [])
        n = bisect_left(logins, hi)
        if n == 0:
            return float("nan")
        return (day - logins[n - 1].date()).days

    def summary(self, day):
        hi = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(1)
        rows = {"user_id": [], "total_purchases_30d": [], "avg_session_duration_7d": [], "last_login_days_ago": []}
        for u, first in self.first_seen.items():
            if first >= hi:
                continue
            p = self.purchases.get(u, [])
            rows["user_id"].append(u)
            rows["total_purchases_30d"].append(bisect_left(p, hi) - bisect_left(p, hi - timedelta(30)))
            rows["avg_session_duration_7d"].append(self._average(u, hi - timedelta(7), hi))
            rows["last_login_days_ago"].append(self._last_login(u, day, hi))
        return pd.DataFrame(rows)
