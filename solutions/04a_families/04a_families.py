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
# # 04a Families of models
#
# Lesson 03, which ended with [03f](../03f_feature_store/03f_feature_store.ipynb), turned a shop's tables into features.
# A *model* turns features into a prediction. This lesson is about models: which there are, what each is good at, and how
# to choose.
#
# In [03b](../03b_good_features/03b_good_features.ipynb) four algorithms hardly differed. Here they differ a lot, because
# each family assumes something about the data, and our tables are made to agree or to disagree with it.
#
# **After this part you will be able to**
#
# - say what a linear model, a tree, a forest and boosting each assume;
# - name a kind of data on which each wins, and one on which it fails;
# - compute gradient boosting by hand, and compare three libraries that do it;
# - say what a model does with a gap, and with a row beyond those that it learned from.
#
# **You need** AUC, standardised features and the logistic regression of 03b, and about 75 minutes: 50 to read, 25 for the
# exercise. A good place for a break is before the section on boosting.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier

from dataml_lab.models.boosting import Boosting
from dataml_lab.models.compare import Family, compare, table
from dataml_lab.models.worlds import WORLDS

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## Worlds whose rule is known
#
# A *world* is a table that is drawn from a rule. The rule gives the mean of a number, or the probability of a label, for
# each row; chance does the rest. Here is one: the rule has limits of weight, distance and time of day.

# %%
steps = WORLDS["steps"](seed=0)
print(steps.about)
steps.X_train.join(steps.y_train.round(2)).head(3)

# %% [markdown]
# A prediction of a number is scored by **R²**. Add up the squared differences between truth and prediction, and the
# squared differences between truth and its mean. R² is 1 minus the first sum divided by the second.

# %%
days, predicted = np.array([1, 2, 3, 6]), np.array([2, 2, 3, 5])
missed, apart = (days - predicted) ** 2, (days - days.mean()) ** 2
print(f"Squared: {missed.sum()} from the prediction, {apart.sum():.0f} from the mean. R² = {1 - missed.sum() / apart.sum():.2f}")

# %% [markdown]
# A perfect prediction has an R² of 1. Predicting for every row the mean of these same rows has 0, and something worse
# than that is below 0.
#
# Because the rule is known, so is the best possible score: that of the rule itself. In this world it is 0.78. What is
# missing to 1 is chance, and no model gets it.

# %% role="claim"
assert missed.sum() == 2 and apart.sum() == 14 and days.mean() == 3 and round(1 - 2 / 14, 2) == 0.86
assert round(steps.best, 2) == 0.78 and steps.score(LinearRegression().fit(steps.X_train, steps.y_train)) > 0

# %% [markdown]
# ## Linear models: a weighted sum
#
# The *linear regression* predicts a number: a constant plus each feature times its weight. It takes the weights with the
# smallest sum of squared differences. The logistic regression of 03b has such a sum as well, and turns it into a
# probability.
#
# In the world `trend`, the rule is such a sum: 200 orders a day, and 0.4 more each day, 60 more with a newsletter, 40 more
# at a weekend, 2 fewer for each degree. From 1,000 rows, with chance in each, the regression finds these
# weights.

# %%
trend = WORLDS["trend"](seed=0)
line = LinearRegression().fit(trend.X_train, trend.y_train)
pd.DataFrame({"the rule": [200, 0.4, 40, 60, -2], "learned": [line.intercept_, *line.coef_]},
             index=["constant", *trend.X_train]).round(1)

# %% role="claim"
assert list(trend.X_train) == ["day", "weekend", "newsletter", "temperature"] and len(trend.X_train) == 1_000
assert np.allclose([line.intercept_, *line.coef_], [200, 0.4, 40, 60, -2], atol=6)

# %% [markdown]
# Where does it win, and where does it fail? `compare` draws a world three times, trains on it and scores the result on
# 3,000 new rows. `table` shows the mean of the three scores ± their standard deviation, which says how far a score moves
# by chance.
#
# In `few_rows` a weighted sum decides who orders, and there are 60 rows. In `interactions` a discount speaks *for* an
# order from a customer who has been away, and *against* one from a regular.

