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
# # 01e Late data: tables that stay right
#
# [Part 01d](../01d_serve/01d_serve.ipynb) made a table for every day from the orders that had arrived. This part deals
# with the orders that arrive later: it measures what they make wrong, and makes it right again.
#
# **After this part you will be able to**
#
# - distinguish when something occurred from when you received it, and say which of the two a table needs;
# - name the published days that a late arrival makes wrong;
# - write a pipeline whose daily table comes out right, whatever comes late, twice or in another order.
#
# **You need** Python, some pandas, and about 75 minutes, 55 of them for the two exercises. Everything runs on this
# machine, without a network.

# %%
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# The next cell runs the pipeline of the parts before: it lands the shop's export, cleans it, and publishes all days to a
# warehouse ([DuckDB](https://duckdb.org/docs/stable/)), which it reads with [pandas](https://pandas.pydata.org/docs/).

# %%
store = Store()
zone = pipeline.RawZone(desk / "files")
pipeline.load_file(store.raw("orders").write(desk / "orders.jsonl"), zone)
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    pipeline.run(zone, warehouse, store.users, store.products, pd.date_range("2025-01-01", periods=180))
    orders = warehouse.query("FROM orders")
print(f"{len(orders):,} orders are in the warehouse.")

# %% [markdown]
# ## When data comes late
#
# An order that was placed on Monday may reach you on Thursday: a phone was offline, a file came late, a provider had an
# outage. So each order has two times, and they differ:

# %%
late = orders[orders["received_at"] - orders["occurred_at"] > pd.Timedelta(days=1)]
late[["order_id", "occurred_at", "received_at"]].head(3)

# %% [markdown]
# Does it help to ask the source more often? The next cell computes when you would have each order in three cases: it is
# pushed to you, you pull it every hour, or you pull it every night at midnight. The *age* of an order is the time from the
# order to that moment.

# %%
arrival = {"pushed": orders["received_at"], "pulled every hour": orders["received_at"].dt.ceil("h"),
           "pulled every night": orders["received_at"].dt.ceil("D")}
ages = {way: (moment - orders["occurred_at"]) / pd.Timedelta(hours=1) for way, moment in arrival.items()}
hours = {"15 minutes": 0.25, "1 hour": 1, "6 hours": 6, "1 day": 24, "2 days": 48, "4 days": 96}
there = pd.DataFrame({way: {label: (age <= limit).mean() for label, limit in hours.items()} for way, age in ages.items()})
there.map("{:.1%}".format)

# %% role="claim"
assert (there.loc["15 minutes"] < [0.99, 0.26, 0.01]).all() and (there.loc["15 minutes"] > [0.97, 0.24, 0]).all()
assert all(round(100 * (1 - share)) == 2 for share in there.loc["1 day"]) and (there.loc["4 days"] > 0.99).all()
assert (orders["received_at"] == orders["received_at"].dt.floor("15min")).all()

# %% role="figure" alt="Three lines show the percentage of orders that have come after 15 minutes, 1 hour, 6 hours, 1, 2 and 4 days. After 15 minutes it is 98 for pushed, 25 for pulled every hour and 0 for pulled every night. Pulled every hour reaches 98 after an hour, pulled every night after a day. From there on the three lines are nearly one, and reach 100 on the fourth day."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.4))
for way, style in zip(there, ("o-", "s--", "D:")):
    axes.plot(there.index, 100 * there[way], style, linewidth=2, label=way)
axes.set(ylim=(0, 105), ylabel="orders that have come (%)", xlabel="time since the order",
         title="Asking more often gains hours; the late orders stay late")
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# **Read the figure.** Each line is the share of orders that you have after so much time; the axis of time is not to scale.
# The lines are far apart on the left and meet after a day. However you fetch the orders, about two in a hundred come later
# than that.
#
# Pushed orders take up to 15 minutes as well, because this shop's systems hand orders over every quarter of an hour.
#
# ### What a late order makes wrong
#
# Part 01d called `rebuild` to make the summary of a day. It also takes a moment, `known_at`, and then counts only what
# had been received by then. So a past night can be replayed: the table is made as it was made that night.

# %%
fortnight = [date(2025, 3, 1) + timedelta(days=n) for n in range(14)]
MIDNIGHT = datetime(2025, 3, 1, tzinfo=UTC)


