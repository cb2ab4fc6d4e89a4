"""Payments of the shop, as many as one likes, with the probability that each is fraudulent: so that what a score says
can be compared with what is true."""

import numpy as np
import pandas as pd

from dataml_lab.store import mechanisms

FEATURES = ["amount", "night", "country_mismatch", "account_days", "attempts"]


def payments(rows: int, seed: int = 0) -> pd.DataFrame:
    """So many payments, of which about 1 % are fraudulent: `FEATURES`, the true `probability` of fraud by the rule of
    `store.mechanisms.fraud_probability`, and `is_fraud`, 0 or 1, drawn from it.

    >>> payments(3).columns.tolist()
    ['amount', 'night', 'country_mismatch', 'account_days', 'attempts', 'probability', 'is_fraud']
    """
    random = np.random.default_rng(seed)
    amount = random.lognormal(np.log(35), 0.8, rows).round(2)
    hour = random.choice(24, rows, p=np.r_[np.full(6, 0.01), np.full(18, 0.94 / 18)])
    mismatch = random.random(rows) < 0.04
    account_days = random.uniform(0, 700, rows).round(1)
    attempts = 1 + np.minimum(random.exponential(0.45, rows), 5).astype(int)
    probability = mechanisms.fraud_probability(amount, hour, mismatch, account_days, attempts, np.zeros(rows, bool))
    return pd.DataFrame({"amount": amount, "night": mechanisms.is_night(hour) * 1, "country_mismatch": mismatch * 1,
                         "account_days": account_days, "attempts": attempts, "probability": probability,
                         "is_fraud": (random.random(rows) < probability) * 1})
