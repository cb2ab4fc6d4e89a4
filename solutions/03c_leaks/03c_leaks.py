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
# # 03c Leaks: does a feature know the future?
#
# [Part 03b](../03b_good_features/03b_good_features.ipynb) showed features that *leak*: they are made of events that
# occur after the moment of the prediction. A model with such a feature promises more than it delivers. This part shows
# a test that finds a leak, and then you build one yourself.
#
# **After this part you will be able to**
#
# - test whether a feature knows the future, and name the row that it used;
# - measure how much a leak adds to a feature's AUC;
# - say what this test can't find;
# - explain why the values in the server don't show a leak.
#
# **You need** parts 03a and 03b, and about 70 minutes: 25 for the text, 30 for the exercise and 15 for a question.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from dataml_lab.features import time_travel
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store()
orders = store.orders[store.orders["status"] == "completed"]
DAY = pd.Timedelta(1, "D")

# %% [markdown]
# ## Delete the future and compute again
#
# `as_of` is the moment at which a feature is computed. What occurs before it is the past, and the rest is the future.
# Here are five orders of two customers.

# %%
noon = pd.Timestamp("2025-03-10 12:00", tz="UTC")  # as_of in this small example
five = pd.DataFrame({
    "user_id": [1, 2, 1, 2, 1],
    "total": [20.0, 15.0, 30.0, 40.0, 50.0],
    "occurred_at": pd.to_datetime(["2025-03-01", "2025-03-04", "2025-03-08", "2025-03-12", "2025-03-15"], utc=True),
})
five.assign(**{"belongs to": np.where(five["occurred_at"] < noon, "past", "future")})

# %% [markdown]
# Two people have written the same feature, how much each customer has spent so far. One of them forgot the cut at
# `as_of`.


# %%
def spend_before(events, asked, as_of):
    """EUR that each customer spent before as_of."""
    return spend_ever(events[events["occurred_at"] < as_of], asked, as_of)


def spend_ever(events, asked, as_of):
    """EUR that each customer spends in the whole table."""
    return events.groupby("user_id")["total"].sum().reindex(asked).fillna(0.0)


# %% [markdown]
# We compute both features twice: once from all five orders, and once after the future was deleted.

# %%
past_of_five = five[five["occurred_at"] < noon]
twice = pd.DataFrame({(feature.__name__, which): feature(events, [1, 2], noon)
                      for feature in (spend_before, spend_ever)
                      for which, events in (("all orders", five), ("future deleted", past_of_five))})
twice.rename_axis("customer")

# %% role="claim"
assert twice["spend_before"].to_numpy().tolist() == [[50.0, 50.0], [15.0, 15.0]]
assert twice["spend_ever"].to_numpy().tolist() == [[100.0, 50.0], [55.0, 15.0]]

# %% [markdown]
# `spend_before` gives the same numbers both times. `spend_ever` moves: customer 1 has 100 EUR with the future and 50
# EUR without it. A feature that is made of the past can't move when only the future changes.
#
# This is the whole test. It needs no knowledge of how the feature is written.
#
# ## Time travel on the shop's orders
#
# `time_travel` makes this test with any function of events, customers and a moment. It changes the future in three
# ways, because one way alone misses some leaks.
#
# | change | finds a feature that |
# |---|---|
# | delete the rows from `as_of` on | uses later rows |
# | give these rows other values | uses the values of later rows |
# | add rows exactly at `as_of` | has `<=` where `<` is right |
#
# The moment is Monday, 26 May 2025. `spend_week` is a feature of part 03b: spending in the calendar week that has
# just begun.


# %%
def spend_week(events, asked, as_of):
    """EUR that each customer spends in the calendar week that has just begun."""
    week = events[events["occurred_at"].between(as_of, as_of + 7 * DAY, inclusive="left")]
    return spend_ever(week, asked, as_of)


as_of = pd.Timestamp("2025-05-26", tz="UTC")
asked = store.users.loc[store.users["signed_up_at"] < as_of, "user_id"].tolist()  # the customers of that moment

# %% [markdown]
# `time_travel` takes one function that returns all features as a table, with a row for each customer. It
# returns one finding for each feature that moves.


