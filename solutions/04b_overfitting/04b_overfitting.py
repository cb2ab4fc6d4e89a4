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
# # 04b Overfitting
#
# Part [04a](../04a_families/04a_families.ipynb) compared families of models with settings that somebody had chosen. This
# part chooses them: how deep a tree, how many rounds of boosting. Then it asks what a fitted model relies on.
#
# **After this part you will be able to**
#
# - see from two scores that a model has learned chance;
# - choose a setting by validation, with rows that belong together kept together;
# - say how much a model changes when its sample changes;
# - read importances and partial dependence, and know how each misleads.
#
# **You need** 04a, and about 75 minutes: 45 to read, 30 for the exercise. A good place for a break is after it.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from dataml_lab.features.mailing import TRAINING, label, rows_on
from dataml_lab.models.boosting import Boosting
from dataml_lab.models.tuning import curve, errors_by_round
from dataml_lab.models.worlds import WORLDS
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## How deep?
#
# The world `steps` of 04a is made for trees: limits decide. Here are trees of several depths, with their R² on the rows
# that they were grown on and on 3,000 new rows.

# %%
steps = WORLDS["steps"](seed=0)
grown = {depth: DecisionTreeRegressor(max_depth=depth, random_state=0).fit(steps.X_train, steps.y_train)
         for depth in (1, 3, 5, 8, 16)}
pd.DataFrame({"leaves": {depth: tree.get_n_leaves() for depth, tree in grown.items()},
              "training rows": {depth: tree.score(steps.X_train, steps.y_train) for depth, tree in grown.items()},
              "new rows": {depth: steps.score(tree) for depth, tree in grown.items()}}).rename_axis("depth").round(2)

# %% role="claim"
known = {depth: round(tree.score(steps.X_train, steps.y_train), 2) for depth, tree in grown.items()}
new = {depth: round(steps.score(tree), 2) for depth, tree in grown.items()}
assert new == {1: 0.17, 3: 0.5, 5: 0.76, 8: 0.67, 16: 0.52} and known[16] == 0.99 and known[5] == 0.81
assert 950 < grown[16].get_n_leaves() < 1_500 and len(steps.X_train) == 1_500 and round(steps.best, 2) == 0.78

# %% [markdown]
# A tree of depth 1 asks one question and *underfits*: it misses what is there. With depth 5 the tree gets 0.76 of the
# possible 0.78.
#
# A tree of depth 16 knows the training rows nearly by heart, with a leaf for every one or two of them. On new rows it
# falls to 0.52. It has learned the chance in its rows, which new rows don't repeat.
#
# This is **overfitting**: the score on the training rows rises, and the score on new rows falls.

# %% [markdown]
# ## Validation: rows that the model hasn't seen
#
# The training score would choose depth 16. The rows of the test would choose depth 5, but then they are used up: the
# setting that looks best there is partly the luckiest. A test answers one question, once, at the end.
#
# So hold out some rows of the *training* to choose by. In **cross-validation** the training rows are dealt to five
# *folds*. Each fold in turn is held out, the model is fitted to the other four, and scored on it.

# %%
scores = cross_val_score(DecisionTreeRegressor(max_depth=5, random_state=0), steps.X_train, steps.y_train,
                         cv=KFold(5, shuffle=True, random_state=0))
error = scores.std(ddof=1) / np.sqrt(len(scores))
print(f"Five folds: {scores.round(2)}, mean {scores.mean():.2f}, standard error {error:.3f}")

# %% role="claim"
assert scores.round(2).tolist() == [0.77, 0.8, 0.76, 0.76, 0.75] and round(scores.mean(), 2) == 0.77
assert round(scores.std(ddof=1), 3) == 0.018 and round(error, 3) == 0.008 and round(0.018 / 5 ** 0.5, 3) == 0.008

# %% [markdown]
# The five scores differ, since each fold has other rows. Their mean, 0.77, is the estimate.
#
# Its **standard error** says how
# far it moves by chance: the standard deviation of the five scores, 0.018, divided by √5, is 0.008. (The standard
# deviation divides by one less than the number of folds.)
#
# `curve` of `dataml_lab.models.tuning` does this for each depth.

