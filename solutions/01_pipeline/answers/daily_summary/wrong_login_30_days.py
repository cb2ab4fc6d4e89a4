"""A login older than 30 days is not known.

fails: counts the days since the last login
"""

import datetime as dt
from functools import reduce

import pandas as pd

UTC = dt.UTC
EMPTY = (0, {}, None)


def fold(acc, e, start30):
    bought, sessions, login = acc
    t = e["occurred_at"]
    if e["kind"] == "purchase" and t >= start30:
        bought = bought + 1
    if e["kind"] == "login" and t >= start30:
        login = t.date() if login is None else max(login, t.date())
    lo, hi = sessions.get(e["session_id"], (t, t))
    return bought, {**sessions, e["session_id"]: (min(lo, t), max(hi, t))}, login


class Pipeline:
    def __init__(self):
        self.log = ()

    def ingest(self, batch):
        self.log = self.log + tuple(batch)

    def summary(self, day):
        end = dt.datetime.combine(day + dt.timedelta(1), dt.time(), UTC)
        events = {e["event_id"]: e for e in self.log if e["occurred_at"] < end}.values()

        def step(users, e):
            users[e["user_id"]] = fold(users.get(e["user_id"], EMPTY), e, end - dt.timedelta(30))
            return users

        def mean(sessions):
            xs = [(b - a).total_seconds() for a, b in sessions.values() if a >= end - dt.timedelta(7)]
            return sum(xs) / len(xs) if xs else None

        state = reduce(step, events, {})
        return pd.DataFrame(
            {
                "user_id": list(state),
                "total_purchases_30d": [s[0] for s in state.values()],
                "avg_session_duration_7d": [mean(s[1]) for s in state.values()],
                "last_login_days_ago": [None if s[2] is None else (day - s[2]).days for s in state.values()],
            },
            dtype=object,
        )
