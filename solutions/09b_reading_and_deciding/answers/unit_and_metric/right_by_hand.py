"""Sums of each unit, and the delta method by hand."""

from scipy.stats import norm


def unit_and_metric(log, experiment):
    assigned, metrics = experiment["assigned"], experiment["metrics"]
    if experiment["shared"] == "zone" and assigned == "user":
        return None
    steady = log[log["week"] - log["joined"] >= experiment["settled"]]
    names = sorted({name for metric in metrics for name in metric})
    sums = steady.groupby(["arm", assigned])[names].sum()
    quantile = norm.isf(0.05 / len(metrics) / 2)
    limits = []
    for top, bottom in metrics:
        values, variances = [], []
        for arm in ("control", "treatment"):
            above, below = sums.loc[arm, top], sums.loc[arm, bottom]
            ratio = above.sum() / below.sum()
            parts = (above - ratio * below) / below.mean()
            values.append(ratio)
            variances.append(parts.var() / len(parts))
        difference, wide = values[1] - values[0], quantile * sum(variances) ** 0.5
        limits.append((difference - wide, difference + wide))
    return limits