# %%
def three(events, asked, as_of):
    """The three features in one table."""
    return pd.DataFrame({feature.__name__: feature(events, asked, as_of)
                         for feature in (spend_before, spend_ever, spend_week)})


found = time_travel(three, orders, asked, as_of)
for moved in found:
    print(moved)

# %% role="claim"
assert [moved.column for moved in found] == ["spend_ever", "spend_week"]
assert all(len(moved.events) == 1 and moved.occurred_at >= as_of for moved in found)
assert found[0].events == (8347,) and orders.loc[8347, ["order_id", "user_id"]].tolist() == [8348, found[0].user]

# %% [markdown]
# The finding names the column, the customer and the row that moved the feature. A row is named by its label, at the left of the
# table: label 8347 is the order with the `order_id` 8348. `spend_before` isn't named, because it didn't move.
#
# ### A mistake that ordinary data hide
#
# The next feature has `<=` where `<` is right. On the shop's orders it equals `spend_before` for every customer,
# because no order lies exactly at `as_of`.


# %%
def spend_up_to(events, asked, as_of):
    """EUR that each customer spent up to as_of, with an order at that very moment."""
    return spend_ever(events[events["occurred_at"] <= as_of], asked, as_of)


# %%
differ = (spend_up_to(orders, asked, as_of) != spend_before(orders, asked, as_of)).sum()
print(f"It differs from spend_before for {differ} of {len(asked):,} customers.")

# %%
def one(events, asked, as_of):
    """The feature as a table of one column."""
    return spend_up_to(events, asked, as_of).to_frame("spend_up_to")


at_the_moment = time_travel(one, orders, asked, as_of)
for moved in at_the_moment:
    print(moved)

# %% role="claim"
assert differ == 0 and len(asked) == 1883
assert [moved.how for moved in at_the_moment] == ["at as_of"]

# %% [markdown]
# `time_travel` adds an order at `as_of`, and the feature moves. An order at that moment belongs to what is to be
# predicted, so the feature must not count it.
#
# ## How much does a leak add?
#
# A common leak is a window that ends too late. Take the number of different products that a customer bought in 60
# days, and let the window end some days after `as_of`. How well does this feature alone tell who will order within
# the next 7 days?
#
# We measure that by the AUC of part 03b: the share of pairs, a customer who ordered and one who didn't, that are in the
# right order. Guessing gives 0.5.


# %%
def products_60d(events, asked, as_of, late):
    """Different products in the 60 days before as_of, and in some days after it."""
    window = events[events["occurred_at"].between(as_of - 60 * DAY, as_of + late * DAY, inclusive="left")]
    return window.groupby("user_id")["product_id"].nunique().reindex(asked).fillna(0)


# %% [markdown]
# We compute it in the history, where the orders go on after `as_of`, and in the server, where they end before it.

# %%
ordered = spend_week(orders, asked, as_of) > 0
places = {"history": orders, "server": orders[orders["occurred_at"] < as_of]}
leak = pd.DataFrame({place: {late: roc_auc_score(ordered, products_60d(events, asked, as_of, late))
                             for late in (0, 1, 2, 3, 5, 7, 10, 14)} for place, events in places.items()})
leak.rename_axis("days too late").round(3)

# %% role="figure" alt="Two lines over the number of days by which the window ends too late, from 0 to 14. In the history the AUC rises from 0.74 to 0.88 at 7 days and then stays. In the server it is 0.74 for every number of days."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.4))
for (place, scores), colour, style in zip(leak.items(), ("C1", "C0"), ("-D", "-o")):
    axes.plot(scores, style, color=colour)
    axes.text(14.3, scores.iloc[-1], place, color=colour, va="center")
axes.axvline(7, color="0.5", linestyle=":")
axes.text(7.15, 0.705, "end of the week that is predicted", color="0.4")
axes.set(xlabel="days by which the window ends too late", ylabel="AUC of the feature alone", xlim=(-0.4, 16),
         ylim=(0.69, 0.9), xticks=[0, 1, 2, 3, 5, 7, 10, 14],
         title="Each day of the predicted week raises the AUC, in the history only")
plt.show()

