"""Caches the tables by day and clears the cache whenever something new is ingested."""

from datetime import datetime, timedelta, UTC

import pandas as pd


class Pipeline:
    def __init__(self):
        self.events = {}
        self.cache = {}

    def ingest(self, batch):
        before = len(self.events)
        for e in batch:
            self.events.setdefault(e["event_id"], e.copy())
        if len(self.events) != before:
            self.cache.clear()

    def summary(self, day):
        if day not in self.cache:
            self.cache[day] = self._make(day)
        return self.cache[day].copy()

    def _make(self, day):
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        events = sorted((e for e in self.events.values() if e["occurred_at"] < end), key=lambda e: e["occurred_at"])
        purchases, first, last, owner, login = {}, {}, {}, {}, {}
        for e in events:
            u, s, t = e["user_id"], e["session_id"], e["occurred_at"]
            purchases.setdefault(u, 0)
            if e["kind"] == "purchase" and t >= end - timedelta(days=30):
                purchases[u] += 1
            if e["kind"] == "login":
                login[u] = t
            first.setdefault(s, t)
            last[s] = t
            owner[s] = u
        out = pd.DataFrame({"user_id": pd.Series(list(purchases), dtype="int64"),
                            "total_purchases_30d": pd.Series(list(purchases.values()), dtype="int64")})
        sums = {}
        for s in first:
            if first[s] >= end - timedelta(days=7):
                sums.setdefault(owner[s], []).append((last[s] - first[s]).total_seconds())
        out["avg_session_duration_7d"] = out["user_id"].map({u: sum(x) / len(x) for u, x in sums.items()}).astype(float)
        out["last_login_days_ago"] = out["user_id"].map({u: (day - t.date()).days for u, t in login.items()}).astype(float)
        return out
