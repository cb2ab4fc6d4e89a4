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
# # 05a Splits
#
# Lesson 04 fitted models and gave each a score on rows that it hadn't seen. This lesson asks what such a score is worth.
# It begins with the rows: which ones to fit to, and which ones to test on.
#
# **After this part you will be able to**
#
# - say by how much a score would differ if other rows had been drawn;
# - choose between a hold-out, folds, whole groups and an order of time, by what the model will be asked;
# - leave a gap before the test where labels look ahead, and say how long it must be;
# - report a score for the best of many models that isn't flattered by the choice.
#
# **You need** [04b](../04b_overfitting/04b_overfitting.ipynb), and about 75 minutes: 45 to read, 30 for the exercise. A
# good place for a break is before the exercise; one more section follows it.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_score, train_test_split
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from dataml_lab.evaluation.classification import auc
from dataml_lab.evaluation.splits import GroupTimeSplit, TimeSplit
from dataml_lab.models.worlds import WORLDS

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## How much does a training score flatter?
#
# In 04b the training score rose with the depth of a tree. Here the model stays the same, boosting with 60 small trees, and
# the number of training rows grows. The world is `mixed` of 04a: it asks who orders next week.

# %%
boosting = LGBMClassifier(n_estimators=60, num_leaves=8, num_threads=1, verbose=-1, random_state=0)
flattery = {}
for rows in (100, 300, 1_000, 3_000):
    mixed = WORLDS["mixed"](seed=0, rows=rows)
    boosting.fit(mixed.X_train, mixed.y_train)
    known = auc(mixed.y_train, boosting.predict_proba(mixed.X_train)[:, 1])
    flattery[rows] = {"training rows": known, "new rows": mixed.score(boosting), "best possible": mixed.best}
pd.DataFrame(flattery).T.rename_axis("rows").round(2)

# %% [markdown]
# With 100 rows the training promises an AUC of 0.98, and the model delivers 0.65. With 3,000 rows the two numbers are still
# 0.1 apart. (The best possible AUC differs because each size has its own new rows.)
#
# So a training score says little about new rows. By how much it flatters depends on the number of rows, and (04b) on the
# model.

# %% role="claim"
found = pd.DataFrame(flattery).T.round(2)
assert found.loc[100].tolist()[:2] == [0.98, 0.65] and found.loc[3_000].tolist()[:2] == [0.81, 0.71], found
assert found["best possible"].max() < 0.8

# %% [markdown]
# ## One split is one draw
#
# The usual remedy is the **hold-out**: a random part of the rows is kept for the test. scikit-learn's
# [`train_test_split`](https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html) does
# that, and in most examples `random_state=42` decides which rows.
#
# Why 42? Here are the results of a hundred numbers, 42 among them.
#
# The table has 300 rows, of which 60 are held out, and the model is a logistic regression. The world is made from a known
# rule, so each fitted model can be measured on 3,000 new rows as well.

# %%
few = WORLDS["few_rows"](seed=0, rows=300)
X, y = few.X_train.to_numpy(), few.y_train.to_numpy()
logistic = LogisticRegression(solver="newton-cholesky")  # the quickest way to fit a small one
splits = []
for seed in range(100):
    X_fit, X_held, y_fit, y_held = train_test_split(X, y, test_size=60, random_state=seed)
    logistic.fit(X_fit, y_fit)
    splits.append({"held out": auc(y_held, logistic.predict_proba(X_held)[:, 1]),
                   "new rows": auc(few.y_test, logistic.predict_proba(few.X_test.to_numpy())[:, 1])})
splits = pd.DataFrame(splits)
splits.agg(["mean", "std", "min", "max"]).round(3)

# %% role="figure" alt="Two histograms of AUC over 100 splits. That of the 60 rows held out is wide, from about 0.64 to 0.91. That of 3,000 new rows is a narrow peak at 0.80."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.4))
bins = np.arange(0.6, 0.96, 0.01)
axes.hist(splits["held out"], bins, color="C0")
axes.hist(splits["new rows"], bins, color="C1", alpha=0.75)
axes.text(0.63, 8, "60 rows held out", color="C0")
axes.text(0.825, 42, "the same models on\n3,000 new rows", color="C1")
axes.set(xlabel="AUC", ylabel="splits", title="The models hardly differ; what differs is who is in the test")
plt.show()

