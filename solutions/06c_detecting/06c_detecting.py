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
# # 06c Detecting leaks
#
# In 06a and 06b you knew where the leak was. Now you get a table from somebody else, and its score is too good. This part
# looks for leaks, and says of each piece of evidence what it is worth.
#
# **After this part you will be able to**
#
# - measure what a column tells alone, and what its gaps tell;
# - look again after the strongest suspect is gone;
# - tell a proof from a suspicion, and a shift from a leak;
# - say what no detector can know, and declare it.
#
# **You need** [06b](../06b_contamination/06b_contamination.ipynb), and about 75 minutes: 45 to read, 30 for the exercise. A
# good place for a break is before the exercise. Three short sections follow it, of about 15 minutes.

# %%
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.preprocessing import TargetEncoder

from dataml_lab.evaluation.classification import auc
from dataml_lab.leakage import audit, examine
from dataml_lab.leakage.leakcheck import report as leakcheck
from dataml_lab.leakage.suite import columns, worlds

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## A table from somebody else
#
# Here are 3,000 customers of a shop. The label says whether a customer left within 60 days.
#
# The table is made from a known rule. Six columns are planted in it: three leaks, and three honest columns that look like
# leaks. Their names are in the list `planted` of the next cell, so look at the table first.

# %%
random = np.random.default_rng(6)
honest = worlds.customers(random, worlds.Setting(rows=3_000, share=0.2, signal=2.0))
planted = [columns.state_now, columns.survey, columns.calls_about_it, columns.staff, columns.company_number, columns.token]
table = honest.assign(**{make.__name__: make(random, honest, 0.6) for make in planted})
left = table["label"]
table.drop(columns="label").head(3).T

# %% [markdown]
# Boosting with 40 small trees is asked about each half of the rows, after it was fitted to the other half. Text becomes
# numbers first.

# %%
inputs = table.drop(columns="label").apply(lambda values: values if values.dtype.kind in "if" else pd.factorize(values)[0])
halves = StratifiedKFold(2, shuffle=True, random_state=0)
boosting = LGBMClassifier(n_estimators=40, num_leaves=8, importance_type="gain", num_threads=1, verbose=-1, random_state=0)


def reached(names):
    """The AUC of boosting with these columns, on rows that it wasn't fitted to."""
    return auc(left, cross_val_predict(boosting, inputs[names], left, cv=halves, method="predict_proba")[:, 1])


print(f"AUC {reached(list(inputs)):.4f}, of 14 columns.")

# %% [markdown]
# An AUC of 1.00, to two digits, for a question about people. It is too good to be true (06a). Which column does it?
#
# ## What does a column tell alone?
#
# Take five customers and a text column, `plan`. Each value is **rated** by the share of its rows that left, and the rates
# are a score.

# %%
five = pd.DataFrame({"plan": ["pro", "pro", "pro", "free", "free"], "card": ["A1", "B7", "C3", "D9", "E2"],
                     "left": [1, 1, 0, 0, 0]})
for name in ("plan", "card"):
    five[f"rate of {name}"] = five.groupby(name)["left"].transform("mean")
print(*(f"{name}: AUC {auc(five['left'], five[f'rate of {name}']):.2f}" for name in ("plan", "card")))
five.round(2)

# %% [markdown]
# `plan` has an AUC of 0.83. The number of a card has 1.00, and says nothing: no two customers share it, so its rate
# is the label itself.
#
# So a value is rated by **other rows** than those that it is tried on. One half of the rows gives the rates, and the
# other half gets them; then the other way round.
#
# A card that wasn't seen gets the mean of the half that was. So all cards have nearly the same rate, and the column has an
# AUC of about 0.5.
#
# This is the honest target encoding of [03d](../03d_encoding/03d_encoding.ipynb), and scikit-learn's `TargetEncoder` does it. Here
# a number is its own score, which misses a number that is a code: with codes, 3 needn't be between 2 and 4 in what it tells.


