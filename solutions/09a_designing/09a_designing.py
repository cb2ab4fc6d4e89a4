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
# # 09a Designing an experiment
#
# A new version of a model scores better on old rows. Do customers buy more with it? An experiment answers that: chance decides
# who gets which version, and the two groups are compared.
#
# **After this part you will be able to**
#
# - assign customers to arms so that they stay there, and find a split that is broken;
# - say how many users an experiment needs, and what it can't find;
# - say why looking at it every day finds effects that aren't there, with numbers;
# - read it every day all the same, by bounds that allow it.
#
# **You need** intervals from [05c](../05c_thresholds/05c_thresholds.ipynb), and about 75 minutes: 35 to read, 40 for the two
# exercises. The part before this one is [08b](../08b_monitoring/08b_monitoring.ipynb). A good place for a break is after
# the first exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import norm

from dataml_lab.experiments.analyse import analyse_table, looks
from dataml_lab.experiments.assign import assign as assigned
from dataml_lab.experiments.assign import fractions
from dataml_lab.experiments.bounds import crossing, equal_looks, peeking, spending_bounds
from dataml_lab.experiments.design import effect_on_proportion, size_of_proportions
from dataml_lab.experiments.figure import draw_looks
from dataml_lab.experiments.metrics import proportion
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.shoppers import seen, shoppers
from dataml_lab.experiments.simulate import looked
from dataml_lab.experiments.statistics import statistics
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store(users=10_000, days=88)

# %% [markdown]
# ## One customer, two versions
#
# The shop has a new ranking of its products. The experiment runs for the first two weeks of March, with each customer who
# comes in this time.
#
# One group sees the old ranking and is called **control**. The other group sees the new one and is called **treatment**. Each
# of them is an **arm** of the experiment.
#
# Of a real customer only one version is ever seen. In the simulated shop both are known: `bought` is 1 if this customer buys
# with the old ranking, and `new_bought` if with the new one.

# %%
people = shoppers(store, "2025-03-01", days=14, lift=0.1)
old, new = people["bought"].to_numpy(float), people["new_bought"].to_numpy(float)
print(f"{len(people):,} customers; {old.mean():.1%} buy with the old ranking, "
      f"{new.mean():.1%} with the new one")
people[["user_id", "day", "before", "bought", "new_bought"]].head(5)

# %% role="claim"
assert len(people) == 6_872 and round(old.mean(), 3) == 0.346 and round(new.mean(), 3) == 0.383
assert round(new.mean() - old.mean(), 3) == 0.037
assert people["new_bought"].head(5).tolist() != people["bought"].head(5).tolist()

# %% [markdown]
# The true effect is 3.7 percentage points. `day` is the day of the first visit, from 0, and `before` are the EUR of the two
# weeks before.
#
# Now each customer gets one arm by chance, and we see one of the two columns.

# %%
arms = assigned(people["user_id"], "new_ranking")
log = seen(people, arms)
apart = log.groupby("arm")["bought"].mean().diff().iloc[-1]
log.groupby("arm").agg(users=("user_id", "size"), before=("before", "mean"),
                       bought=("bought", "mean"), spent=("spent", "mean")).round(3)

# %% role="claim"
groups = log.groupby("arm")["bought"].agg(["size", "mean"])
assert groups["size"].tolist() == [3_450, 3_422] and groups["mean"].round(3).tolist() == [0.339, 0.391]
assert round(apart, 3) == 0.052

# %% [markdown]
# The arms differ by 5.2 points in `bought`, and in `spent`, the EUR of these two weeks, too (09b reads several metrics). Chance
# decided: so neither the season tells the arms apart, as it would if March were compared with February, nor who is curious
# enough to try the new version.
#
# But chance itself makes a difference, too. `before` shows it: no ranking changes what was spent earlier. How large is it?
#
# ## What chance does
#
# We split the same customers 1,000 times. Once both arms get the old ranking, which is called an **A/A test**: there is no
# effect. And once treatment gets the new one.

