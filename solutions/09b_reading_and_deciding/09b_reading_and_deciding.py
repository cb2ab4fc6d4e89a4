# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09b Reading and deciding
#
# In 09a an experiment was planned. In this part it is over, and somebody has to read
# it: which rows count, what is a unit, how sure is the difference, and what to do now.
#
# **After this part you will be able to**
#
# - read ten metrics without finding an effect in each third experiment;
# - analyse what was randomised, and not what is in the rows;
# - tell an effect that stays from novelty;
# - recognise arms that disturb each other, and randomise what they share;
# - decide: ship, keep, or invalid.
#
# **You need** 09a and [05b](../05b_metrics/05b_metrics.ipynb), and about 70 minutes.

# %% [markdown] role="prompt" exercise="unit_and_metric"
# ### Exercise: the unit and the metric ({{points}}, about 20 minutes)
#
# Write `unit_and_metric(log, experiment)`. It returns a list with a pair `(low, high)` for each metric: the interval of
# treatment less control. All intervals of an experiment **together** hold the truth in 95% of experiments (Bonferroni).
#
# It returns `None` where both arms use the same couriers, so that no analysis is right.
#
# **First step:** the sums of `spent` and `orders` for each unit; then the ratio of each arm.
#
# `log` is a DataFrame with a row for each user and week, in no order:
#
# | column | is |
# |---|---|
# | `user`, `zone` | the user, and the zone where the user lives |
# | `arm` | `"control"` or `"treatment"` |
# | `week` | week of the experiment, from 0 |
# | `joined` | the week in which the user came in; there are no rows before it |
# | `spent`, `orders`, … | numbers of this week |
#
# | `experiment[…]` | is |
# |---|---|
# | `"assigned"` | what was drawn into arms: `"user"` or `"zone"` |
# | `"shared"` | `"zone"` where users of a zone share couriers; `None` where users share nothing |
# | `"settled"` | rows count if `week - joined` is this or more: then the effect is steady |
# | `"metrics"` | pairs `(top, bottom)` of columns: the sum of one over the sum of the other, in each arm |
#
# Formulas with normal or t are near enough: the middle may be off by 2% of half the width, the width by 10%. (A bootstrap
# is too rough.)
#
# Six experiments of 3,000 rows; 5 seconds a call. `log` and `experiment` stay as they were.
#
# {{properties}}

# %% role="answer" exercise="unit_and_metric"
from scipy.stats import norm


def unit_and_metric(log, experiment):
    """An interval for each metric, or None."""
    ### BEGIN SOLUTION
    assigned, metrics = experiment["assigned"], experiment["metrics"]
    if experiment["shared"] == "zone" and assigned == "user":
        return None
    steady = log[log["week"] - log["joined"] >= experiment["settled"]]
    reach = norm.isf(0.05 / len(metrics) / 2)

    def ratio(arm, top, bottom):
        """The ratio of an arm, and the variance of this estimate."""
        units = steady[steady["arm"] == arm].groupby(assigned)[[top, bottom]].sum()
        value = units[top].sum() / units[bottom].sum()
        parts = (units[top] - value * units[bottom]) / units[bottom].mean()
        return value, parts.var() / len(units)

    limits = []
    for top, bottom in metrics:
        (below, doubt), (above, more) = ratio("control", top, bottom), ratio("treatment", top, bottom)
        wide = reach * (doubt + more) ** 0.5
        limits.append((above - below - wide, above - below + wide))
    return limits
    ### END SOLUTION


# %% [markdown] role="prompt" exercise="decide"
# ### Exercise: ship, keep or invalid ({{points}}, about 25 minutes)
#
# A new model forecasts when a delivery comes. Couriers serve a zone, so zones were drawn, each with the chance
# `plan["share"]`, into treatment.
#
# Write `decide(log, plan)`. It returns `"ship"`, `"keep"` or `"invalid"`.
#
# **First step:** the change of each zone: its minutes per delivery in the planned days, less those before the start.
#
# | `log[…]` | array with a row for each zone and a column for each day |
# |---|---|
# | `"day"` | of the columns: 0 is the first day; the week before is below 0 |
# | `"treated"` | whether the zone is in treatment; before the start, the arm that was drawn |
# | `"deliveries"` | their number |
# | `"minutes"` | by how much forecasts were wrong, summed up |
# | `"late"` | the number of late deliveries |
#
# Planned are the days 0 to `plan["days"] - 1`; later ones aren't read. The first line that applies:
#
# | if | return |
# |---|---|
# | a zone changes its arm | `"invalid"` |
# | the number of treated zones is this far off with p < 0.001 only | `"invalid"` |
# | a planned day is missing in the log | `"keep"` |
# | minutes per delivery don't fall, or p ≥ 0.05 | `"keep"` |
# | the 95% interval of the late share's rise reaches `plan["margin"]` (0.01: one point) | `"keep"` |
# | none of these | `"ship"` |
#
# Both effects are the change of treated zones less that of the others. Zones differ far more than a model can change them,
# and the days of a zone are alike. Tests are two-sided; any usual one is near enough.
#
# 80 experiments; 5 seconds a call, 45 for all. `log` and `plan` stay as they were.
#
# {{properties}}

# %% role="answer" exercise="decide"
from scipy.stats import binomtest, ttest_ind


def decide(log, plan):
    """The verdict on an experiment: "ship", "keep" or "invalid"."""
    ### BEGIN SOLUTION
    treated = log["treated"][:, 0]
    if (log["treated"] != treated[:, None]).any():
        return "invalid"
    if binomtest(int(treated.sum()), len(treated), plan["share"]).pvalue < 0.001:
        return "invalid"
    if plan["days"] - 1 not in log["day"]:
        return "keep"

    def rate(name, days):
        return log[name][:, days].sum(axis=1) / log["deliveries"][:, days].sum(axis=1)

    def compared(name):
        change = rate(name, (log["day"] >= 0) & (log["day"] < plan["days"])) - rate(name, log["day"] < 0)
        return ttest_ind(change[treated], change[~treated], equal_var=False)

    errors, late = compared("minutes"), compared("late")
    if errors.statistic > 0 or errors.pvalue >= 0.05:
        return "keep"
    return "keep" if late.confidence_interval().high >= plan["margin"] else "ship"
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - The unit of the analysis is what was drawn.
#
# **Next:** this is the last part.
