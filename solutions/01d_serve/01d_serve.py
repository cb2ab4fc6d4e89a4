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
# # 01d Serve: from clean orders to tables that people use
#
# [Part 01c](../01c_clean/01c_clean.ipynb) turned raw lines into clean orders. This part turns clean orders into the
# tables that people and programs ask for, and brings the tables to them.
#
# **After this part you will be able to**
#
# - aggregate and join without multiplying or losing rows;
# - publish a table so that running the job again, or after a crash, changes nothing;
# - make the same daily table on two database engines, and write its query for a third;
# - serve a table to analysts, as a page to everyone, to programs through an API, and to colleagues in their CRM.
#
# **You need** Python, some pandas, a little SQL, and about 75 minutes, ten of them for the exercise. Everything runs
# on this machine, without a network.

# %%
import tempfile
import textwrap
from datetime import date, timedelta
from html import escape
from pathlib import Path
from time import perf_counter

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML
from matplotlib.dates import ConciseDateFormatter

from dataml_lab import pipeline
from dataml_lab.pipeline import dialects
from dataml_lab.pipeline.dashboard import dashboard
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# The next cell repeats in three lines what parts 01a and 01c did: it lands the shop's export in a raw zone and cleans
# it.

# %%
store = Store()
zone = pipeline.RawZone(desk / "files")
pipeline.load_file(store.raw("orders").write(desk / "orders.jsonl"), zone)
cleaned = pipeline.clean_orders(pipeline.read(zone))
print(f"{len(cleaned.kept):,} orders kept, {len(cleaned.quarantined):,} lines in quarantine.")

# %% [markdown]
# ## Transform
#
# Transforming reshapes clean rows into the tables that people ask for. Three operations do most of the work,
# here with [pandas](https://pandas.pydata.org/docs/user_guide/): aggregate, join and derive. At the end, one wide table puts
# everything side by side.
#
# ### Aggregate
#
# To *aggregate* is to make one row of many. `daily_revenue` makes one row a day: it sums the completed orders by the
# UTC day on which they *occurred*.
#
# The days are an argument of the function. A job that asks for “yesterday” can't be run for last month, and a job that
# reads the clock can't be tested.

# %%
all_days = pd.date_range("2025-01-01", periods=180)
daily = pipeline.daily_revenue(cleaned.kept, all_days)
daily.head(3)

# %% [markdown]
# A second aggregation shows the week: the mean revenue of each day of the week.

# %%
weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
weekday = daily.groupby(daily["day"].dt.day_name())["revenue"].mean().reindex(weekdays)
print(weekday.round().to_string())

# %% role="claim"
months = daily.groupby(daily["day"].dt.month)["revenue"].mean()
assert weekday.idxmax() == "Saturday" and weekday["Monday"] < 0.85 * weekday["Saturday"]
assert months.loc[1:5].is_monotonic_decreasing
of_7_days = daily.set_index("day")["revenue"].rolling(7).mean()
assert of_7_days.idxmax() == pd.Timestamp("2025-01-14") and of_7_days.idxmin() == pd.Timestamp("2025-06-08")

# %% role="figure" alt="Left: daily revenue in euros from January to June as a thin grey line that goes up and down each week, and its mean of seven days in blue, which rises until mid-January, falls slowly until early June, and then rises a little. Right: a bar for the mean of each day of the week; Saturday is the highest, Monday and Tuesday are the lowest."
# The code of this figure.
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, width_ratios=(3, 2))
left.plot(daily["day"], daily["revenue"], linewidth=0.8, color="0.6", label="each day")
left.plot(daily["day"], daily["revenue"].rolling(7).mean(), label="mean of 7 days")
left.set(title="Revenue falls from mid-January to May", ylabel="revenue (€ a day)", ylim=(0, None))
left.xaxis.set_major_formatter(ConciseDateFormatter(left.xaxis.get_major_locator()))
left.legend(loc="upper right")
right.bar([name[:2] for name in weekday.index], weekday)
right.set(title="Saturday earns most (mean)", xlabel="day of the week")
plt.show()