# %% [markdown]
# **Read the figure.** Each of the hundred models is worth nearly the same, about 0.80 on new rows. The hold-out says anything
# from 0.64 to 0.91 of them.
#
# A report of one split is one draw from the wide histogram. A colleague with another seed comes to another number, and
# neither has made a mistake.

# %% role="claim"
spread = splits.agg(["mean", "std", "min", "max"]).round(3)
assert abs(spread.loc["mean", "new rows"] - 0.80) < 0.01 and spread.loc["std", "new rows"] < 0.01, spread
assert abs(spread.loc["min", "held out"] - 0.64) < 0.015 and abs(spread.loc["max", "held out"] - 0.91) < 0.015, spread
assert abs(spread.loc["std", "held out"] - 0.055) < 0.006, spread

# %% [markdown]
# ### More rows in the test
#
# The spread belongs to the test, not to the model. Take one model, and test it on 60 new rows, on 240 others, and so on, 300
# times each.

# %%
logistic.fit(X, y)
said, truth, random = logistic.predict_proba(few.X_test.to_numpy())[:, 1], few.y_test.to_numpy(), np.random.default_rng(0)
by_size = {}
for size in (60, 240, 960):
    drawn = [random.choice(len(truth), size, replace=False) for _ in range(300)]
    by_size[size] = np.std([auc(truth[rows], said[rows]) for rows in drawn])
pd.Series(by_size, name="standard deviation of the AUC").rename_axis("rows in the test").round(3)

# %% [markdown]
# Four times the rows halve the spread. From 60 rows the second digit of an AUC means little; from 960 rows it means
# something, and the third doesn't.
#
# Part [05c](../05c_thresholds/05c_thresholds.ipynb) computes an interval around one
# score from the test itself.

# %% role="claim"
assert abs(by_size[60] - 0.052) < 0.006 and 1.7 < by_size[60] / by_size[240] < 2.6 and 1.7 < by_size[240] / by_size[960] < 3
assert by_size[960] < 0.02, by_size

# %% [markdown]
# ## Folds: each row is tested once
#
# A hold-out of 60 rows never tests on the other 240. Five folds, as in 04b, test on all 300 rows. We draw the whole
# table anew, 40 times, and compare each estimate with what the model of all 300 rows reaches on 3,000 new rows.

# %%
def by_folds(X, y, cv):
    """The AUC on each fold of a logistic regression that is fitted to the other folds."""
    return np.array([auc(y[held], logistic.fit(X[fitted], y[fitted]).predict_proba(X[held])[:, 1])
                     for fitted, held in cv.split(X, y)])


tables = []
for seed in range(40):
    world = WORLDS["few_rows"](seed, rows=300)
    X, y = world.X_train.to_numpy(), world.y_train.to_numpy()
    folds = by_folds(X, y, KFold(5, shuffle=True, random_state=0))
    reached = auc(world.y_test, logistic.fit(X, y).predict_proba(world.X_test.to_numpy())[:, 1])
    tables.append({"hold-out": folds[0] - reached, "five folds": folds.mean() - reached,
                   "standard error": folds.std(ddof=1) / np.sqrt(5)})
tables = pd.DataFrame(tables)
tables.agg(["mean", "std"]).round(3)

# %% role="figure" alt="Two rows of 40 dots each on a common axis of differences from the truth. The dots of the hold-out reach from about minus 0.15 to plus 0.12. Those of five folds lie between about minus 0.07 and plus 0.07."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.6))
jitter = np.random.default_rng(0).uniform(-0.2, 0.2, len(tables))
for place, name in enumerate(["five folds", "hold-out"]):
    axes.scatter(tables[name], place + jitter, color=f"C{place}", alpha=0.7, s=28)
axes.axvline(0, color="0.4", linestyle=":")
axes.set_yticks([0, 1], ["five folds", "hold-out"])
axes.grid(axis="x")
axes.set(xlabel="estimated AUC − AUC on new rows", ylim=(-0.5, 1.5), title="The mean of five folds misses the truth by less")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a table of 300 rows. The hold-out is its first fold alone; five folds are the mean of all
# five.
#
# Both are right on average. The hold-out misses by 0.054, and the mean of five folds by 0.031, as a standard deviation.
#
# The price is five fits in place of one. With many rows a hold-out is enough: one test of 10,000 rows says more than five
# folds of 60.
#
# In 04b the standard error of a mean over folds was their standard deviation divided by the root of 5. Over these 40 tables
# it is 0.022 on average (in the last column), and the mean really misses by 0.031.
#
# So the standard error is too small: the five models share most of their rows, and five scores from them aren't five
# independent draws. Take it for the least that a score may be off.

