"""The twins are what is to be predicted, and nothing else.

fails: orders_30d: nobody tells the twin from it where there is no future; days_since_last: nobody tells the twin from it where there is no future; spend_90d: nobody tells the twin from it where there is no future
says: has to be the honest feature
"""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    ahead = (tx["occurred_at"] - as_of) / pd.Timedelta(days=1)
    buys = pd.Index(users).isin(tx.loc[(ahead >= 0) & (ahead < 7), "user_id"])
    return pd.Series(buys.astype(float), users)