# %%
def alone(values, label):
    """The AUC of a column without its gaps, in whichever direction is better; NaN where one label has no row."""
    there = values.notna()
    values, label = values[there], label[there]
    if label.nunique() < 2:
        return np.nan
    is_number = pd.api.types.is_numeric_dtype(values)
    score = values if is_number else TargetEncoder(cv=halves).fit_transform(values.to_frame(), label)[:, 0]
    return max(auc(label, score), 1 - auc(label, score))


power = pd.DataFrame({"values": {name: alone(table[name], left) for name in inputs}})
power.loc[["survey", "state_now", "calls_about_it", "days_quiet", "logins_30d", "token"]].round(2)

# %% role="claim"
assert [round(auc(five["left"], five[f"rate of {name}"]), 2) for name in ("plan", "card")] == [0.83, 1.0]
assert reached(list(inputs)) > 0.995 and np.isnan(power.loc["survey", "values"]) and abs(power.loc["token", "values"] - 0.5) < 0.03
found = power["values"].round(2)
assert [found[name] for name in ("state_now", "calls_about_it", "days_quiet", "logins_30d")] == [0.97, 0.95, 0.87, 0.8]

# %% [markdown]
# `token` is a text of its own for each row, like the card: it has 0.5.
#
# ### A gap is a value, too
#
# `survey` has no AUC at all. It is missing for everybody who left, so the rows without a gap have one label, and there is no pair to
# compare.
#
# A tool that drops rows with gaps reports nothing here. Ask instead what the **gap alone** tells: whether the value is missing is a
# column of its own.

# %%
power["gaps"] = [max(score, 1 - score) for score in (auc(left, table[name].isna()) for name in power.index)]
power.loc[["survey", "company_number", "plan"]].round(2)

# %% role="figure" alt="A dot for each of fourteen columns on an axis of AUC alone. Three planted leaks are furthest right: survey by its gaps at 0.91, calls_about_it at 0.95, state_now at 0.97. The honest days_quiet is at 0.87 and logins_30d at 0.80; all others are below 0.7."
# The code of this figure.
strongest = power.max(axis=1).sort_values()
leaks = ["state_now", "survey", "calls_about_it"]
figure, axes = plt.subplots(figsize=(8, 4.4))
for place, (name, score) in enumerate(strongest.items()):
    axes.plot(score, place, "D" if name in leaks else "o", color="C1" if name in leaks else "C0", markersize=8)
axes.text(0.9, strongest.index.get_loc("survey") - 0.15, "by its gaps ", color="C1", ha="right", va="center")
axes.text(0.985, len(strongest) - 1, "leaks", color="C1", va="center")
axes.text(0.89, strongest.index.get_loc("days_quiet"), "honest", color="C0", va="center")
axes.set_yticks(range(len(strongest)), strongest.index)
axes.grid(axis="x")
axes.set(xlabel="AUC of the column alone", xlim=(0.48, 1.08), title="Leaks are strong, and one honest column is nearly as strong")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a column; the better of its values and its gaps counts.
#
# The three leaks are on top. The state was overwritten when a customer left, the survey could be answered only by customers who
# stayed, and in some of the calls customers said that they would leave.
#
# But `days_quiet`, the days since the last login, is honest: a customer who wants to leave stops logging in. A limit of 0.85
# accuses `days_quiet`, and a limit of 0.96 acquits two leaks, `survey` and `calls_about_it`.
#
# The other three planted columns are honest. `token` is an id, `company_number` is missing for private customers, and
# `staff` is a tariff for employees, of whom nobody leaves.

# %% role="claim"
assert strongest.index[-4:].tolist() == ["days_quiet", "survey", "calls_about_it", "state_now"], strongest
assert round(strongest["survey"], 2) == 0.91 and strongest.iloc[:-5].max() < 0.7
assert (strongest[leaks] < 0.96).sum() == 2, strongest