# %%
linear = Family(make_pipeline(StandardScaler(), LogisticRegression()), make_pipeline(StandardScaler(), LinearRegression()))
runs = compare({"linear": linear}, [WORLDS["trend"], WORLDS["few_rows"], WORLDS["interactions"]])
table(runs)

# %% role="claim"
def means():
    """The mean score of each model in each world of the cell before."""
    return runs.pivot_table("score", "model", "world").round(2)


first = means().loc["linear"]
assert first.to_dict() == {"trend": 0.82, "few_rows": 0.77, "interactions": 0.5}
assert WORLDS["few_rows"](0).X_train.shape == (60, 8)

# %% [markdown]
# The scores of `trend` are R², the others AUC. In the first two worlds what the model assumes is true, and 60 rows are
# enough for eight weights.
#
# In `interactions` the AUC is 0.50, which is guessing. A weighted sum has one weight for the discount, and would need two.
#
# **A linear model assumes** that each feature adds its share, whatever the others are, and that twice the change has twice
# the effect.

# %% [markdown]
# ## A tree: questions, one after the other
#
# A *decision tree* asks a question with the answers yes and no, such as "is the weight at most 10 kg?". Each answer leads
# to the next question, and the last one to a *leaf*. A leaf predicts the mean of the training rows that end in it; where
# labels are 0 or 1, that is the share of 1s, a probability.
#
# It is grown from the top. For each feature and each limit the tree tries to split the rows in two, and keeps the split
# after which the squared differences from the two means are smallest. Then each part is split in the same way, down to a
# *depth*: the number of questions on the way to a leaf.

# %%
weights, took = np.array([2, 6, 11, 14]), np.array([1, 2, 4, 5])
pd.DataFrame([{"split": f"weight ≤ {limit}", "means": f"{took[:n].mean():.1f} and {took[n:].mean():.1f}",
               "squared differences": sum(((part - part.mean()) ** 2).sum() for part in (took[:n], took[n:]))}
              for n, limit in ((1, 4), (2, 8.5), (3, 12.5))]).round(1)

# %% [markdown]
# Four parcels of 2, 6, 11 and 14 kg took 1, 2, 4 and 5 days. The split in the middle leaves squared differences of 1.0,
# the other two leave 4.7: so this tree begins with "weight ≤ 8.5".
#
# Here are the first two questions of a tree that was grown on the world `steps`.

# %% role="claim"
left = [sum(((part - part.mean()) ** 2).sum() for part in (took[:n], took[n:])) for n in (1, 2, 3)]
assert np.round(left, 1).tolist() == [4.7, 1.0, 4.7]

# %%
short = DecisionTreeRegressor(max_depth=2).fit(steps.X_train, steps.y_train)
print(export_text(short, feature_names=list(steps.X_train), decimals=1))

# %% role="claim"
limits = {(steps.X_train.columns[f], round(float(t), 1)) for f, t in zip(short.tree_.feature, short.tree_.threshold) if f >= 0}
assert limits == {("weight_kg", 10.0), ("weekday", 4.5)}

# %% [markdown]
# A person can read it: a parcel of more than 10 kg, sent at a weekend (weekday 5 or 6), takes 5.4 days. Both limits are
# those of the rule.
#
# Next, deeper trees: on the world where limits decide, and on `smooth`, where each column adds a curve.

# %%
tree = Family(DecisionTreeClassifier(max_depth=5, random_state=0), DecisionTreeRegressor(max_depth=5, random_state=0))
runs = compare({"linear": linear, "tree": tree}, [WORLDS["steps"], WORLDS["smooth"]])
table(runs)