# %%
def differences(control, treatment, splits=1_000):
    """The mean of treatment less that of control, for splits by chance."""
    inside = (np.random.default_rng(0).random((splits, len(control))) < 0.5).astype(float)
    outside = 1 - inside
    return inside @ treatment / inside.sum(axis=1) - outside @ control / outside.sum(axis=1)


no_effect, effect = differences(old, old), differences(old, new)
error = np.sqrt(2 * old.mean() * (1 - old.mean()) / (len(people) / 2))
print(f"standard deviation without an effect: {no_effect.std():.4f}; by the formula: {error:.4f}")

# %% role="claim"
assert round(error, 4) == 0.0115 and abs(no_effect.std() - error) < 0.0005
assert abs(effect.mean() - 0.037) < 0.001

# %% role="figure" alt="Two histograms of differences in percentage points over 1,000 splits. Without an effect they lie between -4 and 4 around 0; with the new ranking between 0 and 8 around the true effect of 3.7, marked by a dotted line. A diamond marks the split that was made, at 5.2."
# The code of this figure.
_, axes = plt.subplots()
bins = np.arange(-4.5, 8.6, 0.3)
for values, colour, words, place in ((no_effect, "C0", "both arms old", -2.6), (effect, "C1", "new against old", 6.6)):
    axes.hist(100 * values, bins, color=colour, alpha=0.6)
    axes.text(place, 100, words, color=colour, ha="center")
axes.axvline(100 * (new.mean() - old.mean()), color="0.4", linestyle=":")
axes.plot(100 * apart, 4, "D", color="black")
axes.annotate("our split", (100 * apart, 4), xytext=(0, 8), textcoords="offset points", ha="center")
axes.set(xlabel="treatment less control, percentage points", ylabel="splits of 1,000", ylim=(0, 125),
         title="Chance alone moves a difference by a point or two")
plt.show()

# %% [markdown]
# **Read the figure.** On the left is the A/A test: most of the differences are within 2 points of 0. On the right they lie
# around the true effect, and ours happens to be larger than the truth.
#
# The **standard error** is the standard deviation of a difference over splits. Two independent arms add their variances, so
# with rates of 34.6% and 3,436 users in each it is √(0.346 · 0.654 / 3,436 + 0.346 · 0.654 / 3,436) = 0.0115.
#
# The **p-value** of a difference is the share of A/A tests that differ from 0 at least as much, in one direction or the other. Two
# standard errors, 2.3 points, are reached in about 5% of them. Without simulation, the normal distribution gives that share.

# %%
for points in (0.010, 0.0225, apart):
    z = points / error
    print(f"{100 * points:.2f} points are {z:.2f} standard errors: p = {2 * norm.sf(z):.6f}; "
          f"in {np.mean(abs(no_effect) >= points):.1%} of the 1,000 splits")

# %% role="claim"
assert abs(2 * norm.sf(0.0225 / error) - 0.05) < 0.001 and abs(np.mean(abs(no_effect) >= 0.0225) - 0.05) < 0.01
assert 2 * norm.sf(apart / error) < 0.00001 and not (abs(no_effect) >= apart).any()

# %% [markdown]
# A difference with p below **α** (alpha, mostly 0.05) is called **significant**. So α is the share of A/A tests with a false
# alarm. A p-value isn't the probability that there is no effect.
#
# ## Who sees what
#
# A coin at each visit is chance, and it is wrong: a customer who comes back may see the other version.

# %%
start, end = pd.to_datetime(["2025-03-01", "2025-03-15"], utc=True)
inside = store.sessions["started_at"].between(start, end, inclusive="left")
visits = store.sessions[inside].groupby("user_id").size()
both = np.mean(1 - 2 * 0.5**visits)  # v visits show one version alone with probability 2 · 0.5^v
print(f"A coin at each visit shows both versions to {both:.0%} of the customers.")