# %% [markdown]
# ## The strongest hides the rest
#
# Why not ask the model which columns it relies on? For boosting, the **gain** of a column is how much the column lowered the
# model's error. Its share is its part of the gain of all columns.

# %%
names, steps = list(inputs), []
for _ in range(6):
    gain = pd.Series(boosting.fit(inputs[names], left).feature_importances_, names)
    share = gain / gain.sum()
    steps.append({"AUC": reached(names), "strongest": share.idxmax(), "its share": share.max(),
                  "share of state_now": share.get("state_now")})
    names.remove(share.idxmax())
steps = pd.DataFrame(steps)
steps.round(2)

# %% [markdown]
# Each line is a model without the strongest columns of the lines above it. Read the line with the number 2: without two leaks
# the AUC is still 0.99. `state_now` had a share of 0.11 in the first model, and now it has 0.82.
#
# This is **masking**: a model that has one leak hardly needs another one, so it says little of what else leaks. Drop the
# strongest column, and look again.

# %% role="figure" alt="A line falls over six models. With all columns the AUC is 1.00, without the strongest 1.00, without two 0.99, without three 0.90, then 0.82 and 0.74. The first three points are orange diamonds, labelled leaks, and the last three blue dots, labelled honest columns."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.6))
axes.plot(steps["AUC"], color="0.7", zorder=0)
for place, step in steps.iterrows():
    is_leak = step["strongest"] in leaks
    axes.plot(place, step["AUC"], "D" if is_leak else "o", color="C1" if is_leak else "C0", markersize=9)
    axes.annotate(step["strongest"], (place, step["AUC"]), (0, 9) if is_leak else (9, 4),
                  textcoords="offset points", ha="center" if is_leak else "left", color="C1" if is_leak else "C0")
axes.text(1, 0.94, "leaks", color="C1", ha="center", weight="bold")
axes.text(3.1, 0.79, "honest columns", color="C0", ha="center", weight="bold")
axes.set(xlabel="number of strongest columns dropped", ylabel="AUC", xlim=(-0.5, 6.6), ylim=(0.7, 1.05), xticks=range(6),
         title="The score stays too good until the third leak is gone")
plt.show()

# %% [markdown]
# **Read the figure.** Each point is a model, with the name of its strongest column. The next model to the right is without
# that column.
#
# With one leak left the AUC is still 0.99. It falls to 0.90 when the third leak is gone, and each further step costs an honest
# column.
#
# Nothing in the figure says that 0.90 is where to stop. Two things must hold before you stop: the score is possible (06a), and you
# know when the strongest column that is left was written.

# %% role="claim"
assert set(steps["strongest"][:3]) == set(leaks), steps
assert steps["share of state_now"][:3].round(2).tolist() == [0.11, 0.32, 0.82], steps
assert steps["AUC"].round(2).tolist() == [1.0, 1.0, 0.99, 0.9, 0.82, 0.74], steps

# %% [markdown]
# ## A detector that looks again
#
# `examine` of `dataml_lab.leakage` takes columns from the weakest to the strongest. Each is held against all weaker ones
# that aren't suspected, so no suspect hides another one.

# %%
examine(table, "label")

# %% [markdown]
# `examine` names the three leaks, and not `days_quiet`. Strength alone doesn't decide. It looks for what honest columns hardly have.
#
# - A value with (nearly) no **exceptions** that covers much of a label. All 569 customers with the state `closed` left, and they are
#   94% of all who left.
# - The same of gaps, or of values as a whole. All 1,977 customers with a `survey` stayed. Of those with a gap, some stayed and some left.
# - A column that is much stronger than all weaker ones together.
#
# Honest values can be without exceptions, too: none of the 194 customers with the tariff `staff` left. But they are only 8% of all
# who stayed, so `examine` doesn't suspect `staff`.
#
# ### A column made of the label
#
# A colleague saved the share of customers who left, by region, as a column of the honest table. Each row's own label is in it.

# %%
examine(honest.assign(share_left=honest.groupby("region")["label"].transform("mean")), "label")

