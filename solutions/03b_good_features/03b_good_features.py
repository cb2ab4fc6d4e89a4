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
# # 03b Good features
#
# Part [03a](../03a_point_in_time/03a_point_in_time.ipynb) defined features of a customer at a moment, `as_of`. This
# part measures how well features predict, compares them with the choice of an algorithm, and says what makes a feature
# good.
#
# **After this part you will be able to**
#
# - say what an AUC is, and compute one by hand;
# - decide whether time goes into better features or into a better algorithm;
# - judge a feature by four criteria: predictive, available, not leaky, computable;
# - write features of your own for a model, and say how each could come to know the future.
#
# **You need** part 03a, and about 75 minutes: 25 to read, 35 for two exercises, 15 for a question. A good place for a
# break is before the second exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from dataml_lab.features import Feature, View, compute
from dataml_lab.features.mailing import SPENDING, TEST, TRAINING, label, rows_on
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
DAY = pd.Timedelta(1, "D")

# %% [markdown]
# The question is that of 03a: which customers complete an order in the seven days from a Monday on? A row is a
# customer on a Monday. Ten Mondays are for training, four later ones for the test.

# %%
store = Store()
orders, users = store.orders, store.users
training, test = rows_on(users, *TRAINING), rows_on(users, *TEST)
bought, buys = label(orders, training), label(orders, test)
print(f"{len(training):,} rows for training, {len(test):,} for the test.")

# %% [markdown]
# ## How good is a prediction?
#
# A model gives each customer a *score*: the higher, the more likely an order. Here are five customers, from the highest
# score to the lowest, with what they did.

# %%
five = pd.DataFrame({"score": [0.9, 0.7, 0.6, 0.4, 0.2], "ordered": [True, False, True, False, False]},
                    index=["Ada", "Ben", "Cem", "Dora", "Eli"])
five

# %% [markdown]
# Compare each customer who ordered with each who didn't. In a good ranking, the one who ordered has the higher score.

# %%
pairs = five[five["ordered"]].merge(five[~five["ordered"]], how="cross", suffixes=(" who ordered", " who didn't"))
pairs = pairs.filter(like="score")
pairs.assign(right=pairs["score who ordered"] > pairs["score who didn't"])

# %% [markdown]
# There are six pairs, and five are in the right order. The share of pairs in the right order is the **AUC**, here
# 5/6 = 0.83. A tie counts as half a pair.
#
# Guessing has an AUC of 0.5, a perfect ranking has 1.
# [`roc_auc_score`](https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html) of
# scikit-learn computes it. (The name stands for the area under the
# [ROC curve](https://scikit-learn.org/stable/modules/model_evaluation.html#roc-metrics).)

# %%
print(f"AUC of the five: {roc_auc_score(five['ordered'], five['score']):.2f}")

# %% role="claim"
assert len(pairs) == 6 and (pairs["score who ordered"] > pairs["score who didn't"]).sum() == 5
assert np.isclose(roc_auc_score(five["ordered"], five["score"]), 5 / 6)
assert roc_auc_score([True, False], [1, 1]) == 0.5

# %% [markdown]
# ### A simple model
#
# To *standardise* a feature is to subtract its mean and to divide by its standard deviation, which is a typical
# distance from the mean. Afterwards all features have mean 0 and the same spread, whatever their unit was.
#
# A *logistic regression* multiplies each standardised feature by a number, its *weight*. It adds up the products and a
# constant, and turns the sum into a probability: 0 gives 50%, 2 gives 88%, −2 gives 12%. Training finds the weights
# and the constant that fit the known labels best, and keeps the weights small (*regularisation*).
#
# Here are five other customers, with one feature, a weight of 1 and a constant of −1.

# %%
worked = pd.DataFrame({"orders_30d": [0, 1, 2, 3, 4]})
worked["standardised"] = (worked["orders_30d"] - worked["orders_30d"].mean()) / worked["orders_30d"].std(ddof=0)
worked["sum"] = 1 * worked["standardised"] - 1
worked["probability"] = 1 / (1 + np.exp(-worked["sum"]))
worked.round(2)

