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
# # 03 Features: what was known, and when
#
# A model sees a customer as a row of numbers, its *features*. Most of the work is in making them, and so are most of
# the mistakes: a feature that knows the future looks splendid until the day on which there is none.
#
# Lesson 01 built tables of what occurred. This one turns them into numbers about a customer at a moment, the same
# ones for training and for serving.
#
# **After this lesson you will be able to**
#
# - define a feature by what is counted, over which window, and at which moment it is known;
# - tell a good feature: predictive, available, not leaky, computable;
# - find out whether a feature knows the future, and name the row that gave it away;
# - make numbers of clocks, ratios, texts and categories that a server can make as well;
# - measure what it costs when training and serving compute a feature differently, and see to it that they don't.
#
# **You need** lesson 01, and about five hours, nearly four of them for the exercises. Two good places for a break are
# marked. A PostgreSQL server is started for you.

# %%
import tempfile
from pathlib import Path

import duckdb
import ibis
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import MO, DateFormatter, WeekdayLocator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.features import Feature, LocalStore, View, compute, engines, feast, latest
from dataml_lab.store import Store
from dataml_lab.streaming import spark

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # everything this notebook writes goes here
DAY = pd.Timedelta(1, "D")


def fresh(name):
    """A place for a file or folder that isn't there yet, so that every cell can be run again."""
    return Path(tempfile.mkdtemp(dir=desk.name)) / name


# %% [markdown]
# ## A question, and the moment at which it is asked
#
# Which customers will order within the next seven days? The shop wants to know it every Monday morning, to decide
# whom to write to. The moment at which we ask is called `as_of`, and it cuts the shop's history in two.
#
# ```text
#        what a feature may use                 what is to be predicted
# ──────────────────────────────────────┤├───────────────────────────┤
#                                     as_of                    as_of + 7 days
# ```
#
# A feature is made of what occurred *before* `as_of`; the *label*, whether the customer ordered, of what occurred in
# the seven days *from* `as_of` on. So `as_of` belongs to every feature, as an argument. A feature that asks the clock
# for "now" can be computed today, and never again for the Monday of which the label is known.

# %%
store = Store()
orders, users = store.orders, store.users
done = ("status", "completed")
spending = View("spending", (
    Feature("orders_7d", "count", days=7, where=done),
    Feature("orders_30d", "count", days=30, where=done),
    Feature("spend_90d", "sum", "total", days=90, where=done, empty=0.0),
    Feature("mean_total", "mean", "total", where=done, empty=0.0),
    Feature("products_90d", "distinct", "product_id", days=90, where=done),
    Feature("days_since_last", "days_since_last", where=done, empty=200.0),
))

# %% [markdown]
# A `View` is a definition and nothing else: what is aggregated, of which events, over which window. `where` keeps the
# completed orders, and `empty` is the value where there is none.
#
# `compute` gives these features for rows of customers and moments. Here is one customer on three Mondays.

# %%
mondays = pd.DataFrame({"user_id": 8, "as_of": pd.to_datetime(["2025-03-03", "2025-03-10", "2025-03-17"], utc=True)})
mondays.join(compute(spending, orders, mondays))

# %%
mine = orders[(orders["user_id"] == 8) & (orders["status"] == "completed") & orders["occurred_at"].between("2025-01-20", "2025-04-05")]
figure, axes = plt.subplots(figsize=(8, 2.8))
for place, as_of in zip((2, 1, 0), mondays["as_of"]):
    axes.barh(place, 30 * DAY, left=as_of - 30 * DAY, height=0.5, color="C5", alpha=0.5)
    axes.barh(place, 7 * DAY, left=as_of, height=0.5, color="C4", alpha=0.5)
    axes.plot(mine["occurred_at"], np.full(len(mine), place), "|", color="black", markersize=16)
    axes.plot([as_of, as_of], [place - 0.4, place + 0.4], color="C1")
axes.set_yticks([2, 1, 0], mondays["as_of"].dt.strftime("asked on %d %b"))
axes.text(mondays["as_of"][0] - 29 * DAY, 2.42, "30 days: feature", color="C0")
axes.text(mondays["as_of"][0] + DAY, 2.42, "7 days: label", color="#9A6A00")
axes.text(mondays["as_of"][2] - 0.6 * DAY, -0.72, "as_of", color="C1", ha="right")
axes.xaxis.set_major_locator(WeekdayLocator(MO, interval=2))
axes.xaxis.set_major_formatter(DateFormatter("%a %d %b"))
axes.set(xlabel="2025 (UTC)", ylim=(-0.85, 2.9), title="The same orders are label first and feature later")
axes.grid(visible=False)
plt.show()