# %% [markdown]
# By the last digit of their numbers, customers stay in an arm. But then all experiments have the same arms.
#
# Say that a second experiment runs beside the first one, with a new colour that does nothing. It gets the effect of the
# ranking.

# %%
odd = np.where(people["user_id"] % 2, "treatment", "control")
other = assigned(people["user_id"], "new_colour")
for words, ranking, colour in (("by the last digit", odd, odd),
                               ("by a hash of experiment and customer", arms, other)):
    found = seen(people, ranking)["bought"].groupby(np.asarray(colour)).mean()
    points = 100 * (found["treatment"] - found["control"])
    print(f"{words}: the colour “brings” {points:+.1f} points")

# %% role="claim"
assert round(both, 2) == 0.52
wrong = seen(people, odd)["bought"].groupby(odd).mean().diff().iloc[-1]
right = seen(people, arms)["bought"].groupby(np.asarray(other)).mean().diff().iloc[-1]
assert round(wrong, 3) == 0.06 and round(right, 3) == -0.012, (wrong, right)

# %% [markdown]
# The 6 points aren't the colour's. The 1.2 are chance: that is one standard error.
#
# A **hash** makes a number of a text that looks like chance and is the same each time. `fractions` hashes
# `<experiment>/<customer>` and makes a number from 0 up to 1 of it. Those below one half are in control
# here; the app of the exercise has it the other way round.

# %%
five = people["user_id"].head(5)
pd.DataFrame({"user_id": five, "new_ranking": fractions(five, "new_ranking"), "arm": arms.head(5),
              "new_colour": fractions(five, "new_colour")}).set_index("user_id").round(3)

# %% [markdown]
# Nothing is stored, and every program that knows the rule finds the same arm. With the experiment in the text, the arms of two
# experiments have nothing to do with each other. (Such a part of a text is called a **salt**.)
#
# Two things more are usual. A share may be raised step by step: those who see the new version keep it. And some customers are
# **held out**: they see no experiment at all, so that what all of them bring together can be measured.

# %% [markdown] role="prompt" exercise="assign"
# ### Exercise: who sees what ({{points}}, about 15 minutes)
#
# The shop's app assigns customers too, in another language. Write `assign(user_ids, name, share)` for the website: the arm of
# each id of a list, in its order, as a list, an array or a Series. A customer must have the same arm in both.
#
# **First step:** write `number(text)`. `number("checkout/1000010")` is 0.5704.
#
# | matter | rule |
# |---|---|
# | number of a text | the first 8 hexadecimal digits of its SHA-256 (of the text in UTF-8), as a whole number, divided by 2³²: from 0 up to 1 |
# | customer | an id is a whole number, a float or a text of digits. 42, 42.0 and `"42"` are one customer, who is written `42` |
# | no account | the id is None or the float NaN, and the arm is None |
# | held out | if the number of `holdout/42` is below 0.1, the arm is `"holdout"`: this customer sees no experiment |
# | others | `"treatment"` if the number of `<name>/42` is below `share`, and `"control"` if not |
#
# Ids have up to 7 digits; `share` is from 0 to 1, of those who aren't held out.
#
# With `name = "checkout"` and `share = 0.6`, the ids `[1000010, 1000010.0, None]` get
# `["treatment", "treatment", None]`: the number of `holdout/1000010`, 0.4704, isn't below 0.1, and 0.5704 is below 0.6.
#
# The check asks for 4,000 customers whose ids all end in 0; for some of them alone; and for shares from 0 to 1, one after the
# other. It compares arms one by one with the app's, and shares to 3 percentage points. 5 seconds a call.
#
# {{properties}}

# %% role="answer" exercise="assign"
from hashlib import sha256


