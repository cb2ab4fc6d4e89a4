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
# **You need** [06b](../06b_contamination/06b_contamination.ipynb), and about 70 minutes: 40 to read, 30 for the exercise. A
# good place for a break is before the exercise.

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
# The table is made from a known rule, and some columns are planted in it. You will see which ones in a moment; at first,
# look at it as if you didn't know.

# %%
random = np.random.default_rng(6)
honest = worlds.customers(random, worlds.Setting(rows=3_000, share=0.2, signal=2.0))
planted = [columns.state_now, columns.survey, columns.calls_about_it, columns.staff, columns.company_number, columns.token]
table = honest.assign(**{make.__name__: make(random, honest, 0.6) for make in planted})
left = table["label"]
table.drop(columns="label").head(5).T

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
# other half gets them; then the other way round. A card that wasn't seen gets the mean of all, and its AUC falls to 0.5.
#
# This is the honest target encoding of [03d](../03d_encoding/03d_encoding.ipynb), and scikit-learn's `TargetEncoder` does it. A
# number is its own score.


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
power.sort_values("values", ascending=False, na_position="first").head(6).round(2)

# %% role="claim"
assert [round(auc(five["left"], five[f"rate of {name}"]), 2) for name in ("plan", "card")] == [0.83, 1.0]
assert reached(list(inputs)) > 0.995 and np.isnan(power.loc["survey", "values"]) and abs(power.loc["token", "values"] - 0.5) < 0.03
found = power["values"].round(2)
assert [found[name] for name in ("state_now", "calls_about_it", "days_quiet", "logins_30d")] == [0.97, 0.95, 0.87, 0.8]

# %% [markdown]
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
axes.text(0.99, len(strongest) - 3.2, "planted leaks", color="C1")
axes.text(0.89, strongest.index.get_loc("days_quiet"), "honest", color="C0", va="center")
axes.set_yticks(range(len(strongest)), strongest.index)
axes.grid(axis="x")
axes.set(xlabel="AUC of the column alone", xlim=(0.48, 1.08), title="Leaks are strong, and one honest column is nearly as strong")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a column; the better of its values and its gaps counts.
#
# The three planted leaks are on top: the state that was overwritten when somebody left, the survey that only those could answer
# who stayed, and the calls in which they said that they leave.
#
# But `days_quiet`, the days since the last login, is honest. Who wants to leave stops logging in. A limit of 0.85 accuses it,
# and a limit of 0.95 acquits two leaks.

# %% role="claim"
assert strongest.index[-4:].tolist() == ["days_quiet", "survey", "calls_about_it", "state_now"], strongest
assert round(strongest["survey"], 2) == 0.91 and strongest.iloc[:-5].max() < 0.7
assert (strongest[leaks] < 0.95).sum() == 2, strongest

# %% [markdown]
# ## The strongest hides the rest
#
# Why not ask the model which columns it relies on? Boosting counts by how much each column lowered its error.

# %%
names, steps = list(inputs), []
for _ in range(6):
    relied = pd.Series(boosting.fit(inputs[names], left).feature_importances_, names)
    steps.append({"AUC": reached(names), "relies most on": relied.idxmax(), "by": relied.max() / relied.sum()})
    names.remove(relied.idxmax())
steps = pd.DataFrame(steps)
steps.round(2)

# %% [markdown]
# Each line is a model without the columns of the lines above it. Read the third line: without two leaks, the AUC is
# still 0.99, and the third leak, which had a small share before, now carries the model.
#
# This is **masking**: a model that has one leak needs no other, so it says little of what else leaks. Drop the strongest, and
# look again, until the score is one that you believe.

# %% role="figure" alt="A line falls over six models. With all columns the AUC is 1.00, without the strongest 1.00, without two 0.99, without three 0.90, then 0.82 and 0.74. The first three points are diamonds, called leaks, and the last three dots, called honest."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.6))
axes.plot(steps["AUC"], color="0.7", zorder=0)
for place, step in steps.iterrows():
    is_leak = step["relies most on"] in leaks
    axes.plot(place, step["AUC"], "D" if is_leak else "o", color="C1" if is_leak else "C0", markersize=9)
    axes.annotate(step["relies most on"], (place, step["AUC"]), (-8, 9) if is_leak else (8, 5),
                  textcoords="offset points", fontsize=9, color="C1" if is_leak else "C0")
