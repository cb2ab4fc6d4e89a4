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
# # 08a Drift
#
# A model is made for the rows that it was fitted to. The shop goes on: customers move, prices rise, a sensor breaks.
# This part compares the rows of today with those of then, and says whether the difference matters.
#
# **After this part you will be able to**
#
# - tell data drift from concept drift, and say what each does to a model's error;
# - measure with six distances how far apart two samples are, and say what each of them overlooks;
# - say why an alarm at p < .05 cries wolf, and why it is silent when data break;
# - decide by size, by false discoveries and by the reference's own weeks together.
#
# **You need** [05c](../05c_thresholds/05c_thresholds.ipynb) and [06c](../06c_detecting/06c_detecting.ipynb), and
# about 75 minutes: 42 to read, 33 for the exercise. A good place for a break is before the section on weeks.

# %%
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from scipy.stats import chi2_contingency, ks_2samp, norm

from dataml_lab.drift import Windows, compare, distances, suite
from dataml_lab.drift.numbers import Numbers
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## Two kinds of drift
#
# Five deliveries of then, where a delivery takes 6 minutes, and 3 more for each kilometre. After them come two ways
# in which the world can change.

# %%
km, farther = np.array([1, 2, 2, 3, 5]), np.array([4, 6, 7, 9, 12])
pd.DataFrame({"km then": km, "minutes then": 6 + 3 * km,
              "km, data drift": farther, "minutes, data drift": 6 + 3 * farther,
              "minutes, concept drift": 6 + 5 * km})

# %% [markdown]
# **Data drift** (also *covariate shift*): the inputs change, and the relation between inputs and target stays. The customers live farther
# away, and a kilometre still takes 3 minutes.
#
# **Concept drift**: the relation changes. The distances are those of then, and a kilometre takes 5 minutes now,
# perhaps because of road works.
#
# The simulated shop can do either, from a date on. Here are three shops that are alike up to 1 April, and the rows of
# each are its deliveries.
#
# From 2 April on, the first goes on as before. The second has longer distances and a new zone, the harbour. In the
# third, a kilometre takes longer.
#
# The next two cells only prepare tables: read on at their outputs.

# %%
DAY = pd.Timestamp("2025-04-02")


def deliveries(store):
    """What was delivered, in the order of time, with the minutes that it took."""
    came = store.deliveries.query("status == 'delivered'").sort_values("dispatched_at")
    at = came["dispatched_at"].dt.tz_localize(None)
    minutes = (came["delivered_at"] - came["dispatched_at"]).dt.total_seconds() / 60
    columns = {"distance_km": "km", "zone": "zone", "weather": "weather"}
    found = came[list(columns)].rename(columns=columns)
    return found.assign(hour=at.dt.hour, minutes=minutes, at=at).reset_index(drop=True)


shops = {"no drift": deliveries(Store()),
         "data drift": deliveries(Store(covariate_shift=DAY.date())),
         "concept drift": deliveries(Store(concept_shift=DAY.date()))}
reference = shops["no drift"][shops["no drift"]["at"] < DAY]
print(f"{len(reference):,} deliveries in 13 weeks before the day.")
reference.drop(columns="hour").head(3).round({"minutes": 1})

# %% [markdown]
# Boosting (04a) learns the minutes from the 13 weeks before that day. Its error is the mean distance of prediction
# and truth, in minutes. The last column is of a new model, fitted to the first half of the rows after the day: its
# error on the second half.

# %%
def inputs(rows):
    """What the model is given; a category that it never saw counts as missing."""
    zones, weathers = (pd.CategoricalDtype(sorted(reference[name].unique()))
                       for name in ("zone", "weather"))
    known = rows.assign(zone=rows["zone"].where(rows["zone"].isin(zones.categories)))
    return known[["km", "hour", "zone", "weather"]].astype({"zone": zones, "weather": weathers})


def fitted(rows):
    """A model of these rows."""
    boosting = LGBMRegressor(n_estimators=100, num_leaves=8, num_threads=1, verbose=-1, random_state=0)
    return boosting.fit(inputs(rows), rows["minutes"])


