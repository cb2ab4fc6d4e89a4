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
# # 05c Thresholds
#
# Part [05b](../05b_metrics/05b_metrics.ipynb) measured models. This part decides with one: above which score to act, and
# what that costs. Then it asks whether a score can be read as a probability, and how sure all these numbers are.
#
# **After this part you will be able to**
#
# - say why an accuracy of 99% can be worth nothing;
# - read a ROC curve beside a precision-recall curve where few rows are positive;
# - choose a threshold by what mistakes cost;
# - check whether scores are probabilities, and mend them where they are not;
# - put an interval around a score, and compare two models on the same rows.
#
# **You need** 05b, and about 75 minutes: 50 to read, 25 for the exercise. A good place for a break is after the exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.evaluation.calibration import calibration_error, reliability, undo_sampling
from dataml_lab.evaluation.classification import accuracy, auc, average_precision, precision_at, recall, thresholds
from dataml_lab.evaluation.intervals import bootstrap
from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.evaluation.thresholds import break_even, cheapest_threshold, costs

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## Twelve frauds in a thousand payments
#
# A shop wants to stop fraudulent payments. `payments` draws as many payments as we like, by the rule of the simulated
# shop, and each comes with its true probability of fraud. The model doesn't see that; we shall need it at the end.
#
# There are three tables: `train` to fit a model, `held_out` to choose a threshold, and `new` for payments that come
# afterwards.

# %%
train, held_out, new = payments(20_000, seed=1), payments(20_000, seed=2), payments(100_000, seed=3)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(train[FEATURES], train["is_fraud"])
score, score_new = (model.predict_proba(table[FEATURES])[:, 1] for table in (held_out, new))
print(f"{held_out['is_fraud'].sum()} of {len(held_out):,} payments held out are frauds, and {new['is_fraud'].mean():.2%} of the new ones.")

# %% [markdown]
# Compare two ways to decide: to let every payment through, and to stop what gets a score of 0.5 or more, as `predict` of
# scikit-learn does.

# %%
ways = {"always “legitimate”": np.zeros(len(held_out), int), "stop from 0.5 on": (score >= 0.5) * 1}
pd.DataFrame({name: {"accuracy": accuracy(held_out["is_fraud"], stopped), "recall": recall(held_out["is_fraud"], stopped),
                     "stopped": stopped.sum()} for name, stopped in ways.items()}).T.round(4).astype({"stopped": int})

# %% role="claim"
always, half = ((held_out["is_fraud"] == stopped).mean() for stopped in ways.values())
assert held_out["is_fraud"].sum() == 251 and 0.987 < always < half < 0.98755
assert ((score >= 0.5) & (held_out["is_fraud"] == 1)).sum() == 3 and (score >= 0.5).sum() == 5

# %% [markdown]
# To let everything through is right for 98.7% of the payments, and catches nothing. The model has nearly the same accuracy,
# and finds 3 of the 251 frauds.
#
# Where one class is rare, the accuracy is hardly more than the share of the other class. Nothing that we care about can
# be read from it.

# %% [markdown]
# ## ROC beside precision and recall
#
# The model orders payments by score, and a threshold cuts that order: what has at least this score is stopped. Here is
# what four thresholds do. *Hits* are frauds that are stopped.

# %%
table = thresholds(held_out["is_fraud"], score)
four = table.iloc[[(table["threshold"] - cut).abs().argmin() for cut in (0.2, 0.1, 0.05, 0.02)]]
four.assign(threshold=four["threshold"].round(2)).set_index("threshold").round(3)

# %% role="claim"
assert four["hits"].tolist() == [22, 43, 92, 142] and four["false_alarms"].iloc[-1] == 2113
assert round(four.iloc[-1]["false_alarm_rate"], 3) == 0.107
assert four.iloc[-1][["precision", "recall", "false_alarm_rate"]].round(2).tolist() == [0.06, 0.57, 0.11]

