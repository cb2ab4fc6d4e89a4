"""Dicts and loops, one user after the other."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from statistics import mean

import pandas as pd

COLUMNS = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]


class Pipeline:
    def __init__(self):
        self.by_id = {}

    def ingest(self, batch):
        for event in batch:
            self.by_id.setdefault(event["event_id"], event)

    def summary(self, day):
        end = datetime.combine(day, time(), UTC) + timedelta(days=1)
        by_user = defaultdict(list)
        for event in self.by_id.values():
            if event["occurred_at"] < end:
                by_user[event["user_id"]].append(event)
        return pd.DataFrame([self.row(user, events, day, end) for user, events in by_user.items()], columns=COLUMNS)

    def row(self, user, events, day, end):
        bought = sum(e["kind"] == "purchase" and e["occurred_at"] >= end - timedelta(days=30) for e in events)
        sessions = defaultdict(list)
        for event in events:
            sessions[event["session_id"]].append(event["occurred_at"])
        lasted = [max(s) - min(s) for s in sessions.values() if min(s) >= end - timedelta(days=7)]
        logins = [day - e["occurred_at"].date() for e in events if e["kind"] == "login"]
        return (user, bought, mean(d.total_seconds() for d in lasted) if lasted else None,
                min(logins).days if logins else None)
