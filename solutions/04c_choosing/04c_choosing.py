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
# # 04c Choosing a model
#
# This part measures the families of [04a](../04a_families/04a_families.ipynb) side by side, each score beside the best one
# possible, and chooses by what was measured. How a model overfits is told in
# [04b](../04b_overfitting/04b_overfitting.ipynb).
#
# **After this part you will be able to**
#
# - report a score honestly: beside a baseline, on rows that the model hasn't seen, with its spread;
# - read a table of models and worlds, and say what decides: rows, interactions, holes, what comes after the training;
# - weigh a score against latency and size;
# - build a model that people can read, without giving up accuracy.
#
# **You need** parts 04a and 04b, and about 75 minutes: 25 to read, 40 for two exercises, 10 for a question. A good place
# for a break is after the first exercise.

# %%
import warnings
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from dataml_lab.models import WORLDS, Family, compare, families
from dataml_lab.models.compare import costs, reached, table
from dataml_lab.models.worlds import few_rows, haystack, mixed, smooth

plt.style.use("dataml_lab.workbook")
warnings.simplefilter("ignore", ConvergenceWarning)  # the neural net is stopped early, on purpose

# %% [markdown]
# ## What a score is worth
#
# As in 04a, a *world* is a table that is drawn from a known rule, and `compare` draws it anew for each seed: the rule
# stays, the customers are others. `families()` has a model of each family, by name, with usual settings.
#
# In the world `few_rows`, a weighted sum of columns decides who orders, and there are 60 rows. Here are two families in
# eight draws.

# %%
linear, boosting = families()["linear"], families()["boosting"]
draws = compare({"linear": linear, "boosting": boosting}, [few_rows], seeds=range(8))
by_draw = draws.pivot(index="seed", columns="model", values="score")[["linear", "boosting"]]
by_draw.agg(["mean", "std", "min", "max"]).round(3)

# %%
print(f"The linear model is ahead in {(by_draw['linear'] > by_draw['boosting']).sum()} of {len(by_draw)} draws.")

# %% role="claim"
assert (by_draw["linear"] > by_draw["boosting"]).sum() == 8 and by_draw["boosting"].max() > by_draw["linear"].min(), by_draw

# %% [markdown]
# Neither model has *the* AUC: each has a mean and a **spread**, which is the standard deviation of its scores. The best
# draw of boosting is better than the worst one of the linear model, and yet the linear model is ahead in each draw.
#
# So compare models draw by draw, not by one score each. Of your own table there is one draw: there, compare fold by fold.
#
# The first row of a report is a **baseline**: a prediction that needs no columns, such as the share of 1s for everybody.
# A model that isn't clearly better than that is not worth its costs.

# %%
known = few_rows(seed=0, rows=300)
folds = KFold(5, shuffle=True, random_state=0)  # without shuffle, a fold is a block of neighbours
for name in ("baseline", "linear", "boosting"):
    scores = cross_val_score(families()[name].classifier, known.X_train, known.y_train, cv=folds, scoring="roc_auc")
    print(f"{name:<9} AUC {scores.mean():.2f} ± {scores.std(ddof=1):.2f} in five folds")

# %% [markdown]
# ### What else must not see the fold
#
# Medians that fill holes are learned from rows as well, and so is the choice of columns. All of it belongs to what is
# fitted, fold by fold.
#
# How much that can matter shows a table in which there is nothing to find: a hundred columns, and labels from a coin.

# %%
straw, coin = haystack(seed=0).X_train, np.random.default_rng(0).integers(0, 2, 400)
chosen = SelectKBest(k=10)  # keeps the ten columns that differ most between 0 and 1
before = cross_val_score(LogisticRegression(), chosen.fit_transform(straw, coin), coin, cv=folds, scoring="roc_auc")
inside = cross_val_score(make_pipeline(chosen, LogisticRegression()), straw, coin, cv=folds, scoring="roc_auc")
print(f"columns chosen once, from all rows: AUC {before.mean():.2f}")
print(f"columns chosen in each fold anew:   AUC {inside.mean():.2f}")