# %% [markdown]
# **Read the figure.** To the right the window ends later; further up the feature looks better. The vertical axis begins
# at 0.69.
#
# In the history the AUC rises from 0.737 to 0.879 at 7 days, and then it rises no more: later orders are not what is
# predicted. In the server there are no later orders, so all eight features are the same, and their AUC is 0.737.

# %% role="claim"
assert leak["history"].round(3).loc[[0, 7]].tolist() == [0.737, 0.879] and leak["history"].idxmax() == 7
assert leak["history"].loc[:7].is_monotonic_increasing and leak["history"].loc[7:].is_monotonic_decreasing
assert set(leak["server"].round(3)) == {0.737}

# %% [markdown]
# A person who picks features by their AUC in the history picks the window that ends 7 days late. The values in the
# server show nothing, because there the feature equals the honest one.
#
# ## What time travel can't find
#
# What `time_travel` finds is proved: the feature moved, and it had first given the same numbers twice for the same rows.
# If it finds nothing, that is no proof, because it looks at one moment and at these data only.
#
# There are also leaks that it can't see. The first is a value in a *past* row that was written later. In a shop whose
# orders begin as `open`, here is one that was placed on a Sunday and cancelled on the Tuesday after; `as_of` is the
# Monday between.
#
# | the table, read on | `occurred_at` | `status` |
# |---|---|---|
# | Monday | Sunday, 20:15 | open |
# | Tuesday | Sunday, 20:15 | cancelled |
# | any later day | Sunday, 20:15 | cancelled |
#
# The order occurred before `as_of`, so `time_travel` leaves its row as it is. A table that is read later has the
# status of Tuesday in it. The remedy is to keep the moment at which each value was written.
#
# The second is a *past* row that was received later. An order of Sunday that came on Thursday, as in
# [01e](../01e_late_data/01e_late_data.ipynb), is in the history, and Monday's server doesn't have it. The remedy is to
# cut by arrival, `received_at < as_of`, in the feature and in the test: `time_travel(…, time="received_at")`.
#
# The third comes from outside the events: a customer table of today, or an encoder that was fitted on all rows.
#
# > **Caution.** This part uses such a column itself: its first cell keeps the completed orders. That is right only if
# > the shop knows on Monday which orders are completed.

# %% role="claim"
came = five.assign(received_at=five["occurred_at"].mask(five.index == 2, pd.Timestamp("2025-03-13", tz="UTC")))


def by(clock):
    """A feature that cuts by this clock, as a table."""
    return lambda events, asked, as_of: spend_ever(events[events[clock] < as_of], asked, as_of).to_frame()


assert time_travel(by("occurred_at"), came, [1, 2], noon) == []
assert time_travel(by("occurred_at"), came, [1, 2], noon, time="received_at")[0].events == (2,)
assert time_travel(by("received_at"), came, [1, 2], noon, time="received_at") == []

# %% [markdown] role="prompt" exercise="leaky_twin"
# ### Exercise: build the leak ({{points}}, about 30 minutes)
#
# You will recognise a leak more easily once you have built one. Here are three honest features of a customer. They
# predict a purchase in [`as_of`, `as_of` + 7 days).
#
# | name | is |
# |---|---|
# | `"orders_30d"` | how many purchases the user made in [`as_of` − 30 days, `as_of`) |
# | `"days_since_last"` | the days, with their fraction, from the user's newest purchase before `as_of` to `as_of`; 999 if there is none |
# | `"spend_90d"` | how much the user spent in [`as_of` − 90 days, `as_of`), EUR; 0 for nothing |
#
# Write their leaky twins: `leaky_twin(name, tx, users, as_of)` returns a Series of numbers with `users` as its index,
# in their order.
#
# | argument | is |
# |---|---|
# | `name` | one of the three names |
# | `tx` | a DataFrame of purchases in any order, nothing missing: `user_id` (whole number), `product_id`, `amount` (EUR), `occurred_at` (UTC, to the microsecond), `category` |
# | `users` | the list of the `user_id`s, each once; some may have no purchase |
# | `as_of` | a `pd.Timestamp` in UTC, at some time of the day |
#
# | where | `tx` | the twin |
# |---|---|---|
# | server | ends before `as_of` | is equal to the honest feature for each user |
# | history | goes on after `as_of` | has an AUC alone at least 0.03 higher than that of the honest feature |
#
# **First step:** write the three honest features, as the first table defines them. Then change each so that it uses
# the future where there is one.
#
# - The honest feature itself earns nothing, not even the points for the server.
# - The window of a twin begins where that of the honest feature begins, to the microsecond.
# - A short time since the last purchase is a good sign. So for each feature the larger of AUC and 1 − AUC counts.
# - `tx` stays as it was.
#
# Build mistakes that happen: a cut that was forgotten, a window that ends too late, a "last order" that isn't before
# `as_of`. The best twin is the one that you would overlook in a colleague's code.
#
# Your twins are tried on 1,000 users at one moment, ten days before the last purchase of `tx`.
#
# {{properties}}