model, found = fitted(reference), {}
for name, rows in shops.items():
    rows["error"] = (model.predict(inputs(rows)) - rows["minutes"]).abs()
    after = rows[rows["at"] >= DAY]
    alike = after[after["km"].between(3, 5) & (after["zone"] != "harbour")]
    first, second = after.iloc[:len(after) // 2], after.iloc[len(after) // 2:]
    anew = fitted(first).predict(inputs(second))
    found[name] = {"median km": after["km"].median(), "error": after["error"].mean(),
                   "at 3 to 5 km": alike["error"].mean(),
                   "2nd half": second["error"].mean(),
                   "2nd half, new model": (anew - second["minutes"]).abs().mean()}
two_kinds = pd.DataFrame(found).T
two_kinds.round(1)

# %% role="claim"
assert two_kinds.round(1).to_numpy().tolist() == [
    [3.9, 4.4, 4.0, 4.4, 4.6], [7.3, 8.5, 4.0, 8.4, 7.4], [3.9, 8.7, 7.5, 8.7, 5.9]], two_kinds
far = shops["no drift"].query("at >= @DAY and km > 12")
assert round(far["error"].mean(), 1) == 11.2
assert round(shops["no drift"][shops["no drift"]["at"] < DAY]["error"].mean(), 1) == 4.2
by_shop = {name: rows[rows["at"] >= DAY].groupby((rows["at"] - DAY).dt.days // 7)["error"].mean() for name, rows in shops.items()}
assert all(by_shop[name].min() > 7 and by_shop[name].max() < 10 for name in ("data drift", "concept drift"))
assert round(by_shop["concept drift"].min(), 1) == 7.9 and by_shop["no drift"].max() < 5.2
assert (shops["data drift"][shops["data drift"]["at"] < DAY]["minutes"].tolist() == reference["minutes"].tolist())

# %% role="figure" alt="Lines of the error by week for three shops. All are at about 4 minutes until the day of the change. Then the shop without drift stays at about 4, and both others lie between 7 and 10 from the first week on."
# The code of this figure.
fig, ax = plt.subplots()
for name, style in zip(shops, ("-", "--", ":"), strict=True):
    week = (shops[name]["at"] - DAY).dt.days // 7
    by_week = shops[name].groupby(week)["error"].mean()
    line, = ax.plot(by_week.index, by_week, style)
    height = {"no drift": 4.4, "data drift": 8.2, "concept drift": 9.4}[name]
    ax.annotate(name, (13.2, height), va="center", color=line.get_color())
ax.axvline(-0.5, color="grey", linewidth=1)
ax.set(title="Either drift doubles the error from the first week on", xlabel="weeks after the change",
       xlim=(-13.5, 18.5), xticks=range(-10, 11, 5), ylabel="mean error, minutes", ylim=(0, 11))
plt.show()

# %% [markdown]
# **Read the figure.** Each line is a shop, and the vertical line is the day of the change. Either drift raises the
# error from about 4 to between 7 and 10 minutes, in the first week already.
#
# Left of the line are the rows that the
# model was fitted to, so their error is a little low: 4.2, and without drift 4.4 after the day.
#
# The table shows what differs. With data drift the error at 3 to 5 km is 4.0, as without drift. There are more long
# trips, and these always had a larger error: 11.2 beyond 12 km, without drift too.
#
# So a new model helps little here, with 7.4 in place of 8.4.
#
# With concept drift the error is 7.5 at 3 to 5 km, and the distances are as ever. What the model learned is wrong now,
# and a new one has 5.9 in place of 8.7.
#
# So a comparison of inputs can find data drift, and the rest of this part is about it. Concept drift doesn't show in
# the inputs: it needs the truth, which comes late. [08b](../08b_monitoring/08b_monitoring.ipynb) is about that.
#
# ## How far apart are two samples?
#
# A sample of then and one of now, with five rows each. Each distance says in its own way how far apart they are.

# %%
then, now = np.array([1.0, 2, 3, 4, 5]), np.array([3.0, 4, 5, 6, 12])
bins = np.array([[3, 2], [1, 4]])  # rows up to 3 and above 3: then, and now
pd.Series({"Kolmogorov-Smirnov (KS)": distances.ks(Numbers.of(then), Numbers.of(now)),
           "Wasserstein": distances.wasserstein(Numbers.of(then), Numbers.of(now)),
           "total variation": distances.total_variation(bins),
           "chi-squared": chi2_contingency(bins, correction=False).statistic,
           "PSI": (np.subtract(*bins / 5) * np.log(bins[0] / bins[1])).sum(),
           "Jensen-Shannon": distances.jensen_shannon(bins)}).round(2).to_frame("distance")

# %% [markdown]
# | distance | how it is computed |
# |---|---|
# | KS | the largest difference between shares of rows up to a number. Up to 2 there are 2 of 5 rows then, and none now: 0.4 |
# | Wasserstein | how far a row must be moved on average: (2 + 2 + 2 + 2 + 7) / 5 = 3, in the unit of the column |
# | total variation | half the sum of differences of shares, over categories or bins: (0.4 + 0.4) / 2 = 0.4 |
# | chi-squared | squared difference of counts and expected counts, by the expected ones, summed. Expected are the shares of all ten rows, 2 and 3 of five: 1 / 2 + 1 / 3 + 1 / 2 + 1 / 3 = 1.67 |
# | PSI | the *population stability index*: the sum of (p − q) · ln(p / q), of two shares of a bin: 0.4 · ln 3 + 0.4 · ln 2 = 0.72 |
# | Jensen-Shannon | the root of the entropy (to the base 2) of both together, less the mean entropy of each: √(0.97 − 0.85) = 0.35, from 0 (alike) to 1 (no bin in common) |
#
# KS and Wasserstein need numbers. Total variation, chi-squared, PSI and Jensen-Shannon need categories, or numbers in
# bins; here there are two bins, up to 3 and above 3.

# %% role="claim"
assert np.isclose(distances.ks(Numbers.of(then), Numbers.of(now)), 0.4)
assert np.isclose(distances.wasserstein(Numbers.of(then), Numbers.of(now)), 3) and np.mean(now - then) == 3
assert round(0.4 * np.log(3) + 0.4 * np.log(2), 2) == 0.72 == round(
    (np.subtract(*bins / 5) * np.log(bins[0] / bins[1])).sum(), 2)
assert abs(chi2_contingency(bins, correction=False).statistic - 5 / 3) < 1e-9
assert abs(distances.chi_squared(bins * 10)[0] / 10 - 5 / 3) < 1e-9
both, each = (-(q * np.log2(q)).sum(axis=-1) for q in (bins.sum(axis=0) / 10, bins / 5))
assert round(both, 2) == 0.97 and round(each.mean(), 2) == 0.85 and round((both - each.mean())**0.5, 2) == 0.35
assert round(distances.jensen_shannon(bins), 2) == 0.35 and np.isclose(distances.total_variation(bins), 0.4)

# %% [markdown]
# `compare` of `dataml_lab.drift` measures a whole table. Here are six changes of one column of 2,000 rows, which was
# normal around 50 with a standard deviation of 10. PSI and Jensen-Shannon are of ten bins, and Wasserstein is in
# standard deviations.

# %%
random = np.random.default_rng(8)
usual = random.normal(50, 10, 2_000)
changed = {"none": random.normal(50, 10, 2_000),
           "half a deviation up": random.normal(55, 10, 2_000),
           "spread × 1.8": random.normal(50, 18, 2_000),
           "two humps": np.append(random.normal(41, 4, 1_000), random.normal(59, 4, 1_000)),
           "1 % far out": np.append(random.normal(50, 10, 1_980), random.normal(500, 10, 20)),
           "half is missing": np.append(random.normal(50, 10, 1_000), np.full(1_000, np.nan))}
then_x = pd.DataFrame({"x": usual})
side = pd.DataFrame({name: compare(then_x, pd.DataFrame({"x": values})).measures.loc["x"]
                     for name, values in changed.items()}).T.rename(columns={"moved": "KS"})
side[["KS", "PSI", "Jensen-Shannon", "Wasserstein"]].astype(float).round(2)

# %% role="claim"
side = side[["KS", "PSI", "Jensen-Shannon", "Wasserstein"]].astype(float)
assert (side.loc["half is missing"] < 0.12).all() and side.loc["none", "KS"] < 0.04 and side.loc["none", "PSI"] < 0.03
assert side.loc["1 % far out", "KS"] < 0.05 and side.loc["1 % far out", "PSI"] < 0.03
assert abs(side.loc["1 % far out", "Wasserstein"] - 0.46) < 0.03 and side.loc["two humps", "PSI"] > 0.4
assert abs(side.loc["half a deviation up", "Wasserstein"] - 0.5) < 0.05

# %% [markdown]
# KS, PSI and Jensen-Shannon see no 1 % of rows far out, and Wasserstein does: it asks how far. Two humps make PSI and
# Jensen-Shannon large, and Wasserstein is small, because no row has far to go.
#
# **Half is missing**: all distances drop what is missing. They are small, and only larger than in the first row
# because there are fewer rows.
#
# Each has a unit of its own, and a limit for one is no limit for another. Handbooks call PSI above 0.1 a change worth
# a look. That rule needs many rows: without any drift PSI is about (bins − 1) · (1/n + 1/m), which is 0.18 for ten bins and 100 rows in each sample.

# %% role="claim"
assert round(9 * (1 / 100 + 1 / 100), 2) == 0.18

# %% [markdown]
# ## Why p < .05 cries wolf
#
# A **p-value** is the probability of a distance so large or larger, if both samples come from one distribution. For
# the ten rows above it can be counted: put all of them in one bag, and deal five to each side, in all 252 ways.

# %%
bag = np.append(then, now)
deals = [list(five) for five in combinations(range(10), 5)]
dealt = np.array([distances.ks(Numbers.of(bag[five]), Numbers.of(np.delete(bag, five)))
                  for five in deals])
print(f"{np.mean(dealt > 0.39):.0%} of {len(deals)} deals have a distance of 0.4 or more.")

# %% [markdown]
# So 0.4 is nothing special for ten rows, and p is 0.87. A **test** turns a distance into a p-value, by a formula in
# place of dealing: the *KS test* takes the KS distance, and the *chi-squared test* the chi-squared one.
#
# A common alarm is `ks_2samp(then, now).pvalue < 0.05`, of
# `scipy.stats`. There are four reasons against it.
#
# **It depends on the rows.** Here the second sample is shifted by 0.02 standard deviations, which matters to nobody.

# %%
random, found = np.random.default_rng(704), {}
for n, draws in ((500, 100), (5_000, 100), (50_000, 20)):
    tests = [ks_2samp(random.normal(0, 1, n), random.normal(0.02, 1, n), method="asymp")
             for _ in range(draws)]
    found[f"{n:,} rows"] = {"alarms": np.mean([test.pvalue < 0.05 for test in tests]),
                            "KS distance": np.mean([test.statistic for test in tests])}
by_rows = pd.DataFrame(found).T
by_rows.round(2)

# %% role="claim"
assert round(np.mean(dealt > 0.39), 2) == 0.87
assert round(2 * norm.cdf(0.01) - 1, 3) == 0.008
assert by_rows["alarms"].round(2).tolist() == [0.05, 0.15, 0.7], by_rows
assert by_rows["KS distance"].round(2).tolist() == [0.05, 0.02, 0.01], by_rows

# %% [markdown]
# The change is the same in each line. The alarms go from 5 % to 15 % to 70 %, because there are more rows. The
# distance is raised by chance when rows are few, and comes down towards the true one: 0.008, the largest gap of the two curves.
#
# **It is asked of many columns.** With 20 columns without drift, each has a chance of 95 % to stay silent. All of
# them stay silent with 0.95 to the power of 20, or 36 %: there is an alarm on 64 of 100 days.
#
# **Rows depend on each other.** A test takes each row for a draw of its own. Weather isn't like that: a storm lasts
# for hours, and all deliveries of these hours have it.
#
# Here are the 12 weeks after the day, in the shop without drift. Each is compared with the 13 weeks before. One of the
# columns is the target, `minutes`: these weeks are over, so it is known.

# %%
def week_after(name, number):
    """The deliveries of a week after the day, in the shop of this name."""
    return shops[name][(shops[name]["at"] - DAY).dt.days // 7 == number]


def p_value(then, now):
    """Of the KS test for numbers, of the chi-squared test for texts."""
    if pd.api.types.is_numeric_dtype(then):
        return ks_2samp(then, now, method="asymp").pvalue
    counts = [sample.value_counts().reindex(then.unique(), fill_value=0)
              for sample in (then, now)]
    return chi2_contingency(counts).pvalue


columns = ["km", "zone", "weather", "hour", "minutes"]
twelve = [week_after("no drift", number) for number in range(12)]
alarms = pd.Series({column: sum(p_value(reference[column], rows[column]) < 0.05
                                for rows in twelve) for column in columns})
alarms.to_frame("alarms in 12 weeks").T

# %% role="claim"
assert alarms["weather"] == 12 and alarms.drop("weather").max() <= 2, alarms
assert round(0.95**20, 2) == 0.36
assert distances.ks(Numbers.of(np.array([1.0, np.nan])), Numbers.of(np.array([1.0, 2.0]))) == 0.5

# %% [markdown]
# The weather alarms in 12 weeks of 12, and nothing changed. The weather of this shop has no seasons: it is drawn anew
# every six hours, so a week has 28 draws, and no more.
#
# Rows of one customer, or of one day, are alike in the same way.
#
# **One missing value silences it.** With a single NaN the p-value is NaN, and `NaN < 0.05` is False. The test is
# silent on the day when data break.

# %%
broken = np.append(random.normal(60, 10, 500), np.nan)
print(f"Moved by a deviation: p = {ks_2samp(usual, broken[:-1]).pvalue:.0g}.",
      f"With one NaN: {ks_2samp(usual, broken).pvalue}.")

# %% [markdown]
# ## Size and chance together
#
# There are two questions, and drift needs a yes to both.
#
# - **Is it large enough to matter?** That is a limit on a distance, and you choose it for your use.
# - **Is it more than chance?** That is a test, made for many columns.
#
# A test of many columns controls the *false discoveries*: of all alarms, at most a share such as 5 % shall be false,
# on average. The procedure of Benjamini and Hochberg makes a *rate* of each p-value: of m columns, the k-th smallest
# becomes p · m / k, or what a larger one becomes, if that is less. Alarms are the columns with a rate up to 0.05.
#
# `compare` asks both questions. Here are 40 columns without drift, one that moved by 0.03 deviations, and one that
# moved by 0.3, each with 20,000 rows in both samples.

# %%
def table(moved):
    """40 columns that never move, and two that do by so many deviations."""
    numbers = random.normal(np.append(np.zeros(40), moved), 1, (20_000, 42))
    return pd.DataFrame(numbers).rename(columns=lambda c: {40: "hardly", 41: "much"}.get(c, f"c{c}"))


past, present = table([0, 0]), table([0.03, 0.3])
p = pd.Series({name: p_value(past[name], present[name]) for name in past})
both = compare(past, present)
print("compare finds:", both.drifted)
asked = pd.DataFrame({"p": p, "rate": distances.discoveries(p.to_numpy()),
                      "KS": both.measures["moved"].astype(float)})
asked[p < 0.05].round(3)

# %% role="claim"
assert both.drifted == {"much": ["distribution"]}
assert asked[p < 0.05].index.tolist() == ["c5", "hardly", "much"], asked[p < 0.05]
assert asked.loc["c5"].round(3).tolist()[:2] == [0.037, 0.52] and round(asked.loc["hardly", "rate"], 3) == 0.002, asked[p < 0.05]
assert round(asked.loc["hardly", "KS"], 2) == 0.02 and round(asked.loc["much", "KS"], 2) == 0.12, asked[p < 0.05]

# %% [markdown]
# Three columns have p < .05. The rate drops `c5`, where 0.037 becomes 0.52: chance. The size drops `hardly`, with a
# rate of 0.002 and a KS distance of 0.02: more than chance, and too small.
#
# `much` passes both. The limit of `compare` is a distance of 0.1: KS for numbers, total variation for texts.
#
# ## The reference's own weeks
#
# That leaves rows that depend on each other. How far is a week from the others *without* drift?
#
# The reference knows: it has 13 weeks. Each one is compared with the other twelve, and so it is known how far a week
# usually is from the rest. A new week is compared with that.

# %%
def moved(one, other):
    """The total variation of the weather of two samples."""
    counts = [sample["weather"].value_counts().reindex(reference["weather"].unique(), fill_value=0)
              for sample in (one, other)]
    return distances.total_variation(np.array(counts))


week = (reference["at"] - DAY).dt.days // 7
before = pd.Series({number: moved(reference[week != number], reference[week == number])
                    for number in range(-13, 0)})
later = pd.Series([moved(reference, rows) for rows in twelve])
print(f"The furthest week of the reference: {before.max():.2f}.",
      f"The furthest of the 12 weeks after it: {later.max():.2f}.")

# %% role="figure" alt="A dot for each week, at its distance from the other weeks in weather. The 13 weeks of the reference lie between 0.06 and 0.26. The 12 weeks after it lie between 0.03 and 0.22, all below the furthest week before."
# The code of this figure.
fig, ax = plt.subplots()
old, = ax.plot(before.index, before, "o")
new, = ax.plot(later.index, later, "D")
ax.axhline(before.max(), linestyle="--", color="grey", linewidth=1)
ax.annotate(f"furthest week before: {before.max():.2f}", (12, before.max() + 0.01), ha="right")
ax.set(title="New weeks are as far off as old ones were",
       xlabel="weeks after the day", ylabel="share of rows with other weather",
       ylim=(0, 0.35))
ax.annotate("● weeks of the reference", (-13, 0.31), color=old.get_color())
ax.annotate("◆ weeks after it, without drift", (0, 0.31), color=new.get_color())
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a week, and its height is the share of rows with other weather than in the rest.
# The weeks after the day are no further off than those before it: this weather is no drift.
#
# By chance alone, 1 new week in 14 is further than the furthest of 13. So an alarm needs more: `Windows` keeps a
# reference by weeks, and `compare` makes a p-value of a week's distance by the typical distance of the 13.
#
# The exercise takes twice the furthest. Here `compare` is asked for all 12 weeks after the day, in each shop.

# %%
weeks, found = Windows.by_week(reference, "at"), {}
for name in shops:
    reports = [compare(weeks, week_after(name, number)[["at", *columns]])
               for number in range(12)]
    found[name] = {column: sum(column in one.drifted for one in reports) for column in columns}
by_weeks = pd.DataFrame(found).T
by_weeks.rename_axis("weeks of 12 with drift", axis="columns")

# %% role="claim"
assert before.max().round(2) == 0.26 and later.max().round(2) == 0.22 and before.min() > 0.03
assert by_weeks.loc["no drift"].sum() == 0, by_weeks
assert by_weeks.loc["data drift"].tolist() == [12, 12, 0, 0, 12], by_weeks
assert by_weeks.loc["concept drift"].tolist() == [0, 0, 0, 0, 2], by_weeks

# %% [markdown]
# In the shop without drift there is no finding. With data drift, the distances, the zones, and so the minutes do, in each week from
# the first.
#
# With concept drift the inputs are as ever. The minutes are found in 2 weeks of 12, because weather moves them from week
# to week, too. The error of the model is 7.9 or more in every one of the 12 weeks (first figure).
#
# **Weekdays.** Where Sundays are unlike Mondays, a day is compared with the days of its weekday: `Windows.by_day`
# does that.
#
# The next table has 28 days with 300 rows each, in which each weekday has a mean of its own and days move a little.
# Then comes the day after them, a Monday.
#
# Nothing drifts. The means of the column `x4` are shown.

# %%
four_weeks, next_day = suite.unchanged("season", 8_400, 2)
numbers = [name for name in four_weeks if name.startswith("x")]
print("p < .05:", *[name for name in numbers
                    if p_value(four_weeks[name], next_day[name]) < 0.05])
print("by day:", compare(Windows.by_day(four_weeks, "at"), next_day).drifted or "nothing")
means = four_weeks.groupby("at")["x4"].mean().to_numpy().reshape(4, 7)  # weeks and weekdays
pd.DataFrame({"Mondays": means[:, 0], "Sundays": means[:, 6],
              "the new Monday": next_day["x4"].mean()}).round(2)

# %% role="claim"
assert sum(p_value(four_weeks[name], next_day[name]) < 0.05 for name in numbers) >= 3
assert not compare(Windows.by_day(four_weeks, "at"), next_day).drifted

# %% [markdown]
# ## Missing values and new categories
#
# Distances drop what is missing, and a new category in 1 % of the rows is a distance of 0.01. Both can break a model,
# so both are findings of their own, beside the distance.

# %%
random = np.random.default_rng(3)
past = pd.DataFrame({"total": usual, "paid": suite.words(random, 2_000)})
present = pd.DataFrame({"total": changed["half is missing"],
                        "paid": suite.words(random, 2_000, new=0.01)})
report = compare(past, present)
for one in report:
    print(f"{one.column}, {one.kind}: {one.evidence}")
report.measures[["missing then", "missing now", "moved"]].round(2)

# %% role="claim"
assert report.drifted == {"total": ["missing values"], "paid": ["new categories"]}, report
assert report.measures["moved"].max() < 0.06, report.measures

# %% [markdown]
# The distances, under `moved`, are 0.06 and less. The two findings come from counts: of rows without a value, and of
# rows with a value that the reference has not.
#
# What says "missing" is a matter of the source. Some write NaN, some −1, some an empty text, and a change from one to
# the other is no drift of the world. The exercise has all three.

# %% [markdown] role="prompt" exercise="drifted"
# ### Exercise: has the column drifted? ({{points}}, about 33 minutes)
#
# Write `drifted(reference, current)`. It returns True if a column has drifted on the day of `current`, and False if
# not.
#
# **First step:** if the values are texts, return False. Otherwise take the days of the reference that have the weekday
# of `current`. Return whether the median of `current` lies outside of the range of their medians, and run the check.
#
# | argument | is |
# |---|---|
# | `reference` | a DataFrame with the rows of eight whole weeks: `day` (a `Timestamp`), and `value`: floats, or texts (`str`) |
# | `current` | the same columns, with the rows of one later day |
#
# *Its weekday* means the eight days of the reference with the weekday of `current`, all their rows together.
#
# | matter | what is asked for |
# |---|---|
# | missing | NaN, −1 among numbers, and `""` among texts. It is drift if their share of the rows is 15 points or more above **or** below that of its weekday |
# | new | a text, not a missing one, that no row of the whole `reference` has. It is drift if new texts are in 2 % of all rows of the day **and** in two rows at least |
# | moved | compare known values with those of its weekday. It is drift if the day is 0.15 or more away, **and** at least twice as far as the furthest of the eight days is from the other seven together |
# | distance | KS for numbers (`ks_2samp(…).statistic`), total variation for texts. Another one will do, with a limit that fits it in place of 0.15 |
# | one row | a single row, however odd, is no drift |
# | promised | no case is near a limit; known numbers are 0 or more; 40 to 500 rows a day, in no order; 5 seconds a call |
# | arguments | stay as they were |
#
# There are 24 columns: 11 of them drift.
#
# {{properties}}

# %% role="answer" exercise="drifted"
import numpy as np
import pandas as pd


def drifted(reference, current):
    """Whether a column has drifted on the day of `current`."""
    ### BEGIN SOLUTION
    weekday = current["day"].iloc[0].day_of_week
    alike = reference[reference["day"].dt.day_of_week == weekday]
    absent = "" if pd.api.types.is_string_dtype(current["value"]) else -1
    now, then = (table["value"].mask(table["value"] == absent) for table in (current, alike))
    if abs(now.isna().mean() - then.isna().mean()) >= 0.15:
        return True
    new = now.notna() & ~now.isin(reference["value"].unique())
    if absent == "" and new.sum() >= max(2, 0.02 * len(now)):
        return True
    days, then = alike["day"][then.notna()].to_numpy(), then.dropna().to_numpy()
    usual = [apart(then[days != day], then[days == day]) for day in np.unique(days)]
    return bool(apart(then, now.dropna().to_numpy()) >= max(0.15, 2 * max(usual)))


def apart(one, other):
    """The KS distance of numbers; of texts the total variation."""
    points = np.unique(np.concatenate([one, other]))
    if one.dtype.kind != "f":
        return sum(abs((one == point).mean() - (other == point).mean()) for point in points) / 2
    upto = [np.searchsorted(np.sort(values), points, side="right") / len(values)
            for values in (one, other)]
    return np.abs(upto[0] - upto[1]).max()
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - Data drift changes the inputs, concept drift the relation. Comparing inputs can find the first only.
# - A p-value says whether a change is more than chance. It doesn't say whether it matters, and it gets smaller with
#   every row.
# - Drift needs both: a distance that matters, and more than chance over all columns.
# - Rows of one day or one customer are alike. The reference's own weeks say how far chance goes.
# - Look first at what is missing and what is new. Distances hardly see it.
#
# **Next:** [08b](../08b_monitoring/08b_monitoring.ipynb) watches a model day by day, with labels that come late. The
# part before this one is [07c](../07c_choosing_a_pattern/07c_choosing_a_pattern.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** `dataml-lab drift --help` compares files of your own. Chip Huyen, *Designing Machine Learning Systems*,
# 2022, has a chapter on shifts of data and on monitoring. Gama and others, *A survey on concept drift adaptation*,
# ACM Computing Surveys, 2014.