# %% role="claim"
second = means()
assert second.loc["tree"].to_dict() == {"steps": 0.75, "smooth": 0.75} and second.loc["linear", "steps"] == 0.33
deeper = {depth: np.mean([world.score(DecisionTreeRegressor(max_depth=depth, random_state=0).fit(world.X_train, world.y_train))
                          for world in map(WORLDS["smooth"], range(3))]) for depth in (6, 7, 8, 10, 20)}
assert round(max(deeper.values()), 2) == 0.78 and deeper[20] < 0.75
assert export_text(short, decimals=1).rstrip().endswith("5.4]")

# %% [markdown]
# Where limits decide, the tree gets 0.75 of 0.78. Along a curve it gets 0.75 of 0.91: it has 32 leaves at most, and
# each predicts one number, so that a curve becomes a staircase. Deeper trees get 0.78 at best, because their leaves hold few
# rows and learn their chance.
#
# Part [04b](../04b_overfitting/04b_overfitting.ipynb) is about that.
#
# **A tree assumes** that limits matter, and which ones may depend on the answers before.

# %% [markdown]
# ## A forest: the mean of many trees
#
# A *random forest* grows many trees, each on a sample of its own: as many rows as there are, drawn with repetition, so
# that some come twice and about a third don't come at all. It predicts the mean of the trees.
#
# One deep tree is wrong here and there by chance, and each tree in another place. The mean of two such errors is smaller
# than the errors: a tree that says 30 and one that says 38 have the mean 34, and if the truth is 35, errors of 5 and 3
# become 1.

# %%
forest = Family(RandomForestClassifier(25, min_samples_leaf=3, random_state=0),
                RandomForestRegressor(25, min_samples_leaf=3, random_state=0))
runs = compare({"linear": linear, "tree": tree, "forest": forest}, [WORLDS["smooth"], WORLDS["trend"]])
table(runs)

# %% role="claim"
third = means()
assert third.loc["forest", "smooth"] == 0.85 and third.loc["tree", "smooth"] == 0.75 and (third["trend"].drop("linear") < 0).all()
random = np.random.default_rng(0)
assert abs(1 - len(set(random.integers(0, 100_000, 100_000))) / 100_000 - 1 / 3) < 0.04

# %% [markdown]
# On the curves, 25 trees get 0.85 where one gets 0.75. In `trend` the tree and the forest are below 0: a
# constant, the mean of the test rows, would have been better. The last section shows why.
#
# The price is size. To answer for one row, 25 trees are asked instead of one.
#
# **A forest assumes** what a tree assumes. It removes chance, and can't remove what all of its trees get wrong.

# %% [markdown]
# ## Boosting: each tree mends what is left
#
# *Gradient boosting* adds up small trees, one after the other. It starts with the mean. Then it repeats a *round*:
#
# 1. Compute the *residuals*: the truth minus the prediction so far.
# 2. Grow a small tree that predicts the residuals.
# 3. Add a share of that tree's prediction to the prediction so far. The share is the *learning rate*.
#
# Here are the four parcels again, with trees of one question (a *stump*) and a rate of 0.5.

# %%
kilos = weights.reshape(-1, 1)
stages = list(Boosting(rounds=2, rate=0.5, max_depth=1).fit(kilos, took).staged_predict(kilos))
by_hand = pd.DataFrame({"weight": weights, "days": took, "start": stages[0], "residual": took - stages[0],
                        "after round 1": stages[1], "residual 1": took - stages[1], "after round 2": stages[2]})
by_hand.round(2)

# %% role="claim"
assert by_hand.round(2).iloc[0].tolist() == [2, 1, 3, -2, 2.25, -1.25, 1.88] and by_hand["residual"].tolist() == [-2, -1, 1, 2]
assert np.mean([-2, -1]) == -1.5 and 3 + 0.5 * -1.5 == 2.25

# %% [markdown]
# The mean is 3 days. The first stump asks for "weight ≤ 8.5" and predicts residuals of −1.5 and 1.5. Half of them is added,
# so that the light parcels go from 3 to 2.25.
#
# Their residuals are smaller now, and the second round continues with these.
#
# `Boosting` of `dataml_lab.models` does just this. The next figure follows it on one column of `smooth`, the hour.