# %% role="claim"
assert [round(1 / (1 + np.exp(-number)), 2) for number in (0, 2, -2)] == [0.5, 0.88, 0.12]
assert worked["orders_30d"].mean() == 2 and worked.round(2).loc[4].tolist() == [4, 1.41, 0.41, 0.6]

# %% [markdown]
# The mean is 2 orders. The customer with 4 orders lies 1.41 standard deviations above it, and gets a sum of 0.41 and
# a probability of 60%. (The standard deviation divides by the number of values here, as in scikit-learn, where
# [01c](../01c_clean/01c_clean.ipynb) divides by one less.)
#
# ## Better features beat better algorithms
#
# Two teams want a higher AUC. The first keeps its features and tries four algorithms. The second keeps the simplest
# algorithm and works on its features.
#
# Here are the four algorithms, from the simplest to one that wins many competitions.
#
# | algorithm | what it does |
# |---|---|
# | [logistic regression](https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression) | adds up weighted features |
# | [decision tree](https://scikit-learn.org/stable/modules/tree.html) | asks yes/no questions, such as "more than 2 orders?", and ends in a probability |
# | [random forest](https://scikit-learn.org/stable/modules/ensemble.html#forest) | takes the mean of many trees, each trained on a random sample of the rows and, at each question, of the features |
# | [gradient boosting](https://scikit-learn.org/stable/modules/ensemble.html#gradient-boosting) | adds up many small trees; each mends errors of those before it |

# %%
algorithms = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "decision tree": DecisionTreeClassifier(max_depth=5, random_state=0),
    "random forest": RandomForestClassifier(60, min_samples_leaf=50, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=60, random_state=0),
}

# %% [markdown]
# There are three sets of features:
#
# - from the customer table alone;
# - the same, and the orders of the last 30 days;
# - the view `SPENDING`: orders in 7 and in 30 days, spending and products in 90 days, the mean total of all orders so
#   far, and the days since the last order.

# %%
def customer(rows):
    """What the customer table says: days since sign-up; 1 for a mobile device, and for having come by search, else 0."""
    mine = users.set_index("user_id").loc[rows["user_id"]].set_axis(rows.index)
    return pd.DataFrame({"days_signed_up": (rows["as_of"] - mine["signed_up_at"]) / DAY,
                         "mobile": (mine["device"] == "mobile") * 1, "search": (mine["acquisition"] == "search") * 1})


def and_orders(rows):
    """The same, and the orders of the last 30 days."""
    return customer(rows).join(compute(SPENDING, orders, rows)["orders_30d"])


def spending(rows):
    """The six features of the view."""
    return compute(SPENDING, orders, rows)


sets = {"customer table": customer, "… and 30-day orders": and_orders, "spending, six features": spending}
spending(test).head(4).round(2).astype(object).T

# %% [markdown]
# Each algorithm is trained on each set, and its AUC is measured on the test. The twelve trainings take some ten seconds.

# %%
scores = pd.DataFrame(index=list(sets), columns=list(algorithms), dtype=float)
for name, made in sets.items():
    known, asked = made(training), made(test)
    for algorithm, model in algorithms.items():
        predicted = model.fit(known, bought).predict_proba(asked)[:, 1]
        scores.loc[name, algorithm] = roc_auc_score(buys, predicted)
    print(name, "is done")
scores.round(2)

# %% role="figure" alt="Three rows of four dots, one dot for each algorithm. With the customer table alone the dots lie a little above 0.5, with the orders of 30 days added near 0.73, with the six features of spending near 0.78. In each row the four dots are close together, and the rows are far apart."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.9))
for algorithm, marker, colour in zip(algorithms, "osD^", ("C0", "C1", "C2", "C3")):
    axes.plot(scores[algorithm], [2, 1, 0], marker, color=colour, markersize=9, alpha=0.8, label=algorithm)
axes.axvline(0.5, color="0.5", linestyle=":")
axes.text(0.503, 2.42, "guessing", color="0.4")
axes.set_yticks([2, 1, 0], scores.index)
axes.set(xlabel="AUC on the test", xlim=(0.48, 0.82), ylim=(-0.5, 2.7), title="Features move the AUC, algorithms hardly do")
axes.legend(loc="upper right")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each row is a set of features, each mark an algorithm; further to the right is better. Within a
# row the four marks lie close together. From row to row they move by about 0.2 and by about 0.05.
#
# The choice of the algorithm changes the AUC by at most 0.03. The simplest algorithm gains 0.2 by one feature about
# orders, and 0.05 more by the six of the view. In the second and the third row, the worst algorithm beats the best one
# of the row above.