# %% role="figure" alt="R squared against the depth of the tree from 1 to 16. All three lines rise together to about 0.76 at depth 5. From there the training line goes on to 1, while the validation line, with bars of one standard error, and the dotted line of the new rows fall together to about 0.55 and 0.52."
# The code of this figure.
depths = curve(DecisionTreeRegressor(random_state=0), "max_depth", [*range(1, 9), 10, 13, 16], steps.X_train, steps.y_train)
asked = [steps.score(DecisionTreeRegressor(max_depth=depth, random_state=0).fit(steps.X_train, steps.y_train))
         for depth in depths.index]
figure, axes = plt.subplots(figsize=(8, 3.6))
axes.plot(depths.index, depths["training"], color="C1")
axes.plot(depths.index, asked, ":", color="0.4")
axes.errorbar(depths.index, depths["validation"], depths["spread"] / np.sqrt(5), color="C0", marker="o", markersize=5,
              capsize=3)
axes.text(16.3, depths["training"].iloc[-1], "training", color="C1", va="center")
axes.text(16.3, depths["validation"].iloc[-1] + 0.03, "validation", color="C0", va="center")
axes.text(16.3, asked[-1] - 0.04, "new rows", color="0.4", va="center")
axes.set(xlabel="depth of the tree", ylabel="R²", xlim=(0.5, 18.6), ylim=(0, 1.05), xticks=depths.index,
         title="Training says 16; validation says 5, and new rows agree")
plt.show()

# %% [markdown]
# **Read the figure.** Bars are one standard error. Up to depth 5 the three lines rise together. Then the validation falls,
# and the new rows with it: validation found the right depth without a look at them.
#
# ### When two settings are equally good
#
# Suppose depths 3, 4 and 5 have mean errors of 10.4, 10.1 and 10.0, and the standard error of the best, depth 5, is 0.3.
# What lies below 10.3 is as good, for all we know. The **rule of one standard error** takes the simplest of these: depth 4,
# which is smaller, quicker, and learns less chance.

# %% role="claim"
assert depths["training"].idxmax() == 16 and depths["validation"].idxmax() == 5 == int(np.argmax(asked)) + 1
assert round(depths["validation"][5], 2) == 0.76

# %% [markdown]
# ## Rows that belong together
#
# In 03b a row is a customer on one of ten Mondays, and the label is an order in the week after it. Take two features that
# say next to nothing: the day of sign-up, and whether the device is mobile. How well does a full-grown tree predict?

# %%
store = Store()
rows = rows_on(store.users, *TRAINING)
bought = label(store.orders, rows)
mine = store.users.set_index("user_id").loc[rows["user_id"]].set_axis(rows.index)
signed_up = (mine["signed_up_at"] - store.users["signed_up_at"].min()) / pd.Timedelta(1, "D")
static = pd.DataFrame({"signed_up": signed_up, "mobile": (mine["device"] == "mobile") * 1})
deep = DecisionTreeClassifier(random_state=0)
by_rows = cross_val_score(deep, static, bought, cv=KFold(5, shuffle=True, random_state=0), scoring="roc_auc")
by_customers = cross_val_score(deep, static, bought, groups=rows["user_id"], cv=GroupKFold(5), scoring="roc_auc")
print(f"Rows dealt to folds: AUC {by_rows.mean():.2f}. Customers dealt to folds: AUC {by_customers.mean():.2f}.")

# %% role="claim"
assert round(by_rows.mean(), 2) == 0.76 and round(by_customers.mean(), 2) == 0.48 and len(TRAINING) == 10

# %% [markdown]
# The moment of sign-up is a customer's fingerprint. If eight of a customer's Mondays are in the training and two are held
# out, the tree recognises the customer, and knows how often this one orders: an AUC of 0.76.
#
# For a customer of whom it has seen nothing, the same tree guesses.
#
# If the model will serve new customers, all rows of a customer belong in one fold.
# [`GroupKFold`](https://scikit-learn.org/stable/modules/cross_validation.html#group-k-fold) deals groups instead of rows.
#
# > **Caution.** `cross_val_score` and `GridSearchCV` deal rows unless they are told otherwise, and don't ask.