# %% role="claim"
assert tables[["hold-out", "five folds"]].mean().abs().max() < 0.02, tables.mean()
ratio = tables["hold-out"].std() / tables["five folds"].std()
assert abs(tables["hold-out"].std() - 0.054) < 0.004 and abs(tables["five folds"].std() - 0.031) < 0.004, ratio
assert abs(tables["standard error"].mean() - 0.022) < 0.003, tables.mean()

# %% [markdown]
# ### Rare labels: stratified folds
#
# About 1% of payments are fraud. Deal 600 rows with nine frauds to five folds, and chance decides how many each fold gets.

# %%
fraud = np.zeros(600, int)
fraud[np.random.default_rng(3).choice(600, 9, replace=False)] = 1
dealt = {cv.__class__.__name__: [fraud[held].sum() for _, held in cv.split(fraud, fraud)]
         for cv in (KFold(5, shuffle=True, random_state=1), StratifiedKFold(5, shuffle=True, random_state=1))}
pd.DataFrame(dealt, index=pd.RangeIndex(1, 6, name="fold")).T

# %% [markdown]
# `KFold` leaves a fold without fraud, and there is no AUC without a fraud. **Stratified** folds deal the rows of each
# label on their own: each fold has one or two of the nine.
#
# In `cross_val_score` a number of folds, `cv=5`, means stratified folds where a class is predicted. They aren't
# shuffled: shuffle a table that is sorted. `train_test_split` is stratified where `stratify=y` says so.

# %% role="claim"
assert min(dealt["KFold"]) == 0 and set(dealt["StratifiedKFold"]) == {1, 2}, dealt

# %% [markdown]
# ## What will the model be asked?
#
# So far rows were dealt like cards. That is right if the model will be asked about other rows *of the same kind*. In a shop
# it is asked about **later** rows, and often about customers whom it has never seen.
#
# In the next table, thirty depots are looked at each Monday for two years. We have the first year; the second one is still to
# come.
#
# What is predicted is the mean number of parcels a day *in the 28 days from that Monday on*. The level of a depot drifts from
# week to week.

# %%
DAY = pd.Timedelta(1, "D")


def parcels(seed, depots=30, weeks=104):
    """A row for each depot and Monday: the mean number of parcels a day in the 28 days from then on."""
    random = np.random.default_rng(seed)
    level = 400 + random.normal(0, 80, (depots, 1)) + random.normal(0, 8, (depots, weeks + 3)).cumsum(axis=1)
    by_week = level + random.normal(0, 5, level.shape)
    ahead = np.lib.stride_tricks.sliding_window_view(by_week, 4, axis=1).mean(axis=2)
    depot, week = np.indices(ahead.shape)
    return pd.DataFrame({"depot": depot.ravel(), "week": week.ravel(), "parcels": ahead.ravel().round(1),
                         "as_of": pd.Timestamp("2024-01-01", tz="UTC") + 7 * DAY * week.ravel()})


two_years = parcels(seed=0)
rows = two_years[two_years["week"] < 52]  # the first year
rows[rows["depot"] == 0].head(5)

# %% [markdown]
# Look at the first two rows. Their labels are nearly equal, because three of the four weeks that they look at are the same.
# So a row tells the label of its neighbours.
#
# The model is a tree on `depot` and `week`. It has no column that would know the future. Its error is the mean absolute
# difference from the truth, in parcels a day: of predictions 210 and 190 for 200 and 195, that is (10 + 5) / 2 = 7.5.

# %%
tree = DecisionTreeRegressor(min_samples_leaf=2, random_state=0)


def error(cv, groups=None):
    """The mean absolute error over the splits of the first year."""
    return -cross_val_score(tree, rows[["depot", "week"]], rows["parcels"], groups=groups, cv=cv,
                            scoring="neg_mean_absolute_error").mean()