# %% [markdown]
# **Read the figure.** Left, the revenue of each day is grey, and the mean of seven days is blue. It rises until
# mid-January, falls slowly until early June, and then rises a little. Right, there is a bar for the mean of each
# day of the week.
#
# A dashboard that compares today with yesterday would report a rise before each weekend and a fall after it. A comparison
# with the same day a week ago leaves the day of the week out; the chance of a single day stays in.
#
# ### Join
#
# A *join* brings columns of another table to each order. Two quiet faults are possible:
#
# | fault | cause | effect |
# |---|---|---|
# | orders are *multiplied* | a product is listed twice | an order is counted twice, as in lesson 00 |
# | orders are *lost* | a product isn't listed | an order disappears |
#
# `enrich` rules out both. An order whose product or user isn't listed is called an *orphan*. The function returns
# the orphans beside the rows: **rows + orphans = orders**.

# %%
products = store.products.drop(columns="description")
catalogue = products[products["product_id"] > 3]  # as it was on a day on which three products were gone
joined = pipeline.enrich(cleaned.kept, store.users, catalogue)
print(f"{len(joined.rows):,} rows + {len(joined.orphans):,} orphans = {len(cleaned.kept):,} orders")
joined.orphans[["order_id", "product_id", "reason"]].head(3)

# %% role="claim"
assert len(joined.rows) + len(joined.orphans) == len(cleaned.kept) and len(joined.orphans) > 0

# %% [markdown]
# `enrich` also declares that each order has one product and one user. Pandas checks this if you pass the argument
# [`validate`](https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.merge.html). Here `enrich` gets a catalogue
# that lists twenty products twice:

# %%
try:
    pipeline.enrich(cleaned.kept, store.users, pd.concat([products, products.head(20)]))
except pd.errors.MergeError as error:
    print("MergeError:", str(error).splitlines()[0])

# %% [markdown]
# ### Derive
#
# To *derive* is to compute a new column from those that are there. `order_history` derives two columns for each order:
# the days since the user's previous order, and the mean of up to three previous totals. Here are the first five orders
# of one user.

# %%
history = cleaned.kept.merge(pipeline.order_history(cleaned.kept), on="order_id").sort_values("occurred_at")
columns = ["occurred_at", "total", "days_since_previous", "mean_of_previous_three"]
first_five = history.loc[history["user_id"] == "954", columns].head(5).reset_index(drop=True)
readable = first_five.rename(columns=lambda name: name.replace("_", " "))
readable.round({"days since previous": 2, "mean of previous three": 2})

# %% role="claim"
totals = first_five["total"].to_numpy()
assert np.allclose(first_five["mean_of_previous_three"][1:], [totals[max(0, n - 3):n].mean() for n in range(1, 5)])
assert first_five.iloc[0][["days_since_previous", "mean_of_previous_three"]].isna().all()

# %% [markdown]
# The first order has no previous one, so both columns are empty. The mean in row 4 is that of the totals in rows 1
# to 3.
#
# The word that matters is *previous*. A model may later predict the total of an order from these columns. A column that
# included the current order would already contain what the model is meant to predict.
#
# ### One wide table
#
# To *denormalise* is to put columns of several tables side by side in one table, so that analysts need no joins.

# %%
joined = pipeline.enrich(cleaned.kept, store.users, products)
wide = pipeline.denormalise(joined.rows, pipeline.order_history(cleaned.kept))
print(f"{len(wide):,} rows, {len(wide.columns)} columns")
shown = ["order_id", "total", "country", "category", "weekday", "days_since_previous"]
wide.loc[wide["days_since_previous"].notna(), shown].head(2).T

# %% [markdown]
# ## Serve
#
# Serving makes tables available to those who use them. The first place is a *warehouse*: a database made for analysis.
#
# Here it is [DuckDB](https://duckdb.org/docs/stable/), which runs inside this process and keeps everything in one file.
# BigQuery, Snowflake and Redshift play this part at work.
#
# Some day a job will run twice. A job that appends its rows would then double the numbers. `Warehouse.publish`
# replaces the rows of the days that it is given, so a second run changes nothing.

# %%
january = daily[daily["day"] < "2025-02-01"]
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    warehouse.publish("daily_revenue", january, key="day")
    published = warehouse.query("SELECT sum(revenue) AS revenue FROM daily_revenue")["revenue"].item()