def replay(connection, lookback):
    """Makes each day in the night after it and in `lookback` nights more, from what is known then; rows made."""
    rows = 0
    for night in range(1, len(fortnight) + lookback + 1):
        days = fortnight[max(0, night - 1 - lookback):night]
        rows += pipeline.rebuild(connection, days, MIDNIGHT + timedelta(days=night), f"lookback_{lookback}")
    return rows


# %% [markdown]
# The next cell replays 14 nights, each of which makes the day before it and never looks back. Then it makes the same days
# with everything that is known by now, and shows the first wrong row of three users.

# %%
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    replay(warehouse.connection, lookback=0)
    pipeline.rebuild(warehouse.connection, fortnight, table="everything_known")
    differing = warehouse.query("""
        SELECT day, user_id, made.orders_30d AS as_published, known.orders_30d AS right_number
        FROM lookback_0 AS made JOIN everything_known AS known USING (day, user_id)
        WHERE made.orders_30d <> known.orders_30d
        -- QUALIFY keeps the rows for which this holds: of each user the first wrong day
        QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY day) = 1 ORDER BY day, user_id LIMIT 3""")
differing

# %% role="claim"
assert (differing["as_published"] < differing["right_number"]).all()

# %% [markdown]
# These users have an order more than was published. The order had not come when the table was made, and no later night
# looked at that day again.
#
# ### Make past days again
#
# The remedy is to make the past few days again each night. How many?
#
# The next cell replays the fortnight with 0 to 5 days back. It counts how many of the fortnight's 13,000
# rows are wrong in the end, and how many rows all nights together made.

# %%
def rows_wrong(warehouse, table):
    """How many rows are not in this table as they are in the one that was made with everything known."""
    return len(warehouse.query(f"FROM everything_known EXCEPT FROM {table}"))


with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    made = pd.Series({lookback: replay(warehouse.connection, lookback) for lookback in range(6)})
    wrong = pd.Series({lookback: rows_wrong(warehouse, f"lookback_{lookback}") for lookback in range(6)})
pd.DataFrame({"rows wrong": wrong, "rows made": made}).rename_axis("days back")

# %% role="claim"
assert wrong.is_monotonic_decreasing and wrong[0] == 29 and wrong[3] > 0 == wrong[4] and 4.9 * made[0] < made[4] < 5.1 * made[0]
assert (made.diff().dropna() / made[0]).between(0.95, 1.05).all() and 12_500 < made[0] < 13_500

# %% role="figure" alt="Two bar charts over the number of past days that each night made again, 0 to 5. Left, the rows that are wrong in the end: 29 with 0 days, fewer with each day more, none with 4 and 5. Right, the rows made: each day back adds the same amount again."
# The code of this figure.
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
left.bar(wrong.index, wrong, color="C1")
left.bar_label(left.containers[0], padding=2)
left.set(title="Four days back, no row stays wrong", xlabel="past days made again each night", ylabel="rows wrong in the end")
left.margins(y=0.12)
right.bar(made.index, made / 1_000, color="C0")
right.set(title="Each day back: 13,000 rows more", xlabel="past days made again each night", ylabel="rows made (thousands)")
plt.show()

# %% [markdown]
# **Read the figure.** The left half shows how many rows of the 14 days are wrong for good, and the right half what it costs,
# by how many past days each night makes again. The shop's orders come up to four days late, so four days back mend everything. A fifth day
# would make 13,000 rows more and mend nothing.
#
# So the answer to late data is:
#
# - compute by the time at which things *occurred*;
# - keep the time at which they were *received*;
# - make again the days whose window holds the late order.
#
# The next exercise asks which days these are.

# %% [markdown] role="prompt" exercise="affected"
# ### Exercise: what does a late event change? ({{points}}, about 10 minutes)
#
# Every night, just after midnight, a job makes the table of the day that is over, from what was received before midnight,
# and publishes it. Its column `total_purchases_30d` counts the purchases of 30 days, of which that day is the last, as
# in `bought_30d` of part 01d.
#
# Days later a *purchase* comes late. In which of the tables published by then is
# `total_purchases_30d` wrong, so that they have to be made again?
#
# Write `affected(event_day, arrived_on)`. It returns the set of the days (`datetime.date`) whose tables are wrong.
#
# | argument | is |
# |---|---|
# | `event_day` | the day of the purchase, a `datetime.date` in UTC |
# | `arrived_on` | the day on which it was received, a `datetime.date` in UTC, not before `event_day` |
#
# For example, a purchase of 1 March that was received on 3 March, whatever the hour, is missing in the tables of 1 and 2
# March. It is in time for the table of 3 March. So
#
# ```python
# affected(date(2025, 3, 1), date(2025, 3, 3))
# ```
#
# returns `{date(2025, 3, 1), date(2025, 3, 2)}`.
#
# First step: list the days whose window of 30 days holds the purchase, whenever it came. Then ask which of their tables
# were made without it.
#
# {{properties}}