def delivered(table, known):
    """The error in the second year, for a tree that is fitted every four weeks to the labels that are known by then."""
    errors = []
    for start in range(52, 104, 4):
        past = known[known["week"] + 4 <= start]
        asked = table[table["week"].between(start, start + 3)]
        tree.fit(past[["depot", "week"]], past["parcels"])
        errors.append((asked["parcels"] - tree.predict(asked[["depot", "week"]])).abs().mean())
    return np.mean(errors)


promised = {"shuffled": error(KFold(12, shuffle=True, random_state=0))}
brought = delivered(two_years, two_years)
print(f"Twelve folds, shuffled: an error of {promised['shuffled']:.1f} parcels a day. The second year: {brought:.1f}.")

# %% [markdown]
# The folds promise an error of 3.8, and the second year brings 14.5. The columns don't know the future. It is the split that lets
# the model look up what it should predict: the rows of the Mondays before and after are in the training.
#
# ### Forward in time
#
# A split in the order of time takes a stretch for the test, and only what came before it for the training.
#
# `TimeSplit` of `dataml_lab.evaluation.splits` makes twelve such splits of this year, with tests of four weeks each. As a
# splitter of scikit-learn's kind it can be passed as `cv`. It reads the moment of each row from `groups`.

# %%
promised["forward"] = error(TimeSplit(12), groups=rows["as_of"])
print(f"Forward in time: {promised['forward']:.1f}.")

# %% [markdown]
# The error is twice as large, and still not the truth. What is left?
#
# The last training rows are from one week before the test. Their label is the mean of four weeks, of which three lie *in the
# test*. On the day of the training, nobody has that label.

# %% role="figure" alt="Twelve horizontal bars, one for each Monday from week 36 to 47, each four weeks long. The bars of weeks 36 to 40 end at or before the line at week 44 and are called fitted. Those of weeks 41 to 43 cross the line and are called embargo: in neither part. Those of weeks 44 to 47 begin at the line or later and are called test."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.8))
kinds = {"fitted": (range(36, 41), "C0"), "embargo: in neither part": (range(41, 44), "C1"), "test": (range(44, 48), "C2")}
for name, (weeks, colour) in kinds.items():
    for week in weeks:
        axes.plot([week, week + 4], [week, week], color=colour, linewidth=5, solid_capstyle="butt")
        axes.plot(week, week, "o", color=colour, markersize=8)
    axes.text(max(weeks) + 4.3 if name != "fitted" else 43.7, np.mean(weeks) - 1.5 * (name == "fitted"), name, color=colour,
              va="center", ha="right" if name == "fitted" else "left")
axes.axvline(44, color="0.3", linestyle=":")
axes.text(44.1, 35.6, "the test begins", color="0.3")
axes.invert_yaxis()
axes.set(xlabel="week", ylabel="Monday of the row (week)", xlim=(35.5, 55), ylim=(48, 35), xticks=range(36, 53, 4),
         title="Three Mondays have labels that look into the test")
plt.show()

# %% [markdown]
# **Read the figure.** A dot is the moment of a row, `as_of`. The bar is the time that its label looks at, the **horizon**, here
# four weeks. A blue row's label was known when the test begins.
#
# The orange labels were not. Their rows are left out of both parts. This gap is the **embargo**, and it is as long as it takes
# until a label is known: the horizon, and the time until somebody has written the label down.
#
# Here it is 28 days: from the last fitted Monday to the test are four weeks, and three Mondays lie between. (Elsewhere leaving
# out such rows is called *purging*, and an embargo is a further gap.)

# %%
promised["embargo"] = error(TimeSplit(12, horizon=28 * DAY), groups=rows["as_of"])
print(f"Forward, with an embargo of 28 days: {promised['embargo']:.1f}. The second year: {brought:.1f}.")

# %% role="claim"
assert abs(promised["shuffled"] - 3.8) < 0.1 and abs(brought - 14.5) < 0.1, promised
assert 2 < promised["forward"] / promised["shuffled"] < 2.4 and abs(promised["embargo"] - brought) < 0.5, promised

# %% [markdown]
# Now the first year says what the second one brings.
#
# > **Caution.** scikit-learn's [`TimeSeriesSplit`](https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.TimeSeriesSplit.html)
# > goes by places, not by moments: it takes the rows to be sorted, may cut one Monday in two, and its `gap` is a number of
# > rows. Here 90 rows are three Mondays.