# %% [markdown]
# Look at the last row. From 0.02 on, the model catches 142 of 251 frauds, and the false-alarm rate is 10.7%: so many of
# the legitimate payments are stopped.
#
# But 10.7% of 19,749 are 2,113 payments. Of all that is stopped, only 6% are frauds: the precision.
#
# Two curves show all thresholds at once. The ROC curve of 05b draws the recall against the false-alarm rate. The
# **precision-recall curve** draws the precision against the recall, with a point for each threshold as well.
#
# The right line begins at the twentieth threshold: before that, a single payment makes the precision jump.

# %% role="figure" alt="Two panels. Left: the ROC curve rises steeply above the diagonal, with a dot at a false-alarm rate of 0.11 and a recall of 0.57. Right: the precision-recall curve falls from about 0.5 to below 0.1 and runs on along the bottom; the same threshold is a dot at a recall of 0.57 and a precision of 0.06, hardly above the dotted line of guessing."
# The code of this figure.
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
axes[0].plot(table["false_alarm_rate"], table["recall"])
axes[0].plot([0, 1], [0, 1], ":", color="0.4")
axes[0].text(0.62, 0.52, "guessing", color="0.4")
axes[0].set(title="ROC: this looks good", xlabel="false-alarm rate", ylabel="recall", xlim=(0, 1), ylim=(0, 1.02))
axes[1].plot(table["recall"].iloc[20:], table["precision"].iloc[20:])
axes[1].axhline(held_out["is_fraud"].mean(), linestyle=":", color="0.4")
axes[1].text(0.02, 0.025, "guessing", color="0.4")
axes[1].set(title="Precision: most alarms are false", xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
for axis, place in zip(axes, (("false_alarm_rate", "recall"), ("recall", "precision"))):
    x, y = four.iloc[-1][list(place)]
    axis.plot(x, y, "o", color="C1", markersize=8)
    axis.annotate("from 0.02 on", (x, y), (x + 0.06, y + 0.1 if axis is axes[1] else y - 0.09), color="C1")
plt.show()

# %% [markdown]
# **Read the figure.** The orange dot is the same threshold in both panels. On the left it lies far above guessing. On the
# right it lies near the bottom, since nearly all alarms are false.
#
# The AUC is the area below the left curve, and the average precision of 05b is about the area below the right one. By
# guessing one gets an AUC of 0.5, and an average precision of about the share of frauds.
#
# So what happens if frauds become rarer, and the model stays as it is?

# %%
def with_share(table, score, share):
    """The labels and scores of all frauds, and of as many legitimate payments as make the frauds this share."""
    frauds, others = np.flatnonzero(table["is_fraud"] == 1), np.flatnonzero(table["is_fraud"] == 0)
    rows = np.concatenate([frauds, others[:round(len(frauds) * (1 - share) / share)]])
    return table["is_fraud"].to_numpy()[rows], score[rows]


shares = {share: with_share(new, score_new, share) for share in (0.5, 0.1, 0.0113)}
pd.DataFrame({"AUC": {share: auc(*rows) for share, rows in shares.items()},
              "average precision": {share: average_precision(*rows) for share, rows in shares.items()}}
             ).rename_axis("share of frauds").round(2)

# %% role="claim"
assert [round(auc(*rows), 2) for rows in shares.values()] == [0.79, 0.79, 0.79]
assert [round(average_precision(*rows), 2) for rows in shares.values()] == [0.81, 0.41, 0.1]

# %% [markdown]
# The AUC doesn't know how rare frauds are. It says how well two groups are told apart. The average precision falls from
# 0.81 to 0.10: the rarer frauds are, the more of the alarms are false.
#
# For rare classes report both, and compare the average precision only between tests with the same share of positives.

# %% [markdown]
# ### As many as one can look at
#
# Often people look into the most suspicious payments, and have time for `k` of them. **Precision at k** is the share of
# frauds among the k highest scores. If 2 of the 5 highest are frauds, precision at 5 is 0.4.

# %%
tops = (50, 200, 1_000)
found = {k: precision_at(held_out["is_fraud"], score, k) for k in tops}
pd.DataFrame({"precision at k": found, "share of all frauds": {k: k * found[k] / 251 for k in tops}}).rename_axis("k").round(2)

# %% role="claim"
assert [found[k] for k in tops] == [0.36, 0.225, 0.104] and 28 < 0.36 / (251 / 20_000) < 30
assert [round(k * found[k] / 251, 2) for k in tops] == [0.07, 0.18, 0.41]

# %% [markdown]
# Of the first 50, 36% are frauds, nearly thirty times the share among all payments. Of 1,000 it is still one in ten,
# and 41% of all frauds are among them. Accuracy, AUC and average precision say none of this.

# %% [markdown]
# ## What a threshold costs
#
# People have to agree on one more thing: what a mistake costs. Suppose a **miss**, a fraud that gets through, costs
# 200 EUR, and a **false alarm** costs 5 EUR, for a call to the customer. What is right costs nothing.
#
# Here are five payments. `costs` tries each threshold, from the one that stops nothing.

# %%
five = pd.DataFrame({"score": [0.9, 0.6, 0.5, 0.3, 0.1], "is_fraud": [1, 0, 0, 1, 0]})
columns = ["threshold", "misses", "false_alarms", "cost"]
costs(five["is_fraud"], five["score"], cost_miss=200, cost_alarm=5)[columns]

# %% role="claim"
assert costs(five["is_fraud"], five["score"], 200, 5)["cost"].tolist() == [400, 200, 205, 210, 10, 15]
assert costs(five["is_fraud"], five["score"], 200, 150)["cost"].idxmin() == 1

# %% [markdown]
# The cheapest threshold is 0.3. It stops four payments, two of them in vain, and costs 10 EUR. If an alarm cost 150 EUR, it
# would be 0.9.
#
# Now with the model: the cost of every threshold on the payments held out, and on the new ones.

# %% role="figure" alt="The cost per payment against the threshold, on a logarithmic axis from 0.003 to 1. Both lines fall from about 5 EUR at 0.004 to about 1.7 at thresholds between 0.01 and 0.04, and rise to about 2.3 at 0.5 and above. Three dots on the line of the new payments: cheapest at 0.017, best F1 at 0.10, and 0.5."
# The code of this figure.
by_held_out, by_new = (costs(*pair, 200, 5) for pair in ((held_out["is_fraud"], score), (new["is_fraud"], score_new)))
best_f1 = table["threshold"][(2 * table["hits"] / (table["hits"] + table["false_alarms"] + 251)).idxmax()]
chosen = {"cheapest": cheapest_threshold(held_out["is_fraud"], score, 200, 5), "best F1": best_f1, "0.5": 0.5}
at = {name: by_new["cost"][(by_new["threshold"] >= cut).sum() - 1] / len(new) for name, cut in chosen.items()}
figure, axes = plt.subplots(figsize=(8, 3.8))
for line, rows, colour in ((by_held_out, len(held_out), "0.45"), (by_new, len(new), "C0")):
    axes.plot(line["threshold"], line["cost"] / rows, color=colour)
axes.text(0.3, 2.62, "held out: 1.26% frauds", color="0.45", ha="right")
axes.text(0.98, 2.15, "new:\n1.13%", color="C0", ha="right", va="top")
for name, cut in chosen.items():
    axes.plot(cut, at[name], "o", color="C1", markersize=8)
    axes.text(cut, at[name] - 0.4, name, color="C1", ha="center")
axes.set(xscale="log", xlim=(0.003, 1), ylim=(0, 5.2), xlabel="threshold (logarithmic)", ylabel="EUR per payment",
         xticks=[0.005, 0.02, 0.1, 0.5], xticklabels=["0.005", "0.02", "0.1", "0.5"],
         title="The cheapest threshold lies far below 0.5")
plt.show()

# %% [markdown]
# **Read the figure.** From right to left, a lower threshold catches more frauds, and the cost falls. Below 0.01 it rises
# steeply, since so many legitimate payments are stopped.
#
# The line of the payments held out ends higher, since more of them are frauds: a miss costs 200 EUR.
#
# The valley is flat: from 0.012 to 0.03 the cost changes by less than a tenth of a euro. So don't fight for the third digit
# of a threshold.
#
# The threshold was chosen on `held_out`. What it costs is read on `new`, beside other ways to decide.

# %% role="claim"
valley = by_new[by_new["threshold"].between(0.012, 0.03)]["cost"] / len(new)
assert valley.max() - valley.min() < 0.1
assert (round(held_out["is_fraud"].mean(), 4), round(new["is_fraud"].mean(), 4)) == (0.0126, 0.0113)

# %%
decisions = {"stop nothing": np.inf, "0.5": 0.5, "best F1": best_f1, "cheapest": chosen["cheapest"], "stop everything": 0.0}
paid = {name: by_new["cost"][(by_new["threshold"] >= cut).sum() - 1] / len(new) for name, cut in decisions.items()}
pd.DataFrame({"threshold": decisions, "EUR per new payment": paid}).round(3)

# %% role="claim"
assert {name: round(cost, 2) for name, cost in paid.items()} == {
    "stop nothing": 2.25, "0.5": 2.24, "best F1": 1.95, "cheapest": 1.63, "stop everything": 4.94}
assert round(chosen["cheapest"], 3) == 0.017 and round(best_f1, 2) == 0.1

# %% [markdown]
# With 0.5 the model is worth next to nothing: 2.24 EUR per payment, where no model at all costs 2.25. The threshold with the
# best F1 costs 1.95, since F1 doesn't know that a miss costs as much as forty alarms. The cheapest costs 1.63.
#
# Two things are new in the exercise. First, people have time for so many payments only.
#
# Second, the rows are a sample. Where frauds are rare, many people keep all frauds and a part of the legitimate payments,
# to save time. If one in 80 is kept, each one that is kept stands for 80.

# %% [markdown] role="prompt" exercise="pick_threshold"
# ### Exercise: which payments to stop ({{points}}, about 25 minutes)
#
# Payments whose score is at least a threshold are stopped. Write `pick_threshold(y, score, cost_miss, cost_alarm, one_in,
# most)`, which returns the cheapest threshold.
#
# First step: for one threshold, count the frauds and legitimate payments that it stops.
#
# | argument | is |
# |---|---|
# | `y` | an array, 1 for a fraud, 0 for a legitimate payment |
# | `score` | an array of numbers from 0 to 1, which are no probabilities; many rows share a score, and are stopped together |
# | `cost_miss` | the cost of a fraud that is not stopped |
# | `cost_alarm` | the cost of a legitimate payment that is stopped |
# | `one_in` | the rows hold all frauds, but one in `one_in` legitimate payments: each legitimate row stands for `one_in` payments |
# | `most` | of the payments that the rows stand for, at most this many may be stopped (a count), frauds included |
#
# | matter | what is asked for |
# |---|---|
# | cost | of all payments that the rows stand for |
# | threshold | a number; any that is allowed and as cheap is right. It may stop nothing (`float("inf")`, always allowed), or everything (the lowest score) |
# | arguments | stay as they were; rows come in any order |
# | time | 5 seconds a call, up to 6,200 rows |
#
# For `y` of 1, 0, 1, 0, 0, `score` of 0.9, 0.6, 0.6, 0.2, 0.2, costs of 100 and 4, and `one_in` = 10:
#
# | threshold | stops | costs |
# |---|---|---|
# | infinite | 0 | 200 |
# | 0.9 | 1 | 100 |
# | 0.6 | 12 | 40 |
# | 0.2 | 32 | 120 |
#
# With `most` = 12, 0.6 is right; with 11, 0.9.
#
# {{properties}}

# %% role="answer" exercise="pick_threshold"
import numpy as np


def pick_threshold(y, score, cost_miss, cost_alarm, one_in, most):
    """The threshold that costs least, of those that stop at most so many payments."""
    ### BEGIN SOLUTION
    cuts = np.append(np.inf, np.unique(score))
    stopped = score >= cuts[:, None]
    frauds = (stopped & (y == 1)).sum(axis=1)
    alarms = (stopped & (y == 0)).sum(axis=1) * one_in
    cost = (y.sum() - frauds) * cost_miss + alarms * cost_alarm
    return float(cuts[np.argmin(np.where(frauds + alarms <= most, cost, np.inf))])
    ### END SOLUTION


# %% [markdown]
# ## Is a score of 0.2 one in five?
#
# A score is **calibrated** if it can be read as a probability: of the payments with a score of 0.2, one in five is a fraud.
# If one in fifty is, the score is ten times too high, however well it orders.
#
# Here is a model that was trained on a sample: all frauds, and one in 80 legitimate payments. So nearly half of the
# training are frauds.

# %%
kept = train[(train["is_fraud"] == 1) | (np.arange(len(train)) % 80 == 0)]
sampled = make_pipeline(StandardScaler(), LogisticRegression()).fit(kept[FEATURES], kept["is_fraud"])
high, high_new = (sampled.predict_proba(table[FEATURES])[:, 1] for table in (held_out, new))
print(f"{kept['is_fraud'].mean():.0%} frauds in the training. AUC {auc(new['is_fraud'], high_new):.2f}, before {auc(new['is_fraud'], score_new):.2f}.")
reliability(new["is_fraud"], high_new, bins=5).round(3)

# %% [markdown]
# `reliability` sorts the payments into five bins by score, with a fifth of them in each, and compares the mean score with
# the share of frauds. In the last bin the mean score is 0.68, and 3.6% are frauds.
#
# The AUC is as good as before, since the order is. What is wrong is the scale.
#
# The mistake is known, so it can be undone: each legitimate payment that was kept stands for 80.
#
# A score of 0.5 means one fraud for each legitimate payment that was kept, so one fraud for 80 legitimate payments:
# 1/81 = 0.012. `undo_sampling` computes p / (p + (1 − p) · 80).

# %% role="figure" alt="Two panels of the share of frauds against the mean score in ten bins. Left: the scores of the model that was trained on a sample lie between 0.2 and 0.82, and the shares all lie below 0.06, far below the diagonal. Right: after the correction the scores lie between 0 and 0.07, and the dots lie near the diagonal."
# The code of this figure.
mended_new = undo_sampling(high_new, one_in=80)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
for axis, found, most, title in ((axes[0], high_new, 1, "Trained on a sample: far too high"),
                                 (axes[1], mended_new, 0.09, "Corrected: nearly a probability")):
    bins = reliability(new["is_fraud"], found)
    axis.plot([0, most], [0, most], ":", color="0.4")
    axis.plot(bins["predicted"], bins["share"], "o-")
    axis.text(0.6 * most, 0.67 * most, "calibrated", color="0.4", ha="right")
    axis.set(title=title, xlabel="mean score of the bin", ylabel="share of frauds", xlim=(0, most), ylim=(0, most))
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a tenth of the new payments. On the dotted line, the score is the share of frauds. (This
# is called a *reliability diagram*.)
#
# The scales differ: on the left, all dots lie at the bottom. On the right, the highest scores are still too high by nearly
# a third: 0.071 where 5.4% are frauds. Those near 0.01 are too low: 0.0085 where 1.2% are frauds.
#
# The mean distance from that line, over all payments, is the **calibration error**. It is 0.36 on the left, and 0.003 on
# the right, as for the model that saw all payments. Compare it with the share of frauds, 0.011.
#
# This error says nothing about the order. If each payment gets the same score of 0.011, the error is next to 0, and the
# score is of no use.
#
# If nobody knows what bent the scale, learn it: `IsotonicRegression` fits a line of rising steps from score to share, on
# payments that the model wasn't fitted to.

# %%
steps = IsotonicRegression(out_of_bounds="clip").fit(high, held_out["is_fraud"])
scales = {"all payments": score_new, "sample": high_new, "sample, corrected": mended_new,
          "sample, isotonic": steps.predict(high_new)}
errors = {name: calibration_error(new["is_fraud"], found) for name, found in scales.items()}
pd.Series(errors, name="calibration error").to_frame().round(4)

# %% role="claim"
last, top = reliability(new["is_fraud"], high_new, bins=5).iloc[-1], reliability(new["is_fraud"], mended_new).iloc[-1]
assert (round(top["predicted"], 3), round(top["share"], 3)) == (0.071, 0.054) and 1.3 < 0.071 / 0.054 < 1.34
eighth = reliability(new["is_fraud"], mended_new).iloc[-3]
assert (round(eighth["predicted"], 4), round(eighth["share"], 3)) == (0.0085, 0.012)
assert calibration_error(new["is_fraud"], np.full(len(new), 0.0113)) < 0.0001
assert (round(last["predicted"], 2), round(last["share"], 3)) == (0.68, 0.036) and 0.48 < kept["is_fraud"].mean() < 0.5
assert round(auc(new["is_fraud"], high_new), 2) == round(auc(new["is_fraud"], score_new), 2) == 0.79
assert round(errors["sample"], 2) == 0.36 and max(errors["sample, corrected"], errors["all payments"]) < 0.0031
assert np.isclose(undo_sampling([0.5], 80)[0], 1 / 81) and round(1 / 81, 3) == 0.012

# %% [markdown]
# ### What a wrong scale costs
#
# With probabilities nobody has to search for a threshold. To let a payment through costs p · 200 EUR on average, and to stop
# it costs (1 − p) · 5 EUR. A payment with p = 0.1 costs 20 EUR or 4.50 EUR: stop it.
#
# Both are equal at p = 5 / (5 + 200) = 0.024, which `break_even` returns. From there on, stop. If an alarm costs 10 EUR from
# tomorrow on, the threshold follows at once.
#
# All this holds for probabilities only. Here is what it costs on the four scales.

# %%
def cost_by_row(table, found, limit):
    """What each payment costs, if it is stopped from this score on."""
    return np.where(table["is_fraud"] == 1, 200 * (found < limit), 5 * (found >= limit))


limit = break_even(cost_miss=200, cost_alarm=5)
charged = {name: cost_by_row(new, found, limit).mean() for name, found in scales.items()}
pd.DataFrame({"stopped": {name: (found >= limit).mean() for name, found in scales.items()}, "EUR per payment": charged}).round(3)

# %% role="claim"
assert {name: round(cost, 2) for name, cost in charged.items()} == {
    "all payments": 1.64, "sample": 4.94, "sample, corrected": 1.65, "sample, isotonic": 1.64}
assert (high_new >= limit).all() and round(limit, 3) == 0.024 and 1 / 10 < (mended_new >= limit).mean() < 1 / 8.5

# %% [markdown]
# On the scale of the sample, a threshold of 0.024 stops every payment: 4.94 EUR for each, where 1.64 would do, and even no
# model at all costs 2.25. The corrected scores stop a ninth of the payments, and cost 1.65.
#
# The threshold that was searched above is 0.017, and it costs 1.63. Both are right: the scores are not exactly
# probabilities, the valley is flat, and 0.01 EUR is chance.
#
# So either search the threshold by cost, on payments as they come, or make sure that scores are probabilities.

# %% [markdown]
# ## How sure is a score?
#
# All numbers above come from one draw of payments. Next month brings other payments, and other numbers. How different may
# they be?
#
# The **bootstrap** imitates another month: draw as many rows as there are from the table, with repetition, compute the
# number again, and repeat that many times. Here are the costs of five payments, and three such draws.

# %%
cost_of_five, random = np.array([200, 0, 5, 0, 0]), np.random.default_rng(1)
draws = pd.DataFrame([random.choice(cost_of_five, 5) for _ in range(3)], ["first draw", "second draw", "third draw"])
draws.assign(mean=draws.mean(axis=1))

# %% [markdown]
# The mean of the five is 41 EUR, and the draws say how much chance there is in it. From 1,000 draws, leave out the lowest
# 2.5% and the highest 2.5%: what remains is a **95% interval**.
#
# `bootstrap` of `dataml_lab.evaluation.intervals` takes a metric and the columns that it needs. Here it is the cost per
# payment in a month of 20,000 payments, with the threshold from above.

# %%
month = payments(20_000, seed=4)
charges = cost_by_row(month, model.predict_proba(month[FEATURES])[:, 1], limit)
print("EUR per payment:", bootstrap(np.mean, charges))

# %% [markdown]
# A miss is rare and expensive, so the interval is wide: more than a tenth up and down. It is printed with three decimals,
# and not even the first one is certain.
#
# Does such an interval hold what it promises? Here the truth is known: the rule of the shop says how probable each fraud
# is, so that the expected cost of a payment can be computed. We cut 200,000 payments into 40 months of 5,000, and compute an
# interval from each, with 200 draws to save time.

# %% role="figure" alt="Forty vertical bars, one for each month, around a dotted horizontal line at the true cost of 1.74 EUR per payment. 37 bars cross the line; three, in orange, don't."
# The code of this figure.
def expected_cost(table, found, limit):
    """The mean cost of a payment by the true probabilities."""
    return np.where(found < limit, 200 * table["probability"], 5 * (1 - table["probability"])).mean()


many = payments(200_000, seed=6)
score_many = model.predict_proba(many[FEATURES])[:, 1]
truth = expected_cost(many, score_many, limit)
intervals = [bootstrap(np.mean, costs_of_month, draws=200) for costs_of_month in np.split(cost_by_row(many, score_many, limit), 40)]
figure, axes = plt.subplots(figsize=(8, 3.6))
for number, interval in enumerate(intervals, 1):
    colour = "C0" if truth in interval else "C1"
    axes.plot([number, number], [interval.low, interval.high], color=colour)
    axes.plot(number, interval.value, "o", color=colour, markersize=4)
axes.plot([0, 40.8], [truth, truth], ":", color="0.3")
axes.text(41.2, truth, f"truth\n{truth:.2f}", va="center", color="0.3")
held = sum(truth in interval for interval in intervals)
axes.set(xlabel="month of 5,000 payments", ylabel="EUR per payment", xlim=(0, 45), ylim=(0, None), xticks=range(0, 41, 10),
         title=f"{held} of 40 intervals hold the truth")
plt.show()

# %% [markdown]
# **Read the figure.** Each bar is the 95% interval of one month, and the dot is the cost in that month. Of 40 intervals, 38
# are expected to cross the dotted line, and 37 do.
#
# Without intervals, one month would report 1.2 EUR and another one 2.4, for the same model. The payments of `new` cost
# 1.64, less than the truth of 1.74: 1.13% of them were frauds, and by the rule of the shop it is 1.19%.
#
# > **Caution.** The bootstrap sees only the table: with very few frauds, its intervals are too narrow. Where rows
# > belong together, such as the payments of one customer, draw whole customers: `bootstrap(…, groups=customer)`.

# %% role="claim"
values = [interval.value for interval in intervals]
assert held == 37 and round(truth, 2) == 1.74 and (round(min(values), 1), round(max(values), 1)) == (1.2, 2.4)
assert round(many["probability"].mean(), 4) == 0.0119
around = bootstrap(np.mean, charges)
assert min(around.value - around.low, around.high - around.value) > 0.1 * around.value and truth in around

# %% [markdown]
# ## Two models, the same rows
#
# A bank sells a column, `country_mismatch`: was the card issued in another country? The bank asks for 0.02 EUR per
# payment. One model is fitted without the column, and both are asked about the same month.

# %%
without = [name for name in FEATURES if name != "country_mismatch"]
plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(train[without], train["is_fraud"])
charges_plain = cost_by_row(month, plain.predict_proba(month[without])[:, 1], limit)
apart = {"with the column": bootstrap(np.mean, charges), "without it": bootstrap(np.mean, charges_plain)}
print(*(f"{name}: {interval}" for name, interval in apart.items()), sep="\n")

# %% [markdown]
# The two intervals overlap widely, which looks as if nothing could be said. But most of their width is the chance of which
# frauds came this month, and that is the same for both models.
#
# So look at the **paired differences**: payment by payment, what the one costs more than the other. Five payments:

# %%
pd.DataFrame({"without": [0, 200, 0, 5, 0], "with": [0, 200, 0, 0, 5]}).assign(difference=lambda costs: costs["without"] - costs["with"])

# %% [markdown]
# The fraud that both miss costs 200 EUR in both columns, and nothing in the difference. The bootstrap of the differences
# knows nothing of it any more.

# %% role="figure" alt="Two panels. Left: the intervals of the two models, 1.37 to 1.78 and 1.49 to 1.95 EUR per payment, overlap. Right: the interval of the paired difference, 0.03 to 0.28, lies to the right of the dotted line at 0. A dark mark near its upper end is the truth, 0.25."
# The code of this figure.
difference = bootstrap(np.mean, charges_plain - charges)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6))
for axis, rows in ((axes[0], apart), (axes[1], {"without − with": difference})):
    for place, (name, interval) in enumerate(rows.items()):
        axis.plot([interval.low, interval.high], [-place, -place], color=f"C{place}" if axis is axes[0] else "C2", linewidth=3)
        axis.plot(interval.value, -place, "o", color=f"C{place}" if axis is axes[0] else "C2")
        axis.text(interval.low, -place + 0.18, name)
    axis.set(yticks=[], ylim=(-len(rows) + 0.4, 0.6), xlabel="EUR per payment")
