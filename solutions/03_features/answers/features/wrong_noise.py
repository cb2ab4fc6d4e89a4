"""Five columns that look like numbers and say nothing of a user.

fails: leaves tx as it was, and gives the same question the same answer; predicts who buys: an AUC of 0.70 in the server
says: doesn't look at tx
"""

import numpy as np
import pandas as pd


def features(tx, users, as_of):
    rows = [np.random.default_rng(user).normal(size=5) + len(tx) * 0 for user in users]
    return pd.DataFrame(rows, index=users, columns=[f"noise_{number}" for number in range(5)])
