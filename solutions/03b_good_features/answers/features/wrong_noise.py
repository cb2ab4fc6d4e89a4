"""Five columns that look like numbers and say nothing of a user.

fails: answers for the moment and the orders that it is asked about; predicts who buys: an AUC of 0.67 in the server
says: doesn't look at tx
"""

import numpy as np
import pandas as pd


def features(tx, users, as_of):
    rows = [np.random.default_rng(user).normal(size=5) + len(tx) * 0 for user in users]
    return pd.DataFrame(rows, index=users, columns=[f"noise_{number}" for number in range(5)])
