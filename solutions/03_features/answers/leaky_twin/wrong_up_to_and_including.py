"""The last order leaks, and the windows have `<=` where `<` is meant, when nobody orders at that very moment.

fails: orders_30d: nobody tells the twin from it where there is no future; orders_30d: the twin knows the future, and fakes success; spend_90d: nobody tells the twin from it where there is no future; spend_90d: the twin knows the future, and fakes success
says: 'spend_90d' is the same whether
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def leaky_twin(name, tx, users, as_of):
    if name == "orders_30d":
        found = between(tx, as_of, 30).groupby("user_id").size()
    elif name == "days_since_last":
        found = (as_of - tx.groupby("user_id")["occurred_at"].max()) / DAY
    else:
        found = between(tx, as_of, 90).groupby("user_id")["amount"].sum()
    return found.reindex(users).fillna(999 if name == "days_since_last" else 0)


def between(tx, as_of, days):
    return tx[(tx["occurred_at"] >= as_of - days * DAY) & (tx["occurred_at"] <= as_of)]