# %% [markdown]
# Here `examine` has a proof, and calls it `encoding`. Take all rows with the same value of `share_left`: their mean label is that value.
# So the column is made of the label, however little it tells: all its values are between 0.19 and 0.21.
#
# All the rest is evidence and no proof, so the report grades what it finds.
#
# | grade | is | you |
# |---|---|---|
# | leak | a fact about the table | mend it |
# | suspect | what honest columns hardly have | find out when it is written |
# | check | evidence that may well be honest | find out when it is written |
# | shift | a difference between rows fitted and tested | no leak: see below |

# %% role="claim"
report = examine(table, "label")
assert report.suspects == {"state_now": "target", "survey": "missingness", "calls_about_it": "target"}, report
assert left[table["state_now"] == "closed"].agg(["size", "mean"]).tolist() == [569, 1] and round(569 / left.sum(), 2) == 0.94
assert left[table["survey"].notna()].agg(["size", "sum"]).tolist() == [1_977, 0] and left[table["survey"].isna()].nunique() == 2
employed = left[table["staff"] == "staff"]
assert (len(employed), employed.sum(), round(len(employed) / (left == 0).sum(), 2)) == (194, 0, 0.08)
shares = honest.groupby("region")["label"].mean()
saved = list(examine(honest.assign(share_left=honest["region"].map(shares)), "label"))
assert [(found.grade, found.column, found.kind) for found in saved] == [("leak", "share_left", "encoding")], saved
assert shares.round(2).between(0.19, 0.21).all()

# %% [markdown]
# ### Strong and honest: a table without a leak
#
# A detector that names everything finds every leak. So try it on a table in which nothing leaks: 569 tumours, each with
# 30 measurements of its cells under the microscope, and whether it is benign. It comes with scikit-learn.
#
# All is measured in the picture, before anybody knows the answer.

# %%
tumours = load_breast_cancer(as_frame=True).frame
measured = pd.Series({name: alone(tumours[name], tumours["target"]) for name in tumours.drop(columns="target")})
print(f"{(measured > 0.9).sum()} of {len(measured)} columns have an AUC above 0.9 alone; the highest is {measured.max():.2f}.")
examine(tumours, "target")

# %% [markdown]
# A limit of 0.9 would accuse eleven honest columns. `examine` finds nothing, for two reasons.
#
# - Hardly two tumours have the same measurement, so no single value covers much of a label.
# - The weaker measurements together know as much as a strong one.

# %% role="claim"
assert (measured > 0.9).sum() == 11 and round(measured.max(), 2) == 0.98 and len(measured) == 30 and len(tumours) == 569
assert len(examine(tumours, "target")) == 0

# %% [markdown]
# > **Caution.** “Nothing was found” is no proof. The report says what was looked for and what was not, and its last line is
# > about a leak that no look at the numbers can find.
#
# ## What no detector can know
#
# Each customer gets a mark for the mood of the last talk, from −3 to 3. Alone it has an AUC of 0.57.
#
# Suppose the mark is written three days after the moment at which the model is asked, `asked_at`. Then no model will ever have
# it in time, and the column leaks.

# %%
asked_at = worlds.START + pd.to_timedelta(random.integers(0, 90, len(table)), unit="D")
talks = honest.assign(mood=(random.normal(size=len(table)) + 0.4 * left).clip(-3, 3).round(1), asked_at=asked_at)
print(f"AUC alone: {alone(talks['mood'], left):.2f}")
examine(talks, "label", times="asked_at")

# %% [markdown]
# `examine` finds nothing, and no other detector could. If the mark were written the day *before*, each number in the table would be
# the same, and the column would be honest.
#
# The difference isn't in the table. It is known to the person who runs the system that writes the column, and it must be
# **declared**: `available_at` says for a column when its values are written.

# %%
examine(talks, "label", times="asked_at", available_at={"mood": asked_at + pd.Timedelta(days=3)})

# %%
examine(talks, "label", times="asked_at", available_at={"mood": asked_at - pd.Timedelta(days=1)})

