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
# # 03f Feature store: one definition for training and serving
#
# [Part 03e](../03e_skew/03e_skew.ipynb) showed what it costs when training and serving have a program each. This part
# shows two ways to share one program.
#
# In the first, a single definition is computed on whatever engine has the data. In the second, each feature is computed
# once, and the result is kept for both sides.
#
# **After this part you will be able to**
#
# - define a feature once, and compute it on DuckDB, PostgreSQL and Spark with equal results;
# - say what a feature store keeps offline and online, and what it prevents;
# - give training the numbers that a server would have read at that moment;
# - measure how old a feature may get.
#
# **You need** [part 03a](../03a_point_in_time/03a_point_in_time.ipynb), which explains views and `as_of`, and
# [part 03b](../03b_good_features/03b_good_features.ipynb), which explains AUC. A
# PostgreSQL server is started for you.
#
# **Time:** about 25 minutes. This part has no exercise.

# %%
import tempfile
import time

import duckdb
import ibis
import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab.features import LocalStore, compute, engines, feast
from dataml_lab.features.mailing import DAY, SPENDING, TEST, TRAINING, auc, label, rows_on, trained
from dataml_lab.store import Store
from dataml_lab.streaming import spark

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # what this notebook writes goes here
store = Store()
orders, users = store.orders, store.users

# %% [markdown]
# The question is that of part 03a: on each Monday, which customers will complete an order within the next seven days?
# The view `SPENDING` defines six features for it. `compute` makes them from data frames in memory.

# %%
training, test = rows_on(users, *TRAINING), rows_on(users, *TEST)
in_memory = compute(SPENDING, orders, test)
print(f"{len(test):,} rows")
in_memory.head(3).T

# %% [markdown]
# ## One definition, several engines
#
# The cure for skew is one definition. A view says what is counted, of which events, over which window, and it says
# nothing about the engine that computes it.
#
# `engines` turns a view into an expression of [Ibis](https://ibis-project.org/). Ibis is a library that writes
# expressions as the SQL of many databases. The first engine is [DuckDB](https://duckdb.org/docs/).

# %%
warehouse = duckdb.connect()
warehouse.register("frame", orders)
warehouse.execute("CREATE TABLE orders AS SELECT * FROM frame")
in_duckdb = engines.evaluate(SPENDING, ibis.duckdb.from_connection(warehouse), "orders", test)
in_duckdb.head(3).T

# %% [markdown]
# The second is [PostgreSQL](https://www.postgresql.org/docs/current/), the shop's own database. The events stay
# there, and only the features come back.

# %%
with store.database("orders") as database, database.connect() as connection:
    in_postgres = engines.evaluate(SPENDING, ibis.postgres.from_connection(connection), "orders", test)


def same(table):
    """Whether a table has the features that were computed in memory, each up to 1e-9."""
    return bool((abs(table - in_memory) < 1e-9).all(axis=None))


print(f"DuckDB:     {len(in_duckdb):,} rows, the same as in memory: {same(in_duckdb)}")
print(f"PostgreSQL: {len(in_postgres):,} rows, the same as in memory: {same(in_postgres)}")

# %% role="claim"
assert same(in_duckdb) and same(in_postgres) and len(in_duckdb) == len(in_postgres) == len(test)
counts = ["orders_7d", "orders_30d", "products_90d"]
assert in_duckdb[counts].equals(in_memory[counts]) and in_postgres[counts].equals(in_memory[counts])

# %% [markdown]
# The counts are equal. The sums are equal up to the last digits, because an engine that adds in another order rounds
# in another order. Where that matters, keep money as DECIMAL, which is added exactly.
#
# The next cell prints what DuckDB was asked for `orders_30d`. Nobody wrote this query, and nobody has to keep it in
# step with another program.

# %%
asked = ibis.table({"user_id": "int64", "as_of": "timestamp('UTC')"}, name="asked")
one_feature = SPENDING._replace(features=SPENDING.features[1:2])
table = ibis.duckdb.from_connection(warehouse).table("orders")
print(ibis.to_sql(engines.expression(one_feature, table, asked), dialect="duckdb"))

# %% [markdown]
# Two things are worth finding in the query. The window is half open: `occurred_at < as_of` and `>= as_of` minus 720
# hours, which are 30 days of 24 hours. And `COALESCE(…, 0)` gives 0 to a customer without orders.
#
# Two programs are left that interpret a definition: `compute` for data frames, `engines` for databases. Tests compare
# these two once, and not again for each new feature.
#
# **Extra: Spark.** [Spark](https://spark.apache.org/docs/latest/api/python/) is for tables that no single machine
# holds. It needs Java 17 and half a gigabyte; where they are missing, the next cell says how to get them.