# %% [markdown] role="prompt" exercise="best_depth"
# ### Exercise: how deep a tree? ({{points}}, about 30 minutes)
#
# A tree is to predict the minutes of deliveries by couriers who start next month. Write `best_depth(deliveries, depths)`,
# which returns the best of these depths.
#
# First step: keep the training rows, and compute the mean squared error of one depth on one held-out courier.
#
# | column of `deliveries` | is |
# |---|---|
# | `far`, `rain`, `rush_hour`, `heavy` | 0 or 1 |
# | `courier_age` | years, the same in all rows of a courier |
# | `courier` | any number; each has 16 rows |
# | `part` | `"train"` (20 couriers) or `"test"`, not for choosing |
# | `minutes` | what is to be predicted |
#
# | matter | what is asked for |
# |---|---|
# | tree | `DecisionTreeRegressor` with `max_depth=depth` and `random_state=0` on the first five columns, not on `courier` |
# | folds | 4 or 5, each of equally many training couriers with all their rows. Any such folds give the same answer |
# | error | the mean squared error in each fold; for a depth, their mean |
# | standard error | the standard deviation of the folds' errors (dividing by one less), by the root of the number of folds |
# | chosen | the smallest depth whose mean error is at most the smallest mean error plus the standard error of the depth that has the smallest |
# | `depths` | a list of 2 to 4, in any order |
# | arguments | stay as they were; rows come in any order |
# | time | 5 seconds a call |
#
# Mean errors of 12, 10.2, 10 and 15 for depths 1, 2, 4 and 8, with a standard error of 0.5 at depth 4, give 2.
#
# {{properties}}

# %% role="answer" exercise="best_depth"
import pandas as pd


def best_depth(deliveries, depths):
    """The smallest of these depths whose error for new couriers is within one standard error of the smallest."""
    ### BEGIN SOLUTION
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.tree import DecisionTreeRegressor

    train = deliveries[deliveries["part"] == "train"]
    features = train.drop(columns=["courier", "part", "minutes"]).to_numpy()
    errors = pd.DataFrame({depth: -cross_val_score(
        DecisionTreeRegressor(max_depth=depth, random_state=0), features, train["minutes"], groups=train["courier"],
        cv=GroupKFold(4), scoring="neg_mean_squared_error") for depth in depths})
    means, best = errors.mean(), errors.mean().idxmin()
    limit = means[best] + errors[best].std() / len(errors) ** 0.5
    return int(means.index[means <= limit].min())
    ### END SOLUTION


# %% [markdown]
# ## How many rounds? Ask the newest rows
#
# In 04a boosting with a high rate got worse with every round after the best. Cross-validation can choose the number of
# rounds as well. It is quicker to hold out some rows once, and to look at the error after each round.
#
# Which rows? A model is used after the time that it learned from. So where rows have a time, hold out the newest.
#
# Suppose that the rows of `steps` are in the order of time: `errors_by_round` fits to the first four fifths of them, and returns
# the mean squared error on the last fifth after each round.

# %%
late = Boosting(rounds=100, rate=0.3, max_depth=3)
errors = errors_by_round(late, steps.X_train, steps.y_train)
rounds = int(errors.argmin())
staged = list(late.fit(steps.X_train, steps.y_train).staged_predict(steps.X_test))
pd.DataFrame({"error on the newest fifth": errors[[5, rounds, 100]],
              "R² on new rows": [r2_score(steps.y_test, staged[number]) for number in (5, rounds, 100)]},
             index=pd.Index([5, rounds, 100], name="rounds")).round(2)

# %% role="claim"
assert rounds == 22 and errors[[5, 22, 100]].round(2).tolist() == [0.74, 0.58, 0.65]
assert [round(r2_score(steps.y_test, staged[number]), 2) for number in (5, 22, 100)] == [0.69, 0.76, 0.73]

# %% [markdown]
# The newest rows choose 22 rounds. Fitted again to all rows, that gets 0.76 on new rows, and 100 rounds get 0.73. The
# libraries call this *early stopping*.

