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
# In [09a](../09a_designing/09a_designing.ipynb) an experiment was planned. Now it is over, and somebody has to read it: what is
# a unit, which rows count, how sure is the difference, and what to do?
#
# **After this part you will be able to**
#
# - read ten metrics without a false alarm in one of three experiments;
# - analyse what was drawn, and not what is in the rows;
# - tell an effect that stays from novelty;
# - recognise arms that disturb each other, and draw what they share;
# - make an experiment surer with what was known before it;
# - decide: ship, keep, or invalid.
#
# **You need** 09a, and about 75 minutes: 30 to read, 45 for two exercises. A good place for a break is after the first one.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import norm

from dataml_lab.experiments.analyse import analyse_table
from dataml_lab.experiments.correct import correct
from dataml_lab.experiments.couriers import delivered
from dataml_lab.experiments.metrics import mean
from dataml_lab.experiments.novelty import by_age
from dataml_lab.experiments.plan import Plan
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store()

# %% [markdown]
# ## Ten metrics
#
# An experiment of eight weeks. Someone counts ten things of each customer, and reports whatever is significant:
# page views of six categories, logins, EUR spent, orders by app, and tickets.
#
# The next cell only counts, and you can pass over its code. Four of the ten are shown.

# %%
begins, ends = pd.Timestamp("2025-03-01", tz="UTC"), pd.Timestamp("2025-04-26", tz="UTC")


def during(table, begins=begins, ends=ends):
    """The rows of a table in these days."""
    return table[table["occurred_at"].between(begins, ends, inclusive="left")]


seen, orders, tickets = during(store.activity), during(store.orders), during(store.tickets)
pages = seen[seen["kind"] == "page_view"]
category = pages["product_id"].map(store.products.set_index("product_id")["category"])
customers = pd.crosstab(pages["user_id"], category).reindex(np.sort(seen["user_id"].unique()))
customers["logins"] = seen[seen["kind"] == "login"].groupby("user_id").size()
customers["spent"] = orders.groupby("user_id")["total"].sum()
customers["by app"] = orders[orders["channel"] == "app"].groupby("user_id").size()
customers["tickets"] = tickets.groupby("user_id").size()
customers = customers.fillna(0).astype(int).rename_axis(columns=None)
print(len(customers), "customers")
customers[["logins", "spent", "by app", "tickets"]].head(3)

# %% [markdown]
# Nothing is changed: both arms see the same shop. So each alarm is false. We draw the arms 2,000 times, and count the draws in which
# one metric or more has p < 0.05.
#
# A remedy is **Bonferroni**: it multiplies each p-value by the number of metrics (1 at most). Of five metrics, p = 0.012 becomes
# 0.06 and is no finding.

# %% role="figure" alt="Two lines over the number of metrics, from 1 to 10. As they are: rises from 5% to 37% of the draws with a false alarm. Corrected by Bonferroni: stays at about 5%."
# The code of this figure.
draws = np.random.default_rng(0).random((2_000, len(customers))) < 0.5


def p_of_means(values, treated):
    """The p-value of each column, for each draw of the arms."""
    arms = []
    for inside in (treated.astype(float), 1.0 - treated):
        # Each row of `inside` is one draw: its product with a column is the sum in the arm.
        units = inside.sum(axis=1, keepdims=True)
        means = inside @ values / units
        arms.append((means, (inside @ values**2 / units - means**2) / units))
    (mean_t, variance_t), (mean_c, variance_c) = arms
    return 2 * norm.sf(abs(mean_t - mean_c) / np.sqrt(variance_t + variance_c))


p = p_of_means(customers.to_numpy(float), draws)
counts = range(1, 11)
raw = [(p[:, :count] < 0.05).any(axis=1).mean() for count in counts]
held = [(correct(p[:, :count], "bonferroni") < 0.05).any(axis=1).mean() for count in counts]
_, axes = plt.subplots()
for values, colour, label in ((raw, "C1", "as they are"), (held, "C0", "corrected by Bonferroni")):
    axes.plot(counts, 100 * np.array(values), "o-", color=colour)
    axes.text(10, 100 * values[-1] + 1.5, label, color=colour, ha="right")
axes.set(xlabel="number of metrics", ylabel="% of draws with a false alarm", ylim=(0, 43),
         title=f"Ten metrics find what isn't there in {raw[-1]:.0%} of experiments")
plt.show()