# %% tags=["nbval-ignore-output"]
if needed := spark.missing():
    print(f"Skipped. {needed}.")
else:
    in_spark = engines.on_spark(SPENDING, orders, test)
    print(f"Spark:      {len(in_spark):,} rows, the same as in memory: {same(in_spark)}")

# %% role="claim"
assert needed or same(in_spark)

# %% [markdown]
# ## A feature store
#
# One definition still leaves two computations: over the whole history, in the warehouse, and within milliseconds, in
# the server. The simplest way out is to log what the server really used, and to train on the log. That is exact, but
# the history begins today.
#
# A *feature store* computes once. It keeps every result for training, *offline*, and the newest result of each
# customer for serving, *online*.
#
# ```text
# events → view → snapshot
#  │
#  ├─ offline: all snapshots
#  │  → joined with labels → training
#  │
#  └─ online: newest per customer
#     → looked up → serving
# ```
#
# A *snapshot* is the features of all customers at one moment. Here is a store in a folder, and a job that makes a
# snapshot on each Monday at midnight. It counts from its moment on, as if it were ready at once.

# %%
local = LocalStore(f"{desk.name}/features")
local.register(SPENDING)
for monday in pd.date_range("2025-02-24", "2025-05-26", freq="7D", tz="UTC"):
    local.snapshot("spending", orders, rows_on(users, monday)["user_id"], monday)

# %% [markdown]
# ### Offline, for training
#
# Suppose that the model is asked on Wednesdays at noon, while snapshots are made on Mondays. `historical` joins each row
# with the snapshot that was the newest at its moment. It is the point-in-time join of part 03e.
#
# **Guess first:** which snapshot does a row of Wednesday 5 March get?

# %%
wednesdays = training.assign(as_of=training["as_of"] + 2.5 * DAY)
offline = local.historical("spending", wednesdays)
offline[["as_of", "snapshot_at", "orders_30d"]].head()

# %% role="claim"
assert len(offline) == len(training) and (offline["as_of"] - offline["snapshot_at"] == 2.5 * DAY).all()

# %% [markdown]
# On a Wednesday, training gets the numbers of Monday. These are the numbers that the server would have read on that
# Wednesday. Fresher ones can be computed today, but the server didn't have them.
#
# The store keeps all features as floats, so a count of 0 is 0.0.
#
# ### Online, for serving
#
# `materialise` puts the newest snapshot of each customer online, and `online` looks customers up.

# %%
today = rows_on(users, TEST[0])
local.materialise("spending", until=TEST[0])
online = local.online("spending", today["user_id"])
online.head(2).T

# %%
by_view = compute(SPENDING, orders, today).astype("float64")
equal = online[SPENDING.names].equals(by_view)
print(f"{len(online):,} customers are online with what the view gives at that moment: {equal}")

# %% role="claim"
assert equal and len(online) == len(today)

# %% [markdown]
# The next cell looks one customer up, and takes the time.

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
local.online("spending", [8])
print(f"{1000 * (time.perf_counter() - began):.1f} ms")

# %% [markdown]
# ### How old may a feature get?
#
# A snapshot costs a run, and it grows old. So the question is how much an old feature costs. `aged` gives the
# features of each row as they were some days before.

# %%
def aged(rows, days):
    """The features of these rows as they were so many days before."""
    return compute(SPENDING, orders, rows.assign(as_of=rows["as_of"] - days * DAY))


bought, buys = label(orders, training), label(orders, test)
pd.DataFrame({days: aged(test, days)["orders_30d"].head() for days in (0, 7, 30)})

# %% [markdown]
# Two models are measured on features that are up to 60 days old. One was trained on fresh features, the other on
# features as old as those that it is served. **Guess first:** how much AUC is lost in a week?

# %%
fresh = trained(aged(training, 0), bought)
equally_old = {days: trained(aged(training, days), bought) for days in (0, 1, 3, 7, 14, 30, 60)}
ages = pd.DataFrame({days: {"trained on equally old features": auc(model, aged(test, days), buys),
                            "trained on fresh features": auc(fresh, aged(test, days), buys)}
                     for days, model in equally_old.items()}).T.rename_axis("days old")
ages.round(3)