# %% role="answer" exercise="affected"
from datetime import timedelta


def affected(event_day, arrived_on):
    """The published days whose tables lack a purchase of `event_day` that came on `arrived_on`."""
    ### BEGIN SOLUTION
    window = (event_day + timedelta(days=n) for n in range(30))
    return {day for day in window if day < arrived_on}
    ### END SOLUTION


# %% [markdown] role="prompt" exercise="daily_summary"
# ### Exercise: a summary for every day ({{points}}, about 45 minutes)
#
# The shop's PostgreSQL database has a log of what its users do: the events of `bought_30d` in part 01d, with all their fields. Write the
# pipeline that turns it into a table for each day.
#
# | column | holds |
# |---|---|
# | `user_id` | one row for each user who has done anything at all before the end of the day, however long ago |
# | `total_purchases_30d` | the number of `purchase` events in the 30 days that end with the day; 0 if there were none |
# | `avg_session_duration_7d` | the mean duration, in seconds, of the sessions that began in the 7 days that end with the day; missing (NaN or None) if none did |
# | `last_login_days_ago` | days from the UTC date of the user's last `login` up to the day, counted from date to date: 0 if it was on the day itself; missing if there never was one |
#
# The class `Pipeline` is made without arguments, and has two methods:
#
# | call | does |
# |---|---|
# | `Pipeline()` | knows no events; each object knows those that it took in itself. Without this, nothing else is judged |
# | `ingest(batch)` | takes in a list of events, which may be empty |
# | `summary(day)` | returns the table of a day (`datetime.date`), a DataFrame of numbers, from what has been ingested so far. Rows may be in any order, `user_id` may be a column or the index. Where nothing is known, the table has its columns and no row |
#
# ```python
# {"event_id": 50117, "session_id": 7021, "user_id": 314, "kind": "purchase",
#  "occurred_at": datetime(2025, 3, 1, 23, 59, 50, tzinfo=UTC),
#  "received_at": datetime(2025, 3, 1, 23, 59, 53, tzinfo=UTC)}
# ```
#
# | matter | rule |
# |---|---|
# | windows | days are UTC; the 30 days that end with 1 March 2025 go from 31 January 00:00, which is in them, to 2 March 00:00, which is not |
# | session | all events with its `session_id`, which are of one user. It begins with its first event, even if that is before the 7 days, and lasts until its last one, perhaps more than a day; parts of a second count. With a single event it lasts 0 seconds |
# | end of the day | the table knows nothing that occurred after its day, even if a session went on |
# | repeats | an event can come again days later, the same but for `received_at`. Two events with different ids are two events, whatever else they share |
# | lateness | events come in any order, and days late. The table of a past day, made again, is what it would have been if all events had come in time |
#
# Suppose that user 314 logged in on 27 February at 20:00:00, looked at a page at 20:01:30 in the same session, and made
# the purchase above in another session. The table of 1 March holds for 314: 1 purchase, a duration of 45.0 (the mean of
# 90 and 0), and 2 days since the last login.
#
# First step: let `ingest` keep all events. Let `summary` drop repeats and what occurred after the day, and return the
# users with 0 purchases. Then add one column at a time, and run the check after each.
#
# {{properties}}

# %% role="answer" exercise="daily_summary"
import pandas as pd


