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
# # 03a Point in time
#
# A model sees a customer as a row of numbers. Each of these numbers is a *feature*. Lesson 02, which ended with
# [02c](../02c_choosing/02c_choosing.ipynb), kept sums of orders up to date; this part turns orders into features of a
# customer at a chosen moment.
#
# Making features takes much of the work, and many mistakes happen there. A feature that knows the future looks
# splendid until the day on which there is no future to know.
#
# **After this part you will be able to**
#
# - define a feature by what it counts, over which window, and at which moment;
# - separate what a feature may use from what is to be predicted;
# - compute a window over time, and say what happens at its two edges.
#
# **You need** pandas as in lesson 01, and about 45 minutes, 25 of them for the exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import MO, DateFormatter, WeekdayLocator

from dataml_lab.features import Feature, View, compute
from dataml_lab.features.mailing import TEST, TRAINING, label, rows_on
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
DAY = pd.Timedelta(1, "D")

# %% [markdown]
# ## A question, and the moment at which it is asked
#
# Which customers will order within the next seven days? The shop asks this every Monday at midnight, UTC, to decide
# which customers get a letter.
#
# The moment of the question is called `as_of`. It cuts the shop's history in two.
#
# ```text
#   a feature may use     is predicted
# ─────────────────────┤├────────────┤
#                    as_of     +7 days
# ```
#
# A feature uses what occurred *before* `as_of`. The *label* says what the model has to predict: whether the customer
# completed an order in the seven days *from* `as_of` on.
#
# This lesson assumes that an order is known as soon as it has occurred. For `store.orders`, the shop's own table, that
# nearly holds: each is received within 15 minutes. In the raw data of lesson 01 some come up to four days late; there, a
# feature has to ask for `received_at` before `as_of`.
#
# Here are the orders that one customer completed from January to March 2025.

# %%
store = Store()
orders, users = store.orders, store.users
completed = orders[orders["status"] == "completed"]
mine = completed[(completed["user_id"] == 3) & (completed["occurred_at"] < "2025-04-01")]
mine[["order_id", "total", "occurred_at"]]

# %% [markdown]
# ### A feature is a definition
#
# A `View` defines features and computes nothing. Each `Feature` says what is aggregated and over how many days.
#
# `where` keeps the completed orders. `empty` is the value for a customer without such orders; a count is then 0 anyway.
# For the days since the last order it is 200, longer than the shop exists.

# %%
done = ("status", "completed")
spending = View("spending", (
    Feature("orders_30d", "count", days=30, where=done),
    Feature("spend_90d", "sum", "total", days=90, where=done, empty=0.0),
    Feature("days_since_last", "days_since_last", where=done, empty=200.0),
))

# %% [markdown]
# `compute` takes the definition, the orders, and rows that say for which customer and which moment. We ask about this
# customer on three Mondays.

# %%
mondays = pd.DataFrame({"user_id": 3, "as_of": pd.to_datetime(["2025-03-03", "2025-03-10", "2025-03-17"], utc=True)})
compute(spending, orders, mondays).set_axis(mondays["as_of"].dt.date)

# %% [markdown]
# From 3 to 10 March, `orders_30d` rises from 4 to 5. It gains the orders of 4 and of 8 March, and loses the order of
# 2 February, which is older than 30 days by then.
#
# The same customer has three different rows, because each Monday has its own history. So `as_of` is an argument of
# every feature.
#
# > **Caution.** A feature that asks the computer's clock for "now" works today. It can't be computed for a past Monday,
# > and past Mondays are the only ones with a known label.
#
# Here are the two windows of each of the three Mondays.

# %% role="figure" alt="Three rows, one for each Monday on which is asked, with the same strokes for orders. In each row a blue bar covers the 30 days before the Monday and a yellow bar the 7 days after it. From row to row the bars move a week to the right, so that an order in the yellow bar of one Monday is in the blue bar of the next."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.9))
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
axes.set(xlabel="2025 (UTC)", ylim=(-0.85, 2.9), xlim=pd.to_datetime(["2025-01-31", "2025-04-02"], utc=True),
         title="The same order is part of a label first and of a feature later")
axes.grid(visible=False)
plt.show()