# %% [markdown]
# ## A tree changes with its sample
#
# Suppose that other customers had been in the table by chance. What would the model say? A *bootstrap* imitates that: draw as
# many rows as there are from the table, with repetition, and fit again.
#
# We do it ten times for three families, and
# look at what each predicts for the same customers.

# %%
some = WORLDS["mixed"](seed=0, rows=1_000)
families = {"tree": DecisionTreeClassifier(min_samples_leaf=5, random_state=0),
            "forest": RandomForestClassifier(20, min_samples_leaf=5, random_state=0),
            "linear": make_pipeline(StandardScaler(), LogisticRegression())}
random = np.random.default_rng(0)
samples = [random.integers(0, 1_000, 1_000) for _ in range(10)]
customers = some.X_test.head(200)
predicted = {name: np.array([model.fit(some.X_train.iloc[sample], some.y_train.iloc[sample])
                             .predict_proba(customers)[:, 1] for sample in samples]) for name, model in families.items()}
spread = pd.Series({name: found.std(axis=0, ddof=1).mean() for name, found in predicted.items()})
spread.to_frame("standard deviation of a customer's probability").round(2)

# %% role="figure" alt="Four customers on the y axis and the predicted probability on the x axis, ten marks for each of three families. The tree's marks lie all over from 0 to 1, the forest's within about 0.4, and those of the linear model within about 0.2."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for offset, (name, found), colour in zip((0.22, 0, -0.22), predicted.items(), ("C1", "C0", "C2")):
    for place in range(4):
        axes.plot(found[:, place], np.full(10, 3 - place + offset), "|", color=colour, markersize=12,
                  label=name if place == 0 else None)
axes.set_yticks(range(4), [f"customer {4 - place}" for place in range(4)])
axes.set(xlabel="predicted probability of an order", xlim=(-0.02, 1.3), ylim=(-0.5, 3.5), xticks=[0, 0.25, 0.5, 0.75, 1],
         title="Ten samples: ten trees that contradict each other")
axes.legend(loc="center right")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each stroke is one of ten fits. For the first customer the trees say anything from 0 to 1.
#
# The table says the same of 200 customers: the tree's probability moves by 0.37, the forest's by 0.10, and that of the
# linear model by 0.05. What a forest averages away is just this. So don't read one deep tree as an explanation.

# %% role="claim"
assert spread.round(2).to_dict() == {"tree": 0.37, "forest": 0.1, "linear": 0.05}
assert all(np.ptp(predicted["tree"][:, place]) > 0.5 for place in range(4))
assert all(np.ptp(predicted["forest"][:, place]) < 0.45 and np.ptp(predicted["linear"][:, place]) < 0.25 for place in range(4))

# %% [markdown]
# ## What does the model rely on?
#
# Two kinds of *importance* are in use. A leaf is *pure* if all of its rows have the same label; the more the labels
# differ, the larger is its *impurity*.
#
# The **impurity importance** of a column adds up by how much its splits lower the impurity of the training rows, over all
# trees of a forest. It comes with the fitted forest.
#
# The **permutation importance** shuffles one column among rows that the model hasn't seen, and measures how much the score
# falls. We add a column `lucky` of random numbers to `mixed`, to see what each says of it.

# %%
mixed = WORLDS["mixed"](seed=0)
lucky = np.random.default_rng(1).random(6_000)
X, X_new = mixed.X_train.assign(lucky=lucky[:3_000]), mixed.X_test.assign(lucky=lucky[3_000:])
forest = RandomForestClassifier(60, random_state=0).fit(X, mixed.y_train)
before = roc_auc_score(mixed.y_test, forest.predict_proba(X_new)[:, 1])
turned = X_new.assign(hour=np.random.default_rng(0).permutation(X_new["hour"]))
after = roc_auc_score(mixed.y_test, forest.predict_proba(turned)[:, 1])
print(f"AUC {before:.2f}; with the hours shuffled {after:.2f}: an importance of {before - after:.2f}.")