print(f"In the table, January holds {published:,.2f} €.")

# %% role="claim"
assert round(published, 2) == round(january["revenue"].sum(), 2)

# %% [markdown]
# `publish` deletes the old rows and writes the new ones in one *transaction*. The database carries out a transaction
# whole or not at all.
#
# The next cell ends the process in the middle of a publication, when the old rows are deleted and the new rows are not
# there yet.

# %%
class FailsHalfway(pipeline.Warehouse):
    """A warehouse whose process ends once the old rows are deleted."""

    def _replace(self, table, key):
        self._connection.execute(f"DELETE FROM {table}")
        raise SystemExit("the process ended")


# %%
try:
    with FailsHalfway(desk / "shop.duckdb") as warehouse:
        warehouse.publish("daily_revenue", january, key="day")
except SystemExit as crash:
    print("While publishing:", crash)

with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    after_crash = warehouse.query("SELECT sum(revenue) AS revenue FROM daily_revenue")["revenue"].item()
print(f"Afterwards the table still holds {after_crash:,.2f} €.")

# %% role="claim"
assert after_crash == published

# %% [markdown]
# The database brought the old rows back.
#
# ### The whole pipeline
#
# `run` cleans, transforms and publishes what has landed, for the days that it is given. It publishes the tables `orders`,
# `daily_revenue`, `wide_orders` (as from `denormalise`) and `quarantine`.
#
# It can be run again at any time: after a crash, after a correction of the code, or for past days that somebody wants to
# have computed again (a *backfill*).

# %%
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    report = pipeline.run(zone, warehouse, store.users, products, all_days)
    before = warehouse.query("FROM daily_revenue ORDER BY day")
    pipeline.run(zone, warehouse, store.users, products, all_days[:31])  # a backfill of January
    after = warehouse.query("FROM daily_revenue ORDER BY day")
    warehouse.export("daily_revenue", desk / "published")
print(report)
print("The backfill left the table as it was:", before.equals(after))

# %% role="claim"
assert before.equals(after) and len(after) == 180
assert report.received == report.kept + sum(report.quarantined.values())

# %% [markdown]
# The report balances: each received line is kept or in quarantine. The backfill changed nothing.
#
# Analysts ask the warehouse in SQL:

# %%
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    best = warehouse.query("""
        SELECT category, count(*) AS orders, round(sum(total)) AS revenue_eur
        FROM wide_orders WHERE status = 'completed' GROUP BY category ORDER BY revenue_eur DESC LIMIT 3""")
    in_warehouse = warehouse.query("SELECT day, revenue FROM daily_revenue ORDER BY day")
best

# %% [markdown]
# Other programs read the file that `export` wrote. Its format is [Parquet](https://parquet.apache.org/docs/), which
# stores a table column by column and keeps the types. The file and the warehouse hold the same days:

# %%
in_file = pd.read_parquet(desk / "published" / "daily_revenue.parquet", columns=["day", "revenue"])
print("File and warehouse are equal:", in_warehouse.equals(in_file.sort_values("day", ignore_index=True)))

# %% role="claim"
assert in_warehouse.equals(in_file.sort_values("day", ignore_index=True))

# %% [markdown]
# Those who don't write SQL want a page. `dashboard` puts figures and tables into one HTML file, to be sent by mail or put on
# any web server. The page loads nothing and runs no program, so it shows the same everywhere; a job makes it anew after
# each run.
#
# What a figure shows is in its heading, also for readers who can't see it.

# %%
figure, axes = plt.subplots(figsize=(7, 2.8))
axes.plot(in_warehouse["day"], in_warehouse["revenue"])
axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
axes.set(xlabel="day", ylabel="revenue (€)", ylim=(0, None))
plt.close(figure)
page = dashboard("The shop, January to June", {
    "Each week, revenue rises towards the weekend": figure,
    "The three best categories": best,
    "The last three days": in_warehouse.tail(3)})
published_page = desk / "published" / "dashboard.html"
published_page.write_text(page, "utf-8")
HTML(f'<div><iframe title="The dashboard" srcdoc="{escape(page)}" width="100%" height="420"></iframe></div>')

