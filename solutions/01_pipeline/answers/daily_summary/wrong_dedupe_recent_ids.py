"""Remembers the event ids of the last three days of arrival only.

fails: counts each event once
"""

import abc
import datetime as dt

import pandas as pd


class Store:
    def __init__(self):
        super().__init__()
        self._by_id = {}
        self._ids = {}

    def ingest(self, batch):
        for event in batch:
            horizon = event["received_at"] - dt.timedelta(days=3)
            self._ids = {i: t for i, t in self._ids.items() if t >= horizon}
            if event["event_id"] not in self._ids:
                self._by_id[len(self._by_id)] = dict(event)
            self._ids[event["event_id"]] = event["received_at"]

    def before(self, moment):
        return (e for e in self._by_id.values() if e["occurred_at"] < moment)


class Metric(abc.ABC):
    @abc.abstractmethod
    def compute(self, events, day, end): ...


class Purchases(Metric):
    name = "total_purchases_30d"

    def compute(self, events, day, end):
        since = end - dt.timedelta(days=30)
        return len([1 for e in events if e["kind"] == "purchase" and since <= e["occurred_at"]])


class Sessions(Metric):
    name = "avg_session_duration_7d"

    def compute(self, events, day, end):
        times = {}
        for e in events:
            times.setdefault(e["session_id"], []).append(e["occurred_at"])
        began = [sorted(t) for t in times.values()]
        began = [t for t in began if t[0] >= end - dt.timedelta(days=7)]
        if not began:
            return None
        return sum((t[-1] - t[0]).total_seconds() for t in began) / len(began)


class LastLogin(Metric):
    name = "last_login_days_ago"

    def compute(self, events, day, end):
        dates = [e["occurred_at"].date() for e in events if e["kind"] == "login"]
        return day.toordinal() - max(dates).toordinal() if dates else None


class Pipeline(Store):
    metrics = (Purchases(), Sessions(), LastLogin())

    def summary(self, day):
        end = dt.datetime.combine(day, dt.time.min, dt.UTC) + dt.timedelta(days=1)
        per_user = {}
        for e in self.before(end):
            per_user.setdefault(e["user_id"], []).append(e)
        rows = []
        for user, events in per_user.items():
            rows.append({"user_id": user} | {m.name: m.compute(events, day, end) for m in self.metrics})
        return pd.DataFrame(rows, columns=["user_id"] + [m.name for m in self.metrics])