axes.set(xlabel="strongest columns dropped", ylabel="AUC", xlim=(-0.3, 6.2), ylim=(0.7, 1.05),
         title="The score stays too good until the third leak is gone")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a model, with the name of the column that it relies on most. To the right, that column is
# dropped as well.
#
# With one leak left the AUC is still 0.99. It falls to 0.90 when the third is gone, and from there on each step costs an honest
# column.
#
# Nothing in the figure says that 0.90 is where to stop. You stop where the score is one that 06a calls possible, and where you
# know of the strongest column when it was written.

# %% role="claim"
assert set(steps["relies most on"][:3]) == set(leaks), steps
assert steps["AUC"].round(2).tolist() == [1.0, 1.0, 0.99, 0.9, 0.82, 0.74], steps

# %% [markdown]
# ## A detector that looks again
#
# `examine` of `dataml_lab.leakage` takes columns from the weakest to the strongest. Each is held against all weaker ones
# that aren't suspected, so no suspect hides another one.

# %%
examine(table, "label")

# %% [markdown]
# It names the three, and not `days_quiet`. Power alone doesn't decide: it looks for what honest columns hardly have.
#
# - A value **without exceptions**. Of 569 customers with the state `closed`, all left. Among people, a cause always has
#   exceptions.
# - **Gaps** without exceptions, as those of `survey`.
# - A column much stronger than all weaker ones together.
#
# One thing it proves: a column that is the mean label of the rows that share a text, as in 06b, can be computed again. If
# the numbers agree, the column is made of the label, however weak it is.
#
# The rest is evidence and no proof, so the report grades what it finds:
#
# | grade | is | you |
# |---|---|---|
# | leak | a fact about the table | mend it |
# | suspect | what honest columns hardly have | find out when it is written |
# | check | strong, and may be honest | find out when it is written |
# | shift | a difference between rows fitted and tested | no leak: see below |

# %% role="claim"
report = examine(table, "label")
assert report.suspects == {"state_now": "target", "survey": "missingness", "calls_about_it": "target"}, report
assert left[table["state_now"] == "closed"].agg(["size", "mean"]).tolist() == [569, 1]

# %% [markdown]
# ### Strong and honest: a table without a leak
#
# A detector that names everything finds every leak. So try it on a table in which nothing leaks: 569 tumours, each with
# 30 measurements of its cells under the microscope, and whether it is benign. It comes with scikit-learn.
#
# All is measured from the picture, before anybody knows the answer.

# %%
tumours = load_breast_cancer(as_frame=True).frame
measured = pd.Series({name: alone(tumours[name], tumours["target"]) for name in tumours.drop(columns="target")})
examine(tumours, "target")

# %% role="figure" alt="Thirty dots in ascending order of AUC alone, from 0.51 to 0.98. A dotted line is at 0.9; eleven dots are beyond it."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
ordered = measured.sort_values().to_numpy()
axes.plot(ordered, np.arange(30), "o", color="C0")
axes.axvline(0.9, color="0.4", linestyle=":")
axes.text(0.895, 2, "a limit of 0.9", color="0.4", ha="right")
axes.text(0.985, 24, "accused,\nand honest", color="C0", va="center")
axes.grid(axis="x")
axes.set(xlabel="AUC of the column alone", ylabel="rank of the column", xlim=(0.48, 1.08),
         title="A limit of 0.9 accuses eleven honest columns")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is one of thirty measurements. Eleven have an AUC above 0.9, and the strongest has 0.98.
#
# `examine` finds nothing: no measurement is without exceptions, and each strong one has neighbours that know as much. A tumour
# moves many measurements at once; a leak mostly comes alone.

# %% role="claim"
assert (measured > 0.9).sum() == 11 and round(measured.max(), 2) == 0.98 and len(measured) == 30 and len(tumours) == 569
assert len(examine(tumours, "target")) == 0

# %% [markdown]
# > **Caution.** “Nothing was found” is no proof. The report says what was looked for and what was not, and its last line is
# > about a leak that no look at the numbers can find.
#
# ## What no detector can know
#
# Each customer gets a mark for the mood of the last talk, from −3 to 3. Alone it has an AUC of 0.6.
#
# Suppose the mark is written three days after the moment at which the model is asked, `asked_at`. Then no model will ever have
# it in time, and the column leaks.

# %%
asked_at = worlds.START + pd.to_timedelta(random.integers(0, 90, len(table)), unit="D")
talks = honest.assign(mood=(random.normal(size=len(table)) + 0.4 * left).clip(-3, 3).round(1), asked_at=asked_at)
print(f"AUC alone: {alone(talks['mood'], left):.2f}")
examine(talks, "label", times="asked_at")