# %% [markdown]
# **Read the figure.** Each stroke is an order of customer 3, drawn once for each Monday. The vertical line is `as_of`.
#
# `orders_30d` counts the strokes in the blue window; the strokes in the yellow window decide the label. Two orders lie in
# the yellow window of 3 March. One week later both are in the blue one.
#
# ### A row for each customer and Monday
#
# A model learns from many such rows. `rows_on` makes a row for each Monday and each customer who had signed up by
# then. `label` gives the label of each row, by a window that ends at `as_of` + 7 days.
#
# Ten Mondays from 3 March 2025 on are for *training*: the model learns from their rows. Here are those of customer 3.

# %%
training = rows_on(users, *TRAINING)
bought = label(orders, training)
training.assign(label=bought).query("user_id == 3")

# %% [markdown]
# Four Mondays from 26 May on are for the *test*: the model predicts their labels, and we compare.

# %%
test = rows_on(users, *TEST)
buys = label(orders, test)
pd.DataFrame({"from": [TRAINING[0].date(), TEST[0].date()],
              "to": [TRAINING[-1].date(), TEST[-1].date()], "rows": [len(training), len(test)],
              "share with an order": [f"{bought.mean():.1%}", f"{buys.mean():.1%}"]}, index=["training", "test"])

# %% role="claim"
on_mondays = compute(spending, orders, mondays)["orders_30d"].tolist()
days = mine["occurred_at"].dt.strftime("%d %b").tolist()
assert on_mondays == [4, 5, 4] and days[days.index("02 Feb"):] == [
    "02 Feb", "09 Feb", "18 Feb", "22 Feb", "04 Mar", "08 Mar", "21 Mar"]
assert len(TRAINING) == 10 and len(TEST) == 4 and TEST[0] - TRAINING[-1] == 21 * DAY
assert f"{TRAINING[0]:%d %B %Y}" == "03 March 2025" and f"{TEST[0]:%d %B}" == "26 May"
assert f"{orders['occurred_at'].min():%d %B %Y}" == "01 January 2025"
begins = pd.Timestamp("2025-01-01", tz="UTC")
assert TRAINING[0] - begins == 61 * DAY and pd.Timestamp("2025-04-01", tz="UTC") - begins == 90 * DAY
assert (orders["received_at"] - orders["occurred_at"]).max() <= pd.Timedelta(15, "min")
assert orders["occurred_at"].max() - begins < 200 * DAY
raw = store.raw("orders")
late = pd.Series(raw.lines)[raw.plan.loc[raw.plan["fault"] == "late", "line"] - 1]
times = late.str.extract('occurred_at": ?"([^"]+)".*received_at": ?"([^"]+)"').apply(pd.to_datetime, utc=True).dropna()
assert len(times) > 100 and 3.9 * DAY < (times[1] - times[0]).max() <= 4 * DAY
assert mine["occurred_at"].min().month == 1 and mine["occurred_at"].max().month == 3

# %% [markdown]
# The test begins three weeks after the last Monday of training. Between the two, the last labels of training become
# known, and the model is put to work. Without a gap, training would use orders that had not occurred yet when the test
# began.
#
# The shop's first orders are of 1 January 2025. So on 3 March `spend_90d` sums 61 days, and from 1 April on it sums 90:
# the same habit gives a smaller number in March. A real shop would begin training 90 days after its first order.

# %% [markdown]
# ## Windows over time
#
# How many orders did a customer place in the last 30 days? In pandas, one often finds the next cell, with the method
# [`rolling`](https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.rolling.html). It is meant to count, for
# each order, the orders of its customer in the 30 days up to it.

# %%
try:
    orders.groupby("user_id")["order_id"].transform(lambda ids: ids.rolling("30D").count())
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# It fails, because a window of days needs an index of moments. Five orders of one customer show what `rolling` counts
# when the moments are the index.

# %%
story = pd.DataFrame({"user_id": 1, "order_id": [1, 2, 3, 4, 5], "occurred_at": pd.to_datetime(
    ["2025-03-01", "2025-03-01", "2025-03-10", "2025-03-10", "2025-03-31"], utc=True)})
by_user = story.set_index("occurred_at").groupby("user_id")["order_id"]
rolling = by_user.rolling("30D").count()
story[["occurred_at"]].assign(rolling=rolling.to_numpy())