# %% [markdown]
# ### A summary for every day
#
# Colleagues who write to customers want a row for each user and day: orders and spending in the last 30 days, and the
# days since the last order. That is a job for every night. Again the day is an argument; here it is 7 May.

# %%
print(textwrap.dedent(pipeline.summary_sql(date(2025, 5, 7))).strip())

# %% [markdown]
# `count(*) FILTER (WHERE recent)` counts only the rows of the 30 days. The other rows stay in the group, so a user who
# bought nothing lately keeps a row, with 0 orders. `coalesce(x, 0)` is 0 where x is null.
#
# `AT TIME ZONE 'UTC'` gives the UTC date and time of a moment. Money is added up in whole cents: a sum of floats depends on
# the order of the rows, so two engines could differ in the last digit.
#
# The window of 30 days ends with 7 May: it begins on 8 April at 00:00, which is in it, and ends on 8 May at 00:00, which
# isn't. Now write such a count yourself.

# %% [markdown] role="prompt" exercise="bought_30d"
# ### Exercise: what they bought in 30 days ({{points}}, about 10 minutes)
#
# The shop also has a log of what its users do. Write `bought_30d(events, day)`, which counts each user's purchases in the
# 30 days that end with a day (a `datetime.date`). It returns a dict: `user_id` → number of purchases.
#
# An event is a dict, of which you need three fields:
#
# ```python
# {"user_id": 314, "kind": "purchase", "occurred_at": datetime(2025, 3, 1, 23, 59, 50, tzinfo=UTC)}
# ```
#
# | matter | rule |
# |---|---|
# | `kind` | `login`, `page_view`, `click` or `purchase` |
# | who has a number | each user with an event of any kind before the end of the day, however long ago; 0 without a purchase in the 30 days |
# | the 30 days that end with 1 March 2025 | from 31 January 00:00 UTC, which is in them, to 2 March 00:00 UTC, which is not |
# | events after the day | may be in the list, and don't count |
# | the clock | not asked: a past day gives the same result whenever it is computed |
#
# For the event above alone and `date(2025, 3, 1)`, the result is `{314: 1}`; for `date(2025, 2, 28)` it is `{}`.
#
# First step: compute `end`, 00:00 UTC of the day after `day`, as a `datetime`. Leave out the events from `end` on.
#
# {{properties}}

# %% role="answer" exercise="bought_30d"
from datetime import UTC, datetime, time, timedelta


def bought_30d(events, day):
    """The number of purchases of each user in the 30 days that end with `day`."""
    ### BEGIN SOLUTION
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    known = [event for event in events if event["occurred_at"] < end]
    counts = {event["user_id"]: 0 for event in known}
    for event in known:
        if event["kind"] == "purchase" and event["occurred_at"] >= end - timedelta(days=30):
            counts[event["user_id"]] += 1
    return counts
    ### END SOLUTION


# %% [markdown]
# ### The same table on two engines
#
# The summary's SQL runs unchanged on [PostgreSQL](https://www.postgresql.org/docs/current/), where the orders are, and
# on DuckDB. The next cell starts a PostgreSQL with the shop's orders up to 7 May, and copies them to DuckDB as in part
# [01b](../01b_push/01b_push.ipynb).

# %%
database = store.database("orders", until="2025-05-08")
with pipeline.Warehouse(desk / "copy.duckdb") as copy:
    copied = pipeline.snapshot(database, "orders", copy)
print(f"{copied:,} orders copied.")

# %% [markdown]
# `rebuild` makes the summary of each day that it is given, and replaces the day's rows in one transaction. Here it makes
# the 30 days up to 7 May on both engines.

# %%
thirty_days = [date(2025, 4, 8) + timedelta(days=n) for n in range(30)]
with pipeline.Warehouse(desk / "copy.duckdb") as copy, database.connect() as connection:
    rows = {"PostgreSQL": pipeline.rebuild(connection, thirty_days),
            "DuckDB": pipeline.rebuild(copy.connection, thirty_days)}
    in_duckdb = copy.query("FROM daily_summary ORDER BY day, user_id")
    found = connection.execute("SELECT * FROM daily_summary ORDER BY day, user_id").fetchall()