def assign(user_ids, name, share):
    """The arm of each id: "treatment", "control", "holdout", or None for a visitor without an account."""
    ### BEGIN SOLUTION
    def number(text):
        return int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32

    arms = []
    for user_id in user_ids:
        if user_id is None or user_id != user_id:  # NaN isn't equal to itself
            arms.append(None)
            continue
        customer = int(user_id)
        if number(f"holdout/{customer}") < 0.1:
            arms.append("holdout")
        else:
            arms.append("treatment" if number(f"{name}/{customer}") < share else "control")
    return arms
    ### END SOLUTION

# %% [markdown]
# ## A broken split
#
# The new ranking crashes for 15% of those customers who look and don't buy, before their visit is logged. It has no effect
# otherwise: here both arms do what they do with the old one.

# %%
same = seen(people.assign(new_bought=people["bought"], new_spent=people["spent"]), arms)
crash = np.random.default_rng(0).random(len(same)) < 0.15
logged = same[~((same["arm"] == "treatment") & (same["bought"] == 0) & crash)]
logged.groupby("arm").agg(users=("user_id", "size"), bought=("bought", "mean")).round(3)

# %% [markdown]
# Treatment looks better by 5 points, and nobody bought more. A rate is buyers divided by users, and the users who were lost
# aren't counted.
#
# The number of users gives it away: of 6,540, a half was planned for each arm. By chance, so unequal a split is rare, and the
# report refuses to show an effect.

# %%
print(analyse_table(logged, [proportion("bought")], Plan(units=len(logged))))

# %% role="claim"
lost = logged.groupby("arm")["bought"].agg(["size", "mean"])
assert lost["size"].tolist() == [3_450, 3_090] and abs(lost["mean"].diff().iloc[-1] - 0.052) < 0.001
share = np.sqrt(0.5 * 0.5 / 6_540)
assert round(3_090 / 6_540, 4) == 0.4725 and round(share, 4) == 0.0062 and round((0.5 - 3_090 / 6_540) / share, 1) == 4.5

# %% [markdown]
# The test behind it is short. The share of treatment is 47.25% where 50% was planned, and its standard error is
# √(0.5 · 0.5 / 6,540) = 0.62 points: it is off by 4.5 of these.
#
# This is a **sample-ratio mismatch**. It needs a bug, not an effect, so the alarm is set to p < 0.001. An experiment with
# one is worth nothing: repair, and start again.
#
# ## How many users
#
# An experiment may miss an effect that is there. **Power** is the share of experiments in which a true effect is
# significant. From 20% to 25%, with 400 users in each arm, it is low.

# %%
random = np.random.default_rng(1)


def power(users, control, treatment, experiments=20_000):
    """The share of simulated experiments with p < 0.05, for so many users in each arm."""
    one = random.binomial(users, control, experiments) / users
    two = random.binomial(users, treatment, experiments) / users
    spread = np.sqrt((one * (1 - one) + two * (1 - two)) / users)
    return np.mean(abs(two - one) > 1.96 * spread)


found = {users: power(users, 0.20, 0.25) for users in (400, 1_091, 2_000)}
print(*(f"{users:,} users in each arm: {share:.0%}" for users, share in found.items()), sep="\n")

# %% role="claim"
assert abs(found[400] - 0.40) < 0.02 and abs(found[1_091] - 0.80) < 0.01 and found[2_000] > 0.95, found

# %% [markdown]
# Which number has a power of 80%? Significant means further from 0 than z₁ = 1.96 standard errors. The true difference must lie
# z₂ = 0.84 further still, since 80% of a normal distribution lie above its mean less 0.84 standard deviations.
#
# In code z₁ is `norm.isf(alpha / 2)`, because half of α lies on each side, and z₂ is `norm.ppf(power)`.
#
# So the difference d must be (z₁ + z₂) standard errors. With rates p and q, and n users in each arm, that gives
#
# $$n = (z_1 + z_2)^2 \; \frac{p(1-p) + q(1-q)}{d^2}$$
#
# From 20% to 25%: 2.8² · (0.16 + 0.1875) / 0.05² = 1,090. For arms of different sizes, divide p(1−p) and q(1−q) each by
# the users of its own arm: their sum is the variance of the difference.
#
# The package's function takes the rate and d. Other formulas take another variance if there is no effect, and give 1,031 to
# 1,094 here: say which one it was.