# %% role="claim"
assert before.mean() > 0.62 and abs(inside.mean() - 0.5) < 0.06, (before.mean(), inside.mean())

# %% [markdown]
# The first line finds what isn't there. Its ten columns were chosen because they go with the labels of all rows, those of
# the fold included. A pipeline, which does every step in each fold, comes to the truth: 0.5 or so.

# %% [markdown] role="prompt" exercise="honest_scores"
# ### Exercise: beat the baseline honestly ({{points}}, about 20 minutes)
#
# Are these models better than none? Write `honest_scores(models, X, y)`.
#
# First step: make the folds, once, as an array with the fold (0 to 4) of each row.
#
# | argument | is |
# |---|---|
# | `models` | a dict of models by name. Each has `fit(X, y)`, which forgets earlier fits, and `predict(X)`, and nothing else: `cross_val_score` can't work with it. It refuses NaN |
# | `X` | a DataFrame of numbers, some 120 rows, with NaN in two columns |
# | `y` | a Series with its index: EUR spent next month. The rows are **sorted by `y`** |
#
# | matter | what is asked for |
# |---|---|
# | returned | a DataFrame: index `"baseline"`, then the names in their order; columns `error`, `spread`, `beats` |
# | folds | five, the same for all models; sizes differ by 1 at most. Mixed: at random, or every fifth row |
# | predictions | each model predicts each row once, fitted to all other folds |
# | holes | filled with the column's median among the fitted rows; nothing else is changed or scaled, nor `X` itself |
# | baseline | predicts the mean of `y` among the fitted rows |
# | `error` | of a fold, the mean of \|y − prediction\|; reported is the mean of the five |
# | `spread` | the standard deviation of the five (which divides by 4, as pandas does) |
# | `beats` | `True` where the error is below the baseline's in each of the five folds |
#
# Errors of 10, 12, 11, 13 and 14 are reported as error 12 and spread 1.58. They don't beat 15, 15, 15, 15 and 13.5.
#
# {{properties}}

# %% role="answer" exercise="honest_scores"
import numpy as np
import pandas as pd


def honest_scores(models, X, y):
    """Error, spread and whether it beats the baseline in each fold: of the baseline, and of each model."""
    ### BEGIN SOLUTION
    fold_of = np.arange(len(X)) % 5  # sorted rows, dealt like cards
    errors = []
    for fold in range(5):
        fitted, asked = fold_of != fold, fold_of == fold
        filled = X.fillna(X[fitted].median())
        errors.append({"baseline": (y[asked] - y[fitted].mean()).abs().mean()})
        for name, model in models.items():
            model.fit(filled[fitted], y[fitted])
            errors[-1][name] = (y[asked] - model.predict(filled[asked])).abs().mean()
    errors = pd.DataFrame(errors)
    better = errors.lt(errors["baseline"], axis=0).all()
    return pd.DataFrame({"error": errors.mean(), "spread": errors.std(), "beats": better})
    ### END SOLUTION


# %% role="claim"
example = pd.Series([10, 12, 11, 13, 14])
assert example.mean() == 12 and round(example.std(), 2) == 1.58

# %% [markdown]
# ## The measured table
#
# There are eight worlds. In each, something else decides.

# %%
for name, make in WORLDS.items():
    print(f"{name:<12}  {make().about}")

# %% [markdown]
# Where a label of 0 or 1 is predicted, the score is the AUC. In `steps`, `trend` and `smooth` it is the R² of a number.

# %% role="claim"
assert [name for name, make in WORLDS.items() if make().metric == "R²"] == ["steps", "trend", "smooth"]

# %% [markdown]
# Each family is measured in three draws of each world, on 3,000 rows that it hasn't seen, with the same settings
# everywhere. One family is new, the *neural net*: it adds up many weighted sums of the columns, of which the negative
# ones are set to 0. Part 04d explains it.

# %%
parts = []
for name, make in WORLDS.items():
    parts.append(compare(families(), [make]))
    print(name, "is measured")