# %% [markdown]
# ## New customers, later
#
# A shop that opens a depot asks about one that isn't in the table. In 04b whole groups were kept together for that,
# by `GroupKFold`. `GroupSplit` does the same, and `GroupTimeSplit` does both at once: later rows of depots that the model
# has never seen.

# %%
both = GroupTimeSplit(5, horizon=28 * DAY, group="depot", time="as_of")
new_depots = parcels(seed=1).assign(depot=lambda table: table["depot"] + 0.5)  # numbers between the known ones
unseen = error(both, groups=rows[["depot", "as_of"]]), delivered(new_depots, two_years)
print(f"Whole depots, later, with an embargo: {unseen[0]:.1f}. The second year of thirty new depots: {unseen[1]:.1f}.")

# %% [markdown]
# For a new depot the tree is of no use, as it knows depots by their number alone. The split says so before the first one is
# opened. (Each number rests on thirty depots, so the first is only a hint at the second.)
#
# | the model will be asked about | split | fails by |
# |---|---|---|
# | other rows of the same kind, at the same time | folds at random; stratified where a label is rare | rows that belong together |
# | customers it hasn't seen | whole groups | a customer on both sides |
# | later rows of known customers | forward in time, with an embargo | labels that weren't known yet |
# | later rows of new customers | both | few rows are left |

# %% role="claim"
assert min(unseen) > 5 * promised["embargo"] and max(unseen) / min(unseen) < 1.7, unseen

# %% [markdown] role="prompt" exercise="split"
# ### Exercise: what was settled when? ({{points}}, about 30 minutes)
#
# Will a subscription be cancelled within the horizon? Write `split(rows, horizon, exported_at)`, which returns
# `(train, test)`: two lists or indexes of labels of `rows.index` (unique), in any order. `rows` stays as it was.
#
# First step: five rows are asked on 1 March, with a horizon of 14 days. Their labels are written on the 5th, 15th, 20th,
# 31st, and never. Write down from when on each may be trained on: the first from the 15th, the third from the 20th.
#
# | column | is |
# |---|---|
# | `user_id` | the customer, who may be in both parts |
# | `asked_at` | the moment of the question |
# | `written_at` | when the label was written; missing if it wasn't by the export |
# | `cancels` | the label: cancelled in [`asked_at`, `asked_at + horizon`) |
#
# | matter | what is asked for |
# |---|---|
# | settled | once a row's horizon is over **and** its label is written: at the later of the two; without a label never |
# | test | begins at its first `asked_at`; all rows asked then or later that are settled at or before `exported_at` |
# | train | all rows settled at or before the test begins; some rows are in neither part |
# | size | the test has 20 to 30%, inclusive, as many rows as are settled at the export. You choose where it begins |
# | `rows` | some 480, in any order, many of one moment |
# | `horizon`, `exported_at` | a `pd.Timedelta` above 0; a `pd.Timestamp` in UTC, as all moments |
#
# Why both? A cancellation may be written at once, a non-cancellation only after the horizon: of the newest rows only
# cancelled ones have labels.
#
# {{properties}}

# %% role="answer" exercise="split"
import pandas as pd