# %%
size_of_proportions(0.20, 0.05, formula="unpooled").control

# %% role="claim"
assert [size_of_proportions(0.20, 0.05, formula=name).control
        for name in ("unpooled", "pooled", "arcsine", "control")] == [1_091, 1_094, 1_092, 1_031]
assert round(2.8**2 * (0.16 + 0.1875) / 0.05**2) == 1_090
assert round(norm.isf(0.05 / 2), 2) == 1.96 and round(norm.ppf(0.8), 2) == 0.84

# %% [markdown]
# Turned around, the same formula says what an experiment can't find. The **minimum detectable effect** is the smallest one that
# so many users find with this power.
#
# A **lift** is an effect as a part of the rate: a lift of 10% on 34.6% is 3.46 points.

# %% role="figure" alt="Power against users in each arm, from 250 to 16,000, for lifts of 5, 10 and 20 percent of a rate of 34.6 percent. At 3,436 users a lift of 20 percent is found nearly always, one of 10 percent in 85 percent of experiments, and one of 5 percent in a third."
# The code of this figure.
_, axes = plt.subplots()
users = np.geomspace(250, 16_000, 60)
for place, (lift, at) in enumerate(((0.20, 500), (0.10, 1_700), (0.05, 5_200))):
    rate, changed = old.mean(), old.mean() * (1 + lift)
    spread = np.sqrt((rate * (1 - rate) + changed * (1 - changed)) / users)
    curve = norm.sf(1.96 - (changed - rate) / spread)
    axes.plot(users, 100 * curve, color=f"C{place}")
    axes.text(at, 100 * np.interp(at, users, curve) + 3, f"lift {lift:.0%}", color=f"C{place}", ha="right")
axes.axhline(80, color="0.4", linestyle=":")
axes.axvline(len(people) / 2, color="0.4", linestyle=":")
axes.text(len(people) / 2 * 1.04, 4, "our experiment")
axes.set_xscale("log")
axes.set_xticks([250, 1_000, 4_000, 16_000], ["250", "1,000", "4,000", "16,000"])
axes.set(xlabel="users in each arm", ylabel="experiments that find the effect, %", ylim=(0, 102),
         title="Half the lift needs four times the users")
plt.show()

# %% [markdown]
# **Read the figure.** The dotted line at 80% is crossed at about 770 users for a lift of 20%, at 3,000 for 10%, and at 12,000
# for 5%. Half the effect is half of d, and d² is below the fraction line.

# %%
smallest = effect_on_proportion(old.mean(), len(people) / 2)
print(f"{len(people) / 2:,.0f} users in each arm find {100 * smallest:.1f} points with a power of 80%.")
weeks = shoppers(store, "2025-03-01", days=28)["day"] // 7 + 1
weeks.value_counts().sort_index().rename_axis("week").rename("new users").to_frame().T

# %% role="claim"
crossed = [size_of_proportions(old.mean(), lift * old.mean()).control for lift in (0.2, 0.1, 0.05)]
assert [round(n, -1) for n in crossed] == [770, 3_030, 12_000], crossed
assert round(effect_on_proportion(old.mean(), len(people) / 2), 3) == 0.032
assert round(0.1 * 34.6, 2) == 3.46
error_of = {lift: np.sqrt(sum(rate * (1 - rate) for rate in (0.346, 0.346 * (1 + lift))) / 3_436) for lift in (0.05, 0.1)}
powers = [norm.sf(1.96 - 0.346 * lift / error_of[lift]) for lift in (0.05, 0.1)]
assert abs(powers[0] - 1 / 3) < 0.015 and abs(powers[1] - 0.85) < 0.005, powers
march = store.sessions[store.sessions["started_at"].between(start, end, inclusive="left")]
half = march["started_at"] < start + pd.Timedelta(days=7)
assert np.isin(march.loc[~half, "user_id"].unique(), march.loc[half, "user_id"].unique()).mean() > 0.5
by_week = weeks.value_counts().sort_index().tolist()
assert by_week[0] > 3 * by_week[1] > 0 and sum(by_week[2:]) / sum(by_week[:2]) < 0.2, by_week