# %% role="claim"
simple = scores["logistic regression"]
assert (scores.max(axis=1) - scores.min(axis=1)).max() < 0.03
assert (abs(scores.diff().iloc[1] - 0.2) < 0.035).all() and (abs(scores.diff().iloc[2] - 0.05) < 0.01).all()
assert round(simple.iloc[1] - simple.iloc[0], 1) == 0.2 and round(simple.iloc[2] - simple.iloc[1], 2) == 0.05
assert (scores.min(axis=1).iloc[1:].to_numpy() > scores.max(axis=1).iloc[:-1].to_numpy()).all()

# %% [markdown]
# An algorithm can't find what isn't in its rows. The customer table has no column that says whether a customer ordered
# last week, and no algorithm can compute that from the other columns.
#
# The rule has limits. Where features are plenty and rows are many, or where the input is images or text, the algorithm
# matters more.

# %% [markdown]
# ## What makes a good feature
#
# A good feature is
#
# - *predictive*: it says something about the label;
# - *available* at the moment when the prediction is made;
# - *not leaky*: it doesn't know what is to be predicted;
# - *computable* in the time there is.
#
# For each of the four, here are features that break it.
#
# | feature | what it is | breaks |
# |---|---|---|
# | `lucky` | the last two digits of the customer's number | predictive: it has nothing to do with the question |
# | `paid_sunday` | what was paid on the day before | available: the letters go out at midnight, and the bank's file comes at noon |
# | `spend_week` | spending in the week from `as_of` on | not leaky: it is what is to be predicted |
# | `spend_ever` | spending over the whole table | not leaky: the table goes on after `as_of` |
# | `similar` | the mean number of orders of the 50 customers with the most similar spending | computable: each request compares a customer with everybody |
#
# What leaks isn't available at `as_of` either. The reverse doesn't hold: `paid_sunday` says nothing of the coming week,
# and comes too late all the same. The other four are computed from the orders.

# %%
def lucky(events, asked, as_of):
    """The last two digits of the customer's number."""
    return pd.Series([user % 100 for user in asked], asked)


def spend_week(events, asked, as_of):
    """EUR in the calendar week of the mailing, which has just begun."""
    week = events[events["occurred_at"].between(as_of, as_of + 7 * DAY, inclusive="left")]
    return week.groupby("user_id")["total"].sum().reindex(asked).fillna(0.0)


def spend_ever(events, asked, as_of):
    """EUR of all orders in the table."""
    return events.groupby("user_id")["total"].sum().reindex(asked).fillna(0.0)


# %% [markdown]
# `similar` compares each customer with all others. `orders_30d` is an honest feature, to compare the four with.

# %%
def similar(events, asked, as_of):
    """The mean number of orders of the 50 customers whose spending is nearest, the customer's own included."""
    known = events[events["occurred_at"] < as_of].groupby("user_id")["total"].agg(["sum", "size"])
    spent = known["sum"].reindex(asked).fillna(0.0).to_numpy()
    nearest = np.argsort(abs(known["sum"].to_numpy() - spent[:, None]), axis=1)[:, :50]
    return pd.Series(known["size"].to_numpy()[nearest].mean(axis=1), asked)


def orders_30d(events, asked, as_of):
    """Orders in the 30 days before `as_of`."""
    month = View("month", (Feature("orders_30d", "count", days=30),))
    return compute(month, events, pd.DataFrame({"user_id": asked, "as_of": as_of}))["orders_30d"].set_axis(asked)


# %% [markdown]
# Each feature is judged in two places. A data scientist works in the *history*, a table that goes on after `as_of`. The
# *server* answers at `as_of`, when the table ends there.

# %%
monday = rows_on(users, TEST[0])
asked, as_of, ordered = monday["user_id"].tolist(), TEST[0], label(orders, monday)
history = orders[orders["status"] == "completed"]
server = history[history["occurred_at"] < as_of]
print(f"{len(history):,} completed orders in the history, {len(server):,} in the server on {as_of:%d %B}.")