summary = pd.DataFrame(found, columns=in_duckdb.columns)
print(f"30 days: {rows['PostgreSQL']:,} rows in PostgreSQL, {rows['DuckDB']:,} in DuckDB.")
both = [table.drop(columns="day").to_numpy(float) for table in (summary, in_duckdb)]
print("All rows are equal:", np.array_equal(*both, equal_nan=True))
summary.tail(3).T

# %% role="claim"
assert np.array_equal(*both, equal_nan=True) and len(in_duckdb) == rows["DuckDB"]

# %% [markdown]
# Both engines come to the same rows. Which engine, then? The next cell measures how long each of them takes for a day.

# %% tags=["nbval-ignore-output"]
def milliseconds(work, *arguments):
    """How long some work takes, the median of five times."""
    times = []
    for _ in range(5):
        start = perf_counter()
        work(*arguments)
        times.append(1_000 * (perf_counter() - start))
    return sorted(times)[2]


with pipeline.Warehouse(desk / "copy.duckdb") as copy, database.connect() as connection:
    for engine, held in (("PostgreSQL", connection), ("DuckDB", copy.connection)):
        print(f"{engine:10}  a day in {milliseconds(pipeline.rebuild, held, thirty_days[-1:]):.0f} ms")

# %% [markdown]
# At this size it hardly matters; your times will differ from those above. With millions of orders DuckDB is much faster:
# `benchmarks/pipeline.py` measures by how much on your machine. DuckDB stores a table column by column, reads only the
# columns that it needs, and works on all cores.
#
# PostgreSQL keeps each row together. It has the data already, and it finds the row of one user at once: “To programs”
# below needs just that.
#
# ### The same query for another warehouse
#
# BigQuery, Snowflake and Redshift each speak a *dialect* of SQL: most words are the same, some are not. `compiled`
# translates the query, with the library [sqlglot](https://sqlglot.com/sqlglot.html). In BigQuery's words it begins:

# %%
query = pipeline.summary_sql(date(2025, 5, 7))
texts = {name: dialects.compiled(query, name) for name in dialects.WAREHOUSES}
print(texts["bigquery"].partition("FROM (")[0])

# %% [markdown]
# These lines differ in the other two:

# %%
for name in ("snowflake", "redshift"):
    print(f"-- {name}", *(line for line in texts[name].splitlines() if line not in texts["bigquery"]), sep="\n")

# %% [markdown]
# None of the three runs on this machine. But sqlglot reads each text back as well, and DuckDB runs what it says:

# %%
with pipeline.Warehouse(desk / "copy.duckdb") as copy:
    expected = copy.query(query)
    for name, text in texts.items():
        print(f"{name:10}", copy.query(dialects.for_duckdb(text, name)).equals(expected))

# %% role="claim"
with pipeline.Warehouse(desk / "copy.duckdb") as copy:
    assert all(copy.query(dialects.for_duckdb(text, name)).equals(expected) for name, text in texts.items())
assert "orders / users AS" in dialects.compiled("SELECT orders / users AS share FROM days", "bigquery")
assert "TIMESTAMP_TRUNC(moment, WEEK)" in dialects.compiled("SELECT date_trunc('week', moment) FROM orders", "bigquery")

# %% [markdown]
# The results are equal. That proves the translation, but not what the words mean at the other end. These mean something
# else there:
#
# | | PostgreSQL | BigQuery | Snowflake | Redshift |
# |---|---|---|---|---|
# | `7 / 2` | 3 | 3.5 | 3.5 | 3 |
# | date − date | days | an interval | days | days |
# | a week begins on | Monday | Sunday | Monday, or as set | Monday |
# | `TIMESTAMP` | no zone | a moment | no zone, or as set | no zone |
#
# A translator knows the words, but not the types of your columns: `orders / users`, and `date_trunc('week', …)` for
# BigQuery, it leaves as they were, and both would give other numbers. So say what you mean: divide a `double precision`,
# name the time zone each time a moment becomes a date, write a window as two moments, and compare a day's result.
#
# ### To programs: features behind an API
#
# A program, or a model, asks about one user at a time and can't wait. A *feature* is a value about a user that a model
# takes as its input, such as the orders of the last 30 days.
#
# `publish_features` puts the newest day of the summary into a table with the user as its key. `endpoint` serves a row of
# it over HTTP, with [FastAPI](https://fastapi.tiangolo.com/). User 1 has never placed an order.

