"""pandas with nullable Int64 and Float64 columns, pd.NA where there is nothing."""

import pandas as pd


class Pipeline:
    def __init__(self):
        self.events = {}

    def ingest(self, batch):
        self.events |= {e["event_id"]: (e["user_id"], e["session_id"], e["kind"], e["occurred_at"]) for e in batch}

    def summary(self, day):
        df = pd.DataFrame.from_dict(self.events, orient="index", columns=["user_id", "session_id", "kind", "ts"])
        df["ts"] = pd.to_datetime(df["ts"], utc=True)
        today = pd.Timestamp(day.isoformat(), tz="UTC")
        df = df[df["ts"] < today + pd.Timedelta(days=1)].copy()
        df["is_purchase"] = ((df["kind"] == "purchase") & (df["ts"] >= today - pd.Timedelta(days=29))).astype("Int64")
        df["login_day"] = df["ts"].dt.floor("D").where(df["kind"] == "login")
        users = df.groupby("user_id").agg(total_purchases_30d=("is_purchase", "sum"), login=("login_day", "max"))
        users["last_login_days_ago"] = (today - pd.to_datetime(users.pop("login"), utc=True)).dt.days.astype("Int64")
        s = df.groupby(["user_id", "session_id"])["ts"].agg(["min", "max"])
        s = s[s["min"] >= today - pd.Timedelta(days=6)]
        seconds = (s["max"] - s["min"]).dt.total_seconds()
        users["avg_session_duration_7d"] = seconds.groupby(level="user_id").mean().astype("Float64")
        return users.reset_index()
