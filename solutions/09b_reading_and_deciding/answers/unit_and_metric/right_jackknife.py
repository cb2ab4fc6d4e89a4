"""The jackknife: the ratio of each arm without one unit at a time."""

import numpy as np
from scipy.stats import norm


def unit_and_metric(log, experiment):
    unit = experiment["assigned"]
    if experiment["shared"] == "zone" and unit != "zone":
        return None
    rows = log.assign(since=log["week"] - log["joined"])
    rows = rows[rows["since"] >= experiment["settled"]]
    quantile = norm.ppf(1 - 0.025 / len(experiment["metrics"]))
    return [between(rows, unit, top, bottom, quantile) for top, bottom in experiment["metrics"]]


def between(rows, unit, top, bottom, quantile):
    ratios, variances = {}, {}
    for arm, some in rows.groupby("arm"):
        sums = some.groupby(unit)[[top, bottom]].sum().to_numpy(float)
        whole = sums.sum(axis=0)
        without = (whole[0] - sums[:, 0]) / (whole[1] - sums[:, 1])
        ratios[arm] = whole[0] / whole[1]
        variances[arm] = (len(sums) - 1) * np.var(without)
    middle = ratios["treatment"] - ratios["control"]
    wide = quantile * np.sqrt(sum(variances.values()))
    return [float(middle - wide), float(middle + wide)]