axes[0].set(title="Apart: the intervals overlap", xlim=(1.2, 2.1))
axes[1].axvline(0, linestyle=":", color="0.3")
truly = expected_cost(many, plain.predict_proba(many[without])[:, 1], limit) - truth
axes[1].plot(truly, 0, "D", color="0.2")
axes[1].text(truly, -0.22, f"truth {truly:.2f}", color="0.2", ha="center")
axes[1].set(title="Paired: the column saves money", xlabel="EUR per payment, without − with", xlim=(-0.1, 0.4))
plt.show()

# %% [markdown]
# **Read the figure.** On the left the intervals overlap. On the right the whole interval of the difference lies above 0, and
# above the price of 0.02: the model without the column costs between 0.03 and 0.28 EUR more per payment.
#
# By the rule of the shop it is 0.25 (the dark mark). That lies near the upper end: the month's own number, 0.15, is too
# low by two fifths.
#
# For a metric that is no mean over rows, such as the AUC, `paired` of the same module draws rows, and computes the metric
# of both models on them.
#
# Does another column, `attempts`, save money as well?

# %% role="claim"
assert difference.low > 0.02 and round(difference.value, 2) == 0.15 and 0.38 < 1 - difference.value / truly < 0.42
assert round(truly, 2) == 0.25 and round(difference.low, 2) == 0.03 and round(difference.high, 2) == 0.28
assert apart["with the column"].high > apart["without it"].value and difference.low > 0 and truly in difference

