"""A row per order.

fails: returns five columns of numbers, a row for each user; leaves tx as it was, and gives the same question the same answer; has a row for each of users in their order, known or not, and no gap; answers for the moment and the orders that it is asked about; doesn't know what comes after as_of; takes what occurs at as_of for the future; takes rows in any order; tells a server the same of one user as training of many; has five columns that say different things; predicts who buys: an AUC of 0.67 in the server
says: instead of the users
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def features(tx, users, as_of):
    past = tx[(tx["occurred_at"] < as_of) & tx["user_id"].isin(users)].set_index("user_id")
    ago = (as_of - past["occurred_at"]) / DAY
    return pd.DataFrame({"ago": ago, "d7": ago <= 7, "d30": ago <= 30, "amount": past["amount"],
                         "product": past["product_id"]})
