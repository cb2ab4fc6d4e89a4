"""Strange: Pipeline is itself a list of events, columns in another order, rows in reverse, floats everywhere and a gappy index."""

from datetime import datetime, timedelta, UTC

import pandas as pd


class Pipeline(list):
    ingest = list.extend

    def summary(self, day):
        end = datetime.fromordinal(day.toordinal() + 1).replace(tzinfo=UTC)
        df = pd.DataFrame(self, columns=["event_id", "session_id", "user_id", "kind", "occurred_at"])
        df = df.groupby("event_id").first()
        df["t"] = pd.to_datetime(df.occurred_at, utc=True)
        df = df[df.t < end]
        one = df.groupby("session_id").agg(user_id=("user_id", "first"), lo=("t", "min"), hi=("t", "max"))
        one = one[one.lo >= end - timedelta(7)].assign(s=lambda x: (x.hi - x.lo).dt.total_seconds())
        s = one.groupby("user_id").s.mean()
        p = df[(df.kind == "purchase") & (df.t >= end - timedelta(30))].groupby("user_id").t.count()
        last = df[df.kind == "login"].groupby("user_id").t.max()
        last = pd.Series({u: float((day - t.date()).days) for u, t in last.items()}, dtype=float)
        users = sorted(set(df.user_id), reverse=True)
        return pd.DataFrame({
            "last_login_days_ago": last.reindex(users).astype(float),
            "avg_session_duration_7d": s.reindex(users),
            "total_purchases_30d": p.reindex(users, fill_value=0).astype(float),
            "user_id": [float(u) for u in users],
        }, index=users).set_index(pd.RangeIndex(100, 100 + 7 * len(users), 7))