# %% [markdown]
# **Read the figure.** Each stroke is an order of this customer, shown once for each Monday; the line is `as_of`. The
# orders in the blue window are counted by `orders_30d`, those in the yellow one decide the label. A week later the
# same order has moved from the yellow window to the blue.
#
# For training we ask on ten Mondays, for the test on four that come three weeks after the last of them: a row for
# each Monday and each customer who had signed up by then. The gap is there because the last labels of training must
# be known before a model can be put to work; the shop's first orders are of January, so that early windows of 90 days
# hold less.

# %%
def rows_on(*moments):
    """A row for each of these moments (UTC) and each customer who had signed up by then."""
    parts = [users.loc[users["signed_up_at"] < as_of, ["user_id"]].assign(as_of=as_of)
             for as_of in pd.to_datetime(moments, utc=True)]
    return pd.concat(parts, ignore_index=True)


def label(rows):
    """Whether each row's customer completed an order in the seven days from `as_of` on."""
    week = View("label", (Feature("orders", "count", days=7, where=done),))
    return compute(week, orders, rows.assign(as_of=rows["as_of"] + 7 * DAY))["orders"] > 0


training = rows_on(*pd.date_range("2025-03-03", periods=10, freq="7D"))
test = rows_on(*pd.date_range("2025-05-26", periods=4, freq="7D"))
bought, buys = label(training), label(test)
print(f"{len(training):,} rows for training, {bought.mean():.1%} of them with an order in the week after; "
      f"{len(test):,} for the test, {buys.mean():.1%}.")

# %% [markdown]
# The label is itself computed by a window, one that ends at `as_of` + 7 days. We fit a logistic regression and
# measure its AUC on the test: the chance that a buyer is ranked above a non-buyer (lesson 05 has more on that).
# Guessing has 0.5.

