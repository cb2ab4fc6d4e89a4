"""Keeps counters by user and day, and adds them up when it is asked."""

from collections import defaultdict
from datetime import UTC, timedelta

import numpy as np
import pandas as pd


class Pipeline:
    def __init__(self):
        self.seen = set()
        self.bought = defaultdict(list)
        self.sessions = defaultdict(lambda: defaultdict(list))
        self.logins = defaultdict(set)
        self.first = {}

    def ingest(self, batch):
        for event in batch:
            if event["event_id"] in self.seen:
                continue
            self.seen.add(event["event_id"])
            user, at = event["user_id"], event["occurred_at"]
            self.first[user] = min(at, self.first.get(user, at))
            self.sessions[user][event["session_id"]].append(at)
            if event["kind"] == "purchase":
                self.bought[user].append(at)
            if event["kind"] == "login":
                self.logins[user].add(at.astimezone(UTC).date())

    def summary(self, day):
        rows = {}
        for user, first in self.first.items():
            if first.date() > day:
                continue
            days = [(day - at.date()).days for at in self.bought[user]]
            lasted = []
            for times in self.sessions[user].values():
                until = [at for at in times if at.date() <= day]
                if until and (day - min(until).date()).days < 7:
                    lasted.append((max(until) - min(until)) / timedelta(seconds=1))
            ago = [(day - login).days for login in self.logins[user] if login <= day]
            rows[user] = {"total_purchases_30d": sum(0 <= d < 30 for d in days),
                          "avg_session_duration_7d": np.mean(lasted) if lasted else np.nan,
                          "last_login_days_ago": min(ago) if ago else np.nan}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["total_purchases_30d", "avg_session_duration_7d",
                                                                      "last_login_days_ago"])
        table.index.name = "user_id"
        return table
