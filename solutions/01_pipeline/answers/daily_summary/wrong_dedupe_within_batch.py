"""Removes duplicates only inside one batch.

fails: counts each event once
"""

from datetime import datetime, timedelta, UTC
from itertools import groupby
from operator import itemgetter

import pandas as pd


def unique(events):
    seen = set()
    for e in events:
        if e["event_id"] not in seen:
            seen.add(e["event_id"])
            yield e


def until(events, end):
    yield from (e for e in events if e["occurred_at"] < end)


def session_lengths(events, since):
    by_session = sorted(events, key=itemgetter("session_id", "occurred_at"))
    for _, group in groupby(by_session, key=itemgetter("session_id")):
        first, *rest = group
        last = rest[-1] if rest else first
        if first["occurred_at"] >= since:
            yield (last["occurred_at"] - first["occurred_at"]).total_seconds()


def rows(events, day, end):
    for user, group in groupby(sorted(events, key=itemgetter("user_id")), key=itemgetter("user_id")):
        mine = list(group)
        lengths = list(session_lengths(mine, end - timedelta(days=7)))
        logins = [e["occurred_at"] for e in mine if e["kind"] == "login"]
        yield {
            "user_id": user,
            "total_purchases_30d": sum(
                1 for e in mine if e["kind"] == "purchase" and e["occurred_at"] >= end - timedelta(days=30)),
            "avg_session_duration_7d": sum(lengths) / len(lengths) if lengths else pd.NA,
            "last_login_days_ago": (day - max(logins).date()).days if logins else pd.NA,
        }


class Pipeline:
    def __init__(self):
        self.batches = []

    def ingest(self, batch):
        self.batches.append(list(unique(batch)))

    def summary(self, day):
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        stream = until((e for b in self.batches for e in b), end)
        return pd.DataFrame.from_records(
            list(rows(stream, day, end)),
            columns=["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"])
