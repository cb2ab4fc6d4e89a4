"""First and last event of a session by order of arrival, not by time.

fails: takes events in any order; corrects the table when events come late
"""

from collections import Counter, defaultdict
from datetime import timedelta

import pandas as pd


class Pipeline:
    def __init__(self):
        self._known = set()
        self._active = defaultdict(set)
        self._buys = defaultdict(Counter)
        self._logins = defaultdict(set)
        self._sessions = defaultdict(lambda: defaultdict(list))

    def ingest(self, batch):
        for event in batch:
            if event["event_id"] in self._known:
                continue
            self._known.add(event["event_id"])
            user, when = event["user_id"], event["occurred_at"]
            on = when.date()
            self._active[user].add(on)
            self._sessions[user][event["session_id"]].append(when)
            match event["kind"]:
                case "purchase":
                    self._buys[user][on] += 1
                case "login":
                    self._logins[user].add(on)

    def summary(self, day):
        month = [day - timedelta(days=i) for i in range(30)]
        week = set(month[:7])
        table = []
        for user, dates in self._active.items():
            if min(dates) > day:
                continue
            lengths = []
            for times in self._sessions[user].values():
                times = [t for t in times if t.date() <= day]
                if times and times[0].date() in week:
                    lengths.append((times[-1] - times[0]).total_seconds())
            logged = [d for d in self._logins[user] if d <= day]
            table.append({
                "last_login_days_ago": (day - max(logged)).days if logged else None,
                "avg_session_duration_7d": sum(lengths) / len(lengths) if lengths else None,
                "total_purchases_30d": sum(self._buys[user][d] for d in month),
                "user_id": user,
            })
        return pd.DataFrame(table, columns=["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"])