# %% [markdown]
# To run it for twice as long doesn't bring twice the users: most of those who come in week 2 were there in week 1. The third and
# the fourth week add less than a fifth.

# %% [markdown] role="prompt" exercise="size"
# ### Exercise: how many, and how long ({{points}}, about 25 minutes)
#
# Write `size(rate, lift, reach, share, alpha, power, arrivals)`. It returns `(control, treatment, weeks)`: the users that each
# arm needs, and after how many weeks they have come.
#
# **First step:** two equal arms that all see the change: `share` 0.5 and `reach` 1.
#
# | argument | is |
# |---|---|
# | `rate` | the share of users in control who buy, 10% to 40% |
# | `lift` | by which part of the rate it changes for those who see the change: 0.25 is from 20% to 25%. The check's are −0.2 to 0.15 |
# | `reach` | the share of an arm's users who get as far as the change; the others buy at `rate`. Who they are isn't known: all users are counted |
# | `share` | the share of the users in treatment, 0.2 to 0.8 |
# | `alpha`, `power` | two-sided, and the chance to find the change |
# | `arrivals` | a list: the **new** users of week 1, 2, … for both arms together |
#
# | returned | is |
# |---|---|
# | `control`, `treatment` | whole numbers, from the variance of the difference above. Up to 7% off is right: for the check's lifts each usual formula is closer |
# | `weeks` | the first week at whose end at least `control + treatment` new users have come; None if the list is too short |
#
# `size(0.2, 0.25, 1, 0.5, 0.05, 0.8, [1000, 1000, 500])` gives about `(1091, 1091, 3)`. If 40% see the change, each arm needs
# about 6,500 users, and weeks is None. 5 seconds a call.
#
# {{properties}}

# %% role="answer" exercise="size"
import math

from scipy.stats import norm


def size(rate, lift, reach, share, alpha, power, arrivals):
    """The users of control and of treatment, and the number of weeks, or None."""
    ### BEGIN SOLUTION
    other = rate * (1 + lift * reach)
    variance = rate * (1 - rate) / (1 - share) + other * (1 - other) / share  # times the users of both arms
    users = (norm.isf(alpha / 2) + norm.ppf(power)) ** 2 * variance / (other - rate) ** 2
    control, treatment = math.ceil((1 - share) * users), math.ceil(share * users)
    come = 0
    for week, new in enumerate(arrivals, 1):
        come += new
        if come >= control + treatment:
            return control, treatment, week
    return control, treatment, None
    ### END SOLUTION

# %% [markdown]
# ## Looking every day
#
# An experiment is planned for 14 days. But the numbers are there each morning, and somebody ends it on the first day with
# p < 0.05. This is **peeking**.
#
# Here are 20 A/A tests with 50 looks each, and as many new users before each look. The difference is drawn in standard errors,
# so that outside of ±1.96 it is significant.

# %% role="figure" alt="Twenty jagged lines over 50 looks, in standard errors. A band shows plus and minus 1.96. Seven lines, drawn in orange, leave the band at some look, and a diamond marks where they do so first; most of them come back. The others stay inside and are grey."
# The code of this figure.
steps = np.random.default_rng(5).normal(size=(20, 50)).cumsum(axis=1)
steps /= np.sqrt(np.arange(1, 51))  # the standard deviation of a sum of so many
alarmed = (abs(steps) > 1.96).any(axis=1)
_, axes = plt.subplots()
axes.axhspan(-1.96, 1.96, color="0.92", zorder=0)
for line, alarm in sorted(zip(steps, alarmed, strict=True), key=lambda pair: pair[1]):
    axes.plot(range(1, 51), line, color="C1" if alarm else "0.6", linewidth=1.6 if alarm else 0.8)
    if alarm:
        first = int((abs(line) > 1.96).argmax())
        axes.plot(first + 1, line[first], "D", color="C1")