# %% [markdown]
# Nothing is found, and nothing could be. If the mark were written the day *before*, each number in the table would be the
# same, and the column would be honest.
#
# The difference isn't in the table. It is known to the person who runs the system that writes the column, and it must be
# **declared**: `available_at` says for a column when its values are written.

# %%
examine(talks, "label", times="asked_at", available_at={"mood": asked_at + pd.Timedelta(days=3)})

# %%
examine(talks, "label", times="asked_at", available_at={"mood": asked_at - pd.Timedelta(days=1)})

# %% [markdown]
# The same numbers are a leak in one shop and honest in the other. One late row is enough: a column that is late in 1% of the
# rows shows the model, in these rows, what it won't see later.
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
assert not len(examine(talks, "label", times="asked_at")) and round(alone(talks["mood"], left), 1) == 0.6
in_time = {"state_now": asked_at - pd.Timedelta(days=1)}
assert "state_now" not in examine(table.assign(asked_at=asked_at), "label", times="asked_at", available_at=in_time).suspects
at_once = examine(talks, "label", times="asked_at", available_at={"mood": asked_at})
assert at_once.suspects == {"mood": "availability"}

# %% [markdown] role="prompt" exercise="suspects"
# ### Exercise: who is suspected of what? ({{points}}, about 30 minutes)
#
# Write `suspects(table, label, meta)`, which returns a dict: each suspected column, and its reason.
#
# First step: a declared column with a delay of two hours was written at 7:59, at 8:00, at 9:00 and never, for four
# questions at 10:00. Which rows make it late?
#
# | argument | is |
# |---|---|
# | `table` | 600 questions in any order; columns of numbers, texts (`str`) and moments (UTC) |
# | `label` | the name of the column of labels, 0 or 1 |
# | `meta["asked"]` | the name of the column with the questions' moments |
# | `meta["written"]` | dict: **declared** column → column with the moments when its values were written, missing if never |
# | `meta["delay"]` | dict: declared column → `pd.Timedelta` from writing to arrival |
#
# | reason | is for a column that is |
# |---|---|
# | `"late"` | declared, and in some row arrived at the question or later, its value missing (emptied) or not |
# | `"averages"` | undeclared, a number; it, or a hundredth of it (percent), is everywhere within 0.001 of the mean label of all rows with the same text in one text column |
# | `"missing"` | undeclared; whether it is missing has an AUC ≥ 0.9 |
# | `"tells"` | undeclared; its values, a gap being one more, have an AUC ≥ 0.9 on rows from which nothing was learned |
#
# - Of several reasons, return the first.
# - An AUC is the larger of AUC and 1 − AUC; none is between 0.85 and 0.95.
# - A number may be a code.
# - The label and moments are never named, nor is a declared column that isn't late, however much it tells.
# - `table` and `meta` stay as they were. A call may take 5 seconds.
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
# ## Rows are examined as well
#
# So far columns were suspected. With `split`, `groups` and `times`, `examine` looks at rows too: copies on both sides,
# groups on both sides, and later rows among those fitted (06b).
#
# Here are 300 users, each seen on twelve Mondays. Somebody added what a user spends a week on average, and split the rows by
# chance.

# %%
panel = worlds.panel(np.random.default_rng(3), worlds.Setting(rows=3_600, share=0.2, signal=2.0))
panel["mean_spent"] = panel.groupby("user_id")["spent_7d"].transform("mean")
by_chance = np.random.default_rng(0).random(len(panel)) < 0.3
examine(panel, "label", times="as_of", groups="user_id", split=by_chance)

# %% [markdown]
# - `mean_spent` is graded a leak, as it is **proved**: the column is the mean of another one over all Mondays, the later ones among
#   them. That is the time travel of [03c](../03c_leaks/03c_leaks.ipynb), seen in the table alone.
# - The rows are a suspect. Whether users on both sides are a mistake depends on what the model will be asked: new users, or
#   the same ones.
#
# ### A shift is no leak
#
# Now the test gets mostly older customers, of the honest table. Can a model tell the rows of the test from those that are
# fitted? For five rows it looks like this.
#
# | age | 31 | 38 | 44 | 67 | 72 |
# |---|---|---|---|---|---|
# | in the test | 0 | 0 | 0 | 1 | 1 |
#
# `age` tells both sides apart, with an AUC of 1. This is **adversarial validation**: the side of the split is the label, and all
# columns are inputs.

