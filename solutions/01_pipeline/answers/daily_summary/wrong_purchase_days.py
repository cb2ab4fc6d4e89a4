"""Counts the days with a purchase, not the purchases.

fails: counts the purchases of 30 days; counts each event once
"""

import numpy as np
import pandas as pd

DTYPES = {"event_id": "int64", "session_id": "int64", "user_id": "int64", "kind": "object",
          "occurred_at": "datetime64[us, UTC]", "received_at": "datetime64[us, UTC]"}


class Pipeline:
    def __init__(self):
        self.df = pd.DataFrame({c: pd.Series(dtype=t) for c, t in DTYPES.items()})

    def ingest(self, batch):
        if not batch:
            return
        new = pd.DataFrame(batch)[list(DTYPES)].astype(DTYPES)
        self.df = (pd.concat([self.df, new], ignore_index=True)
                   .sort_values("received_at", kind="stable")
                   .drop_duplicates(subset="event_id", keep="first"))

    def summary(self, day):
        midnight = pd.Timestamp(day).tz_localize("UTC")
        end = midnight + pd.Timedelta(1, "D")
        df = self.df[self.df.occurred_at < end].sort_values("occurred_at")
        records = []
        for user_id, g in df.groupby("user_id"):
            purchases = g[(g.kind == "purchase") & (g.occurred_at >= end - pd.Timedelta(30, "D"))].occurred_at.dt.date.nunique()
            s = g.groupby("session_id").occurred_at.agg(["first", "last"])
            s = s[s["first"] >= end - pd.Timedelta(7, "D")]
            avg = (s["last"] - s["first"]).dt.total_seconds().mean() if len(s) else np.nan
            logins = g.loc[g.kind == "login", "occurred_at"]
            ago = (midnight - logins.iloc[-1].normalize()).days if len(logins) else np.nan
            records.append([user_id, purchases, avg, ago])
        return pd.DataFrame(records, columns=["user_id", "total_purchases_30d", "avg_session_duration_7d",
                                              "last_login_days_ago"])
