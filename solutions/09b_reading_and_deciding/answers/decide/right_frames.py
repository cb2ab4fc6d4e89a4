"""Frames of zones and days; the mean over zones of daily rates, and an interval by hand."""

import pandas as pd
from scipy.stats import binom


def decide(log, plan):
    frames = {name: pd.DataFrame(log[name], columns=log["day"]) for name in log if name != "day"}
    if frames["treated"].nunique(axis=1).max() > 1:
        return "invalid"
    arm, zones, share = frames["treated"][0], len(frames["treated"]), plan["share"]
    count = int(arm.sum())
    if 2 * min(binom.cdf(count, zones, share), binom.sf(count - 1, zones, share)) < 0.001:
        return "invalid"
    last = plan["days"] - 1
    if last not in frames["minutes"].columns:
        return "keep"
    effects = {}
    for name in ("minutes", "late"):
        rates = frames[name] / frames["deliveries"]
        change = rates.loc[:, 0:last].mean(axis=1) - rates.loc[:, :-1].mean(axis=1)
        means, errors = change.groupby(arm).mean(), change.groupby(arm).sem()
        effects[name] = means[True] - means[False], (errors**2).sum() ** 0.5
    (gain, error), (harm, doubt) = effects["minutes"], effects["late"]
    return "ship" if gain + 1.98 * error < 0 and harm + 1.98 * doubt < plan["margin"] else "keep"