axes.text(50, 2.75, "outside of the band: significant", ha="right")
axes.set(xlabel="looks", ylabel="difference, standard errors", xlim=(0, 51),
         title=f"{alarmed.sum()} of 20 tests without an effect are significant at some look")
plt.show()

# %% [markdown]
# **Read the figure.** An orange line is significant at the diamond, and a later look would often take that back. Somebody
# who stops there never sees it.
#
# How often does it happen? The next cell simulates 20,000 A/A tests, and `peeking` computes the share exactly.

# %%
simulated = np.random.default_rng(0).normal(size=(20_000, 100))
rows = {}
for count in (1, 2, 5, 10, 20, 50, 100):
    z = simulated[:, :count].cumsum(axis=1) / np.sqrt(np.arange(1, count + 1))
    rows[count] = np.mean((abs(z) > 1.96).any(axis=1)), peeking(count), 1 - 0.95**count
pd.DataFrame(rows, ["simulated", "exact", "1 − 0.95^looks"]).T.rename_axis("looks").map("{:.1%}".format)

# %% role="claim"
assert alarmed.sum() == 7
exact = {1: 0.05, 2: 0.083, 5: 0.142, 10: 0.193, 20: 0.248, 50: 0.3205, 100: 0.3735}
assert all(abs(rows[count][1] - share) < 0.001 and abs(rows[count][0] - share) < 0.011 for count, share in exact.items()), rows
assert [round(rows[count][2], 3) for count in (2, 5, 10)] == [0.098, 0.226, 0.401]

# %% [markdown]
# Ten looks make 19% of false alarms out of 5%. The formula in the last column is a common mistake: it takes looks for
# independent, and a look contains all rows of the look before.
#
# You may read this advice: *duration: long enough for statistical significance*. It **is** peeking. With no effect at all, an
# experiment that goes on until it is significant ends "successfully" in 37% of the cases within 100 looks.
#
# The right advice: fix the number of users by its power, and read it once, when they are there. The end must not depend on
# what the numbers show.

# %% [markdown]
# ## Looks that are allowed
#
# Sometimes an early end is worth a lot, such as when the new version does harm. Then the alarm must be planned for many looks.
#
# **Daily bounds** are wide at first and end a little above 1.96. They share α out over the looks, so that all of them together
# have 5% of false alarms.

# %%
days = equal_looks(14)
bounds = spending_bounds(days)
print(*(f"day {day}: {bounds[day - 1]:.2f}" for day in (2, 4, 7, 10, 14)), sep=", ")
print(f"false alarms at the bounds: {crossing(bounds, days).total:.3f}; at 1.96 each day: {peeking(14):.3f}")

# %% [markdown]
# An **always-valid** test holds at any time, also if nobody knows when the experiment ends. Its price is a wider interval.
#
# Here are 10,000 simulated experiments for each rule: 14 days with 1,000 users an arm and day, and a rate of 10%. For
# “found” and “mean end” the new version brings one point more; an experiment that finds nothing ends on day 14.

# %%
plans = {"read once": None, "peeking": Plan(), "daily bounds": Plan(28_000, "daily"),
         "always valid": Plan(28_000, "always")}
table = {}
for words, plan in plans.items():
    ends = (14, 1_000) if plan else (1, 14_000)  # looks, and users between two of them
    none, some = (looked(plan or Plan(), 10_000, *ends, change, seed)
                  for seed, change in enumerate((0.0, 0.01)))
    table[words] = f"{none.found:.1%}", f"{some.found:.0%}", f"{some.ended if plan else 14:.1f}"
pd.DataFrame(table, ["false alarms", "found", "mean end, day"]).T