# %% role="figure" alt="Four panels with the same grey points: visitors against the hour of the day, low at 4 o'clock and high at 16 o'clock. At the start the prediction is a flat line. After 1 round it has a few low steps, after 5 rounds higher steps, and after 60 rounds it follows the curve of the points closely."
# The code of this figure.
smooth = WORLDS["smooth"](seed=0)
hours, visitors = smooth.X_train[["hour"]], smooth.y_train
grid = pd.DataFrame({"hour": np.linspace(0, 24, 400)})
staged = list(Boosting(rounds=60, rate=0.2, max_depth=2).fit(hours, visitors).staged_predict(grid))
figure, axes = plt.subplots(1, 4, figsize=(9, 2.9), sharey=True)
for axis, after in zip(axes, (0, 1, 5, 60)):
    axis.plot(hours["hour"], visitors, ".", color="0.8", markersize=3)
    axis.plot(grid["hour"], staged[after], color="C1")
    axis.set(title="start" if not after else f"{after} round{'s' * (after > 1)}", xlabel="hour", xticks=[0, 8, 16, 24])
axes[0].set_ylabel("visitors")
figure.suptitle("Each round bends the prediction a little further towards the points", x=0.01, ha="left", weight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** Points are rows of the training, the line is the prediction. It starts flat.
#
# One round, with
# a tree of depth 2, adds up to four low steps. After 60 rounds the sum of the steps follows the curve, and in places a
# single odd point.
#
# ### Round by round
#
# A forest and boosting both add up trees. The figure shows the score on new rows after each tree: for a forest, and for
# boosting with three learning rates.

# %% role="figure" alt="R squared on new rows against the number of trees from 1 to 100, on a logarithmic axis. The forest starts highest and is flat at 0.86 after 30 trees. Boosting with rate 1 rises fast to 0.82 at 7 trees and then falls to 0.77. With rate 0.3 it peaks at 0.88 near 30 trees and falls slightly. With rate 0.1 it starts lowest, below the axis, reaches 0.88 near 70 trees and stays there."
# The code of this figure.
grown = RandomForestRegressor(100, min_samples_leaf=3, random_state=0).fit(smooth.X_train, smooth.y_train)
each = np.cumsum([one.predict(smooth.X_test.to_numpy()) for one in grown.estimators_], axis=0)
stages_of = {"forest": each / np.arange(1, 101)[:, None]}
for rate in (0.1, 0.3, 1.0):
    fitted = Boosting(rounds=100, rate=rate, max_depth=3).fit(smooth.X_train, smooth.y_train)
    stages_of[f"boosting, rate {rate:g}"] = list(fitted.staged_predict(smooth.X_test))[1:]
truth = smooth.y_test.to_numpy()
curves = {name: [1 - np.mean((truth - stage) ** 2) / truth.var() for stage in stages] for name, stages in stages_of.items()}
figure, axes = plt.subplots(figsize=(8, 3.6))
for (name, curve), shift in zip(curves.items(), (-0.024, 0.022, -0.003, 0)):
    axes.semilogx(range(1, 101), curve)
    axes.text(105, curve[-1] + shift, name, va="center", color=axes.lines[-1].get_color())
axes.plot([1, 100], [smooth.best] * 2, color="0.5", linestyle=":")
axes.text(1.05, smooth.best + 0.01, "best possible", color="0.4")
axes.set(xlabel="trees", ylabel="R² on new rows", xlim=(1, 450), ylim=(0.4, 0.95), xticks=[1, 3, 10, 30, 100],
         xticklabels=[1, 3, 10, 30, 100], title="More trees don't hurt the forest; they hurt boosting at a high rate")
plt.show()

# %% [markdown]
# **Read the figure.** The forest is good after ten trees and flat after thirty. One more tree makes its mean
# steadier, and can hardly make it worse.
#
# Boosting at a rate of 1 is best after 7 trees, at 0.82, and falls to 0.77: later trees mend what was chance. At 0.1 it
# needs some seventy trees to get to 0.88, and more don't hurt it here. A low rate and many rounds is the usual choice, and the number of
# rounds has to be chosen: part 04b does that.

# %% role="claim"
best_at = {name: int(np.argmax(curve)) + 1 for name, curve in curves.items()}
top = {name: round(max(curve), 2) for name, curve in curves.items()}
assert best_at["boosting, rate 1"] == 7 and 30 <= best_at["boosting, rate 0.3"] <= 40 and best_at["boosting, rate 0.1"] > 90
assert top == {"forest": 0.86, "boosting, rate 0.1": 0.88, "boosting, rate 0.3": 0.88, "boosting, rate 1": 0.82}
assert round(curves["boosting, rate 1"][-1], 2) == 0.77 and max(curves["forest"]) - curves["forest"][-1] < 0.001

# %%
boosting = LGBMClassifier(n_estimators=100, learning_rate=0.1, num_leaves=8, num_threads=1, verbose=-1, random_state=0)
classifiers = {"linear": linear, "tree": tree, "forest": forest, "boosting": boosting}
runs = compare(classifiers, [WORLDS["interactions"], WORLDS["few_rows"]])
table(runs)

# %% role="claim"
fourth = means()
assert fourth.loc["boosting"].to_dict() == {"interactions": 0.79, "few_rows": 0.7}
assert fourth["interactions"].idxmax() == "boosting" and fourth["few_rows"].idxmax() == "linear"
assert fourth.loc["forest"].to_dict() == {"interactions": 0.74, "few_rows": 0.69}

# %% [markdown]
# For a label, trees are fitted to other residuals: 1 or 0 minus the predicted probability. On `interactions` boosting is
# first with 0.79 of 0.84. With 60 rows it gets 0.70, and the linear model 0.77: small trees find patterns in chance.
#
# **Boosting assumes** what a tree assumes, a little at a time, and it needs rows.

# %% [markdown]
# ### What each family can draw
#
# In `interactions`, take two columns: the discount and the days since the last order. The figure colours each pair by the
# probability that a model predicts, for models that know these two columns alone.

# %% role="figure" alt="Five square panels, discount on the x axis and days since the last order on the y axis, coloured by the probability of an order. The rule has two halves: above 21 days the colour goes from purple on the left to yellow on the right, below 21 days from yellow to purple. Logistic regression is one nearly even colour. The tree has a few large rectangles, the forest many small speckled ones, boosting smooth steps that look most like the rule."
# The code of this figure.
offers = WORLDS["interactions"](seed=0)
pair = ["discount", "days_since_last"]
across, up = np.meshgrid(np.linspace(0, 30, 61), np.linspace(0, 60, 61))
pairs = pd.DataFrame({"discount": across.ravel(), "days_since_last": up.ravel()})
drawn = {"the rule": 1 / (1 + np.exp(-0.16 * np.where(up > 21, 1, -1) * (across - 15)))}
for name, family in {**classifiers, "boosting": Family(boosting, None)}.items():
    fitted = family.classifier.fit(offers.X_train[pair], offers.y_train)
    drawn[name] = fitted.predict_proba(pairs)[:, 1].reshape(across.shape)
figure, axes = plt.subplots(1, 5, figsize=(9, 2.6), sharey=True)
for axis, (name, surface) in zip(axes, drawn.items()):
    image = axis.pcolormesh(across, up, surface, vmin=0, vmax=1, cmap="viridis", rasterized=True)
    axis.set(title=name, xlabel="discount (%)", xticks=[0, 15, 30])
    axis.grid(visible=False)
axes[0].set_ylabel("days since the last order")
figure.colorbar(image, ax=axes, label="probability", ticks=[0, 0.5, 1])
plt.show()

# %% [markdown]
# **Read the figure.** The rule turns round at 21 days: below, a low discount is good, and above it is a high one. The
# logistic regression can tilt one plane, and finds no tilt that helps.
#
# The tree cuts rectangles. The forest has the shape, with speckles of chance. Boosting draws fine steps, which come
# closest here.

# %% [markdown] role="prompt" exercise="boost"
# ### Exercise: boosting by hand ({{points}}, about 25 minutes)
#
# Write `boost(X, y, weights, rates, fit, new)`: gradient boosting as above, with a learner that you are given. Return
# what is predicted for `new`, at the start and after each round.
#
# First step: for `rates == []`, return the start once for each row of `new`.
#
# | argument | is |
# |---|---|
# | `X`, `y`, `weights` | a DataFrame of 32 deliveries, and arrays of their minutes (sometimes integers) and of how much each counts (above 0) |
# | `rates` | a list: the learning rate of each round, 8 at most; a rate can be above 2 |
# | `fit(X, target, weights)` | fits a small learner to a target, and returns a function: `predict(rows)` is an array |
# | `new` | other rows, with the columns of `X` |
#
# | matter | what is asked for |
# |---|---|
# | start | the weighted mean of `y`: Σ weight · y / Σ weight |
# | a round | fit a learner to `y` minus what is predicted for `X` so far, with the weights as they are; add the round's own rate times its predictions, even if the error grows |
# | returned | a list or array with `len(rates) + 1` rows of `len(new)` numbers; the first is the start, without a rate |
# | exact to | 1e-9 minutes |
# | learner | often a stump, not always: use `fit` |
# | arguments | stay as they were |
# | time | 5 seconds a call |
#
# For example, with `X` = `new` = two deliveries, `y` = [10, 30], weights [1, 3], rates [0.5, 0.2] and a learner that
# predicts its target exactly, the rows are [25, 25], [17.5, 27.5] and [16, 28].
#
# {{properties}}

# %% role="answer" exercise="boost"
import numpy as np


def boost(X, y, weights, rates, fit, new):
    """The predictions for new: at the start, and after each round."""
    ### BEGIN SOLUTION
    start = np.average(y, weights=weights)
    known, asked = np.full(len(X), start), np.full(len(new), start)
    stages = [asked]
    for rate in rates:
        predict = fit(X, y - known, weights)
        known = known + rate * predict(X)
        asked = asked + rate * predict(new)
        stages.append(asked)
    return stages
    ### END SOLUTION


# %% role="claim"
two = pd.DataFrame({"a": [0, 1]})
example = boost(two, np.array([10.0, 30.0]), np.array([1, 3]), [0.5, 0.2], lambda X, target, w: lambda rows: target, two)
assert np.allclose(example, [[25, 25], [17.5, 27.5], [16, 28]])

# %% [markdown]
# ## Three libraries, one algorithm
#
# Three libraries are in wide use: scikit-learn's `HistGradientBoosting`,
# [LightGBM](https://lightgbm.readthedocs.io) and [XGBoost](https://xgboost.readthedocs.io). They do what you have just
# written, with trees that are grown fast. Their settings have other names for the same things.
#
# | setting | scikit-learn | LightGBM | XGBoost |
# |---|---|---|---|
# | rounds | `max_iter` | `n_estimators` | `n_estimators` |
# | rate | `learning_rate` | `learning_rate` | `learning_rate` |
# | size of a tree | `max_leaf_nodes` | `num_leaves` | `max_depth` |
#
# With settings as equal as they can be, they are compared on `mixed`: a weighted sum, a curve and an interaction at once,
# and 3,000 rows.

# %%
libraries = {
    "scikit-learn": HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, max_leaf_nodes=8, random_state=0),
    "LightGBM": LGBMClassifier(n_estimators=100, learning_rate=0.1, num_leaves=8, num_threads=1, verbose=-1),
    "XGBoost": XGBClassifier(n_estimators=100, learning_rate=0.1, max_depth=3, n_jobs=1),
}
with threadpool_limits(1):  # processor cores
    runs = compare({"forest": forest, **libraries}, [WORLDS["mixed"]])