# %% [markdown]
# The same numbers are a leak in one shop and honest in the other. One late row is enough. In that row the model is fitted to a
# value that it won't have when it is asked.
#
# A value that is written at 9:00 isn't there at 9:00: it comes with the next batch (01e). What counts is its **arrival**, and a
# value that arrives at the very moment of the question is too late, as in [03a](../03a_point_in_time/03a_point_in_time.ipynb).
#
# | | what is known | what follows |
# |---|---|---|
# | declared, late | a fact | a leak, however weak |
# | declared, in time | a fact, if the declaration is true | honest, however strong |
# | not declared | numbers only | the evidence decides whom to ask first |
#
# `examine` takes a declaration for true, so look twice at the dates. A field that is *overwritten* has the date of its last write. A field that is *emptied*
# later has a gap, and the gap tells.

# %% role="claim"
late = examine(talks, "label", times="asked_at", available_at={"mood": asked_at + pd.Timedelta(days=3)})
assert [(found.grade, found.column, found.kind) for found in late] == [("leak", "mood", "availability")]
assert not len(examine(talks, "label", times="asked_at")) and round(alone(talks["mood"], left), 2) == 0.57
in_time = {"state_now": asked_at - pd.Timedelta(days=1)}
assert "state_now" not in examine(table.assign(asked_at=asked_at), "label", times="asked_at", available_at=in_time).suspects
at_once = examine(talks, "label", times="asked_at", available_at={"mood": asked_at})
assert at_once.suspects == {"mood": "availability"}

# %% [markdown] role="prompt" exercise="suspects"
# ### Exercise: who is suspected of what? ({{points}}, about 30 minutes)
#
# Write `suspects(table, label, meta)`, which returns a dict: suspected column → reason.
#
# First step: a declared column with a delay of two hours was written at 7:59, 8:00, 9:00 and never, for questions at
# 10:00. Which rows make it late?
#
# | argument | is |
# |---|---|
# | `table` | 600 questions; columns of numbers, texts (`str`) and moments |
# | `label` | column of labels, 0 or 1 |
# | `meta["asked"]` | column of the questions' moments |
# | `meta["written"]` | dict: **declared** column → column of its moments of writing, missing if never |
# | `meta["delay"]` | dict: declared column → `Timedelta` from writing to arrival |
#
# | reason | is for a column that is |
# |---|---|
# | `"late"` | declared; some value, even a missing (emptied) one, arrived at the question or later |
# | `"averages"` | undeclared, a number; it, or a hundredth of it, is in all rows within 0.001 of the mean label of rows with the same text, for an undeclared text column without gaps |
# | `"missing"` | undeclared; whether it is missing has an AUC ≥ 0.9 |
# | `"tells"` | undeclared; its values (a gap is one) have an AUC ≥ 0.9, each row rated by other rows |
#
# - Of several, return the first.
# - An AUC, `auc(labels, scores)`, is the larger of AUC and 1 − AUC. None is between 0.85 and 0.95.
# - A number may be a code: rate one of ≤ 20 values like a text, others by ten stretches.
# - A text that no two rows share tells nothing.
# - Never name the label, moments, or declared columns in time.
# - Keep `table` and `meta` unchanged. A call may take 5 seconds.
#
# {{properties}}

# %% role="answer" exercise="suspects"
import numpy as np
import pandas as pd

from dataml_lab.evaluation.classification import auc


def suspects(table, label, meta):
    """The suspected columns, each with its reason."""
    ### BEGIN SOLUTION
    truth, asked, written = table[label], table[meta["asked"]], meta["written"]
    columns = table.drop(columns=[label, meta["asked"], *written, *written.values()])
    averages = [truth.groupby(columns[text]).transform("mean") for text in columns.select_dtypes("str")]
    found = {name: "late" for name, moment in written.items() if (table[moment] + meta["delay"][name] >= asked).any()}
    for name, column in columns.items():
        if pd.api.types.is_numeric_dtype(column) and any(equal(share, average) for share in (column, column / 100)
                                                         for average in averages):
            found[name] = "averages"
        elif strength(truth, column.isna()) >= 0.9:
            found[name] = "missing"
        elif strength(truth, rated(column, truth.to_numpy())) >= 0.9:
            found[name] = "tells"
    return found