# %% [markdown]
# **Read the figure.** Each metric keeps its 5%. Together ten raise a false alarm in 37% of the draws: more than one in three "find
# something". Corrected, all together have no more than the 5% of one.
#
# Better than a correction is a plan: **one** metric decides, and it is named before the start. Others are read beside it,
# corrected, and decide nothing. That is how `analyse_table` reports them.
#
# Intervals are corrected alike: for ten metrics, each has 1 − 0.05 / 10 = 99.5% instead of 95%, and all of them hold together.

# %% role="claim"
assert customers.shape == (1_614, 10) and abs(raw[-1] - 0.37) < 0.02 and max(held) < 0.06, (raw, held)
assert abs((p < 0.05).mean() - 0.05) < 0.01
assert correct([0.004, 0.012, 0.02, 0.30, 0.60], "bonferroni").round(3).tolist() == [0.02, 0.06, 0.1, 1, 1]

# %% [markdown]
# ## What was drawn is the unit
#
# The metric is EUR per order. Customers were drawn, and the table has orders. Here are five orders of two customers.

# %%
five = pd.DataFrame({"user_id": [7, 7, 7, 8, 8], "total": [20.0, 22.0, 24.0, 60.0, 64.0]})
units = five.groupby("user_id")["total"].agg(spent="sum", orders="size")
units["part"] = units["spent"] - units["spent"].sum() / units["orders"].sum() * units["orders"]
units

# %% [markdown]
# The orders of a customer are alike. Whoever draws customer 8 gets two expensive orders at once: that is one draw, not two.
#
# The metric is a ratio of sums: 190 EUR over 5 orders is 38. How sure is it? The **delta method** says so.
#
# Each unit has a *part*: what it spent, less 38 for each of its orders. A part is 0 for a customer whose orders are as dear as all.
# Here the parts are −48 and 48, and their variance is 48² = 2,304 (we divide by n).
#
# Over 2 units that is 1,152, and over the square of 2.5 orders per customer it is 184. The standard error is √184 = 13.6 EUR.
# Whoever takes the five orders for units gets 387 / 5 = 77, and so 8.8 EUR: too sure.
#
# In an experiment each arm has its own ratio and its own parts, and the variances of both arms add up (09a).

# %% role="claim"
assert units["part"].tolist() == [-48, 48] and units["spent"].sum() == 190 and units["orders"].mean() == 2.5
assert units["part"].var(ddof=0) == 2_304 and round(2_304 / 2 / 2.5**2) == 184 and round(184.32**0.5, 1) == 13.6
assert round(five["total"].var(ddof=0)) == 387 and round((five["total"].var(ddof=0) / 5) ** 0.5, 1) == 8.8

# %% [markdown]
# Again nothing is changed, and the arms of customers are drawn 2,000 times. One test takes orders for units, and one takes
# customers.

# %% role="figure" alt="Two outlines of histograms of the difference in standard errors, over 2,000 draws. By customers it is as wide as it should be, and 5% are outside of the band from −1.96 to 1.96. By orders it is wider, and 13.5% are outside."
# The code of this figure.
sums = orders.assign(squared=orders["total"] ** 2).groupby("user_id").agg(
    orders=("total", "size"), spent=("total", "sum"), squared=("squared", "sum"))
count, spent, squared = sums.to_numpy(float).T
part = spent - spent.sum() / count.sum() * count
treated = np.random.default_rng(1).random((2_000, len(sums))) < 0.5


def ratios(inside):
    """EUR per order of an arm, and its variance if orders are units, and if customers are."""
    number, total, users = inside @ count, inside @ spent, inside.sum(axis=1)
    by_order = (inside @ squared / number - (total / number) ** 2) / number
    by_customer = inside @ part**2 / users / users / (number / users) ** 2
    return total / number, by_order, by_customer


# Both arms are alike here, so the parts are taken from one ratio for both.
(ratio_t, *variances_t), (ratio_c, *variances_c) = ratios(treated.astype(float)), ratios(1.0 - treated)
variances = [one + other for one, other in zip(variances_t, variances_c, strict=True)]
by_order, by_customer = ((ratio_t - ratio_c) / np.sqrt(variance) for variance in variances)
_, axes = plt.subplots()
bins = np.linspace(-4.5, 4.5, 37)
for t, colour, label, height in ((by_customer, "C0", "units are customers", 190), (by_order, "C1", "units are orders", 165)):
    axes.hist(t, bins, color=colour, histtype="step", linewidth=2)
    axes.text(2.1, height, f"{label}: {(abs(t) > 1.96).mean():.1%} outside", color=colour)