# %% role="answer" exercise="leaky_twin"
import pandas as pd


def leaky_twin(name, tx, users, as_of):
    """The feature of this name as it should not be: it knows the future where tx has one."""
    ### BEGIN SOLUTION
    day = pd.Timedelta(days=1)
    if name == "days_since_last":  # the last order of the table, whenever that was
        return ((as_of - tx.groupby("user_id")["occurred_at"].max()) / day).reindex(users).fillna(999.0)
    days = {"orders_30d": 30, "spend_90d": 90}[name]
    amounts = tx[tx["occurred_at"] >= as_of - days * day].groupby("user_id")["amount"]  # and no end
    return (amounts.size() if name == "orders_30d" else amounts.sum()).reindex(users).fillna(0.0)
    ### END SOLUTION


# %% [markdown] role="question" exercise="leaky_twin"
# #### Question: who would notice? ({{essay points}}, about 15 minutes)
#
# Take one of your twins and answer four questions about it.
#
# - Which mistake is it, and how does it come about in practice?
# - Why don't the values in the server show it?
# - Who notices it first in production, by which number, and after how long?
# - What would have found it before the release?
#
# **First step:** write the line of code that holds the mistake. 150 to 250 words are enough. A person reads your
# answer, beside the AUC of your twins in the history and in the server.
#
# | what earns points | points |
# |---|---:|
# | the mistake, in a line of code that somebody could have written | 1 |
# | why the server can't show it: where there is no future, twin and feature are the same | 1 |
# | who notices by which number, and when: the claim was made in the history, and labels come late | 1 |
# | a check before release that would have found it, other than reading more carefully | 1 |

# %% [markdown] role="essay" exercise="leaky_twin"
# My twin of `days_since_last` takes the newest order of the table, `tx.groupby("user_id")["occurred_at"].max()`. It
# should first keep the rows before `as_of`. Somebody tried the function on an export of this morning, in which both
# are the same, and then used it for training, on the whole history.
#
# In the server the table ends now. There is no order after `as_of`, so twin and feature agree to the last bit, and a
# test that compares server and export passes. The mistake is in the training data, and in what the model has learned
# from them: that a negative number of days is a sure sign.
#
# The first to notice is the person who compares the claim with the outcome. An AUC of 0.9 was promised, and after the
# first full week of labels it is below 0.8, or the mailing brings fewer orders than planned. That takes at least
# seven days, because the label needs them, and longer if nobody looks.
#
# Time travel before the release would have found it in seconds: compute the training data once with the future
# deleted, and the feature moves.


# %% [markdown]
# To compare, write your own answer first. Then run `solution("leaky_twin")` in a cell of your own: it shows the code
# and a model answer to the question.
#
# ## What to take along
#
# - Delete the future and compute again. A feature that moves has used it.
# - Put a row exactly at `as_of` as well: ordinary data hide a `<=`.
# - A leak raises the AUC in the history only. In the server the leaky feature equals the honest one, so that its values
#   don't show it.
# - Time travel by `occurred_at` can't see a past row that came later, or a value that was written into a past row later.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Next:** [03d](../03d_encoding/03d_encoding.ipynb) turns clocks, ratios, texts and categories into numbers. **Back:**
# [03b](../03b_good_features/03b_good_features.ipynb).
