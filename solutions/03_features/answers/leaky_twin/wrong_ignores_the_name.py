"""Whatever the name, orders are counted.

fails: days_since_last: nobody tells the twin from it where there is no future; spend_90d: nobody tells the twin from it where there is no future
says: 'days_since_last' is
"""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    recent = tx[tx["occurred_at"] >= as_of - pd.Timedelta(days=30)]
    return recent.groupby("user_id").size().reindex(users, fill_value=0)