for limit in (-1.96, 1.96):
    axes.axvline(limit, color="0.4", linestyle=":")
axes.set(xlabel="difference in EUR per order, in standard errors", ylabel="number of draws (of 2,000)", xlim=(-4.6, 6.4),
         title="Orders as units: 13.5% false alarms instead of 5%")
plt.show()

# %% [markdown]
# **Read the figure.** Both tests see the same differences. The one by orders believes in too small a standard error, because
# it counts orders that come together as if each were drawn on its own. So 13.5% of its experiments raise a false alarm instead of 5%.
#
# The rule: the unit of the analysis is the unit that was drawn. In the package, `ratio("spent", "orders")`
# of `dataml_lab.experiments.metrics` is this metric; give it to `analyse_table` with a row for each customer.
#
# > **Caution.** The mean of each customer's own ratio is another metric: a customer with one order counts there as much as
# > one with thirty. Of the five orders above it is (22 + 62) / 2 = 42, and not 38.

# %% role="claim"
assert five.groupby("user_id")["total"].mean().mean() == 42
alarms = [(abs(t) > 1.96).mean() for t in (by_order, by_customer)]
assert abs(alarms[0] - 0.135) < 0.0005 and abs(alarms[1] - 0.05) < 0.015, alarms

# %% [markdown]
# ## Novelty wears off
#
# A new start page. Customers look around when they see it for the first time, and later they don't. We plant such an effect:
# for customers of treatment, two more page views in their first week, and half as many in each week after it.
#
# A customer comes in with the first page view after the start: most do so in week 0, and some later.

# %% role="figure" alt="The effect on page views for each week since a customer came in, with intervals. It falls from 2 in the first week to about 0 from the fourth week on. A dashed line, what was planted, runs through all intervals."
# The code of this figure.
week = (pages["occurred_at"] - begins) // pd.Timedelta(days=7)
weeks = pages.groupby(["user_id", week.rename("week")]).size().unstack(fill_value=0)
joined = (weeks > 0).to_numpy().argmax(axis=1)  # the first week with a visit
# a row for each customer and week; what is a customer's is repeated for each week
log = weeks.stack().rename("views").reset_index()
log["age"] = log["week"] - np.repeat(joined, weeks.shape[1])
arms = np.where(np.random.default_rng(5).random(len(weeks)) < 0.5, "treatment", "control")
log["arm"] = np.repeat(arms, weeks.shape[1])
log = log[log["age"] >= 0]
new = np.where(log["arm"] == "treatment", 2.0 * 0.5 ** log["age"], 0.0)
log["views"] += np.random.default_rng(3).poisson(new)
effects = by_age(log, "views", "age")
_, axes = plt.subplots()
axes.vlines(effects.index, effects["low"], effects["high"], color="C0")
axes.plot(effects.index, effects["difference"], "o", color="C0")
axes.plot(effects.index, 2 * 0.5**effects.index, color="C1", linestyle="--")
axes.text(0.15, 2.05, "planted", color="C1")
axes.axhline(0, color="0.4", linestyle=":")
axes.set(xlabel="weeks since the customer came in", ylabel="page views, treatment less control",
         title="Two page views at first, none to be seen after some weeks")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot compares customers of the same age, with its 95% interval. Who reads the first week sees two more
# page views, and some weeks later they can't be seen.
#
# Count weeks from the day when a customer came in, not from the start of the experiment: in its last week there are newcomers, too.
#
# So an experiment runs until its effect is steady, and counts the steady weeks. (`wear` of `dataml_lab.experiments.novelty`
# asks whether an effect wears off, and what stays of it.)

# %% role="claim"
from dataml_lab.experiments.novelty import wear

worn, planted = wear(log, "views", "age", first=2), 2 * 0.5**effects.index
assert worn.off and effects["low"].iloc[0] > 0 and abs(effects["difference"].iloc[0] - 2) < 0.2, (worn, effects)
assert (effects["low"] < planted).all() and (effects["high"] > planted).all(), effects

# %% [markdown]
# ## Arms that disturb each other
#
# A new model decides which delivery a courier takes next. In each zone, couriers serve both arms.
#
# The metric is the minutes until a delivery is there. `delivered` simulates it, with half of the users in treatment, or half of the
# zones.
#
# In each hour a zone has some deliveries in a queue, and the model puts *its own* in front. That helps nobody
# on the whole: where all are served by it, their order is by chance, as before.