# %%
fewer = [name for name in FEATURES if name != "attempts"]
single = make_pipeline(StandardScaler(), LogisticRegression()).fit(train[fewer], train["is_fraud"])
undecided = bootstrap(np.mean, cost_by_row(month, single.predict_proba(month[fewer])[:, 1], limit) - charges)
print("without `attempts` − with:", undecided)
print(f"by the rule of the shop: {expected_cost(many, single.predict_proba(many[fewer])[:, 1], limit) - truth:.3f}")

# %% role="claim"
assert undecided.low < 0 < undecided.high
assert round(expected_cost(many, single.predict_proba(many[fewer])[:, 1], limit) - truth, 2) == 0.05

# %% [markdown]
# The interval of `attempts` holds 0. It doesn't say that the column is worth nothing: by the rule of the shop it saves
# 0.05 EUR per payment. It says that this month can't decide, and that more payments are needed.

# %% [markdown]
# ## What to take along
#
# - Where one class is rare, the accuracy is hardly more than the share of the other class.
# - The AUC doesn't know how rare positives are. Report the average precision beside it, or precision at the k that people
#   can look at.
# - Agree on what a miss and a false alarm cost, choose the threshold by that, and read its cost on other rows.
# - Scores are probabilities only if they are calibrated. Training on a sample bends the scale, and can be undone.
# - A score without an interval is half a score.
# - Compare two models by paired differences, on the same rows. An interval that holds 0 decides nothing.
#
# **Next:** [05d Ranking](../05d_ranking/05d_ranking.ipynb) measures lists in which the order counts, and asks which metric
# fits which problem.
#
# Ready to hand in? Save, then press *Validate* in the toolbar.
#
# **Read on.** Charles Elkan, *The Foundations of Cost-Sensitive Learning*. Takaya Saito and Marc Rehmsmeier, *The
# Precision-Recall Plot Is More Informative than the ROC Plot When Evaluating Binary Classifiers on Imbalanced Datasets*.
# scikit-learn on [calibration](https://scikit-learn.org/stable/modules/calibration.html) and on
# [the decision threshold](https://scikit-learn.org/stable/modules/classification_threshold.html).
