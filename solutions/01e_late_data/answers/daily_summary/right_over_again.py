"""Works out everything again from all events, one user after the other."""

from datetime import UTC, datetime, time, timedelta

import pandas as pd

COLUMNS = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]


class Pipeline:
    def __init__(self):
        self.events = []

    def ingest(self, batch):
        self.events += batch

    def summary(self, day):
        end = datetime.combine(day, time(), UTC) + timedelta(days=1)
        once = {event["event_id"]: event for event in self.events}.values()
        known = [event for event in once if event["occurred_at"] < end]
        rows = []
        for user in {event["user_id"] for event in known}:
            mine = [event for event in known if event["user_id"] == user]
            bought = [event for event in mine
                      if event["kind"] == "purchase" and event["occurred_at"] >= end - timedelta(days=30)]
            sessions = {}
            for event in mine:
                sessions.setdefault(event["session_id"], []).append(event["occurred_at"])
            lasted = [(max(times) - min(times)).total_seconds() for times in sessions.values()
                      if min(times) >= end - timedelta(days=7)]
            logins = [event["occurred_at"].date() for event in mine if event["kind"] == "login"]
            rows.append((user, len(bought), sum(lasted) / len(lasted) if lasted else None,
                         (day - max(logins)).days if logins else None))
        return pd.DataFrame(rows, columns=COLUMNS)