# %%
by_user, by_zone = delivered("user"), delivered("zone")
without, everywhere = (delivered(arms)["minutes"].mean() for arms in ("none", "all"))
worth = everywhere - without
minutes = [mean("minutes", better="lower")]
print(f"a delivery takes {without:.1f} minutes without the model, and {everywhere:.1f} with it for all")
print(by_user.groupby("arm")["minutes"].mean().round(1).to_dict())
print(analyse_table(by_user, minutes).decision)

# %% [markdown]
# Drawn by user, the experiment says: ship, the model saves minutes. It only takes them from the other arm.
#
# Without the model a delivery takes 26.4 minutes. In the experiment control takes 29.3 and treatment 23.4: what one gains, the other
# one loses. Control is not what it would be without the experiment, so that *no* analysis can mend it.
#
# The remedy is to draw what is shared. Couriers are shared within a zone, so zones are drawn, and each zone has one arm.

# %% role="figure" alt="Three intervals of the difference in minutes, and a dotted line at the truth, 0. Users drawn: far below 0. Zones drawn, deliveries as units: narrow and above 0, without the truth. Zones drawn, zones as units: wide, with the truth in it."
# The code of this figure.
shown = [("users drawn", analyse_table(by_user, minutes)),
         ("zones drawn,\nunits are deliveries", analyse_table(by_zone, minutes)),
         ("zones drawn,\nunits are zones", analyse_table(by_zone, minutes, cluster="zone"))]
_, axes = plt.subplots(figsize=(8, 3))
for place, (_, report) in enumerate(shown):
    one = report["minutes"]
    colour = "C0" if one.low < 0 < one.high else "C1"
    axes.plot([one.low, one.high], [place, place], color=colour)
    axes.plot(one.difference, place, "o", color=colour)
axes.axvline(0, color="0.4", linestyle=":")
axes.text(0.1, -0.55, "true: 0 minutes", color="0.4")
axes.set_yticks(range(3), [label for label, _ in shown])
axes.grid(False)
axes.set(xlabel="minutes, treatment less control, with 95% intervals", ylim=(2.5, -0.8),
         title="Only with zones drawn, and as units, the interval holds the truth")
plt.show()

# %% [markdown]
# **Read the figure.** The first interval is precise and wrong. The second one asks the right question and takes 9,593
# deliveries for units, where 60 zones were drawn. The last one holds the truth.
#
# It is wide: that is the price. With `cluster="zone"`, the package sums up the rows of each zone and takes zones as units.
#
# Wherever users share something scarce, or talk to each other, draw groups that share nothing with other groups.

# %% role="claim"
one, other, whole = (report["minutes"] for _, report in shown)
assert one.high < -4 and other.low > 0 and whole.low < 0 < whole.high and abs(worth) < 0.2, (one, other, whole, worth)
assert by_zone["zone"].nunique() == 60 and len(by_zone) == 9_593 and round(without, 1) == round(everywhere, 1) == 26.4
assert by_user.groupby("arm")["minutes"].mean().round(1).to_dict() == {"control": 29.3, "treatment": 23.4}

# %% [markdown] role="prompt" exercise="unit_and_metric"
# ### Exercise: the unit and the metric ({{points}}, about 20 minutes)
#
# Write `unit_and_metric(log, experiment)`. It returns a list with two numbers `(low, high)` for each metric: the interval of
# treatment less control. All intervals of an experiment **together** hold the truth in 95% of experiments (Bonferroni).
#
# It returns `None` where users were assigned though users of a zone share couriers: no analysis is right then.
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
# | `"assigned"` | what was drawn into arms, and so the unit: `"user"` or `"zone"` |
# | `"shared"` | `"zone"` where users of a zone share couriers; `None` where users share nothing |
# | `"settled"` | rows count if `week - joined` is this or more: then the effect is steady |
# | `"metrics"` | pairs `(top, bottom)` of columns: the sum of one over the sum of the other, in each arm |
#
# Each arm has its own ratio and its own variance; units without orders count, too. The interval's middle may be off by 1% of its
# width, and the width by 10%: any usual formula is near enough, and a bootstrap is too rough.
#
# Six experiments of up to 3,600 rows, with 60 zones; 5 seconds a call. `log` and `experiment` stay as they were.
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


