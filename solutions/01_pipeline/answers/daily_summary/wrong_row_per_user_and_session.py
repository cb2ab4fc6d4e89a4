"""Forgets to group: a row for each session of a user.

fails: has one row for each user
"""


import pandas as pd


class Pipeline:
    def __init__(self):
        self._events = []

    def ingest(self, batch):
        self._events.extend(batch)

    def summary(self, day):
        cols = ["event_id", "session_id", "user_id", "kind", "occurred_at"]
        df = pd.DataFrame(self._events, columns=cols)
        df["occurred_at"] = pd.to_datetime(df["occurred_at"], utc=True)
        df = df.drop_duplicates("event_id")
        day_start = pd.Timestamp(day, tz="UTC")
        end = day_start + pd.Timedelta(days=1)
        df = df[df["occurred_at"] < end]

        out = df[["user_id", "session_id"]].drop_duplicates()[["user_id"]]

        recent = df[(df["kind"] == "purchase") & (df["occurred_at"] >= end - pd.Timedelta(days=30))]
        purchases = recent.groupby("user_id").size().rename("total_purchases_30d")

        sess = df.groupby(["user_id", "session_id"])["occurred_at"].agg(["min", "max"]).reset_index()
        sess = sess[sess["min"] >= end - pd.Timedelta(days=7)]
        sess["duration"] = (sess["max"] - sess["min"]).dt.total_seconds()
        avg = sess.groupby("user_id")["duration"].mean().rename("avg_session_duration_7d")

        last = df[df["kind"] == "login"].groupby("user_id")["occurred_at"].max()
        ago = (day_start - last.dt.floor("D")).dt.days.rename("last_login_days_ago")

        out = out.merge(purchases, on="user_id", how="left")
        out = out.merge(avg, on="user_id", how="left")
        out = out.merge(ago, on="user_id", how="left")
        out["total_purchases_30d"] = out["total_purchases_30d"].fillna(0).astype(int)
        return out