# %%
def trained(features, target):
    """A logistic regression fitted to these features."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(features, target)


def auc(model, features):
    """The AUC of a model on the test rows, given their features."""
    return roc_auc_score(buys, model.predict_proba(features)[:, 1])


model = trained(compute(spending, orders, training), bought)
base = auc(model, compute(spending, orders, test))
print(f"AUC {base:.3f}")
assert 0.75 < base < 0.9

# %% [markdown]
# ## Windows over time
#
# How many orders in the last 30 days? In pandas this is often written as in the next cell, which is meant to count
# the orders of each customer in the 30 days up to each order.

# %%
try:
    orders.groupby("user_id")["order_id"].transform(lambda ids: ids.rolling("30D").count())
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# It fails, because a window of days needs an index of moments. Given one, it counts each order itself and, of two at
# the same moment, the second counts the first, whichever that is; one that is exactly 30 days old is left out; and
# the rows have to be sorted.

# %%
story = pd.DataFrame({"user_id": 1, "order_id": [1, 2, 3, 4, 5], "occurred_at": pd.to_datetime(
    ["2025-03-01", "2025-03-01", "2025-03-10", "2025-03-10", "2025-03-31"], utc=True)})
by_user = story.set_index("occurred_at").groupby("user_id")["order_id"]
rolling, closed = by_user.rolling("30D").count(), by_user.rolling("30D", closed="left").count()
before = View("orders", (Feature("orders_30d", "count", days=30),))
ours = compute(before, story, story.rename(columns={"occurred_at": "as_of"}))
print(story[["occurred_at"]].assign(rolling=rolling.to_numpy(), closed=closed.to_numpy(), ours=ours["orders_30d"]))
assert ours["orders_30d"].tolist() == [0, 0, 2, 2, 4] == closed.fillna(0).tolist()

# %% [markdown]
# Ours counts what lies in [`as_of` − 30 days, `as_of`): on 31 March the orders of 1 March are exactly 30 days old and
# still count. `rolling` does the same with `closed="left"`, apart from the NaN; to sort, and to find back to the
# index, remains with whoever uses it. It is a convention, and what matters is that the server has the same.

# %% [markdown] role="prompt" exercise="orders_in_last_30d"
# ### Exercise 1: orders in the last 30 days ({{points}}, about 25 minutes)
#
# A model looks at every transaction as it comes in and asks: how often has this customer ordered in the last 30 days?
# Write `orders_in_last_30d(tx)`, which answers that for each row of a table of past transactions, as it would have
# been answered at that row's own moment.
#
# `tx` is a DataFrame with these columns, and nothing in it is missing:
#
# | column | is |
# |---|---|
# | `user_id` | whole number |
# | `kind` | `"order"` or `"refund"` |
# | `amount` | EUR |
# | `occurred_at` | moment in UTC, to the microsecond (`datetime64[us, UTC]`) |
#
# - Return a Series with the index of `tx`, in its order: for each row, orders and refunds alike, the number of
#   *orders* of the same user that occurred before it, at most 30 days before. A day has 24 hours.
# - So of a row at time *t* the orders in [*t* − 30 days, *t*) count: one exactly 30 days earlier does; the row
#   itself, and what occurred at the very same moment, doesn't.
# - The number is whole (3.0 will do), and 0 where there is none.
# - Rows come in any order, and labels of the index may repeat. `tx` stays as it was.
#
# For example:
#
# | index | user_id | kind | amount | occurred_at | the answer |
# |---|---|---|---|---|---|
# | `"c"` | 7 | order | 20.00 | 31 March 2025, 12:00 | 1 |
# | `"a"` | 7 | order | 35.00 | 1 March 2025, 12:00 | 0 |
# | `"b"` | 9 | order | 12.50 | 2 March 2025, 08:00 | 0 |
# | `"d"` | 7 | refund | 20.00 | 31 March 2025, 12:01 | 1 |
#
# The tables have 600 rows at most, and a call may take 5 seconds: a loop over users takes a fraction of one, a loop over
# all pairs of rows may take longer.
#
# {{properties}}

# %% role="answer" exercise="orders_in_last_30d"
import pandas as pd


def orders_in_last_30d(tx):
    """For each row of tx, how many orders its user placed in the 30 days before it."""
    ### BEGIN SOLUTION
    counts = pd.Series(0, index=range(len(tx)))
    rows = tx.reset_index(drop=True)
    for _, mine in rows.groupby("user_id"):
        orders = mine.loc[mine["kind"] == "order", "occurred_at"].sort_values()
        before = orders.searchsorted(mine["occurred_at"])
        long_before = orders.searchsorted(mine["occurred_at"] - pd.Timedelta(days=30))
        counts[mine.index] = before - long_before
    return counts.set_axis(tx.index)
    ### END SOLUTION


# %% [markdown]
# ## What makes a good feature
#
# Four things, of which the first is the least trouble: it is *predictive*, *available* when the prediction is made,
# *not leaky*, and *computable* in the time there is. Here is a feature that breaks each.
#
# | feature | breaks |
# |---|---|
# | `lucky`: the last two digits of the customer's number | predictive: it has nothing to do with the question |
# | `spend_week`: spending in the calendar week of the mailing | available: it is complete when the week is over |
# | `spend_ever`: spending over the whole table | leaky: the table goes on after `as_of` |
# | `similar`: the mean orders of the 50 customers with the most similar spending | computable: each request compares with everybody |
#
# None of them fails. Each gives a number for each customer, and three of the four look good in the history.

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


def similar(events, asked, as_of):
    """The mean number of orders of the 50 customers whose spending is nearest."""
    known = events[events["occurred_at"] < as_of].groupby("user_id")["total"].agg(["sum", "size"])
    spent = known["sum"].reindex(asked).fillna(0.0).to_numpy()
    nearest = np.argsort(abs(known["sum"].to_numpy() - spent[:, None]), axis=1)[:, :50]
    return pd.Series(known["size"].to_numpy()[nearest].mean(axis=1), asked)


def orders_30d(events, asked, as_of):
    """Orders in the 30 days before: an honest one, to compare with."""
    return compute(before, events, pd.DataFrame({"user_id": asked, "as_of": as_of}))["orders_30d"].set_axis(asked)


# %% [markdown]
# Each is judged twice: in the *history*, where a data scientist sits and the table goes on after `as_of`, and in the
# *server*, where it doesn't.

# %%
monday = rows_on("2025-05-26")
asked, as_of, ordered = monday["user_id"].tolist(), monday["as_of"][0], label(monday)
completed = orders[orders["status"] == "completed"]
server = completed[completed["occurred_at"] < as_of]  # all that there is at that moment
alone = {}
for feature in (orders_30d, lucky, spend_week, spend_ever, similar):
    alone[feature.__name__] = {place: roc_auc_score(ordered, feature(events, asked, as_of))
                               for place, events in (("history", completed), ("server", server))}
alone = pd.DataFrame(alone).T
print(alone.round(3).to_string())
assert abs(alone.loc["lucky"] - 0.5).max() < 0.06 and alone.loc["spend_week"].tolist() == [1.0, 0.5]
assert alone.loc["spend_ever", "history"] > alone.loc["spend_ever", "server"] + 0.03
assert (alone.loc[["orders_30d", "similar"], "history"] == alone.loc[["orders_30d", "similar"], "server"]).all()

# %%
figure, axes = plt.subplots(figsize=(8, 3.2))
for place, (_, scores) in enumerate(alone[::-1].iterrows()):
    axes.plot(scores, [place, place], color="0.7", zorder=1)
    axes.scatter(scores["history"], place, color="C1", marker="D", s=50, label="history" if place == 0 else None)
    axes.scatter(scores["server"], place, color="C0", s=50, label="server" if place == 0 else None)
axes.axvline(0.5, color="0.5", linestyle=":")
axes.text(0.503, 4.35, "guessing", color="0.4")
axes.set_yticks(range(len(alone)), alone.index[::-1])
axes.set(xlabel="AUC of the feature alone", ylim=(-0.5, 4.7),
         title="In the history, what leaks looks best")
axes.legend(loc="lower right")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each line is a feature: the diamond its AUC in the history, the dot in the server. Honest
# features have both at the same place; that `lucky` isn't quite at 0.5 is chance. `spend_week` is perfect in the
# history and worthless in the server, and `spend_ever` is the dangerous one: it loses only a little, and nobody will
# ask.
#
# Does a little leak do harm, when the feature is still good without it? The model is the victim. It is trained in the
# history, learns to rely on what the future adds, and is put to work where there is no future.

# %%
def with_more(feature, rows, known):
    """The features of the view and one more, made of the orders that `known(as_of)` gives for each Monday."""
    parts = [feature(known(moment), mine["user_id"].tolist(), moment) for moment, mine in rows.groupby("as_of")]
    return compute(spending, orders, rows).assign(more=np.concatenate(parts))


places = {"promised": lambda moment: completed,  # the history, as in training
          "delivered": lambda moment: completed[completed["occurred_at"] < moment]}
promises = {"without a leak": dict.fromkeys(places, base)}
for feature in (spend_ever, spend_week):
    leaky = trained(with_more(feature, training, places["promised"]), bought)
    promises[f"with {feature.__name__}"] = {name: auc(leaky, with_more(feature, test, known))
                                            for name, known in places.items()}
promises = pd.DataFrame(promises).T
print(promises.round(3).to_string())
assert promises["promised"].is_monotonic_increasing and promises["delivered"].is_monotonic_decreasing

# %% [markdown]
# Both leaks promise more than the honest model and deliver less.
#
# `similar` is honest and rather good, at a price. For one customer's count a server needs that customer's own orders;
# does that hold for `similar`?

# %%
def own(feature, user):
    """Whether the customer's own orders are enough for the feature."""
    mine = server[server["user_id"] == user]
    return feature(mine, [user], as_of).equals(feature(server, [user], as_of))