# %% [markdown]
# ## What was known before
#
# Customers who spent much in winter do so in spring. What a customer spent *before* the experiment has nothing to do with the arm,
# and it explains a part of the noise. **CUPED** (controlled experiments using pre-experiment data) takes that part out.
#
# Here are five customers of both arms. Customer 5 spent 50 EUR before, 20 more than the mean of all. We expect 0.9 · 20 = 18 more
# afterwards as well, and take that off: 48 − 18 = 30.
#
# The 0.9 is θ, the slope of the straight line through the points (before, after): with 10 EUR more before, it is 9 EUR more after.
# θ is the *covariance* of both (the mean product of their distances from their means) over the variance of before.

# %%
five = pd.DataFrame({"before": [10.0, 20, 30, 40, 50], "after": [14.0, 19, 33, 41, 48]})
theta = five["after"].cov(five["before"]) / five["before"].var()
five["corrected"] = five["after"] - theta * (five["before"] - five["before"].mean())
print(f"θ = {theta:.2f}; the variance of after is {five['after'].var():.0f},",
      f"and of corrected {five['corrected'].var():.0f}")
five

# %% role="claim"
assert round(theta, 2) == 0.9 and five["after"].var().round() == 206 and five["corrected"].var().round() == 4.0, five
assert round(five["corrected"].iloc[4]) == 30

# %% [markdown]
# The mean stays, and nearly all of the variance is gone.
#
# Now the shop: EUR in eight weeks, and in the eight weeks before. Treatment brings 15 EUR more, which we add. (You can pass over
# this code, too.)

# %%
long_before = begins - (ends - begins)
table = customers[["spent"]].copy()
table["before"] = during(store.orders, long_before, begins).groupby("user_id")["total"].sum()
coins = np.random.default_rng(7).random(len(table))
table["arm"] = np.where(coins < 0.5, "treatment", "control")
table = table.fillna({"before": 0.0}).reset_index()
table["spent"] += 15.0 * (table["arm"] == "treatment")

# %%
plain = analyse_table(table, [mean("spent")])["spent"]
cuped = analyse_table(table, [mean("spent", before="before")])["spent"]
for name, one in (("without:   ", plain), ("with CUPED:", cuped)):
    print(f"{name} {one.difference:+.1f} ({one.low:+.1f} to {one.high:+.1f})")
print(f"{cuped.kept:.0%} of the variance is left")

# %% role="claim"
assert plain.low < 0 < cuped.low and abs(cuped.kept - 0.5) < 0.03, (plain, cuped)

# %% [markdown]
# Half of the variance is left. Without CUPED the interval has 0 in it, and with CUPED it hasn't: the same customers, and as much
# certainty as twice as many would give. It costs a column that was known before the start.
#
# > **Caution.** Take a column of the time *before* only. What the experiment itself can change takes a part of the effect out.
#
# For zones there is a simpler way. With θ = 1 each zone's value is reduced by its own value before, so that the arms are compared in
# the **changes** of their zones. That helps where zones differ far more than the arms, and the second exercise does it.

# %% [markdown]
# ## Guardrails
#
# A **guardrail** is a metric that may not get worse: late deliveries, tickets, errors. It has a **margin**, a harm that would be
# too much.
#
# "No significant harm" isn't enough. A small experiment finds no harm because it finds nothing. The question is turned round: does the
# interval **rule out** a harm of the margin?
#
# Here are three made-up intervals.

# %% role="figure" alt="Three intervals of the rise of the late share in percentage points, and a dashed line at the margin of 1 point. From -0.2 to 0.6: the harm is ruled out. From -0.8 to 1.6: not ruled out. From 1.2 to 2.4: harm. Below 0 is better."
# The code of this figure.
_, axes = plt.subplots(figsize=(8, 2.8))
cases = [(-0.2, 0.6, "ruled out: may ship"), (-0.8, 1.6, "not significant, not ruled out: keep"), (1.2, 2.4, "harm: keep")]
for place, (low, high, label) in enumerate(cases):
    colour = "C0" if high < 1 else "C1"
    axes.plot([low, high], [place, place], color=colour)
    axes.plot((low + high) / 2, place, "o", color=colour)
    axes.text(2.55, place, label, color=colour, va="center")
axes.axvline(0, color="0.4", linestyle=":")
axes.axvline(1, color="0.2", linestyle="--")
axes.text(1.03, -0.6, "margin", color="0.2")
axes.text(0.03, -0.6, "no change", color="0.4")
axes.set(xlabel="late share, treatment less control, percentage points", ylim=(2.6, -0.9), xlim=(-1, 5), yticks=[], xticks=[-1, 0, 1, 2],
         title="A guardrail holds if the whole interval is below the margin")