table(runs)

# %% role="figure" alt="Three panels of horizontal bars for the forest, scikit-learn, LightGBM and XGBoost: seconds to train, milliseconds for one row, and kilobytes. The forest has by far the longest bar for kilobytes. In the other panels all four are within a few times of each other."
# The code of this figure.
cost = runs.groupby("model", sort=False)[["fit_s", "one_row_ms", "bytes"]].median()[::-1]
figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), sharey=True)
for axis, column, label, scale in zip(axes, cost, ("seconds to train", "milliseconds for one row", "kB"), (1, 1, 1e-3)):
    bars = axis.barh(cost.index, cost[column] * scale, color=["C0", "C0", "C0", "0.7"])
    axis.bar_label(bars, fmt=lambda value: f"{value:,.0f}" if value >= 20 else f"{value:.2g}", padding=3)
    axis.set(xlabel=label, xlim=(0, cost[column].max() * scale * 1.25))
    axis.grid(visible=False)
figure.suptitle("Boosting is small beside a forest, in all three libraries", x=0.01, ha="left", weight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** Bars are medians of three runs, and vary between machines. Each uses one core here.
# The forest takes more than ten times the bytes: each of its trees has hundreds of leaves, those of boosting have eight.
#
# The three scores differ by less than 0.01, which is no more than each moves from draw to draw. So choose the library by
# what else you need: scikit-learn is there already; LightGBM and XGBoost run on GPUs and clusters, and in other languages.
#
# > **Caution.** All three use every core by default, which for one row costs more time than it saves. Where rows come
# > singly, set `num_threads=1` (LightGBM) or `n_jobs=1` (XGBoost), or start Python with `OMP_NUM_THREADS=1`.

# %% role="claim"
equal = runs[runs["model"] != "forest"].groupby("model")["score"].agg(["mean", "std"])
assert np.ptp(equal["mean"]) < 0.01 and np.ptp(equal["mean"]) < 2 * equal["std"].max()
middle = runs.groupby("model")[["one_row_ms", "bytes"]].median()
assert (middle["bytes"]["forest"] > 10 * middle["bytes"][list(libraries)]).all()

# %% [markdown]
# ## Gaps
#
# In `holes`, a third of the customers gave no rating, and they leave more often. A linear model can't multiply a weight by
# nothing, so the gap has to be filled, for example with the median. What is lost then is *that* it was a gap.
#
# A tree can send the rows with a gap to one side of a split like any others, to the side that fits better. The boosting
# libraries do so, and so do the trees and forests of scikit-learn.

# %%
median = SimpleImputer(strategy="median")
told = SimpleImputer(strategy="median", add_indicator=True)
runs = compare({
    "linear, filled": make_pipeline(median, StandardScaler(), LogisticRegression()),
    "linear, filled, and a column that says so": make_pipeline(told, StandardScaler(), LogisticRegression()),
    "boosting, filled": make_pipeline(median, libraries["LightGBM"]),
    "boosting, gaps as they are": libraries["LightGBM"],
}, [WORLDS["holes"]])
table(runs)

# %% role="claim"
holes = WORLDS["holes"](0)
assert abs(holes.X_train["rating"].isna().mean() - 1 / 3) < 0.03
gaps = means()["holes"]
assert gaps.loc[runs["model"].unique()].tolist() == [0.69, 0.78, 0.73, 0.76]

# %% [markdown]
# Filling costs the linear model 0.09 and boosting 0.03. With a column that says where the gaps were, the linear model is
# best of all, because this rule is nearly a weighted sum. The gap is a fact about the row: let the model have it.
#
# ## Beyond the rows
#
# In `trend` the training ends on day 700, and the test comes after it. To predict for days that lie beyond all training
# rows is to *extrapolate*.

# %% role="figure" alt="Orders a day against the day, from 0 to 1000, with a line at day 700 where the training ends. Grey points rise all the way. The linear model rises with them beyond day 700. Boosting follows the points up to day 700 and is flat from there on, so that the points leave it behind by about 100 orders at day 1000."
# The code of this figure.
later = pd.DataFrame({"day": np.arange(1_000), "weekend": 0, "newsletter": 0, "temperature": 12.0})
flat = Boosting(rounds=100).fit(trend.X_train, trend.y_train)
figure, axes = plt.subplots(figsize=(8, 3.4))
for rows, orders in ((trend.X_train, trend.y_train), (trend.X_test[::3], trend.y_test[::3])):
    quiet = (rows["weekend"] == 0) & (rows["newsletter"] == 0)
    axes.plot(rows["day"][quiet], orders[quiet], ".", color="0.8", markersize=4)
for name, fitted, colour in (("linear", line, "C0"), ("boosting", flat, "C1")):
    axes.plot(later["day"], fitted.predict(later), color=colour)
    axes.text(1_008, fitted.predict(later)[-1], name, color=colour, va="center")
axes.axvline(700, color="0.5", linestyle=":")
axes.text(690, 150, "training ends", color="0.4", ha="right")
axes.set(xlabel="day", ylabel="orders", xlim=(0, 1_100), title="Beyond its rows, a tree repeats its last leaf")
plt.show()

# %% [markdown]
# **Read the figure.** Points are days without a newsletter that aren't weekends. Up to day 700 both models follow them.
#
# Beyond, the line goes on. Boosting stays where it was, because every later day gives the same answers to its questions
# as the last day of training.
#
# So every model of trees fails where a number grows past what was seen. Where the trend is known, take it out first: fit
# the line, and let boosting learn what the line leaves over.

# %%
left_over = Boosting(rounds=50).fit(trend.X_train, trend.y_train - line.predict(trend.X_train))
both = line.predict(trend.X_test) + left_over.predict(trend.X_test)
pd.Series({"linear": trend.score(line), "boosting": trend.score(flat), "line, then boosting": r2_score(trend.y_test, both),
           "best possible": trend.best}, name="R²").to_frame().round(2)

# %% role="claim"
assert round(trend.score(line), 2) == 0.81 == round(trend.best, 2) and trend.score(flat) < -0.5
assert abs(r2_score(trend.y_test, both) - 0.80) < 0.006 and trend.X_train["day"].max() < 700 <= trend.X_test["day"].min()
beyond = flat.predict(later)[700:]
assert np.ptp(beyond) == 0 and 90 < line.predict(later)[-1] - beyond[-1] < 140

# %% [markdown]
# The two together get 0.80. Here there was nothing left for boosting to find; in a real shop there is.
#
# ## What to take along
#
# | family | assumes | wins | fails |
# |---|---|---|---|
# | linear | each feature adds its share | few rows, a sum, a trend that goes on | interactions, limits |
# | tree | limits, which depend on the answers before | rules with limits, to be read by a person | curves; changes with the sample |
# | forest | as a tree; the mean removes chance | curves and limits, with hardly any setting | beyond its rows; size and time |
# | boosting | as a tree, a little at a time | interactions, many rows | few rows, beyond its rows |
#
# - R² is the share of the squared differences from the mean that a prediction explains. It can be below 0.
# - Boosting fits each tree to the residuals, and adds a share of it.
# - A score has a spread. Libraries that differ by less than it are equally good.
# - Let the model know where a gap was.
#
# **Next:** [04b Overfitting](../04b_overfitting/04b_overfitting.ipynb) chooses the depth of a tree and the number of
# rounds, and asks what a model has learned.
#
# Ready to hand in? Save, then press *Validate* in the toolbar.
#
# **Read on.** James, Witten, Hastie and Tibshirani, *An Introduction to Statistical Learning*: the chapters on linear
# regression and on tree-based methods. scikit-learn's user guide on
# [ensembles](https://scikit-learn.org/stable/modules/ensemble.html).