# %%
older = (honest["age"].rank(pct=True) + random.normal(0, 0.2, len(honest)) > 0.85).to_numpy()
examine(honest, "label", split=older)

# %% [markdown]
# The AUC is high, and nothing leaks. The real label plays no part in it, so it can't say that anybody knows the label too early.
#
# It says that the score is one for older customers. That matters if the shop asks about others: it is a **shift**, and lesson 08
# is about shifts.

# %% role="claim"
shift = list(examine(honest, "label", split=older))
assert [found.grade for found in shift] == ["shift"] and shift[0].score > 0.8, shift
rows = examine(panel, "label", times="as_of", groups="user_id", split=by_chance)
assert [(found.grade, found.column, found.kind) for found in rows][:2] == [
    ("leak", "mean_spent", "time travel"), ("suspect", "(rows)", "groups")], rows

# %% [markdown]
# ## A procedure gives itself away
#
# `examine` looks at a table. What is fitted to all rows *before* the split (06b) is in no column, and it may be deep in somebody's
# code.
#
# `audit` doesn't read the code. It changes the rows of the test, and looks at the training.
#
# Five rows: the first three are for training, and from each the mean is subtracted.
#
# | | rows | mean | training becomes |
# |---|---|---|---|
# | mean of all rows | 10, 20, 30 · 40, 50 | 30 | −20, −10, 0 |
# | the test changed | 10, 20, 30 · 140, 150 | 70 | −60, −50, −40 |
# | mean of the training | 10, 20, 30 · 40, 50 | 20 | −10, 0, 10 |
# | the test changed | 10, 20, 30 · 140, 150 | 20 | −10, 0, 10 |
#
# In the first two lines the training **moved**, though no training row changed. That is a proof, of the same kind as
# time travel.
#
# The second test is 06a's: on a permuted target nothing can be known, so a procedure that scores above chance has seen the labels of
# the test. Here the five best of 100 columns are chosen, by all rows and by those of the training.

# %%
noise = pd.DataFrame(random.normal(size=(300, 100)))
coin = pd.Series(random.integers(0, 2, len(noise)))


def fitted(inputs, label, rows_that_choose):
    """A split by chance, and a logistic regression of the five columns whose means differ most between the labels."""
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
# Choosing by all rows moves the training, with the values of the test and with its labels, and it scores above chance where
# nothing can be known. Choosing by the training does neither.
#
# A scaler fitted to all rows moves the training, too, and 06b measured that it gains nothing. The permuted target says which
# moves are worth something.

# %% role="claim"
assert [found.kind for found in by_all] == ["preprocessing", "target in preprocessing", "permuted target"], by_all
assert not len(by_training)

# %% [markdown]
# ## A script is read, not run
#
# Some leaks show in the code, before there is a number. `dataml-lab leakcheck FILE…`, in a terminal, reads notebooks and scripts,
# and never runs them. Here is a script of a colleague.

# %%
script = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("customers.csv")
X, y = table.drop(columns="left"), table["left"]
X = StandardScaler().fit_transform(X.fillna(X.mean()))
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
# Each finding has its line, why, and the mend. It can't tell what a finding is worth: 06b measured that a scaler gains almost
# nothing, and the best of several looks at one test more.
#
# Nor can it see a column that is written too late. That is no mistake of the code.

# %% role="claim"
assert {found.kind for found in said} == {"preprocessing", "multi-test"}, said

# %% [markdown]
# ## What to take along
#
# - Rate a value by other rows than those that it is tried on. A gap is a value.
# - The strongest suspect hides the rest: drop it, and look again.
# - Power suspects, and strong columns may be honest. What is without exceptions is suspected first.
# - What moves with the future, or is made of the label, is proved. So is what is declared late.
# - When a value is written isn't in the numbers: declare it, for each column.
# - A shift is no leak, and “nothing was found” is no proof.
#
# **Next:** lesson 07, about serving, is planned. The part before this one is
# [06b](../06b_contamination/06b_contamination.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Kapoor and Narayanan, [*Leakage and the reproducibility crisis in machine-learning-based
# science*](https://doi.org/10.1016/j.patter.2023.100804), has eight kinds of leaks, and papers that had them. scikit-learn on
# [common pitfalls](https://scikit-learn.org/stable/common_pitfalls.html).