# %% role="claim"
fall = ages.loc[0] - ages
assert fall.loc[7].round(3).between(0.004, 0.006).all() and fall.loc[60].round(2).eq(0.04).all()
assert fall.loc[1].max() < 0.001
assert ages.diff(axis=1).abs().max(axis=None) < 0.002
assert ages.loc[0].round(3).eq(0.786).all() and round(ages.loc[30, "trained on fresh features"], 3) == 0.765
assert all(abs(auc(model, aged(test, 0), buys) - 0.786) < 0.002 for model in equally_old.values())
first_monday = aged(training, 60)[training["as_of"] == TRAINING[0]]
assert round((first_monday["days_since_last"] == 200).mean(), 2) == 0.98

# %% role="figure" alt="Two lines that nearly coincide: AUC by the age of the features in days, for a model trained on features as old as those it is served and for one trained on fresh ones. Both fall from 0.786 for fresh features to 0.781 after 7 days, 0.765 after 30 days and 0.745 after 60 days. A dotted level line at 0.786 is the AUC measured on fresh features."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3))
for (name, scores), style in zip(ages.items(), ("-o", "--s")):
    axes.plot(scores, style, label=name)
axes.axhline(ages.loc[0].iloc[0], color="black", linestyle=":", zorder=0)
axes.text(60, ages.loc[0].iloc[0] + 0.003, "measured on fresh features", ha="right")
axes.set(xlabel="age of the features in the server (days)", ylabel="AUC (guessing: 0.5)", ylim=(0.7, 0.82),
         title="AUC falls by 0.005 in a week, and by 0.04 in two months")
axes.legend(loc="lower left")
plt.show()

# %% [markdown]
# **Read the figure.** To the right the features get older; further up the model is better. The axis begins at 0.70.
# Both models lose the same: here it makes no difference on which features a model was trained.
#
# What matters is on which features it is measured. A test on fresh features (dotted) promises 0.786 for either model. A server
# whose features are 30 days old delivers 0.765.
#
# A nightly job serves this shop well, and even a weekly one loses little. From a day old to fresh the AUC changes by less
# than 0.001, so a stream would gain next to nothing here. (At 60 days, 98% of the training rows of the first Monday have
# no order to look back on.)
#
# **Extra: Feast.** `LocalStore` is a few hundred lines. [Feast](https://docs.feast.dev/) is a feature store that
# companies use.
#
# `FeastStore` has the same five methods as `LocalStore`. Feast keeps, joins and looks up the features, in a Python
# environment of its own; `compute` still makes them.

# %% tags=["nbval-ignore-output"]
if needed := feast.missing():
    print(f"Skipped. {needed}.")
else:
    with feast.FeastStore(f"{desk.name}/feast") as other:
        other.register(SPENDING)
        other.snapshot("spending", orders, today["user_id"], TEST[0])
        other.materialise("spending", until=TEST[0])
        by_feast = other.online("spending", today["user_id"])[SPENDING.names]
    print(f"Feast serves the same numbers: {by_feast.equals(online[SPENDING.names])}")

# %% role="claim"
assert needed or by_feast.equals(online[SPENDING.names])

# %% [markdown]
# > **Caution, with Feast 0.67.** Its default offline store silently leaves out rows that are
# > older than their customer's first features; its `duckdb` store, which is used here, keeps them. And a value whose
# > event time is before a row's moment counts even if it was *written* later, unless you ask for
# > `filter_by_created_timestamp`.

# %% [markdown]
# ## What to take along
#
# - Define a feature once. Engines may compute it as they like; a test compares them once.
# - A feature store keeps all snapshots offline, for training, and the newest of each customer online, for serving.
# - Train and test on what the server would have read, or did read, and not on what you know today.
# - Measure how fast a feature grows old before you pay for a fresh one.
#
# **Of lesson 03 as a whole**
#
# - A feature is a number about somebody *at a moment*, and its window ends just before that moment.
# - A good feature is predictive, available, not leaky and computable. One that looks too good is probably not
#   available, or it leaks.
# - Delete the future and compute again. What moves has known the future.
# - Say whose clock an hour is on, what a rate of nothing is, and what a category becomes that nobody has seen.
#
# **Next:** [04a Families](../04a_families/04a_families.ipynb) turns features into predictions, with several families of
# models. The part before this one is [03e](../03e_skew/03e_skew.ipynb).
#
# **Read on.** Chip Huyen, *Designing Machine Learning Systems*: the chapters on feature engineering and on training
# data. Andriy Burkov, *Machine Learning Engineering*: the chapter on feature engineering. Feast's documentation of
# [point-in-time joins](https://docs.feast.dev/getting-started/concepts/point-in-time-joins).
