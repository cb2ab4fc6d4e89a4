"""Groups a table by user, and fills in 0 for those who bought nothing."""

import pandas as pd


def bought_30d(events, day):
    log = pd.DataFrame(events)
    days = log["occurred_at"].dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()
    known = log[days <= pd.Timestamp(day)]
    recent = known[(known["kind"] == "purchase") & (days > pd.Timestamp(day) - pd.Timedelta(days=30))]
    counts = recent.groupby("user_id").size()
    return counts.reindex(known["user_id"].unique(), fill_value=0).to_dict()