def split(rows, horizon, exported_at):
    """The labels of the rows to train on, and of those to test on."""
    ### BEGIN SOLUTION
    ends, written = rows["asked_at"] + horizon, rows["written_at"]

    def settled(moment):
        return (ends <= moment) & (written <= moment)  # what was never written is at or before nothing

    usable = settled(exported_at)
    newest = rows.loc[usable, "asked_at"].sort_values(ascending=False)
    start = newest.iloc[len(newest) // 4]
    return rows.index[settled(start)], rows.index[usable & (rows["asked_at"] >= start)]
    ### END SOLUTION


# %% [markdown]
# ## The best of fifty
#
# Last, a split can be right and the number wrong, because the test was asked too often. Here are fifty trees that differ in
# their seed alone: at each question a tree looks at three columns, drawn by chance. Each is fitted to the same 300 rows and
# tested on the same 100.

# %%
mixed = WORLDS["mixed"](seed=0, rows=400)
X_fit, X_held, y_fit, y_held = train_test_split(mixed.X_train.to_numpy(), mixed.y_train.to_numpy(), test_size=100, random_state=0)
fifty = []
for seed in range(50):
    one = DecisionTreeClassifier(max_depth=3, max_features=3, random_state=seed).fit(X_fit, y_fit)
    fifty.append({"test": auc(y_held, one.predict_proba(X_held)[:, 1]),
                  "new rows": auc(mixed.y_test, one.predict_proba(mixed.X_test.to_numpy())[:, 1])})
fifty = pd.DataFrame(fifty)
best = fifty["test"].idxmax()
print(f"The best of fifty: {fifty['test'][best]:.2f} on the test, {fifty['new rows'][best]:.2f} on new rows.")
print(f"All fifty: {fifty['test'].mean():.2f} and {fifty['new rows'].mean():.2f} on average.")

# %% role="figure" alt="Fifty dots: the AUC on the test of 100 rows across, that on 3,000 new rows upwards. The cloud rises a little from left to right. The best one on the test lies far below the dotted line on which both are equal."
# The code of this figure.
figure, axes = plt.subplots(figsize=(6.5, 4))
axes.scatter(fifty["test"], fifty["new rows"], color="0.6")
axes.scatter(fifty["test"][best], fifty["new rows"][best], color="C1", s=90)
low, high = fifty.min().min() - 0.02, fifty.max().max() + 0.02
axes.plot([low, high], [low, high], ":", color="0.4")
axes.annotate("the best on the test", (fifty["test"][best], fifty["new rows"][best]), (10, -52), textcoords="offset points", color="C1", ha="right",
              arrowprops={"arrowstyle": "-", "color": "C1"})
axes.text(high - 0.012, high - 0.008, "as good as promised", color="0.4", ha="right")
axes.set(xlabel="AUC on the test of 100 rows", ylabel="AUC on 3,000 new rows", title="The winner promises 0.73 and delivers 0.63")
plt.show()

# %% [markdown]
# **Read the figure.** A dot on the dotted line keeps its promise. The winner lies far below it: it promises 0.73 and delivers
# 0.63, where the average tree delivers 0.61.
#
# It was chosen for its score on these 100 rows, so its luck there was chosen along with it.
#
# That is true of whatever is chosen by a test: seeds, depths, columns, or a team that tries until the number is good. To
# choose is part of the fitting, so it belongs *inside* the fold, as the medians and columns of 04c do. This is **nested**
# selection: inner folds choose, and the outer fold, which took no part in it, gives the score.

# %%
search = GridSearchCV(DecisionTreeClassifier(max_depth=3, max_features=3), {"random_state": list(range(8))}, cv=3, scoring="roc_auc")
search.fit(mixed.X_train, mixed.y_train)
nested = cross_val_score(search, mixed.X_train, mixed.y_train, cv=3, scoring="roc_auc")
print(f"The best of eight, by the folds that chose it: {search.best_score_:.2f}")
print(f"Nested: {nested.mean():.2f}. On new rows: {mixed.score(search.best_estimator_):.2f}.")

# %% role="claim"
assert [round(fifty[name][best], 2) for name in fifty] == [0.73, 0.63] and round(fifty["new rows"].mean(), 2) == 0.61
assert search.best_score_ - nested.mean() > 0.015 and search.best_score_ - mixed.score(search.best_estimator_) > 0.03

# %% [markdown]
# The score that chose is the highest of the three. This is one table of 400 rows, so another one gives other differences, and
# the nested score is near the truth on average only.
#
# `cross_val_score` repeats the whole search in each outer fold, so nested selection costs as many searches as there are folds.
#
# With more rows it is simpler to keep a test aside, and to ask it once, at the end.

# %% [markdown]
# ## What to take along
#
# - A training score says little about new rows.
# - One split is one draw. Four times the rows in the test halve the spread; folds test on each row once.
# - Deal a rare label evenly: stratified folds.
# - Ask what the model will be asked: new customers, later rows, or both. The split must ask the same.
# - A label that looks ahead isn't known on the day of its row. Train on what was settled when the test begins.
# - What is chosen by a score is flattered by it. Choose inside the fold.
#
# **Next:** [05b Metrics](../05b_metrics/05b_metrics.ipynb) asks which number to compute on the test. The part before this one
# is [04d](../04d_networks/04d_networks.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** scikit-learn on [cross-validation](https://scikit-learn.org/stable/modules/cross_validation.html). Hastie,
# Tibshirani and Friedman, *The Elements of Statistical Learning*, the chapter on model assessment and selection, on the wrong
# and the right way to do it.