# %% role="figure" alt="Two panels of horizontal bars with the same eleven columns. On the left, the impurity importance: lucky, days_since_last, mean_total and days_signed_up have bars as long as discount_share, near 0.1, while weekend, tickets_90d and orders_90d have short ones. On the right, the permutation importance: hour is longest, then visits_7d and orders_90d, while lucky, days_since_last, mean_total and days_signed_up have none."
# The code of this figure.
shuffled = permutation_importance(forest, X_new, mixed.y_test, scoring="roc_auc", n_repeats=2, random_state=0)
importance = pd.DataFrame({"impurity": forest.feature_importances_, "permutation": shuffled.importances_mean}, X.columns)
importance = importance.sort_values("permutation")
figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.6), sharey=True)
colours = ["C1" if name == "lucky" else "C0" for name in importance.index]
for axis, values in zip(axes, (importance["impurity"], importance["permutation"])):
    axis.barh(importance.index, values, color=colours)
    axis.grid(visible=False)
axes[0].set(title="Impurity: lucky is third of eleven", xlabel="share of the impurity removed, in training",
            xticks=[0, 0.05, 0.1, 0.15])
axes[1].set(title="Permutation: lucky counts nothing", xlabel="fall of the AUC on new rows")
plt.show()

# %% [markdown]
# **Read the figure.** Both panels are sorted by the right one. By impurity `lucky`, in orange, has 0.11, more than the
# orders, the visits or the tickets, by which the rule goes. By permutation it has nothing.
#
# Why do they differ? A column with many different values offers many places to split, and deep trees use them to learn
# chance. Impurity counts that as a success, because it looks at the training rows, while
# permutation asks new ones.
#
# ### Two columns that say the same
#
# Permutation misleads in another way. `spend_90d` is about 48 EUR times the orders, so that it says nearly what
# `orders_90d` says. Here is the importance of the orders in a boosting model, without that column and with it.

# %% role="claim"
assert f"{before:.2f} {after:.2f} {before - after:.2f}" == "0.69 0.61 0.08"
assert round(importance.loc["lucky", "impurity"], 2) == 0.11 and abs(importance.loc["lucky", "permutation"]) < 0.005
assert importance.loc["lucky", "impurity"] > importance.loc[["orders_90d", "visits_7d", "tickets_90d"], "impurity"].max()
assert (importance.loc[["days_since_last", "mean_total", "days_signed_up"], "permutation"].abs() < 0.005).all()
assert importance["permutation"].idxmax() == "hour" and round(importance.loc["orders_90d", "permutation"], 2) == 0.03

# %%
def with_spending(rows):
    """The rows with a column that follows the orders."""
    noise = np.random.default_rng(3).normal(0, 10, len(rows))
    return rows.assign(spend_90d=(48 * rows["orders_90d"] + noise).round(2))


small = LGBMClassifier(num_leaves=8, num_threads=1, verbose=-1, random_state=0)
found = {}
for name, (train, new) in {"alone": (mixed.X_train, mixed.X_test),
                           "with spend_90d": (with_spending(mixed.X_train), with_spending(mixed.X_test))}.items():
    shuffled = permutation_importance(small.fit(train, mixed.y_train), new, mixed.y_test, scoring="roc_auc", n_repeats=2, random_state=0)
    found[name] = pd.Series(shuffled.importances_mean, new.columns)
pd.DataFrame(found).loc[["hour", "visits_7d", "orders_90d", "spend_90d"]].round(2) + 0.0

# %% role="claim"
alone, beside = found["alone"], found["with spend_90d"]
assert round(alone["orders_90d"], 2) == 0.04 and abs(beside["orders_90d"]) < 0.005 and round(beside["spend_90d"], 2) == 0.04

# %% [markdown]
# The importance of the orders falls from 0.04 to 0, although the rule goes by them as before: the model has found the same
# in the other column. An importance says what this model relies on, beside these columns. It doesn't say what causes an
# order.
#
# Before you drop a column for its small importance, look for another one that says the same.

# %% [markdown]
# ## How does a column count?
#
# The **partial dependence** on a column answers it: give all rows the same value in that column, leave the others as they
# are, and take the mean of the predictions. Then do it for the next value.