runs = pd.concat(parts)
# %%
table(runs).T

# %% role="figure" alt="A grid of colours and numbers: a row for each world, a column for each family, and in each cell the share of the way from knowing nothing to the best possible score. Linear is best in few_rows and trend, and near zero in interactions. Boosting is best in steps, holes, haystack and smooth, at 0.62 in few_rows, and below zero in trend, as are tree and forest. The tree is far behind in few_rows and haystack. The neural net is best in interactions and mixed, and above 0.7 everywhere."
# The code of this figure.
share = reached(runs).drop("baseline").T
figure, axes = plt.subplots(figsize=(8, 4.4))
axes.imshow(share.clip(0, 1), cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
for row, values in enumerate(share.to_numpy()):
    for column, value in enumerate(values):
        axes.text(column, row, f"{value:.2f}" if value > 0 else "below 0" if value < -0.05 else "0.0", ha="center", va="center",
                  fontweight="bold" if value == values.max() else "normal", color="white" if value > 0.7 else "black")
axes.set_xticks(range(share.shape[1]), share.columns)
axes.set_yticks(range(len(share)), share.index)
axes.grid(False)
axes.set_title("How much of the way to the best score: no family wins everywhere")
plt.show()

# %% [markdown]
# **Read the figure.** A cell says how much of the way was reached, from knowing nothing (0) to the best score possible
# (1). The best family of each world is in bold type.
#
# Boosting has the highest score in four of the eight worlds. In three of these another family is as good, within the
# spread: the tree in `steps`, the linear model in `haystack`, the net in `smooth`. Boosting loses clearly in two worlds,
# where the linear model is best: with few rows, and where the test goes beyond the training.
#
# The neural net is ahead in `mixed`, and level with boosting in `interactions`. Limits (`steps`) and filled gaps
# (`holes`) don't suit it.

# %% role="claim"
best_of = share.idxmax(axis=1)
assert best_of[best_of == "linear"].index.tolist() == ["few_rows", "trend"], best_of
assert (best_of == "boosting").sum() == 4 and (best_of == "neural net").sum() == 2, best_of
assert share["neural net"].min() > 0.7 and share["boosting"].nsmallest(2).index.tolist() == ["trend", "few_rows"]
assert share.loc["trend", "boosting"] < 0 and share.loc["trend", "forest"] < 0 and share.loc["trend", "tree"] < 0
assert share.loc["interactions", "linear"] < 0.05
for world, family in {"steps": "tree", "haystack": "linear", "smooth": "neural net", "interactions": "neural net"}.items():
    assert abs(share.loc[world, family] - share.loc[world, "boosting"]) < 0.05, (world, family)
assert share.loc["few_rows", "linear"] - share.loc["few_rows", "boosting"] > 0.1
assert (reached(runs) <= 1.02).all(axis=None)

# %% [markdown]
# ## What decides
#
# Ask these questions about a table of your own, in this order.
#
# | question | in the world | if so |
# |---|---|---|
# | will it be asked about what lies beyond the training: later days, larger orders? | `trend` | a linear model, or a line and boosting for what it leaves over |
# | are there few rows for the number of columns? | `few_rows` | a linear model, with weights kept small |
# | does the meaning of one column depend on another? | `interactions` | boosting, a forest or a net; a weighted sum can't say it |
# | does a hole say something? | `holes` | boosting, or a linear model with a column that marks the holes: see 04a. Here it only fills them |
# | are there limits, such as a tariff's? | `steps` | trees |
# | do curves add up? | `smooth` | boosting or a net, or a sum of curves, below |
#
# Nobody knows all the answers beforehand. So fit the baseline, a linear model and boosting to each table: the distances
# between them are answers.
#
# ### How many rows are few?
#
# The world `mixed` has a weighted sum, a curve and an interaction.

# %%
sizes = [60, 1_000, 4_000]
two = {"linear": linear, "boosting": boosting}
growing = pd.concat([compare(two, [partial(mixed, rows=rows)], seeds=range(3)).assign(rows=rows) for rows in sizes])
means = growing.groupby(["rows", "model"])["score"].mean().unstack()
means.round(2)

# %% role="claim"
assert (means["linear"] > means["boosting"]).tolist() == [True, True, False], means
assert abs(means.loc[4_000, "linear"] - means.loc[1_000, "linear"]) < 0.02, means

# %% [markdown]
# Up to 1,000 rows the linear model has the higher mean. With 4,000 boosting is ahead: it finds the curve and the
# interaction, which a weighted sum can't say however many rows it gets. A choice that was right last year can be wrong
# with ten times the rows.
#
# ### What an answer costs
#
# Here is the median of all worlds: seconds to train, milliseconds to answer for one row and for 3,000, kilobytes on disk.
# Times are those of your machine.

# %% tags=["nbval-ignore-output"]
costs(runs).drop("baseline").round({"fit_s": 3, "one_row_ms": 1, "batch_ms": 0, "kB": 0})

# %% [markdown]
# The forest is the largest by far. A millisecond doesn't matter in a nightly batch. It does in a page that asks for a score
# for each of 200 products before it is shown.

# %% role="claim"
kilobytes = costs(runs)["kB"]
assert kilobytes["forest"] > 4 * kilobytes["boosting"], kilobytes
assert kilobytes["linear"] < 10 and kilobytes["tree"] < 20 and 40 < kilobytes["boosting"] < 300, kilobytes

# %% [markdown]
# ## Readable, and as good
#
# "People must understand it, so take a linear model or a small tree." That is one way. Another one is a **sum of
# curves**: each column adds what its own curve says, and nothing else happens.
#
# Say 60 visitors are the mean. At 18 o'clock the curve of the hour says +20, at 5 degrees that of the temperature −8:
# the model predicts 72. Boosting makes such a sum when each of its trees is a stump: that asks about one column only.

# %%
stumps = {"num_leaves": 2, "n_estimators": 300, "learning_rate": 0.1, "num_threads": 1, "verbose": -1, "random_state": 0}
curves = Family(LGBMClassifier(**stumps), LGBMRegressor(**stumps))
four = ["smooth", "holes", "mixed", "interactions"]
shown = pd.concat([runs, compare({"curves": curves}, [WORLDS[name] for name in four])])
table(shown).loc[["linear", "curves", "boosting", "best possible"], four]

# %% role="claim"
by = shown.groupby(["model", "world"])["score"].mean().unstack()
for name in ("smooth", "holes"):
    assert by.loc["curves", name] > by.loc["boosting", name] - 0.01, by
assert by.loc["boosting", "mixed"] - 0.025 < by.loc["curves", "mixed"] < by.loc["boosting", "mixed"], by
assert by.loc["curves", "smooth"] > by.loc["linear", "smooth"] + 0.3
assert abs(by.loc["curves", "interactions"] - 0.5) < 0.04
assert 60 + 20 - 8 == 72

# %% [markdown]
# In `smooth` and `holes` the curves are as good as boosting that may combine columns, and in `smooth` far better than
# straight lines. In `mixed`, which has one interaction among other things, they lose a hundredth or two. In
# `interactions` they guess.
#
# Here are two curves of `smooth`. To draw one, move its column and leave the others where they are: in a sum it doesn't
# matter where that is. The dashed line is the rule of the world, which the model has never seen.

# %%
city = smooth(seed=0)
model = curves.regressor.fit(city.X_train, city.y_train)


def curve_of(column, values):
    """What the model adds for these values of a column, with a mean of 0."""
    rows = city.X_train.iloc[[0] * len(values)].assign(**{column: values})
    predicted = model.predict(rows)
    return predicted - predicted.mean()


# %% role="figure" alt="Two panels. Left, visitors against the hour: a wave, low at 4 o'clock and high at 16 o'clock, drawn as fine stairs along the dashed line of the rule. Right, visitors against the temperature: a hill with its top near 16 degrees, again as stairs along the dashed line, which they leave at the ends, where there are few rows."
# The code of this figure.
figure, panels = plt.subplots(1, 2, figsize=(8.5, 3.4), sharey=True)
rules = {"hour": (np.linspace(0, 24, 200), lambda hour: -22 * np.cos(2 * np.pi * (hour - 4) / 24)),
         "temperature": (np.linspace(-5, 30, 200), lambda degrees: -0.08 * (degrees - 16) ** 2)}
for axes, (column, (values, rule)) in zip(panels, rules.items()):
    axes.plot(values, curve_of(column, values), color="C0", label="curve of the model")
    axes.plot(values, rule(values) - rule(values).mean(), "--", color="C1", label="rule of the world")
    axes.set_xlabel({"hour": "hour of the day", "temperature": "temperature in °C"}[column])
panels[0].set(ylabel="visitors, from the mean", title="Each column has a curve that can be read")
panels[1].legend(loc="lower right")
plt.show()

# %% [markdown]
# **Read the figure.** The model found the wave of the day and the hill of the temperature. A person can check each.
#
# The partial dependence of 04b hides what turns round from group to group. Here nothing can: the model *is* the sum of its
# curves.

# %% role="claim"
rows = pd.concat([city.X_train.iloc[[0]]] * 4).assign(hour=[2.0, 16.0, 2.0, 16.0], temperature=[5.0, 25.0, 25.0, 5.0])
sums = model.predict(rows)
assert np.isclose(sums[0] + sums[1], sums[2] + sums[3])
hours = np.linspace(0, 24, 200)
found, rule = curve_of("hour", hours), -22 * np.cos(2 * np.pi * (hours - 4) / 24)
assert np.abs(found - rule + rule.mean()).mean() < 3
assert 2 < hours[found.argmin()] < 6 and 13 < hours[found.argmax()] < 19

# %% [markdown]
# ### On paper
#
# At a counter or on the telephone, people apply a model on paper. Then its *length* counts: the weights of a sum, or the
# leaves of a tree.

# %%
shop = mixed(seed=0)
tree = DecisionTreeClassifier(max_leaf_nodes=6, random_state=0).fit(shop.X_train, shop.y_train)
linear.classifier.fit(shop.X_train, shop.y_train)
boosting.classifier.fit(shop.X_train, shop.y_train)
leaves = boosting.classifier.booster_.trees_to_dataframe()["left_child"].isna().sum()
three = [linear.classifier, tree, boosting.classifier]
on_paper = pd.DataFrame({
    "length": [f"{three[0][-1].coef_.size} weights", f"{tree.get_n_leaves()} leaves", f"{leaves} leaves"],
    "different predictions": [len(np.unique(fitted.predict_proba(shop.X_test)[:, 1].round(9))) for fitted in three],
    "AUC": [round(shop.score(fitted), 2) for fitted in three]}, index=["linear", "small tree", "boosting"])
on_paper

# %% role="claim"
assert on_paper.loc["small tree", "different predictions"] == 6 and leaves == 800
assert on_paper.loc["small tree", "AUC"] < on_paper.loc["linear", "AUC"] < on_paper.loc["boosting", "AUC"]

# %% [markdown]
# Nobody adds up 800 leaves. A tree of six leaves is easily applied: it knows six answers, whoever asks. In this world
# that costs AUC.

# %% [markdown] role="prompt" exercise="choose_model"
# ### Exercise: choose a model ({{points}}, about 20 minutes)
#
# Seven shops ask which customers will order next week. Write `choose_model(brief)`: it returns a model that isn't fitted
# yet. The check fits it to the shop's rows.
#
# First step: return `LogisticRegression()` for each brief, run the check, and read which shops it fails.
#
# | in `brief`, a dict | is |
# |---|---|
# | `rows` | 60 or 1,000 customers to learn from |
# | `columns` | 10, all numbers |
# | `missing` | the share of cells that are NaN. Where there are some, a hole says something |
# | `by_hand` | whether people work out each prediction on paper |
#
# | matter | what is asked for |
# |---|---|
# | returned | an object with `fit(X, y)` and `predict_proba(X)`, as in scikit-learn: for each row of `X` the probabilities of 0 and 1. `X` is a DataFrame, `y` a Series of 0 and 1 |
# | 60 rows | 75% of the way from an AUC of 0.5 to the best one possible, on average over four shops |
# | 1,000 rows | 70% of the way; 75% where there are holes. Where there are none, columns work together |
# | by hand | 70% of the way, and at most 8 different predictions, as those of a tree of 8 leaves; or at most 5 columns in a weighted sum that is the probability, or the sum in a logistic regression. It is counted in what the model says of 1,200 customers |
# | time | 5 seconds a fit |
#
# {{properties}}

# %% role="answer" exercise="choose_model"
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier


def choose_model(brief):
    """A model for a shop, not fitted yet."""
    ### BEGIN SOLUTION
    if brief["by_hand"]:
        return DecisionTreeClassifier(max_leaf_nodes=8, random_state=0)
    if brief["rows"] < 20 * brief["columns"]:
        return make_pipeline(StandardScaler(), LogisticRegression())
    return LGBMClassifier(num_leaves=8, num_threads=1, verbose=-1, random_state=0)
    ### END SOLUTION


# %% [markdown] role="question" exercise="choose_model"
# #### Question: what decided? ({{essay points}}, about 10 minutes)
#
# Take two of the four kinds of shop (60 rows; columns that work together; holes; by hand), by hand among them. For each,
# say what you chose and what you measured before you did.
#
# First step, in a cell of your own: `from dataml_lab.checks import practice`, then `shops = practice("choose_model").all`,
# a list of seven. For one `shop` of it, fit two models to `shop.X` and `shop.y`, and compare
# `shop.reached(model.predict_proba(shop.asked)[:, 1])`, the share of the way.
#
# A person reads your answer, beside what your models reached; 80 to 150 words are enough.
#
# | what earns points | points |
# |---|---:|
# | for each of two kinds of shop, two models that were compared, with their numbers (one kind: 1 point) | 2 |
# | for one kind, what would have to change in the brief for you to choose the other model | 1 |
# | what the choice for paper costs, in numbers, and why it may be worth it | 1 |

# %% [markdown] role="essay" exercise="choose_model"
# All numbers are of the first practice world: how much of the way to the best AUC was reached.
#
# **Holes.** Boosting reached 89%, a logistic regression with medians in the holes 51%, and 98% with a column that marks
# each hole.
#
# I took boosting, because it is good where columns work together as well, and the brief doesn't say whether they do. If
# it said that they don't, I would take the marks.
#
# **By hand.** A tree of 8 leaves reached 77%, a weighted sum of four columns 99%, boosting 93%. So the tree costs 22
# points against the sum and 16 against boosting.
#
# It needs no arithmetic, and at a counter that is worth it. Where a calculator is at hand, I would take the sum, which
# costs nothing.

# %% [markdown]
# To compare, write your answer first. Then run `solution("choose_model")` in a cell of your own.
#
# ## What to take along
#
# - A score without a baseline and a spread says little. Compare models draw by draw, or fold by fold.
# - Everything that learns from rows belongs in the fold: the fill values and the choice of columns, too.
# - No family wins everywhere. Linear models are for few rows, and for what lies beyond the training. Trees, above all
#   boosted ones, are for interactions and limits. Holes need a model that sees them.
# - Fit baseline, linear model and boosting to every table. The distances between the three say what there is to find.
# - Readable needn't mean linear: a sum of curves can be read, and is often as good as boosting.
#
# **Next:** [04d Networks](../04d_networks/04d_networks.ipynb) takes up images and texts, where a column alone says
# nothing.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** scikit-learn's user guide on
# [cross-validation](https://scikit-learn.org/stable/modules/cross_validation.html). Cynthia
# Rudin, *Stop explaining black box machine learning models for high stakes decisions and use interpretable models
# instead*, 2019. The library `interpret` fits sums of curves and of pairs with care (explainable boosting machines).