# %%
with database.connect() as connection:
    pipeline.publish_features(connection, summary)

with pipeline.endpoint(database.dsn) as features_api, httpx.Client(base_url=features_api.url) as client:
    print(client.get("/users/1253/features").json())
    unknown = client.get("/users/1/features")
    print(unknown.status_code, unknown.json()["detail"])
    quick = milliseconds(client.get, "/users/1253/features") < 50
print(f"A lookup takes less than 50 milliseconds: {quick}.")

# %% role="claim"
assert quick and unknown.status_code == 404 and 1 not in set(store.orders["user_id"])

# %% [markdown]
# The first answer names the day of its features, so a program notices when they are old. The second answer is the status
# 404 and a sentence. The service knows only users with orders: it can't tell a user without one from an id that doesn't
# exist, so it gives no numbers.
#
# ### To colleagues: back to where they work
#
# Colleagues who look after customers don't open a warehouse. They work in a *CRM* (customer relationship management): a
# system with a page for each customer.
#
# The way from sources to a warehouse is often called *ETL* (extract, transform, load), or *ELT* if raw data is loaded
# first and transformed in the warehouse. To send results of the warehouse back to such a system is *reverse ETL*. Now the
# shop sends the data, and the CRM's API receives it: this API is sometimes busy, and sometimes it fails.
#
# What we send is each customer's *segment*, a word that sums up the newest day of the summary.

# %%
today, week_ago = pipeline.segments(summary), pipeline.segments(summary[summary["day"] == date(2025, 4, 30)])
sizes = pd.DataFrame({"30 April": week_ago["segment"].value_counts(), "7 May": today["segment"].value_counts()})
sizes.assign(**{"completed orders": {"regular": "two or more in 30 days", "occasional": "one in 30 days",
                                      "lapsed": "none in 30 days, but some before", "no purchase": "none ever"}})

# %% [markdown]
# `sync` sends only what differs from what the CRM has confirmed, a hundred customers a request, and notes each
# confirmation. The next cell runs it three times: with the segments of a week ago, with the same again, and with today's.

# %%
with store.crm() as crm, pipeline.Warehouse(desk / "copy.duckdb") as copy:
    runs = {name: pipeline.sync(copy, segments, crm.url) for name, segments in
            (("a week ago", week_ago), ("the same again", week_ago), ("today", today))}
    received = crm.segments
for name, run in runs.items():
    print(f"{name:15} {run.sent:5,} customers sent in {run.requests:2} requests, {run.retries} of them repeats")
print("The CRM has today's segments:", received == dict(zip(today["user_id"], today["segment"])))

# %% role="claim"
assert received == dict(zip(today["user_id"], today["segment"]))
were = dict(zip(week_ago["user_id"], week_ago["segment"]))
assert runs["today"].sent == sum(were.get(user) != segment for user, segment in received.items())
assert runs["the same again"].sent == 0 < runs["today"].sent < runs["a week ago"].sent / 2

# %% [markdown]
# The second run had nothing to send. The third sent only the customers who are new or whose segment had changed.
#
# The CRM may carry a request out while its answer gets lost; then `sync` sends it again. So a message says “the segment
# of 17 is regular”, which may be said twice. “One more order for 17” may not.
#
# ## What to take along
#
# - Give a job its days as an argument. Never let it ask the clock.
# - Declare what a join may match, and count what it doesn't match.
# - A derived column looks at what came before, never at the row itself.
# - Publish by replacing the days that were made, in one transaction. Then a crash or a second run changes nothing.
# - Send other systems the state (“the segment is regular”), not the change (“one more order”).
#
# **What comes next.** The tables of this part are right for the orders that have arrived. Some orders arrive days late:
# [part 01e](../01e_late_data/01e_late_data.ipynb) keeps the tables right all the same.
#
# The part before this one is [01c](../01c_clean/01c_clean.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, and lists each
# exercise that lacks points.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*: the chapter on batch processing.
