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
# # 03e Skew: one feature, two programs
#
# In [part 03d](../03d_encoding/03d_encoding.ipynb) an encoder learned its columns once, in training, and kept them for
# serving. This part is about features that are computed twice: once over the history, to train a model, and once in
# the server, to use it. It shows what a difference between the two costs, and how a test finds one.
#
# **After this part you will be able to**
#
# - join each training row with what was known at its moment, and with nothing later;
# - measure what it costs when training and serving compute a feature differently;
# - say exactly when two results differ;
# - write a test that finds a case in which two programs differ.
#
# **You need** [part 03a](../03a_point_in_time/03a_point_in_time.ipynb), which explains `as_of` and windows, and
# [part 03b](../03b_good_features/03b_good_features.ipynb), which explains the logistic regression and AUC.
#
# **Time:** about 75 minutes: 25 for the text and 50 for the two exercises.

# %%
import duckdb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab.features import compute, latest
from dataml_lab.features.mailing import DAY, SPENDING, TEST, TRAINING, auc, label, rows_on, trained
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store()
orders, users = store.orders, store.users

# %% [markdown]
# The question is that of part 03a: on each Monday, which customers will complete an order within the next seven days?
# A row is a customer and a Monday. There are ten Mondays to train on, and four later ones to test on.

# %%
training, test = rows_on(users, *TRAINING), rows_on(users, *TEST)
bought, buys = label(orders, training), label(orders, test)
print(f"{len(training):,} rows for training, {len(test):,} for the test")

# %% [markdown]
# ## What was known: the point-in-time join
#
# Some features are neither counts nor sums. An example is the *last* topic that a customer wrote to the shop about. Here
# are all tickets of customer 287.

# %%
tickets = store.tickets[["user_id", "topic", "occurred_at"]].sort_values("occurred_at").astype({"topic": object})
tickets[tickets["user_id"] == 287]

# %% [markdown]
# A plain join on `user_id` takes the last topic that the table has *today*. A *point-in-time join* takes, for each
# row, the newest value from before the row's `as_of`. `latest` does that.

# %%
last_topic = tickets.groupby("user_id")["topic"].last()
topics = training.assign(plain=training["user_id"].map(last_topic), known=latest(tickets, training)["topic"])
topics[topics["user_id"] == 287]

# %% [markdown]
# The plain join says "damaged" on each Monday, and the customer wrote about that only on 21 June. On the first three Mondays
# the customer had written nothing at all. How often does that happen over all rows?

# %%
too_early = topics["plain"].notna() & topics["known"].isna()
another = topics["known"].notna() & (topics["known"] != topics["plain"])
print(f"{topics['plain'].notna().sum():,} of {len(topics):,} rows get a topic by the plain join.")
print(f"{too_early.sum():,} of them are of customers who had not written yet.")
print(f"{another.sum():,} of them are of customers whose last topic was another one.")

# %% role="claim"
mine = topics[topics["user_id"] == 287]
assert (mine["plain"] == "damaged").all() and mine["known"].isna().tolist() == [True] * 3 + [False] * 7
assert tickets.loc[tickets["user_id"] == 287, "occurred_at"].max().date() == pd.Timestamp("2025-06-21").date()
assert 0.49 < (too_early.sum() + another.sum()) / topics["plain"].notna().sum() < 0.51

# %% [markdown]
# Half of the topics that the plain join finds are wrong. Training would learn from them, and the server could never
# deliver them.
#
# Databases call this an *as-of join*. [DuckDB](https://duckdb.org/docs/stable/guides/sql_features/asof_join) has one.

# %%
memory = duckdb.connect()
memory.execute("SET TimeZone = 'UTC'")
memory.register("tickets", tickets)
memory.register("training", training.reset_index())
joined = memory.execute("""
    SELECT index, topic
    FROM training ASOF LEFT JOIN tickets
      ON training.user_id = tickets.user_id AND tickets.occurred_at < training.as_of
    ORDER BY index""").df()["topic"]