# %% role="claim"
shares = {words: (float(one[0][:-1]), float(one[1][:-1]), float(one[2])) for words, one in table.items()}
assert abs(shares["read once"][0] - 5) < 1.1 and abs(shares["read once"][1] - 78) < 3, shares
assert abs(shares["peeking"][0] - 21) < 2 and shares["daily bounds"][0] < 6.1 and shares["always valid"][0] < 2, shares
assert abs(shares["daily bounds"][1] - 76) < 2.5 and abs(shares["always valid"][1] - 46) < 3, shares
assert abs(shares["peeking"][0] / shares["read once"][0] - 4.2) < 0.5 and shares["always valid"][1] < 50, shares
assert abs(shares["daily bounds"][2] - 10.8) < 0.4, shares
assert round(bounds[1], 1) == 5.8 and round(bounds[-1], 2) == 2.1 and round(peeking(14), 2) == 0.22

# %% [markdown]
# Peeking finds more because its bound is lower, with four times the false alarms. Daily bounds keep the 5%, lose one or two
# points of power, and end three days earlier on average. The always-valid test has the fewest false alarms, and finds less than
# half of the effects.
#
# Our experiment, read each day by these bounds:

# %%
plan = Plan(units=len(log), looks="daily")
by_day = looks(statistics(log, [proportion("bought")], day="day"), [proportion("bought")], plan)
by_day.index += 1  # days from 1
by_day.loc[3:4, ["units", "difference", "low", "high", "effect"]].round(3)

# %% role="claim"
assert by_day["effect"].to_numpy().argmax() == 3 and round(by_day["difference"].iloc[3], 3) == 0.059
assert [round(by_day[name].iloc[3], 3) for name in ("low", "high")] == [0.015, 0.102]

# %% role="figure" alt="The difference of the rates, in percentage points, as days end, with an interval by the daily bounds that narrows from day to day. On day 4 the interval lies above 0 for the first time, and a diamond says first effect: day 4. A dotted line at 0, and a dashed one at the truth, 3.7 points."
# The code of this figure.
axes = draw_looks(by_day, "By daily bounds, the new ranking is better from day 4 on", "difference, percentage points")
axes.yaxis.set_major_formatter(lambda part, _: f"{100 * part:.0f}")
axes.axhline(new.mean() - old.mean(), color="0.4", linestyle="--")
axes.text(14, new.mean() - old.mean() - 0.001, "the truth", ha="right", va="top")
plt.show()

# %% [markdown]
# **Read the figure.** The interval narrows with the users. It leaves 0 behind on day 4, and the experiment may end there.
#
# The difference on that day is 5.9 points, and the truth is 3.7: an experiment that ends early ends on a day on which the
# difference happens to be large. The interval, 1.5 to 10.2 points, holds the truth, so report the interval.
#
# ## What to take along
#
# - Chance decides who sees what, and a hash of experiment and customer makes chance that stays.
# - Count the arms first. If their shares aren't as planned, read nothing.
# - Effect, α, power and users: fix three of them before the start, and the fourth follows.
# - Half the effect needs four times the users, and a longer run brings fewer new ones.
# - Fix the end before the start. "Until it is significant" is peeking: 14 looks make 22% of false alarms.
# - To look every day, use bounds that are made for it, and report the interval.
#
# **Next:** [09b](../09b_reading_and_deciding/09b_reading_and_deciding.ipynb) reads experiments: many metrics, the right unit,
# arms that disturb each other, and the decision. The part before this one is
# [08b](../08b_monitoring/08b_monitoring.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Kohavi, Tang and Xu, *Trustworthy Online Controlled Experiments*, 2020. Johari, Koomen, Pekelis and Walsh,
# [*Always valid inference*](https://doi.org/10.1287/opre.2021.2135), Operations Research, 2022. Fabijan and others,
# [*Diagnosing sample ratio mismatch*](https://doi.org/10.1145/3292500.3330722), KDD 2019.