# %% role="claim"
assert rolling.tolist() == [1, 2, 3, 4, 3]

# %% [markdown]
# `rolling` counts something else than was asked for:
#
# - Each order counts itself, so that a customer's first order has 1.
# - Of two orders at the same moment, the second counts the first, but the first doesn't count the second.
# - The order of 31 March has 3: the two of 10 March and itself. The orders of 1 March are exactly 30 days old, and
#   are left out.
#
# The argument `closed="left"` changes both edges of the window. `compute`, in the last column, has the same edges.

# %%
before = View("orders", (Feature("orders_30d", "count", days=30),))
closed = by_user.rolling("30D", closed="left").count()
ours = compute(before, story, story.rename(columns={"occurred_at": "as_of"}))
story[["occurred_at"]].assign(closed_left=closed.to_numpy(), compute=ours["orders_30d"])

# %% role="claim"
assert ours["orders_30d"].tolist() == [0, 0, 2, 2, 4] == closed.fillna(0).tolist() and closed.isna().sum() == 2

# %% [markdown]
# Both count what lies in [`as_of` − 30 days, `as_of`). The square bracket means that an order exactly 30 days old
# counts. The round one means that an order at `as_of` itself doesn't.
#
# `rolling` writes NaN where there is none, needs sorted rows, and returns them by customer. `compute` writes 0, takes
# rows in any order, and keeps their index.
#
# Other edges can be agreed on. What matters is that training and the *server*, the program that answers with
# predictions, agree on them. Part [03e](../03e_skew/03e_skew.ipynb) measures what happens when they don't.

# %% [markdown] role="prompt" exercise="orders_in_last_30d"
# ### Exercise: orders in the last 30 days ({{points}}, about 25 minutes)
#
# A model looks at every transaction, here an order or a refund, as it comes in, and asks: how often has this customer
# ordered in the last 30 days? Write `orders_in_last_30d(tx)`. For each row of a table of past transactions it gives this
# number, as it was at that row's own moment.
#
# First step: take the rows of one user, and count by hand which orders count for the last of them.
#
# | column of `tx` | is (nothing is missing) |
# |---|---|
# | `user_id` | whole number |
# | `kind` | `"order"` or `"refund"` |
# | `amount` | EUR |
# | `occurred_at` | moment in UTC, to the microsecond (`datetime64[us, UTC]`). Compute with the Series: its `to_numpy()` gives objects |
#
# | matter | what is asked for |
# |---|---|
# | returned | a Series with the index of `tx`, in its order: a whole number for each row (3.0 will do), 0 where there is none |
# | counted | for a row at time *t*, the orders of the same user in [*t* − 30 days, *t*) |
# | edges | an order exactly 30 days earlier counts; the row itself doesn't, nor does an order at the very same moment |
# | a day | has 24 hours |
# | refunds | are asked about like orders, and never counted |
# | `tx` | has rows in any order and labels that may repeat; it stays as it was |
# | size | 600 rows at most, 5 seconds a call: a loop over users takes a fraction of one, `iterrows` over all pairs of rows takes too long |
#
# For example:
#
# | index | user_id | kind | occurred_at | answer |
# |---|---|---|---|---|
# | `"c"` | 7 | order | 31 March 2025, 12:00 | 1 |
# | `"a"` | 7 | order | 1 March 2025, 12:00 | 0 |
# | `"b"` | 9 | order | 2 March 2025, 08:00 | 0 |
# | `"d"` | 7 | refund | 31 March 2025, 12:01 | 1 |
#
# Row `c` counts `a`, exactly 30 days earlier. Row `d` no longer counts `a`, but it counts `c`.
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
# ## What to take along
#
# - A feature is a number about somebody *at a moment*. The moment, `as_of`, is an argument.
# - A feature uses what occurred before `as_of`. The label uses what occurs from `as_of` on.
# - A window has two edges. Write down which of them belongs to it.
# - Leave a gap between training and test, at least as long as a label needs to become known.
#
# **Next:** [03b Good features](../03b_good_features/03b_good_features.ipynb) measures how well features predict, and
# says what makes one good.
#
# Ready to hand in? Save, then press *Validate* in the toolbar.
#
# **Read on.** The pandas user guide on
# [windowing operations](https://pandas.pydata.org/docs/user_guide/window.html).
