"""Welch's t test on the change of each zone."""

from scipy.stats import binomtest, ttest_ind


def decide(log, plan):
    arms = log["treated"]
    treated = arms[:, 0]
    if (arms != arms[:, :1]).any():
        return "invalid"
    if binomtest(int(treated.sum()), len(treated), plan["share"]).pvalue < 0.001:
        return "invalid"
    if log["day"].max() < plan["days"] - 1:
        return "keep"
    before = log["day"] < 0
    after = ~before & (log["day"] < plan["days"])

    def compared(name):
        change = rate(log, name, after) - rate(log, name, before)
        return ttest_ind(change[treated], change[~treated], equal_var=False)

    errors = compared("minutes")
    if errors.pvalue >= 0.05 or errors.statistic > 0:
        return "keep"
    late = compared("late")
    if late.confidence_interval(0.95).high >= plan["margin"]:
        return "keep"
    return "ship"


def rate(log, name, days):
    return log[name][:, days].sum(axis=1) / log["deliveries"][:, days].sum(axis=1)