regulars = server["user_id"].value_counts().index[:50].tolist()
for feature in (orders_30d, similar):
    enough = sum(own(feature, user) for user in regulars)
    print(f"{feature.__name__:<10} needs only the customer's own orders: {enough} of 50")
print(f"A regular has {server['user_id'].value_counts().head(50).mean():.0f} orders, the shop {len(server):,}.")
assert all(own(orders_30d, user) for user in regulars) and not any(own(similar, user) for user in regulars)

# %% [markdown]
# A count can be looked up by customer, or kept up to date order by order (lesson 02). For `similar` every request
# reads the orders of the whole shop, and they grow; every order changes somebody's neighbours, so that nothing can be
# kept either.

# %% [markdown] role="prompt" exercise="features"
# ### Exercise 2: five features ({{points}}, about 60 minutes)
#
# Which customers will order within the next 7 days? Write the features that a model needs to say so: `features(tx,
# users, as_of)`.
#
# | argument | is |
# |---|---|
# | `tx` | a DataFrame of purchases, a row each, in any order, none with a gap: `user_id` (whole number), `product_id`, `amount` (EUR), `occurred_at` (UTC, to the microsecond), `category` (text) |
# | `users` | the list of the `user_id`s that are asked about, each once; some may have no transactions before `as_of` |
# | `as_of` | the moment at which they are looked at, a `pd.Timestamp` in UTC |
#
# - Return a DataFrame of numbers, finite and not missing, with five columns or more: a row for each of `users`, in
#   their order, and `users` as its index. The columns and their names are yours to choose.
# - A feature may use what occurred *before* `as_of`, and nothing else. What occurs at `as_of` itself is part of what
#   is to be predicted: a purchase in [`as_of`, `as_of` + 7 days).
# - In training `tx` is the whole history of the shop, the weeks after `as_of` included, for that is where the labels
#   come from. In the server it ends before `as_of`, still with all users' rows, and `users` is often a single one: a
#   user gets the same row alone and among others.
# - `tx` stays as it was, and the same question gets the same answer, whatever was asked before.
#
# A logistic regression is trained on your features, standardised, at two moments, 80 days and more after the shop
# began, and predicts at a third one, some weeks later, with the data that a server has then. Its AUC has to be at
# least 0.67 (0.5 is guessing; good features reach about 0.78), and five of your columns have to say different things:
# none of the five is a constant or a weighted sum of the other four.
#
# There are some 2,500 transactions of 300 users, and a call may take a second.
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
# For five of your features, say why it might predict an order in the next 7 days, and what its risk of leaking is:
# how would a colleague who maintains it next year make it leak?
#
# A person reads your answer, beside the AUC of each of your columns alone; 200 to 300 words are enough.
#
# | what earns points | points |
# |---|---:|
# | for each of the five a reason that rests on how customers behave, and that its AUC doesn't contradict | 2 |
# | for each of the five the way in which it could come to know the future: a window, a join, a fill value, a late row | 2 |
# | which one you would give up first if the server had to answer in a millisecond, and why | 1 |