# %% [markdown]
# A feature is a score as well: the customers can be ranked by it. So each feature has an AUC of its own.

# %%
alone = pd.DataFrame({made.__name__: {place: roc_auc_score(ordered, made(events, asked, as_of))
                                      for place, events in (("history", history), ("server", server))}
                      for made in (orders_30d, lucky, spend_week, spend_ever, similar)}).T
alone.round(3)

# %% role="figure" alt="Five rows, each with a diamond for the AUC in the history and a dot for the AUC in the server. For orders_30d, lucky and similar both are at the same place: near 0.7, 0.46 and 0.77. spend_week is at 1 in the history and at 0.5 in the server. spend_ever is higher in the history than in the server by a few hundredths."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for place, (_, both) in enumerate(alone[::-1].iterrows()):
    axes.plot(both, [place, place], color="0.7", zorder=1)
    axes.scatter(both["history"], place, color="C1", marker="D", s=60, label="history" if place == 0 else None)
    axes.scatter(both["server"], place, color="C0", s=40, label="server" if place == 0 else None)
axes.axvline(0.5, color="0.5", linestyle=":")
axes.text(0.503, 4.35, "guessing", color="0.4")
axes.set_yticks(range(len(alone)), alone.index[::-1])
axes.set(xlabel="AUC of the feature alone", ylim=(-0.5, 4.7), title="In the history, what knows the future looks best")
axes.legend(loc="lower right")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each row is a feature. The diamond is its AUC in the history, the dot its AUC in the server.
# `orders_30d`, `lucky` and `similar` have both at the same place.
#
# `lucky` lies a little below 0.5 by chance. `spend_week` is perfect in the history and worthless in the server.
# `spend_ever` is more dangerous: it loses only 0.06, and nobody will ask why.

# %% role="claim"
assert alone.loc["spend_week"].tolist() == [1.0, 0.5]
assert round(alone.loc["spend_ever", "history"] - alone.loc["spend_ever", "server"], 2) == 0.06
assert 0.4 < alone.loc["lucky", "server"] < 0.5
same = alone.loc[["orders_30d", "lucky", "similar"]]
assert (same["history"] == same["server"]).all()

# %% [markdown]
# ### What a little leak costs
#
# `spend_ever` still predicts well in the server. But a model that is trained in the history learns to rely on what the
# future adds. Then it is put to work where there is no future.
#
# The next cell adds one feature to the view. `known` says which orders there are for a Monday: all of them in the
# history, the past ones in the server.

# %%
def with_more(made, rows, known):
    """The features of the view and one more, made of the orders that `known(as_of)` gives for each Monday."""
    # the rows are in the order of as_of, and so are the parts
    parts = [made(known(moment), mine["user_id"].tolist(), moment) for moment, mine in rows.groupby("as_of")]
    return spending(rows).assign(more=np.concatenate(parts))


places = {"promised (history)": lambda moment: history,
          "delivered (server)": lambda moment: history[history["occurred_at"] < moment]}

# %% [markdown]
# Each model is trained in the history. Its AUC on the test is measured twice: in the history, as a data scientist
# would report it, and in the server.

# %%
model = algorithms["logistic regression"]
promises = {"without a leak": dict.fromkeys(places, scores.loc["spending, six features", "logistic regression"])}
for made in (spend_ever, spend_week):
    model.fit(with_more(made, training, places["promised (history)"]), bought)
    promises[f"with {made.__name__}"] = {
        name: roc_auc_score(buys, model.predict_proba(with_more(made, test, known))[:, 1]) for name, known in places.items()}
promises = pd.DataFrame(promises).T
promises.round(3)

# %% role="claim"
assert promises["promised (history)"].is_monotonic_increasing and promises["delivered (server)"].is_monotonic_decreasing

# %% [markdown]
# Both leaks promise more than the honest model, and deliver less. Part [03c](../03c_leaks/03c_leaks.ipynb) finds such
# leaks by a test.
#
# The future has other ways in as well. A fill value can be the mean of the whole table. A row can have occurred before
# `as_of` and been received after it, so that the server doesn't have it yet.