# %%
def dependence(predict, rows, column, values):
    """For each of these values, the mean prediction for the rows with that value in the column."""
    return np.array([predict(rows.assign(**{column: value})).mean() for value in values])


smooth = WORLDS["smooth"](seed=0)
visitors = LGBMRegressor(num_leaves=8, num_threads=1, verbose=-1, random_state=0).fit(smooth.X_train, smooth.y_train)
four = [4, 10, 16, 22]
pd.DataFrame({"hour": four, "mean prediction": dependence(visitors.predict, smooth.X_test.head(500), "hour", four)}).round()

# %% role="figure" alt="Two panels. Left: the mean prediction of visitors against the hour, a ragged line that follows the dotted curve of the rule, low at 4 and high at 16 o'clock. Right: the mean probability against the discount. The line of all customers is nearly flat at 0.5. The line of customers who were away rises from 0.3 to 0.75, and that of regular customers falls from 0.75 to 0.35."
# The code of this figure.
hours, discounts = np.arange(0, 24.1, 0.5), np.arange(0, 31, 2)
curve_of_rule = -22 * np.cos(2 * np.pi * (hours - 4) / 24)
of_hour = dependence(visitors.predict, smooth.X_test.head(500), "hour", hours)
offers = WORLDS["interactions"](seed=0)
taken = small.fit(offers.X_train, offers.y_train)
away = offers.X_test["days_since_last"] > 21
groups = {"all": offers.X_test.head(600), "away for 21 days": offers.X_test[away].head(300), "regulars": offers.X_test[~away].head(300)}
of_discount = {name: dependence(lambda rows: taken.predict_proba(rows)[:, 1], rows, "discount", discounts)
               for name, rows in groups.items()}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
axes[0].plot(hours, curve_of_rule - curve_of_rule.mean() + of_hour.mean(), ":", color="0.4", label="the rule")
axes[0].plot(hours, of_hour, color="C0", label="the model")
axes[0].legend(loc="lower right")
axes[0].set(title="The model has found the curve", xlabel="hour", ylabel="mean prediction of visitors", xticks=[0, 4, 8, 12, 16, 20, 24])
for (name, line), colour in zip(of_discount.items(), ("0.4", "C1", "C2")):
    axes[1].plot(discounts, line, color=colour)
    axes[1].text(30.7, line[-1], name, color=colour, va="center")
axes[1].set(title="A flat mean of two opposites", xlabel="discount (%)", ylabel="mean probability", ylim=(0, 1), xlim=(0, 46), xticks=[0, 10, 20, 30])
plt.show()

# %% [markdown]
# **Read the figure.** On the left, the model has found the curve of the rule from rows alone.
#
# On the right, the mean over all customers is nearly flat, as if the discount didn't count. It does: it raises the
# probability of customers who were away, and lowers that of regulars. Where columns interact, draw the groups apart.

# %% role="claim"
assert np.corrcoef(of_hour, curve_of_rule)[0, 1] > 0.99 and hours[np.argmin(curve_of_rule)] == 4
assert np.ptp(of_discount["all"]) < 0.16
assert of_discount["away for 21 days"][-1] - of_discount["away for 21 days"][0] > 0.4
assert of_discount["regulars"][0] - of_discount["regulars"][-1] > 0.3

# %% [markdown]
# ## What to take along
#
# - A training score that rises while the validation falls: the model learns chance.
# - Choose by rows that the model wasn't fitted to: folds, whole groups, or the newest rows. Keep the test for one number.
# - Of settings within one standard error of the best, take the simplest.
# - A single deep tree is one of many that the data allow.
# - Impurity importance rewards columns with many values. Permutation importance is shared by columns that say the same.
# - Partial dependence is a mean, and hides what turns round from group to group.
#
# **Next:** [04c Choosing](../04c_choosing/04c_choosing.ipynb) compares all families in all worlds, and chooses among them
# by what is measured.
#
# Ready to hand in? Save, then press *Validate* in the toolbar.
#
# **Read on.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, the chapter on model assessment and
# selection. Christoph Molnar, [*Interpretable Machine Learning*](https://christophm.github.io/interpretable-ml-book/), on
# permutation importance and partial dependence.