# %% [markdown] role="essay" exercise="features"
# **Orders in 30 days**: who has ordered of late has a habit, and habits go on. It leaks when somebody writes the
# window as `<= as_of`, or cuts by the date and so takes the rest of the day along.
#
# **Orders in 90 days** tells the habit of those who buy seldom, for whom a month says little. Its window leaks in the
# same way; besides, a backfill that runs later sees orders that had not been received by then.
#
# **Spending in 90 days**: who spends more has more needs that the shop meets. Returns that are booked back later
# would change it after the fact, so that history knows which orders were sent back.
#
# **Categories**: who buys from several finds something more often. If categories come from today's product table, an
# order gets the category that its product has now.
#
# **Days since the last order**: the longer the silence, the more likely the customer has left. It leaks when "last"
# means last in the table, or when its fill value for new customers is taken from the whole table.
#
# I would give up the categories: they need the set of all past orders, where the others need a few counters and a
# date.


# %% [markdown]
# ## What to take along
#
# - A feature is a number about somebody *at a moment*. `as_of` is an argument, and the window ends just before it.
# - Say what nothing means. No order yet is not zero days ago, and no return of no order is not a perfect record.
# - Good features are predictive, available, not leaky and computable; one that looks too good is probably not
#   available, or leaks.
# - Delete the future and compute again. What moves has known it.
# - Ask whose clock an hour is on, what a rate of nothing is, and what a category that nobody has seen becomes.
# - Fit encoders on training data, once. The rows at hand in a server are one row.
# - Skew raises no error. One definition prevents it, a test finds it, and training on what the server would have
#   read, or did read, keeps the promise honest.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, which takes half a
# minute.
#
# **Read on.** Chip Huyen, *Designing Machine Learning Systems*: the chapters on feature engineering and on training
# data. Google's *Rules of Machine Learning*, rules 29 to 37, on skew. Andriy Burkov, *Machine Learning Engineering*,
# the chapter on feature engineering. The documentation of Feast on point-in-time joins.