# %% [markdown]
# ### What a request costs
#
# `similar` is honest and predicts well. Its price is the work in the server.
#
# For `orders_30d` the server reads the customer's own orders. Are they enough for `similar` as well? We try both on
# the 50 customers with the most orders.

# %%
def from_own_orders(made, user):
    """Whether the customer's own orders are enough for the feature."""
    mine = server[server["user_id"] == user]
    return made(mine, [user], as_of).equals(made(server, [user], as_of))


regulars = server["user_id"].value_counts().head(50)
for made in (orders_30d, similar):
    enough = sum(from_own_orders(made, user) for user in regulars.index)
    print(f"{made.__name__:<10} needs only the customer's own orders: {enough} of 50")
print(f"Such a customer has {regulars.mean():.0f} orders, the shop {len(server):,}.")

# %% role="claim"
assert all(from_own_orders(orders_30d, user) for user in regulars.index)
assert not any(from_own_orders(similar, user) for user in regulars.index)

# %% [markdown]
# A count can be looked up by customer, or kept up to date order by order, as in lesson 02. For `similar`, each request
# reads the orders of the whole shop. Nothing can be kept either, because every order changes the neighbours of
# somebody.

# %% [markdown] role="prompt" exercise="days_since_last"
# ### Exercise: one feature, done right ({{points}}, about 5 minutes)
#
# Write `days_since_last(tx, users, as_of)`: for each of these users, the time from the newest order *before* `as_of` to
# `as_of`.
#
# First step: keep the rows of `tx` that occurred before `as_of`, and group them by user.
#
# | argument | is |
# |---|---|
# | `tx` | a DataFrame of purchases, a row each, in any order: `user_id`, `product_id`, `amount`, `occurred_at` (UTC), `category` |
# | `users` | the list of the `user_id`s that are asked about, each once |
# | `as_of` | a `pd.Timestamp` in UTC; `tx` may go on after it |
#
# | matter | what is asked for |
# |---|---|
# | returned | a Series of numbers with `users` as its index, in their order |
# | unit | days with their fraction: 36 hours are 1.5 |
# | an order exactly at `as_of` | is part of the future, as everything after it |
# | a user without an order before `as_of` | has 999.0 |
#
# {{properties}}

# %% role="answer" exercise="days_since_last"
import pandas as pd


def days_since_last(tx, users, as_of):
    """The days from each user's newest order before as_of to as_of; 999 without one."""
    ### BEGIN SOLUTION
    past = tx[tx["occurred_at"] < as_of]
    newest = past.groupby("user_id")["occurred_at"].max().reindex(users)
    return ((as_of - newest) / pd.Timedelta(days=1)).fillna(999.0)
    ### END SOLUTION


# %% [markdown] role="prompt" exercise="features"
# ### Exercise: five features ({{points}}, about 30 minutes)
#
# Which customers will order within the next 7 days? Write the features from which a model can predict it:
# `features(tx, users, as_of)`, with the arguments of `days_since_last`.
#
# First step: copy the body of your `days_since_last`, and return its Series as the one column of a DataFrame. Then add
# a column at a time: how often, how much, how varied, how long.
#
# | matter | what is asked for |
# |---|---|
# | returned | a DataFrame of numbers, none missing and none of 1e100 or more, with five columns or more; its index is `users`, in their order. The columns and their names are yours to choose |
# | known | what occurred before `as_of`; what occurs at `as_of` itself is part of the label, a purchase in [`as_of`, `as_of` + 7 days) |
# | in training | `tx` is the whole history of the shop, the weeks after `as_of` included |
# | in the server | `tx` ends before `as_of`, and has the rows of all users. `users` often holds a single user, whose row must be the same as among others |
# | users | some may have no transactions before `as_of`. An id is a name: with other ids, the rows are the same |
# | `tx` | has no gaps; `amount` is in EUR, `occurred_at` to the microsecond; it stays as it was |
# | repeated | the same question gets the same answer, whatever was asked before |
# | different | five of your columns say different things: none of the five is a constant, or a weighted sum of the other four plus a constant (`100 - days` says the same as `days`) |
# | predictive | an AUC of at least 0.67 in the server, by features that don't know the future; good ones reach about 0.78 |
# | size | some 2,500 transactions of 300 users, a second a call |
#
# For the AUC, a logistic regression is trained on your features, standardised, at two moments, 80 days and more after
# the shop began. It predicts at a third one, some weeks later, with the data that a server has then.
#
# {{properties}}