class Pipeline:
    """The daily summary of the shop's activity, made from whatever has come in so far."""

    def __init__(self):
        self.events = []  # or whatever you want to keep

    def ingest(self, batch):
        """Takes in a list of events."""
        ### BEGIN SOLUTION
        self.events += batch
        ### END SOLUTION

    def summary(self, day):
        """The table of a day, a row for each user."""
        ### BEGIN SOLUTION
        midnight = pd.Timestamp(day, tz="UTC")
        end = midnight + pd.Timedelta(days=1)
        fields = ["event_id", "session_id", "user_id", "kind", "occurred_at"]
        events = pd.DataFrame(self.events, columns=fields).drop_duplicates("event_id")
        events["occurred_at"] = pd.to_datetime(events["occurred_at"], utc=True)
        known = events[events["occurred_at"] < end]

        bought = known[(known["kind"] == "purchase") & (known["occurred_at"] >= end - pd.Timedelta(days=30))]
        sessions = known.groupby(["user_id", "session_id"])["occurred_at"].agg(["min", "max"])
        sessions = sessions[sessions["min"] >= end - pd.Timedelta(days=7)]
        lasted = (sessions["max"] - sessions["min"]).dt.total_seconds()
        logins = known[known["kind"] == "login"].groupby("user_id")["occurred_at"].max().dt.floor("D")

        table = pd.DataFrame(index=pd.Index(known["user_id"].unique(), name="user_id"))
        table["total_purchases_30d"] = bought.groupby("user_id").size()
        table["avg_session_duration_7d"] = lasted.groupby("user_id").mean()
        table["last_login_days_ago"] = (midnight - logins).dt.days
        return table.fillna({"total_purchases_30d": 0}).reset_index()
        ### END SOLUTION


# %% [markdown]
# ### Your pipeline on PostgreSQL
#
# The next cells run your `Pipeline` on a real log: the [PostgreSQL](https://www.postgresql.org/docs/current/) of a
# smaller shop. Its change feed (see part [01b](../01b_push/01b_push.ipynb)) is read every night. Two events in a
# hundred come days late.
#
# Halfway the database crashes, and afterwards sends some changes a second time. With a right `Pipeline` all days that are
# counted come out equal. If some differ, look at repeats first.
#
# > **Tip.** After a restart of the kernel, choose *Run All Above Selected Cell* in the *Run* menu first.

# %%
def nightly(job, shop, nights):
    """Each night gives the job what came in, and publishes the table of the day before and of four days more."""
    feed, published = shop.feed(), {}
    for number, night in enumerate(nights):
        shop.advance(night)
        changes = feed.peek()
        job.ingest([change.row for change in changes])
        for back in range(1, 6):
            published[night - timedelta(days=back)] = job.summary(night - timedelta(days=back))
        feed.acknowledge(changes)
        if shop.server and number == len(nights) // 2:
            shop.crash()
            shop.restart()
    return published


# %%
def in_order(table):
    """A summary as numbers in the order of users, so that two can be compared."""
    if table is NotImplemented:
        raise NotImplementedError("write your Pipeline first")
    table = table if "user_id" in table else table.rename_axis("user_id").reset_index()
    columns = ["user_id", "total_purchases_30d", "avg_session_duration_7d", "last_login_days_ago"]
    return table[columns].astype(float).sort_values("user_id", ignore_index=True).round(6)


def days_equal(published, in_time, days):
    """How many of these days were published as a job that got all events in time makes them."""
    return sum(in_order(published[day]).equals(in_order(in_time.summary(day))) for day in days)


# %%
small, nights = Store(users=150, days=50), [date(2025, 1, 21) + timedelta(days=n) for n in range(10)]
with small.database("activity", until="2025-01-01", late=0.02) as shop:
    try:
        published, in_time = nightly(Pipeline(), shop, nights), Pipeline()
        in_time.ingest(small.activity.to_dict("records"))
        settled = [day for day in published if day <= nights[-1] - timedelta(days=5)]
        print(f"After five nights, {days_equal(published, in_time, settled)} of {len(settled)} days are equal to the "
              "table without lateness and crash.")
    except Exception as error:
        print(f"It doesn't run through yet: {type(error).__name__}: {error}")

# %% role="claim"
assert days_equal(published, in_time, settled) == len(settled)

# %% [markdown]
# ## What to take along
#
# - Compute by the time at which things occurred, and keep the time at which they were received.
# - A late arrival makes a table wrong if the table's window holds it and the table was made before it came.
# - Look back as far as data comes late. Every day less leaves rows wrong; every day more costs and mends nothing.
# - A table made anew from all events, each counted once, needs no special case for repeats, lateness or a backfill.
#
# **What comes next.** [Part 01f](../01f_plan/01f_plan.ipynb) plans such a job for a shop with outages and a budget: how
# often it runs and how far it looks back.
#
# The part before this one is [01d](../01d_serve/01d_serve.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, and lists each exercise
# that lacks points.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*: the chapter on stream processing, on event time
# and processing time.