axes.grid(False)
plt.show()

# %% [markdown]
# **Read the figure.** The second interval has 0 in it, so there is no significant harm, and a harm of 1.6 points is possible all
# the same. Only the first one may ship.
#
# ## Ship, keep, invalid
#
# | verdict | when | what to do |
# |---|---|---|
# | **invalid** | the split is broken, as in 09a, or a unit is in both arms | find the bug, start again |
# | **keep** | before the planned end; no effect; an effect for the worse; a guardrail may be harmed | control stays |
# | **ship** | the metric that decides is better beyond chance, and all harm is ruled out | to all |
#
# The order matters: a broken experiment has no effect that could be read. `analyse_table` decides by this order and says why. A
# unit in both arms it refuses at once, with an error.
#
# The first metric without a `margin` decides. A margin makes a guardrail, in the metric's own unit: 0.1 tickets for each customer.

# %%
table["tickets"] = customers["tickets"].to_numpy()
metrics = [mean("spent", before="before"), mean("tickets", better="lower", margin=0.1)]
report = analyse_table(table, metrics, Plan(units=1_600))
print(report.decision)
print("tickets:", report["tickets"].interval())

# %% [markdown]
# The means are 14.6 EUR apart. Treatment had spent more already before the start: CUPED takes off a part for that, and 13 are left.
# Of tickets, a harm of 0.1 is ruled out.

# %% role="claim"
assert report.decision.verdict == "ship", str(report)
means = table.groupby("arm")[["spent", "before"]].mean().diff().iloc[1]
assert round(means["spent"], 1) == 14.6 and means["before"] > 0 and round(report["spent"].difference) == 13, (means, report["spent"])
assert report["tickets"].high < 0.1

# %% [markdown]
# Two functions of scipy help in the exercise. `binomtest(treated, zones, share).pvalue` is 09a's test of the split, exact for few
# zones. `ttest_ind(a, b, equal_var=False)` compares two means, and has `.pvalue` and `.confidence_interval()`.
#
# It is a **t-test**: the difference over its standard error, with limits a little wider than 1.96 for few units.

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
# | `log[…]` | array, a row for each zone and a column for each day |
# |---|---|
# | `"day"` | one number for each column, rising: 0 is the first day; the seven days before are below 0 |
# | `"treated"` | whether the zone is in treatment; before the start, the arm that was drawn |
# | `"deliveries"` | their number, always above 0 |
# | `"minutes"` | by how much forecasts were wrong, summed up |
# | `"late"` | the number of late deliveries |
#
# Planned are the days 0 to `plan["days"] - 1`; later ones aren't read. The first line that applies:
#
# | if | return |
# |---|---|
# | a zone changes its arm, before the start or in the planned days | `"invalid"` |
# | the number of treated zones doesn't fit `plan["share"]`: p < 0.001 | `"invalid"` |
# | a planned day isn't in `log["day"]` | `"keep"` |
# | the effect on minutes per delivery isn't below 0, or its p ≥ 0.05 | `"keep"` |
# | the 95% interval of the effect on the late share reaches up to `plan["margin"]` (0.01: one point) | `"keep"` |
# | none of these | `"ship"` |
#
# An effect is the mean change of treated zones less that of the others. Zones are the units: the days of a zone are alike, and
# zones differ far more than a model can change them. Tests are two-sided; any usual one is near enough.
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
# - One metric decides, and it is named before. Of ten, correct p-values and intervals.
# - The unit of the analysis is what was drawn. Rows that come together are not independent.
# - Count the steady time of each user, and leave novelty out.
# - What both arms share must be drawn as a whole. Otherwise no analysis helps.
# - What was known before makes an experiment surer, at the cost of one column.
# - A guardrail holds if its interval rules the harm out, not if nothing was found.
# - Invalid first, then keep, then ship.
#
# **This was the last part.** You have followed data from the event to the decision: ingest, features, models, evaluation,
# leaks, drift, and experiments. The part before this one is [09a](../09a_designing/09a_designing.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Kohavi, Tang and Xu, *Trustworthy Online Controlled Experiments*, 2020, on all of this. Deng, Xu, Kohavi and Walker,
# *Improving the sensitivity of online controlled experiments by utilizing pre-experiment data*, WSDM 2013. Deng, Knoblich and Lu,
# *Applying the delta method in metric analytics*, KDD 2018.
