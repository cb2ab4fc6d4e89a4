"""A pandas frame with user_id as the index, each column assigned by alignment on it."""

import pandas as pd

NAMES = ["event_id", "session_id", "user_id", "kind", "occurred_at", "received_at"]


class Pipeline:
    def __init__(self):
        self.by_id = {}

    def ingest(self, batch):
        self.by_id.update((e["event_id"], tuple(e[n] for n in NAMES)) for e in batch)

    def summary(self, day):
        end = pd.Timestamp(day, tz="UTC") + pd.DateOffset(days=1)
        ev = pd.DataFrame(list(self.by_id.values()), columns=NAMES)
        ev["at"] = pd.to_datetime(ev.pop("occurred_at"), utc=True)
        ev = ev.loc[ev["at"].lt(end)]
        by_session = ev.groupby("session_id").agg(user=("user_id", "first"), a=("at", "min"), b=("at", "max"))
        by_session = by_session[by_session["a"].ge(end - pd.Timedelta("7D"))]
        out = pd.DataFrame(index=pd.Index(sorted(ev["user_id"].unique()), name="user_id"))
        buys = ev.query("kind == 'purchase'")
        buys = buys[buys["at"].ge(end - pd.Timedelta("30D"))]
        out["total_purchases_30d"] = buys["user_id"].value_counts().reindex(out.index, fill_value=0)
        length = (by_session["b"] - by_session["a"]) / pd.Timedelta(seconds=1)
        out["avg_session_duration_7d"] = length.groupby(by_session["user"]).mean()
        logins = ev[ev["kind"].eq("login")].groupby("user_id")["at"].max()
        out["last_login_days_ago"] = (pd.Timestamp(day, tz="UTC") - logins.dt.normalize()) / pd.Timedelta(days=1)
        return out