# %% role="answer" exercise="features"
import pandas as pd


def features(tx, users, as_of):
    """Five features or more of these users, made of what occurred before as_of."""
    ### BEGIN SOLUTION
    day = pd.Timedelta(days=1)
    past = tx[tx["occurred_at"] < as_of]
    month = past[past["occurred_at"] >= as_of - 30 * day]
    quarter = past[past["occurred_at"] >= as_of - 90 * day]
    table = pd.DataFrame({
        "orders_30d": month.groupby("user_id").size(),
        "orders_90d": quarter.groupby("user_id").size(),
        "spend_90d": quarter.groupby("user_id")["amount"].sum(),
        "categories": past.groupby("user_id")["category"].nunique(),
        "days_since_last": (as_of - past.groupby("user_id")["occurred_at"].max()) / day,
        "days_since_first": (as_of - past.groupby("user_id")["occurred_at"].min()) / day,
    }).reindex(users)
    return table.fillna({"days_since_last": 200.0}).fillna(0.0)
    ### END SOLUTION


# %% [markdown] role="question" exercise="features"
# #### Question: why these? ({{essay points}}, about 15 minutes)
#
# Take five of your features. For each, say why it might predict an order in the next 7 days, and what its risk of
# leaking is: how would a colleague who maintains it next year make it leak?
#
# First step: for each of the five, two lines, one that begins "because customers …" and one that begins "it leaks
# when …".
#
# A person reads your answer, beside the AUC of each of your columns alone; 200 to 300 words are enough. An AUC of about
# 0.5 contradicts a reason, unless you say with which other feature the column helps.
#
# | what earns points | points |
# |---|---:|
# | for each of the five a reason that rests on how customers behave, and that its AUC doesn't contradict (three or four: 1 point) | 2 |
# | for each of the five the way in which it could come to know the future: a window, a join, a fill value, a late row (three or four: 1 point) | 2 |
# | which one you would give up first if the server had to answer in a millisecond, and why | 1 |

# %% [markdown] role="essay" exercise="features"
# **Orders in 30 days**: a customer who has ordered recently has a habit, and habits go on. It leaks when somebody
# writes the window as `<= as_of`, or cuts by the date and so takes the rest of the day along.
#
# **Orders in 90 days** tells the habit of customers who buy seldom, for whom a month says little. Its window leaks in
# the same way. Besides, a backfill that runs later sees orders that had not been received by then.
#
# **Spending in 90 days**: a customer who spends more has more needs that the shop meets. Returns that are booked back
# later would change it after the fact, so that the history knows which orders were sent back.
#
# **Categories**: a customer who buys from several categories finds something more often. If categories come from
# today's product table, an order gets the category that its product has now.
#
# **Days since the last order**: the longer the silence, the more likely the customer has left. It leaks when "last"
# means last in the table, or when its fill value for new customers is taken from the whole table.
#
# I would give up the categories: they need the set of all past orders, where the others need a few counters and a
# date.

# %% [markdown]
# To compare, write your answer first. Then run `solution("features")` in a cell of your own: it shows a model answer
# after the code. `check("features", globals())` shows the AUC of each of your columns.
#
# ## What to take along
#
# - The AUC is the share of pairs, a customer who ordered and one who didn't, that are in the right order.
# - Before you try another algorithm, ask what a customer does that no column says.
# - A good feature is predictive, available, not leaky and computable.
# - A feature that looks too good is probably not available, or leaks.
# - Decide which value a customer without an order gets: it did not order zero days ago.
#
# **Next:** [03c Leaks](../03c_leaks/03c_leaks.ipynb) deletes the future and computes features again, so that a leak
# shows itself.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Chip Huyen, *Designing Machine Learning Systems*, and Andriy Burkov, *Machine Learning Engineering*: the
# chapters on feature engineering.
