"""The window has 30 days of Berlin's calendar, one of which has 23 hours.

fails: knows the window's edge to the microsecond
says: later
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past.dt.tz_convert('Europe/Berlin') >= t.tz_convert('Europe/Berlin') - pd.DateOffset(days=30))).sum()))
    return pd.Series(out, index=tx.index)
