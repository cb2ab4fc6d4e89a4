"""A regression on the arm and on what each zone was before, by normal intervals; the split by chi-squared."""

import numpy as np
from scipy.stats import chisquare


def decide(log, plan):
    number, treated = len(log["treated"]), log["treated"][:, 0].astype(float)
    if np.ptp(log["treated"].astype(int), axis=1).max() > 0:
        return "invalid"
    seen = [number - treated.sum(), treated.sum()]
    if chisquare(seen, [number * (1 - plan["share"]), number * plan["share"]]).pvalue < 0.001:
        return "invalid"
    if not set(range(plan["days"])) <= set(log["day"].tolist()):
        return "keep"
    low, high = interval(log, plan, "minutes", treated)
    if high >= 0:
        return "keep"
    return "ship" if interval(log, plan, "late", treated)[1] < plan["margin"] else "keep"


def interval(log, plan, name, treated):
    day, deliveries = log["day"], log["deliveries"]
    parts = [day < 0, (day >= 0) & (day < plan["days"])]
    before, after = (log[name][:, part].sum(axis=1) / deliveries[:, part].sum(axis=1) for part in parts)
    columns = np.column_stack([np.ones(len(treated)), treated, before - before.mean()])
    found, *_ = np.linalg.lstsq(columns, after, rcond=None)
    rest = after - columns @ found
    bread = np.linalg.inv(columns.T @ columns)
    error = np.sqrt((bread @ (columns.T * rest**2) @ columns @ bread)[1, 1])
    return found[1] - 1.96 * error, found[1] + 1.96 * error