def equal(one, other):
    """Whether two columns are within 0.001 of each other, with no gap in either."""
    return ((one - other).abs() <= 0.001).all()


def strength(truth, score):
    """The larger of the AUC and 1 − AUC."""
    return max(auc(truth, score), 1 - auc(truth, score))


def rated(column, truth):
    """For each row the share of ones in the other half of the rows with its value; of a missing value too."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 20:
        column = pd.qcut(column, 10, labels=False, duplicates="drop")
    level, odd, score = pd.factorize(column)[0] + 1, np.arange(len(column)) % 2 == 1, np.empty(len(column))
    for half in (odd, ~odd):
        count = np.bincount(level[~half], minlength=level.max() + 1)
        ones = np.bincount(level[~half], truth[~half], level.max() + 1)
        score[half] = ((ones + truth.mean()) / (count + 1))[level[half]]
    return score
    ### END SOLUTION


# %% [markdown]
# ## A shift is no leak
#
# `examine` looks at rows as well. With `split` it looks for copies on both sides, and with `groups` and `times` for groups on both sides
# and for later rows among those fitted (06b). One of its findings is often taken for a leak.
#
# Take the honest table, with a test of mostly older customers. Can a model tell the rows of the test from those that are
# fitted? For five rows it looks like this.
#
# | age | 31 | 38 | 44 | 67 | 72 |
# |---|---|---|---|---|---|
# | in the test | 0 | 0 | 0 | 1 | 1 |
#
# `age` tells both sides apart, with an AUC of 1. This is **adversarial validation**: the side of the split takes the place of the
# label, and all columns are inputs.

# %%
older = (honest["age"].rank(pct=True) + random.normal(0, 0.2, len(honest)) > 0.85).to_numpy()
examine(honest, "label", split=older)

# %% [markdown]
# The AUC of 0.89 is high, but nothing leaks. It compares the two sides and doesn't use the label, so it can't say that a column
# knows the label too early.
#
# It says that the test has mostly older customers, so a score on it is a score for them. That matters if the shop asks about
# others. It is a **shift**; [08a](../08a_drift/08a_drift.ipynb) is about shifts.

# %% role="claim"
shift = list(examine(honest, "label", split=older))
assert [found.grade for found in shift] == ["shift"] and round(shift[0].score, 2) == 0.89, shift

# %% [markdown]
# ## A procedure gives itself away
#
# `examine` looks at a table. What is fitted to all rows *before* the split (06b) is in no column, and it may be deep in somebody's
# code.
#
# A **procedure** is a function that does all steps: the split, the preparation, the fit. It returns the inputs of both sides, the labels
# of both sides, and the predictions for the test.
#
# `audit` doesn't read the code of a procedure. It calls the procedure again with other values in the test rows, and compares the
# inputs of the training rows.
#
# Five rows: the first three are training rows, and from each the mean is subtracted.
#
# | | rows | mean | training rows become |
# |---|---|---|---|
# | mean of all rows | 10, 20, 30 · 40, 50 | 30 | −20, −10, 0 |
# | the test changed | 10, 20, 30 · 140, 150 | 70 | −60, −50, −40 |
# | mean of the training | 10, 20, 30 · 40, 50 | 20 | −10, 0, 10 |
# | the test changed | 10, 20, 30 · 140, 150 | 20 | −10, 0, 10 |
#
# In the first two lines the training rows **moved**, though only test rows had changed. That is a proof.
#
# The second test is 06a's: on a permuted target nothing can be known. A procedure that scores above chance there is suspected. It has
# seen the labels of the test, or was chosen by its score on the test, or the test has rows of groups that were fitted.
#
# Here the five best of 100 columns of noise are chosen, by all rows or by the training rows.

# %%
noise = pd.DataFrame(random.normal(size=(300, 100)))
coin = pd.Series(random.integers(0, 2, len(noise)))


def fitted(inputs, label, rows_that_choose):
    """Both sides of a split, and what a logistic regression of the five columns whose means differ most predicts."""
    X_train, X_test, y_train, y_test = train_test_split(inputs, label, random_state=0)
    X, y = (inputs, label) if rows_that_choose == "all" else (X_train, y_train)
    best = (X[y == 1].mean() - X[y == 0].mean()).abs().nlargest(5).index
    X_train, X_test = X_train[best].to_numpy(), X_test[best].to_numpy()
    model = LogisticRegression(solver="newton-cholesky").fit(X_train, y_train)
    return X_train, X_test, y_train, y_test, model.predict_proba(X_test)[:, 1]


by_all = audit(partial(fitted, rows_that_choose="all"), (noise, coin))
by_all

# %%
by_training = audit(partial(fitted, rows_that_choose="training"), (noise, coin))
by_training

# %% [markdown]
# Choosing by all rows moves the training rows: other values or labels of the test lead to other columns, so the numbers are
# different. It also scores above chance where nothing can be known. Choosing by the training rows moves nothing, and scores at
# chance.
#
# A scaler fitted to all rows moves the training rows, too, and gains almost nothing (06b). The permuted target says whether a
# move gained anything.

# %% role="claim"
assert [found.kind for found in by_all] == ["preprocessing", "target in preprocessing", "permuted target"], by_all
assert not len(by_training)

# %% [markdown]
# ## A script is read, not run
#
# Some leaks show in the code, before there is a number. `dataml-lab leakcheck FILE…`, in a terminal, reads notebooks and scripts,
# and never runs them. Here is a script of a colleague; the function `check` does what the command does.

# %%
script = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("customers.csv")
X, y = table.drop(columns="left"), table["left"]
X = X.fillna(X.mean())
X = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
for strength in (0.1, 1, 10):
    model = LogisticRegression(C=strength).fit(X_train, y_train)
    print(strength, model.score(X_test, y_test))
"""
with TemporaryDirectory() as folder:
    path = Path(folder, "colleague.py")
    path.write_text(script)
    said = leakcheck.check(path).reports
