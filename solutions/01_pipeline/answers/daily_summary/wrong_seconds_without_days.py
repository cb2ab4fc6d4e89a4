"""Takes the seconds of a duration, which are those beside its whole days.

fails: averages the sessions of 7 days
says: a session of more than a day
"""

import pandas as pd


class Pipeline:
    """The daily summary of the shop's activity, made from whatever has come in so far."""

    def __init__(self):
        self.events = []  # or whatever you want to keep

    def ingest(self, batch):
        """Takes in a list of events."""
        self.events += batch

    def summary(self, day):
        """The table of a day, a row for each user."""
        midnight = pd.Timestamp(day, tz="UTC")
        end = midnight + pd.Timedelta(days=1)
        fields = ["event_id", "session_id", "user_id", "kind", "occurred_at"]
        events = pd.DataFrame(self.events, columns=fields).drop_duplicates("event_id")
        events["occurred_at"] = pd.to_datetime(events["occurred_at"], utc=True)
        known = events[events["occurred_at"] < end]

        bought = known[(known["kind"] == "purchase") & (known["occurred_at"] >= end - pd.Timedelta(days=30))]
        sessions = known.groupby(["user_id", "session_id"])["occurred_at"].agg(["min", "max"])
        sessions = sessions[sessions["min"] >= end - pd.Timedelta(days=7)]
        lasted = (sessions["max"] - sessions["min"]).dt.seconds
        logins = known[known["kind"] == "login"].groupby("user_id")["occurred_at"].max().dt.floor("D")

        table = pd.DataFrame(index=pd.Index(known["user_id"].unique(), name="user_id"))
        table["total_purchases_30d"] = bought.groupby("user_id").size()
        table["avg_session_duration_7d"] = lasted.groupby("user_id").mean()
        table["last_login_days_ago"] = (midnight - logins).dt.days
        return table.fillna({"total_purchases_30d": 0}).reset_index()
