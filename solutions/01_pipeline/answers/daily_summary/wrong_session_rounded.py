"""Rounds the mean to whole seconds.

fails: averages the sessions of 7 days
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta, UTC
from statistics import fmean

import pandas as pd


@dataclass(frozen=True)
class Event:
    event_id: int
    session_id: int
    user_id: int
    kind: str
    occurred_at: datetime


@dataclass
class Row:
    user_id: int
    total_purchases_30d: int
    avg_session_duration_7d: float | None
    last_login_days_ago: int | None


@dataclass
class User:
    user_id: int
    events: list[Event] = field(default_factory=list)

    def purchases(self, since: datetime) -> int:
        return sum(e.kind == "purchase" and e.occurred_at >= since for e in self.events)

    def avg_session(self, since: datetime) -> float | None:
        span: dict[int, tuple[datetime, datetime]] = {}
        for e in self.events:
            lo, hi = span.get(e.session_id, (e.occurred_at, e.occurred_at))
            span[e.session_id] = (min(lo, e.occurred_at), max(hi, e.occurred_at))
        lengths = [(hi - lo) / timedelta(seconds=1) for lo, hi in span.values() if lo >= since]
        return int(round(fmean(lengths))) if lengths else None

    def last_login(self, day: date) -> int | None:
        return min(((day - e.occurred_at.date()).days for e in self.events if e.kind == "login"), default=None)


@dataclass
class Pipeline:
    events: dict[int, Event] = field(default_factory=dict)

    def ingest(self, batch: list[dict]) -> None:
        names = [f.name for f in fields(Event)]
        for raw in batch:
            event = Event(**{n: raw[n] for n in names})
            self.events.setdefault(event.event_id, event)

    def summary(self, day: date) -> pd.DataFrame:
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        users: dict[int, User] = {}
        for e in self.events.values():
            if e.occurred_at < end:
                users.setdefault(e.user_id, User(e.user_id)).events.append(e)
        rows = [
            Row(u.user_id, u.purchases(end - timedelta(days=30)), u.avg_session(end - timedelta(days=7)), u.last_login(day))
            for u in users.values()
        ]
        return pd.DataFrame([asdict(r) for r in rows], columns=[f.name for f in fields(Row)])