for found in said:
    print(f"{found.place}: {found.kind}: {found.why}\n    {found.mend}\n")

# %% [markdown]
# Each finding has its line, why, and the mend. `leakcheck` can't tell what a finding is worth: a scaler on all rows gains almost
# nothing, and a choice of columns by all rows may gain a lot (06b).
#
# `leakcheck` doesn't see a column that is written too late, either. That is no mistake of the code.

# %% role="claim"
assert [found.kind for found in said] == ["preprocessing", "preprocessing", "multi-test"], said

# %% [markdown]
# ## What to take along
#
# - Rate a value by other rows than those that it is tried on. A gap is a value.
# - The strongest suspect hides the rest: drop it, and look again.
# - A strong column is only a suspect: it may be honest. What is without exceptions and covers much of a label is suspected first.
# - A column made of the label can be computed again, and training rows that move with the test give a procedure away. These are
#   proofs.
# - A column that is declared late is a leak, however weak.
# - When a value is written isn't in the numbers: declare it, for each column.
# - A shift is no leak, and “nothing was found” is no proof.
#
# **Next:** [07a](../07a_online_and_batch/07a_online_and_batch.ipynb) brings a model to those who use it. The part before this one is
# [06b](../06b_contamination/06b_contamination.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Kapoor and Narayanan, [*Leakage and the reproducibility crisis in machine-learning-based
# science*](https://doi.org/10.1016/j.patter.2023.100804), has eight kinds of leaks, and papers that had them. scikit-learn on
# [common pitfalls](https://scikit-learn.org/stable/common_pitfalls.html).
