"""Frames for each column, joined to the users."""

import pandas as pd


class Pipeline:
    def __init__(self):
        self.log = pd.DataFrame(columns=["event_id", "session_id", "user_id", "kind", "occurred_at", "received_at"])

    def ingest(self, batch):
        if batch:
            self.log = pd.concat([self.log, pd.DataFrame(batch)]).drop_duplicates("event_id", keep="last")

    def summary(self, day):
        midnight = pd.Timestamp(day).tz_localize("UTC")
        end = midnight + pd.DateOffset(days=1)
        log = self.log.astype({"occurred_at": "datetime64[us, UTC]"}).query("occurred_at < @end")
        users = log[["user_id"]].drop_duplicates()
        month = log[(log.kind == "purchase") & (log.occurred_at >= end - pd.DateOffset(days=30))]
        purchases = month.groupby("user_id").event_id.count().rename("total_purchases_30d").reset_index()
        times = log.groupby(["user_id", "session_id"], as_index=False).occurred_at.agg(["first", "min", "max"])
        times = times[times["min"] >= end - pd.DateOffset(days=7)]
        times["avg_session_duration_7d"] = (times["max"] - times["min"]).dt.total_seconds()
        sessions = times.groupby("user_id")["avg_session_duration_7d"].mean().reset_index()
        logins = log[log.kind == "login"].groupby("user_id").occurred_at.max().dt.normalize().reset_index()
        logins["last_login_days_ago"] = (midnight - logins.pop("occurred_at")).dt.days
        for column in (purchases, sessions, logins):
            users = users.merge(column, on="user_id", how="left")
        users["total_purchases_30d"] = users["total_purchases_30d"].fillna(0).astype(int)
        return users