same = (joined.fillna("none") == topics["known"].fillna("none")).all()
print(f"DuckDB finds the same topics: {same}")

# %% role="claim"
assert same and len(joined) == len(training)

# %% [markdown]
# In pandas it is [`merge_asof`](https://pandas.pydata.org/docs/reference/api/pandas.merge_asof.html).
#
# > **Caution.** By default `merge_asof` also takes a value that was written exactly at `as_of`. The parameter
# > `allow_exact_matches=False` leaves it out.
#
# ## Training-serving skew
#
# A feature is computed over the history for training, and in the server for one customer. If these are two programs,
# sooner or later they differ. The difference is called *training-serving skew*.
#
# No error is raised: the model gets numbers that mean something else than in training, and it goes on answering.
#
# The next cell trains the model of part 03b. For each row it gives the chance that the customer orders. The first
# five rows of the test are enough to see what a wrong unit does.

# %%
model = trained(compute(SPENDING, orders, training), bought)
served = compute(SPENDING, orders, test)  # as training computes it


def chances(table):
    """The chance of an order that the model gives to each row."""
    return model.predict_proba(table)[:, 1]


five = served.head()
cents = five.assign(spend_90d=100 * five["spend_90d"])
pd.DataFrame({"spend_90d in EUR": five["spend_90d"], "chance": chances(five), "chance in cents": chances(cents)}).round(3)

# %% [markdown]
# Suppose a server delivers `spend_90d` in cents. Customers who spent nothing keep their chance. The customer of row 3
# spent most, and falls from the second place to the last.
#
# The next cell looks at row 3 as the model does. The model *standardises* each feature: it subtracts the mean of the
# training rows and divides by their standard deviation. It multiplies the result by the feature's *weight*, and adds
# everything up, with a constant: the larger the sum, the larger the chance.
#
# The columns `EUR` and `cents` hold the standardised values.

# %%
scaler, regression = model
weights = pd.Series(regression.coef_[0], SPENDING.names)
eur, cent = (scaler.transform(table)[3] for table in (five, cents))
row_3 = pd.DataFrame({"weight": weights, "EUR": eur, "adds": weights * eur, "cents": cent, "then adds": weights * cent})
row_3.round(2).assign(weight=weights.round(4))

# %% role="claim"
assert chances(five).argsort()[::-1].tolist().index(3) == 1 and chances(cents).argmin() == 3
assert (chances(five) == chances(cents)).tolist() == [True, True, False, False, False]
assert -0.03 < weights["spend_90d"] < 0 and abs(weights * eur)["spend_90d"] < 0.06
assert round(row_3.loc["spend_90d", "then adds"], 2) == -3.57
assert 4.9 < 3.57 / row_3["then adds"].drop("spend_90d").sum() < 5.1

# %% [markdown]
# The weight of `spend_90d` happens to be slightly negative, because other columns say the same and say it better. In
# EUR it adds next to nothing. In cents it takes away 3.57, five times as much as the other features add together.
#
# ### Eight servers
#
# The same is now done with all rows of the test, for eight servers. Each differs from training in one decision,
# except the first one. Two numbers are measured:
#
# - *AUC*: the chance that a customer who orders is ranked above one who doesn't. Guessing has 0.5.
# - *expected*: the mean of the chances, which is the share of customers that the model expects to order. A shop plans
#   its stock by such a number.

# %%
def view_with(name, **changes):
    """The view in which one feature is defined otherwise, or each of them where `name` is None."""
    return SPENDING._replace(features=tuple(
        feature._replace(**changes) if name in (None, feature.name) else feature for feature in SPENDING.features))


