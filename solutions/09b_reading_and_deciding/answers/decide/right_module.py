"""The package's difference of means with CUPED, on arrays of zones."""

import numpy as np
from scipy.stats import t

from dataml_lab.experiments.effects import Term, difference_with_cuped, sample
from dataml_lab.experiments.split import split_of


def decide(log, plan):
    treated = log["treated"].any(axis=1)
    if (treated != log["treated"].all(axis=1)).any():
        return "invalid"
    if split_of(int((~treated).sum()), int(treated.sum()), plan["share"]).broken:
        return "invalid"
    if plan["days"] - 1 not in log["day"]:
        return "keep"

    def limits(name):
        before = per_delivery(log, name, log["day"] < 0)
        after = per_delivery(log, name, (log["day"] >= 0) & (log["day"] < plan["days"]))
        rows = np.column_stack([after, before])
        found, _ = difference_with_cuped(sample(rows[~treated]), sample(rows[treated]), Term(0), Term(1))
        return found.interval(t.isf(0.025, found.freedom))

    better, safe = limits("minutes")[1] < 0, limits("late")[1] < plan["margin"]
    return "ship" if better and safe else "keep"


def per_delivery(log, name, days):
    return log[name][:, days].sum(axis=1) / log["deliveries"][:, days].sum(axis=1)