servers = {
    "the same": served,
    "30 days are 31": compute(view_with("orders_30d", days=31), orders, test),
    "cancelled orders count": compute(view_with(None, where=None), orders, test),
    "computed yesterday": compute(SPENDING, orders, test.assign(as_of=test["as_of"] - DAY)),
    "computed a month ago": compute(SPENDING, orders, test.assign(as_of=test["as_of"] - 30 * DAY)),
    "no order yet: 0, not 200 days": compute(view_with("days_since_last", empty=0.0), orders, test),
    "hours instead of days": served.assign(days_since_last=served["days_since_last"] * 24),
    "cents instead of EUR": served.assign(spend_90d=served["spend_90d"] * 100),
}

# %%
skew = pd.DataFrame({name: {"rows that differ": (abs(table - served) > 1e-9).any(axis=1).mean(),
                            "AUC": auc(model, table, buys), "expected": chances(table).mean()}
                     for name, table in servers.items()}).T
print(f"Share of customers who ordered: {buys.mean():.3f}")
skew.round(3)

# %% role="claim"
right, no_order, wrong_unit = (skew.loc[name] for name in (
    "the same", "no order yet: 0, not 200 days", "cents instead of EUR"))
assert round(right["expected"], 3) == 0.114 and [round(y.mean(), 3) for y in (buys, bought)] == [0.103, 0.128]
assert round(skew.loc["cancelled orders count", "AUC"], 3) == 0.788 > right["AUC"] + 0.001
assert 0.02 < skew.loc["30 days are 31", "rows that differ"] < 0.03
assert abs(skew.loc["30 days are 31", "AUC"] - right["AUC"]) < 0.001
assert 0.015 < right["AUC"] - no_order["AUC"] < 0.025 and no_order["expected"] > 1.15 * right["expected"]
assert wrong_unit["AUC"] < 0.5
hours = skew.loc["hours instead of days"]
assert hours["AUC"] > 0.77 and hours["expected"] < 0.4 * buys.mean()

# %% role="figure" alt="Two rows of bars, one bar for each of eight servers. Left, AUC: 0.79 where nothing differs and nearly the same for most, 0.76 where no order yet counts as 0 days, and 0.38 for cents instead of EUR, below guessing. Right, the share expected to order: about 0.11 for most, 0.14 where no order yet counts as 0 days, 0.04 for hours instead of days and 0.05 for cents, where 0.10 ordered."
# The code of this figure.
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.5), sharey=True)
shown = skew[::-1]
colours = ["C0" if name == "the same" else "C1" for name in shown.index]
for axes, column, limit in ((left, "AUC", 1), (right, "expected", 0.18)):
    bars = axes.barh(shown.index, shown[column], color=colours)
    axes.bar_label(bars, shown[column].map("{:.3f}".format), padding=3, fontsize=9,
                   bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    axes.set(xlim=(0, limit))
    axes.grid(visible=False)
left.axvline(0.5, color="black", linestyle=":")
left.set(xlabel="AUC (dotted: guessing)")
left.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
right.axvline(buys.mean(), color="black", linestyle=":")
right.set(xlabel="share of customers expected to order\n(dotted: share who did)")
right.set_xticks([0, 0.05, 0.1, 0.15], ["0", "0.05", "0.1", "0.15"])
figure.suptitle("In cents, the model ranks worse than guessing and expects too few orders", x=0.02, ha="left",
                fontweight="bold", fontsize=12)
plt.show()

# %% [markdown]
# **Read the figure.** Each bar is a server; the blue one computes what training computed, so compare the others with
# it. Even without skew the model expects 11.4% of the customers to order where 10.3% do: in the weeks of training more
# of them ordered, 12.8%.
#
# One day more in a window costs nothing that can be seen. Skew need not lower the AUC: where cancelled orders count,
# it is even a little higher, 0.788. A server that takes 0 days for "no order yet" loses two hundredths of AUC, and it
# expects too many orders.
#
# A server with cents ranks worse than guessing. Look at both numbers of a server: the one with hours instead of days still
# ranks well, and it expects only a third of the orders that come.
#
# ### Two programs for the same words
#
# A wrong unit is a mistake. The next example has none: two programs for "days since the last order", as two teams would
# write them. The first is the query of the warehouse, the second is the loop of the server.

# %%
def days_in_sql(events, asked, as_of):
    """How many midnights, in UTC, lie between the last order and now; 200 where there is none."""
    memory.register("events", events)
    return memory.sql(f"""
        SELECT user_id, date_diff('day', max(occurred_at), TIMESTAMPTZ '{as_of}') AS days
        FROM events GROUP BY user_id""").df().set_index("user_id")["days"].reindex(asked).fillna(200)


def days_in_python(events, asked, as_of):
    """How many whole days ago the last order was; 0 where there is none."""
    newest = {}
    for user, moment in zip(events["user_id"], events["occurred_at"]):
        newest[user] = max(moment, newest.get(user, moment))
    return pd.Series([(as_of - newest[user]).days if user in newest else 0 for user in asked], asked)


# %%
completed = orders[orders["status"] == "completed"]


def days(program, rows):
    """What a program says for each row, given the orders before the row's `as_of`."""
    parts = [program(completed[completed["occurred_at"] < as_of], asked["user_id"].tolist(), as_of)
             for as_of, asked in rows.groupby("as_of")]
    return np.concatenate(parts)


by_query, by_loop = days(days_in_sql, test), days(days_in_python, test)
print(f"They agree in {(by_query == by_loop).sum()} of {len(test):,} rows.")
test.assign(query=by_query, loop=by_loop).head()

# %% role="claim"
memory.execute("SET TimeZone = 'America/New_York'")
in_new_york = days(days_in_sql, test)
memory.execute("SET TimeZone = 'UTC'")
assert round((in_new_york == by_loop).mean(), 2) == 0.62

# %% [markdown]
# The two never agree, and both do what their authors were asked for. They differ in how a day is counted, and in what
# "no order yet" means.
#
# A third decision is hidden: the query counts the midnights of the session's time zone, which we set to UTC. In New
# York's zone it agrees with the loop in 62% of the rows. So set the zone in each session.
#
# Which of the two costs something? The third server below is the loop, with 200 days where there is no order.

# %%
def with_days(rows, column):
    """The features of the view, with another column for the days since the last order."""
    return compute(SPENDING, orders, rows).assign(days_since_last=column)


by_query_trained = trained(with_days(training, days(days_in_sql, training)), bought)
repaired = np.where(by_query == 200, 200, by_loop)
for name, column in {"query": by_query, "loop": by_loop, "loop with 200": repaired}.items():
    table = with_days(test, column)
    expected = by_query_trained.predict_proba(table)[:, 1].mean()
    print(f"Trained on the query, served by the {name:<13}: AUC {auc(by_query_trained, table, buys):.3f}, "
          f"expected {expected:.3f}")

# %% role="claim"
scores = [auc(by_query_trained, with_days(test, column), buys) for column in (by_query, by_loop, repaired)]
assert (by_query != by_loop).all() and set(by_query[by_query != 200] - by_loop[by_query != 200]) == {1}
assert scores[0] - scores[1] > 0.02 and abs(scores[0] - scores[2]) < 1e-9
assert 0.32 < (by_query == 200).mean() < 0.36

# %% [markdown]
# The loop counts one day less, and that doesn't change the AUC. "No order yet" concerns a third of the rows, and it costs
# two hundredths of AUC, as for the server in the table above. Nobody had written these decisions down.
#
# ## What is a difference?
#
# A test that compares two programs first needs a rule for when two results differ. The operator `==` is no such rule,
# as the next cell shows.

# %%
print("0.1 + 0.2 == 0.3:", 0.1 + 0.2 == 0.3)
print("NaN == NaN:      ", float("nan") == float("nan"))

# %% role="claim"
assert 0.1 + 0.2 != 0.3 and float("nan") != float("nan")

# %% [markdown]
# Both lines should say True. Two programs that add the same numbers in another order get results that differ in the
# last digits. And where a feature is missing, one program may say `None` and the other NaN, which isn't even equal to
# itself.

# %% [markdown] role="prompt" exercise="differ"
# ### Exercise: do two results differ? ({{points}}, about 5 minutes)
#
# Write `differ(one, other)`, which returns True if two results differ and False if they don't. A result is a dict of
# names and numbers; a feature that is missing is `None` or NaN.
#
# | the results | differ? |
# |---|---|
# | have other names | yes |
# | have the same names in another order | no |
# | have a number where the other has `None` or NaN | yes, also where the number is 0 |
# | have `None` or NaN where the other has `None` or NaN | no |
# | have two numbers that are further apart than 1e-9 × the largest of 1 and their two sizes (absolute values) | yes |
# | have two numbers that are closer | no |
#
# For example, 1,000,000.0 and 1,000,000.0005 don't differ: they may be 0.001 apart. But 0.1 and 0.1005 differ.
#
# First step: return True where the names differ, `one.keys() != other.keys()`, and False otherwise.
#
# {{properties}}

# %% role="answer" exercise="differ"
import math


def differ(one, other):
    """Whether two results, dicts of names and numbers, differ."""
    ### BEGIN SOLUTION
    def is_missing(value):
        return value is None or math.isnan(value)

    def apart(a, b):
        if is_missing(a) or is_missing(b):
            return is_missing(a) != is_missing(b)
        return abs(a - b) > 1e-9 * max(1, abs(a), abs(b))

    return one.keys() != other.keys() or any(apart(one[name], other[name]) for name in one)
    ### END SOLUTION


# %% [markdown]
# ## Find the case
#
# The query and the loop differ everywhere. Other differences hide: a window of 31 days instead of 30 changed only 2%
# of the rows above, and a category that nobody has seen before doesn't come up at all on a normal day. So a test makes
# *odd* cases: it takes an everyday case and changes it at random.
#
# Here is such a case: five orders, of which one is 30.5 days old. The next cell counts the orders in a window of 30
# days and in one of 31. Then it leaves out one order at a time.

# %%
ages = [2, 9, 30.5, 44, 71]  # days


def in_windows(ages):
    """How many orders are in a window of 30 days, and how many in one of 31."""
    return sum(age <= 30 for age in ages), sum(age <= 31 for age in ages)


print("all five    ", in_windows(ages))
for place, age in enumerate(ages):
    print(f"without {age:>4}", in_windows(ages[:place] + ages[place + 1:]))

# %% role="claim"
assert in_windows(ages) == (2, 3) and in_windows(ages[1:]) == (1, 2) and in_windows([30.5]) == (0, 1)
assert [len(set(in_windows(ages[:n] + ages[n + 1:]))) for n in range(5)] == [2, 2, 1, 2, 2]

# %% [markdown]
# Without the first order the two counts still differ. So this order can go, and the search begins again with the
# other four. In the end only the order of 30.5 days is left: the case is *shrunk* until no event can go.
#
# > **Tip.** The library [Hypothesis](https://hypothesis.readthedocs.io/) does both for any function: it makes cases,
# > and it shrinks the one that it finds.

# %% [markdown] role="prompt" exercise="find_skew"
# ### Exercise: find the skew ({{points}}, about 45 minutes)
#
# Two teams wrote the same features twice. Write `find_skew(train_fn, serve_fn, sampler)`, which returns a *case* on
# which the two functions differ, or `None` if it finds none. A case is a customer's history, and a moment:
#
# ```python
# {"as_of": datetime(2025, 3, 1, 12, 0, tzinfo=UTC),
#  "events": [{"occurred_at": datetime(2025, 2, 27, 18, 30, tzinfo=UTC), "amount": 24.5, "category": "books"}]}
# ```
#
# | argument | is a function |
# |---|---|
# | `train_fn`, `serve_fn` | of a case; returns its features, a dict for `differ`, or raises an exception; always the same for the same case |
# | `sampler` | of a whole number from 0 on; returns an everyday case: up to 12 events of the last 100 days, in order, in UTC, in whole cents, of four categories, each with an amount |
#
# They differ on a case where `differ` says so, or where exactly one of them raises. A call that raises on both sides
# is no difference; some everyday cases have that.
#
# | what you return | must be |
# |---|---|
# | the case | a dict with these keys and no others, as are its events; if any one event is taken out, the functions no longer differ |
# | `as_of` | in UTC, in 2025 |
# | `events` | a list of 0 to 50, in any order |
# | `occurred_at` | with any time zone; in UTC it is in 2024 or 2025 |
# | `amount` | `None`, which is missing, or 0.01 to 10,000 EUR with any decimals |
# | `category` | any text that isn't empty |
#
# In each of two or three shops your search is tried once on each of eight pairs. One pair never differs, whatever the
# case. Seven differ in one matter each, two of them in *unseen*:
#
# | matter | differs in |
# |---|---|
# | missing | what a missing amount counts for |
# | days | how long the window is: up to 210 days |
# | zone | the time zone in which an event's hour is read |
# | rounded | what is rounded |
# | unseen | what becomes of a category that no everyday case has |
# | last | which event is the last, when events don't come in order |
#
# A search may call each function 500 times and take 5 seconds; more calls stop it. With several odd things in each case,
# 250 cases are enough.
#
# First step: get a pair to try, and compare what its functions return when an amount is missing.
#
# ```python
# from dataml_lab.checks import practice
# world = practice("find_skew")
# pair, case = world.differing["missing"][0], world.sampler(0)
# case["events"][-1]["amount"] = None
# pair.train(case), pair.serve(case)
# ```
#
# {{properties}}

# %% role="answer" exercise="find_skew"
import random
from datetime import timedelta, timezone


def find_skew(train_fn, serve_fn, sampler):
    """A case on which the two functions differ and from which no event can be taken; None if none is found."""
    # Use `differ` of the exercise before to compare two results.
    ### BEGIN SOLUTION
    dice, west = random.Random(1), timezone(timedelta(hours=-7))

    def result(function, case):
        try:
            return function(case)
        except Exception:
            return {"raised": None}

    def differs(case):
        return differ(result(train_fn, case), result(serve_fn, case))

    def odd(event, as_of):
        age = dice.uniform(0, 3) * (as_of - event["occurred_at"])
        return {"occurred_at": (as_of - age).astimezone(west),
                "amount": dice.choice([None, event["amount"], 12.345678]),
                "category": dice.choice([event["category"], "never seen"])}

    def smallest(case):
        events = case["events"]
        fewer = [{**case, "events": events[:place] + events[place + 1:]} for place in range(len(events))]
        return next((smallest(rest) for rest in fewer if differs(rest)), case)

    for number in range(250):
        case = sampler(number)
        case["events"] = [odd(event, case["as_of"]) for event in case["events"]]
        dice.shuffle(case["events"])
        if differs(case):
            return smallest(case)
    return None
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - A training row may be joined only with what was known at its `as_of`: the newest value from before it.
# - Skew raises no error. It shows in the ranking, in the share that is expected, or in neither.
# - A sentence such as "days since the last order" leaves decisions open. Write down how a day is counted, and what no
#   order means.
# - Compare numbers with a tolerance, and decide what is missing before you compare.
# - A normal day hides most differences. A test makes odd cases, and it shrinks the one that it finds.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs this notebook from the top.
#
# **Next.** A test finds skew; one definition prevents it.
# [Part 03f](../03f_feature_store/03f_feature_store.ipynb) computes one definition on several engines, and keeps the
# results in a feature store for training and serving.
#
# **Read on.** Google's [Rules of Machine Learning](https://developers.google.com/machine-learning/guides/rules-of-ml),
# rules 29 to 37, are about skew.
