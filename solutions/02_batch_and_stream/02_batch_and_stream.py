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
# # 02 Batch and stream: one question, asked every night or all the time
#
# There are two ways to process what a shop sends. A *batch job* takes all of it that has come, once an hour or once a
# night; a *stream processor* takes each record as it comes, and never ends.
#
# ```text
# batch    files or a table   →  job, every hour or night  →  files or a table
# stream   topic              →  processor, all the time   →  table, topic or cache
# ```
#
# This lesson asks the shop one question in both ways, and makes the answers agree to the cent.
#
# **After this lesson you will be able to**
#
# - cut a stream into windows by the time at which things occurred, and say when its result may be emitted;
# - choose how long to wait for what comes late, and say what that costs;
# - tell what a crash does to a count, and make each record count once;
# - answer a new question about old records: replay a stream, run a batch job for past days;
# - decide between batch and stream by a number, and say at which number you would decide otherwise.
#
# **You need** lesson 01, and about three and a half hours, half of them for the exercises. A good place for a break is
# marked. A broker that speaks the protocol of Kafka is started for you.

# %%
import json
import math
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from confluent_kafka import TopicPartition
from matplotlib.dates import DateFormatter

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store
from dataml_lab.store.broker import produce, read
from dataml_lab.streaming import Arrived, Processor, Question, Sessions, Sliding, Tumbling, batch, follow, spark

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # everything this notebook writes goes here
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


def fresh(name):
    """A place for a file or folder that isn't there yet, so that every cell can be run again."""
    return Path(tempfile.mkdtemp(dir=desk.name)) / name



# %% [markdown]
# ## The question
#
# Here is how a stream processor is often sketched, one that is meant to find how much each customer spends in five
# minutes. **What does it leave open?** There are at least four things.
#
# ```python
# stream = kafka.consume("order_events")
# stream.filter(lambda e: e["status"] == "completed") \
#       .map(lambda e: {"customer": e["customer_id"], "amount": e["total"]}) \
#       .window(tumbling=timedelta(minutes=5)) \
#       .aggregate(sum("amount")) \
#       .sink("customer_spending_5min")
# ```
#
# 1. Whose amounts are summed? Without a *key*, those of all customers together.
# 2. Five minutes by which clock: when the order was placed, or when it reached us?
# 3. When is a window complete? An order of 12:04 may come at 12:20, or on Thursday.
# 4. What happens to the sums when the process crashes, and when an order is sent twice?
#
# A `Question` answers the first two, and says which orders count. It says nothing of how it will be answered.

# %%
spending = Question(Tumbling(5 * MINUTE), key="user_id")  # EUR per customer in each five minutes
revenue = Question(Tumbling(DAY), key=None)  # EUR per day, of all customers together
print({name: value for name, value in spending._asdict().items() if name != "parse"})

# %% [markdown]
# `where` keeps the completed orders, `time` is the field with the moment at which an order occurred, `identity` the
# field by which it is known again. `parse` is the cleaner of lesson 01: what it refuses is put in quarantine.
#
# ## Batch: a job that can be run again
#
# The batch job works on a table. Here are the orders of 180 days, consumed from their topic, cleaned and published as
# in lesson 01.

# %%
store = Store()
topic = store.topic("orders")
zone = pipeline.RawZone(fresh("orders"))
pipeline.consume(topic, zone)
kept = pipeline.clean_orders(pipeline.read(zone)).kept
warehouse = pipeline.Warehouse(fresh("shop.duckdb"))
with warehouse:
    warehouse.publish("orders", kept, key="order_id")
print(f"{len(topic):,} records in {topic.partitions} partitions, {len(kept):,} orders kept.")

# %% [markdown]
# The question becomes SQL, with its days as arguments. A job that asks for `CURRENT_DATE` instead can't be run for last
# Tuesday.

# %%
days = [date(2025, 1, 1) + timedelta(days=n) for n in range(180)]
with warehouse:
    rows = batch.rebuild(warehouse.connection, revenue, days, "orders", into="daily")
    again = batch.rebuild(warehouse.connection, revenue, days[60:67], "orders", into="daily")  # a backfill of a week
    daily = warehouse.query("FROM daily ORDER BY start")
print(f"{rows} rows for {len(days)} days; a week made again: {again} rows, and {len(daily)} in all.")
assert rows == len(daily) == 180
daily.head(3)

# %% [markdown]
# Each day is replaced in a transaction of its own, so the job may crash, or run twice, and a *backfill* is the same job
# with other days. That is most of what makes batch simple: whatever went wrong, run it again.
#
# The same code answers the other question. A customer has a window only where they ordered.

# %%
with warehouse:
    by_customer = batch.answer(warehouse.connection, spending, "orders")
more = by_customer["events"] > 1
print(f"{len(by_customer):,} windows; in {more.sum()} of them a customer ordered more than once.")
assert more.sum() == 1
by_customer[more]

# %% [markdown]
# At this shop hardly anybody orders twice in five minutes. Somebody who does may deserve a look, and within minutes
# rather than tomorrow morning: that is what a stream is for.
#
# ## Stream: a process that never ends
#
# `Processor` takes records as they come and keeps what it knows in one file; `follow` gives it the records of a topic.
# Records of the topic's four partitions come mixed, in whatever order the network has them.

# %%
file = fresh("revenue.db")
with Processor(file, revenue, lateness=5 * DAY) as processor:
    followed = follow(topic, processor)
    counts = processor.counts
    streamed = processor.results(preliminary=True)
print(f"{followed.records:,} records: {counts}")
print(f"The same {len(streamed)} days and sums as the batch job: {streamed.equals(daily)}.")
assert streamed.equals(daily) and sum(counts) == followed.records

# %% [markdown]
# Every record is accounted for: counted, left out because its order was cancelled, repeated, or in quarantine. To the
# cent both ways agree, and the rest of this lesson is about what it takes for them to agree.

# %% [markdown]
# ## Two clocks
#
# An order has two times: when it *occurred* (event time), and when it was *received* (arrival, or processing time). The
# stream sees orders by the second clock, and the question is about the first. What if one takes the wrong one?

# %%
with warehouse:
    by_arrival = batch.answer(warehouse.connection, revenue._replace(time="received_at"), "orders")
sums = pd.DataFrame({name: table.set_index("start")["total"] for name, table in
                     (("occurred", daily), ("received", by_arrival))}).fillna(0)
off = sums["received"] - sums["occurred"]
print(f"{(off.abs() > 0.005).sum()} of 180 days have another sum, one of them by {off.abs().max():,.0f} EUR; "
      f"the total of all days by {abs(off.sum()):.2f}.")
assert (off.abs() > 0.005).sum() > 120 and abs(off.sum()) < 0.01

# %% [markdown]
# The total is right, so nobody notices; the days are wrong. Worse, they depend on when somebody's network was down, and
# a backfill can't repair them. So the windows go by when things occurred, and that raises a question.
#
# ### Watermark and lateness
#
# When is a window complete, so that its result can be *emitted*: told to whoever acts on it? A processor can't know
# what is still under way. It makes a promise instead, the *watermark*: the newest moment that any record has told,
# less the `lateness` that it is willing to wait.
#
# What occurred before the watermark is *late*, and no longer counts; a window is complete once the watermark has passed
# its end. Here are two weeks of orders on both clocks, and a watermark with a lateness of one day.

# %%
def disorder(orders, lateness):
    """Orders as received: the watermark before each came, and whether it was late by that."""
    arrived = orders.sort_values(["received_at", "occurred_at"], ignore_index=True)
    newest = arrived["occurred_at"].cummax().shift()
    watermark = newest - pd.Timedelta(seconds=lateness)
    return arrived.assign(watermark=watermark, late=arrived["occurred_at"] < watermark)


fortnight = kept[kept["received_at"].between("2025-03-01", "2025-03-15")]
arrived = disorder(fortnight, lateness=DAY)
print(f"{len(arrived)} orders in two weeks, {arrived['late'].sum()} of them late.")

# %%
figure, axes = plt.subplots(figsize=(8, 4))
known = arrived.dropna()
axes.plot(known["received_at"], known["watermark"], color="C2", drawstyle="steps-post", linewidth=1.5)
for late, color, size, label in ((False, "C0", 6, "in time"), (True, "C1", 30, "late")):
    shown = arrived[arrived["late"] == late]
    axes.scatter(shown["received_at"], shown["occurred_at"], color=color, s=size, label=label)
place = pd.Timestamp("2025-03-08 12:00", tz=UTC), pd.Timestamp("2025-03-04", tz=UTC)
axes.annotate("watermark: newest order − 1 day", place, color="C2")
axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
axes.yaxis.set_major_formatter(DateFormatter("%d %b"))
axes.set(xlabel="received (UTC)", ylabel="occurred (UTC)", title="Most orders come at once, a few come days late")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is an order: to the right when it was received, upwards when it occurred. The dots on
# the diagonal came at once; those below the green line, the watermark, came one to four days late and would not
# count.
#
# Our `Processor` keeps a watermark for each partition, and a window is final once the slowest has passed its end. So
# it doesn't matter how partitions are mixed; but one clock that is far ahead makes all that follows it late, and a
# partition that falls silent holds all results back.
#
# The promise costs something on either side. Here is the whole stream with more and more patience.

# %%
def with_lateness(topic, question, lateness):
    """How many records count and how many are late, with this lateness; how many windows are final."""
    with Processor(fresh("windows.db"), question, lateness) as processor:
        follow(topic, processor)
        found = {"final": len(processor.results()), "watermark": processor.watermark}
        return {**processor.counts._asdict(), **found}


patience = {"0": 0, "1 h": HOUR, "1 day": DAY, "2 days": 2 * DAY, "4 days": 4 * DAY}
by_patience = pd.DataFrame({name: with_lateness(topic, revenue, seconds) for name, seconds in patience.items()}).T
print(by_patience[["counted", "late", "repeated", "final", "watermark"]].to_string())
assert by_patience["late"].is_monotonic_decreasing
assert by_patience.loc["4 days", ["late", "final"]].tolist() == [0, 175] and by_patience.loc["1 h", "final"] == 179
short = by_patience.loc["4 days"] - by_patience.loc["1 h"]
assert (short["counted"], short["repeated"], -short["late"]) == (151, 137, 288)

# %% [markdown]
# With a patience of four days nothing is late, and five of the 180 days are not final yet: the watermark has not
# passed their end. With an hour all but the last day are final, and 151 orders that came days late are missing from
# the sums for good. (288 are late: these, and 137 second copies that came too late to be known again and do no harm.)
#
# How long to wait depends on the source. The shop's web pages report each view and click within seconds; here are both
# streams, with the share that would be lost.

# %%
def visit(record):
    """What the questions need of a line of activity."""
    return {**record, "occurred_at": datetime.fromisoformat(record["occurred_at"])}


visits = Question(Tumbling(5 * MINUTE), value=None, where=None, identity="event_id", parse=visit)
week = Store(days=7)
clicks = week.topic("activity", Faults.none())
print(f"{len(clicks):,} views, clicks and the like in a week")

# %%
seconds = [1, 3, 10, 30, 100, 1_000, 10_000, HOUR * 8, DAY, 1.5 * DAY, 2 * DAY, 3 * DAY, 4 * DAY]
lost = {"orders": [disorder(kept, lateness)["late"].mean() for lateness in seconds],
        "views and clicks": [disorder(week.activity, lateness)["late"].mean() for lateness in seconds]}
with_ten = with_lateness(clicks, visits, 10)
print(f"Views and clicks: {lost['views and clicks'][2]:.2%} late with a patience of 10 s, none with 30 s.")
assert lost["views and clicks"][2] < 0.005 and lost["views and clicks"][3] == 0 and with_ten["late"] > 0
assert lost["orders"][0] > 0.015 and lost["orders"][7] > 0.98 * lost["orders"][0] and lost["orders"][-1] == 0

# %%
figure, axes = plt.subplots(figsize=(8, 3.2))
for (source, shares), style, (x, y) in zip(lost.items(), ("-o", "--s"), ((300, 0.0205), (7, 0.0085))):
    (line,) = axes.plot(seconds, shares, style, markersize=5)
    axes.annotate(source, (x, y), color=line.get_color())
axes.set(xscale="log", xlabel="patience (logarithmic scale)", ylabel="share of records lost",
         title="Seconds are enough for clicks; for orders only days help")
axes.set_xticks([1, 10, MINUTE, HOUR, DAY, 4 * DAY], ["1 s", "10 s", "1 min", "1 h", "1 day", "4 days"])
axes.set_yticks([0, 0.01, 0.02, 0.03, 0.04], ["0", "1%", "2%", "3%", "4%"])
plt.show()

# %% [markdown]
# **Read the figure.** Patience is on the x axis, from a second to four days; what is lost, on the y axis. For views
# and clicks half a minute is enough. For orders everything between a second and a day buys next to nothing: either
# wait four days, or live with 2% less.
#
# There is a third way, and it is the usual one. The stream shows *preliminary* sums as soon as something is received,
# and a batch job makes each of the last days again every night, as in lesson 01.

# %% [markdown]
# ### Three kinds of windows
#
# *Tumbling* windows stand side by side: each event is in one. *Sliding* windows overlap: each event is in several, and
# no short burst is cut in two by all of them. *Sessions* have no fixed size: one ends when nothing has come for a while.

# %%
kinds = {"tumbling\n15 min": Tumbling(15 * MINUTE), "sliding\n30 min every 15": Sliding(30 * MINUTE, 15 * MINUTE),
         "sessions\ngap 15 min": Sessions(15 * MINUTE)}


def windows_of(user, kind):
    """The windows of a user's views and clicks on 3 January, 14:30 to 16:30."""
    with Processor(":memory:", visits._replace(windows=kind), lateness=30) as processor:
        follow(clicks, processor)
        found = processor.results(preliminary=True)
    mine = found[found["user_id"] == user]
    return mine[mine["start"].between("2025-01-03 14:30", "2025-01-03 16:30")]


windows = {name: windows_of(954, kind) for name, kind in kinds.items()}
for name, found in windows.items():
    print(f"{name.splitlines()[0]:9}", *found["events"])
assert [len(found) for found in windows.values()][2] == 2

# %%
figure, axes = plt.subplots(figsize=(8, 3.4))
moments = week.activity.query("user_id == 954")["occurred_at"]
axes.plot(moments, np.full(len(moments), 3), "|", color="black", markersize=12)
for place, found in enumerate(windows.values()):
    for number, (start, end, events) in enumerate(zip(found["start"], found["end"], found["events"])):
        shift = 0.26 * (number % 2) - 0.13 if place == 1 else 0
        axes.barh(2 - place + shift, end - start, left=start, height=0.26 if place == 1 else 0.4, color=f"C{place}",
                  edgecolor="white")
        middle = start + (end - start) / 2
        axes.text(middle, 2 - place + shift, events, ha="center", va="center_baseline", color="white")
axes.set_yticks([3, 2, 1, 0], ["events", *windows])
axes.set(xlim=(pd.Timestamp("2025-01-03 14:25", tz=UTC), pd.Timestamp("2025-01-03 16:35", tz=UTC)),
         xlabel="3 January 2025 (UTC)", title="Only sessions follow the customer")
axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))
axes.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# **Read the figure.** At the top, what one customer looked at, a stroke each; below, the windows that hold it, with
# how many events each counts. The tumbling windows cut the first visit in two, because it went on after 15:00; the
# two sessions hold a visit each, and end a quarter of an hour after its last event.
#
# How long a gap ends a session? The Store knows which visits there really were, so it can be measured.

# %%
truth = week.activity.groupby("session_id").agg(user_id=("user_id", "first"), start=("occurred_at", "min"),
                                                events=("event_id", "size"))


def recognised(gap):
    """The share of the true visits that are a session with this gap, event by event."""
    with Processor(":memory:", visits._replace(windows=Sessions(gap)), lateness=30) as processor:
        follow(clicks, processor)
        found = processor.results(preliminary=True)
    return len(found.merge(truth, on=["user_id", "start", "events"])) / len(truth)


gaps = (30, MINUTE, 3 * MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR)
shares = pd.Series({gap: recognised(gap) for gap in gaps})
print(shares.rename_axis("gap (s)").map("{:.1%}".format).to_string())
assert shares.idxmax() == 5 * MINUTE and shares.max() > 0.98 > 0.9 > shares[30]

# %% [markdown]
# With half a minute a visit falls apart whenever somebody reads; with hours, the visits of a day grow together. Five
# minutes find nearly all of them at this shop, and the half hour that many tools have by default slightly fewer.

# %% [markdown] role="prompt" exercise="spending"
# ### Exercise 1: spending per customer and five minutes ({{points}}, about 40 minutes)
#
# Write the processor for the shop's question: how much has each customer spent in each window of five minutes? Orders
# come one at a time, in the order in which they are *received*. What you report is acted on, so report it once.
#
# `class Spending` is made without arguments and has three methods:
#
# | call | does |
# |---|---|
# | `take(order)` | takes in the next order, and returns the windows that are complete now: a list, often empty, of `(user_id, start, total)` |
# | `finish()` | is called once, when the stream has ended; returns the windows that have not been reported yet, as such a list |
# | `late()` | returns the list of the `order_id`s that were put aside because they came too late |
#
# An order is a dict:
#
# ```python
# {"order_id": 5021, "user_id": 314, "status": "completed", "total": 42.5,
#  "occurred_at": datetime(2025, 3, 1, 12, 4, 10, tzinfo=UTC),
#  "received_at": datetime(2025, 3, 1, 12, 5, 40, tzinfo=UTC)}
# ```
#
# - Windows begin at each full five minutes (UTC) and hold what *occurred* in them, to the microsecond: that from
#   12:00 holds 12:00:00, and not 12:05:00. `start` is a `datetime` in UTC; `total` is the customer's EUR in that
#   window, rounded or not.
# - Only `completed` orders count; the others are `cancelled`. A window in which nothing of a customer counts is not
#   reported.
# - How far time has come is said by the newest `occurred_at` that you have taken so far, of any customer and status. An
#   order that occurred *more* than two minutes before it is too late: whatever its status, it is put aside and counts
#   nowhere. With exactly two minutes it is in time.
# - So a window is complete once that newest moment is two minutes or more past the window's end. The `take` that
#   brings it there reports the window.
# - Lists may be in any order. No order comes twice; that is the next exercise.
#
# For example, customer 314 orders for 42.50 EUR at 12:04:10 and for 7.50 at 12:04:50. When an order of 12:07:00 comes,
# of any customer, `take` returns `[(314, datetime(2025, 3, 1, 12, 0, tzinfo=UTC), 50.0)]`. An order of 12:04:59 that
# comes after that is too late.
#
# {{properties}}

# %% role="answer" exercise="spending"
from datetime import timedelta


class Spending:
    """Spending per customer in windows of five minutes, reported once each."""

    def __init__(self):
        self.totals, self.aside, self.newest = {}, [], None  # or whatever you want to keep

    def take(self, order):
        """Takes in an order; returns the windows that are complete now, as (user_id, start, total)."""
        ### BEGIN SOLUTION
        moment = order["occurred_at"]
        self.newest = max(moment, self.newest or moment)
        if moment < self.newest - timedelta(minutes=2):
            self.aside.append(order["order_id"])
        elif order["status"] == "completed":
            window = order["user_id"], moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
            self.totals[window] = self.totals.get(window, 0) + order["total"]
        complete = [window for window in self.totals if window[1] + timedelta(minutes=7) <= self.newest]
        return [(*window, self.totals.pop(window)) for window in complete]
        ### END SOLUTION

    def finish(self):
        """The windows that have not been reported yet."""
        ### BEGIN SOLUTION
        return [(*window, total) for window, total in self.totals.items()]
        ### END SOLUTION

    def late(self):
        """The ids of the orders that came too late."""
        ### BEGIN SOLUTION
        return self.aside
        ### END SOLUTION


# %% [markdown]
# (A good place for a break: run all cells above when you come back.)
#
# ## State
#
# Between two records a processor remembers: which windows are open and what they hold, how far time has come, and which
# ids it has seen, to know a repeat. If that grew with every record, the process would end one day. It doesn't, because
# what the watermark has passed can be forgotten.

# %%
def largest_state(lines, lateness):
    """The largest number of open windows and ids that were remembered while a topic's records were taken."""
    with Processor(":memory:", spending, lateness) as processor:
        sizes = []
        for place in range(0, len(lines), 100):
            part = lines[place:place + 100]
            processor.take(Arrived(0, place + n, line.encode()) for n, line in enumerate(part))
            sizes.append(processor.state_size)
        return max(sizes)


lines = store.raw("orders").lines
state = pd.DataFrame({name: [largest_state(lines[:count], patience[name]) for count in (2_000, 8_000)]
                      for name in ("1 h", "1 day", "4 days")}, index=["2,000 records", "8,000 records"])
print(state.to_string())
assert (state.loc["8,000 records"] < 1.2 * state.loc["2,000 records"]).all()
assert state["4 days"].min() > state["1 h"].max()

# %% [markdown]
# Four times as many records need hardly more memory; more patience does. The state holds what lies between the
# watermark and now, and the rest of history is in the log.

# %% [markdown]
# ## A crash between work and commit
#
# A consumer does two things with each batch of records: the work, and the *commit*, by which the broker remembers how
# far it has come. A crash can come between the two. Which of them goes first?

# %%
def ahead(topic, consumer):
    """How many records are after the offsets that the consumer's group has committed."""
    places = consumer.committed([TopicPartition(topic.name, partition) for partition in range(topic.partitions)])
    return len(topic) - sum(max(place.offset, 0) for place in places)


# %%
def count_records(topic, group, steps, counted, crash_in=None):
    """Counts a topic's records, 500 at a time, in these two steps; may crash between them."""
    with closing(topic.consumer(group)) as consumer:
        for number in range(math.ceil(ahead(topic, consumer) / 500)):
            messages = read(consumer, min(500, ahead(topic, consumer)))
            for step in steps:
                if step == "work":
                    counted.update((message.partition(), message.offset()) for message in messages)
                else:
                    consumer.commit(asynchronous=False)
                if number == crash_in:
                    return  # the process is gone


# %%
sent = Counter((partition, offset) for partition, end in enumerate(topic.ends) for offset in range(end))
outcomes = {}
for steps in (("commit", "work"), ("work", "commit")):
    counted, group = Counter(), str(fresh("group"))  # the counter stands for a table that outlives the process
    count_records(topic, group, steps, counted, crash_in=3)
    count_records(topic, group, steps, counted)  # the process is started again
    outcomes[steps[0]] = (sent - counted).total(), (counted - sent).total()
    print("{} first: {} records lost, {} counted twice".format(steps[0], *outcomes[steps[0]]))
assert outcomes == {"commit": (500, 0), "work": (0, 500)}

# %% [markdown]
# Commit first, and what was being worked on is lost: *at most once*. Work first, and it is done again: *at least once*.
# No order of two separate steps is right, because a crash fits between any two.
#
# So there must be one step. `Processor` keeps sums and offsets in one file and changes both in one transaction; the
# broker's memory of us isn't asked. In the next cell a real process takes records until it is gone in the middle of a
# batch, without a chance to tidy up.

# %%
CHILD = """
import os, sys
from itertools import count
from types import SimpleNamespace
from dataml_lab import pipeline
from dataml_lab.streaming import Processor, Question, Tumbling, follow

parsed = count(1)

def parse_order(record):
    if next(parsed) == 4_321:
        os._exit(1)  # as if the power had gone
    return pipeline.parse_order(record)

question = Question(Tumbling(86_400), key=None, parse=parse_order)
with Processor(sys.argv[1], question, lateness=5 * 86_400) as processor:
    follow(SimpleNamespace(servers=sys.argv[2], name=sys.argv[3]), processor, batch=500)
"""

# %%
killed = fresh("killed.db")
child = subprocess.run([sys.executable, "-c", CHILD, str(killed), topic.servers, topic.name])
with Processor(killed, revenue, lateness=5 * DAY) as processor:
    before = sum(processor.counts)
    taken = before + follow(topic, processor).records
    after_the_crash = processor.results(preliminary=True)
outcomes["transaction"] = max(0, len(topic) - taken), max(0, taken - len(topic))
print("The process ended with {}. After another: {} records lost, {} counted twice.".format(
    child.returncode, *outcomes["transaction"]))
assert child.returncode == 1 and 0 < before < 4_321 and outcomes["transaction"] == (0, 0)
assert after_the_crash.equals(daily)

# %%
ways = {"commit, then work\n(at most once)": "commit", "work, then commit\n(at least once)": "work",
        "one transaction\n(effectively once)": "transaction"}
lost, twice = zip(*(outcomes[way] for way in ways.values()))
figure, axes = plt.subplots(figsize=(8, 2.6))
for shift, label, amounts in ((-0.2, "counted twice", twice), (0.2, "lost", lost)):
    axes.bar_label(axes.barh(np.arange(3) + shift, amounts, height=0.38, label=label), padding=4)
axes.set(yticks=range(3), yticklabels=ways, xlim=(0, 600), xlabel="records",
         title="Only one step for both survives a crash")
axes.invert_yaxis()
axes.grid(visible=False, axis="y")
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# **Read the figure.** After one crash in a batch of 500 records: those that were lost (orange) and those that were
# counted twice (blue). In the bottom row, where sums and offsets change together, there is neither.
#
# That is called *effectively once*: records may be delivered again, and it doesn't show. What engines call “exactly
# once” is the same, for results that stay in their own topics or store. Where a result goes elsewhere, it takes a
# write that may be repeated, or a transaction together with that store.
#
# It also costs time, because a transaction waits for the disk.

# %% tags=["nbval-ignore-output"]
def rate(topic, size, records):
    """Records a second, committed by so many at a time."""
    arrived = [Arrived(0, message.offset(), message.value()) for message in topic.replay(0)[:records]]
    with Processor(fresh("rate.db"), revenue, lateness=DAY) as processor:
        begun = time.perf_counter()
        for place in range(0, len(arrived), size):
            processor.take(arrived[place:place + size])
        return len(arrived) / (time.perf_counter() - begun)


sizes = {1: 300, 10: 1_000, 100: 2_000, 1_000: 2_000}
rates = pd.Series({size: rate(topic, size, records) for size, records in sizes.items()})
print(rates.rename_axis("records a commit").map("{:,.0f} a second".format).to_string())
assert rates[1_000] > 3 * rates[1]

# %% [markdown]
# Your rates will differ; that of one record a commit is by far the lowest. `benchmarks/streaming.py` measures how many
# events a second such a processor takes from a topic.

# %% [markdown] role="prompt" exercise="deliver"
# ### Exercise 2: count each order once ({{points}}, about 40 minutes)
#
# A log holds orders; a table shall hold what each customer has spent. Write `deliver(log, table)`, which brings the
# table up to date with the log. It is started again and again, in processes that may crash at any moment.
#
# | call | does |
# |---|---|
# | `log.read(offset)` | returns 1 to 20 records from an offset on, each a dict; an empty list at the end of the log |
# | `log.commit(offset)` | lets the broker keep an offset for you, durably, in place of the last one |
# | `log.committed()` | returns the offset that was committed last; 0 at first |
# | `table.get(key)` | returns the value of a key; `None` where there is none |
# | `table.write(rows)` | writes the values of a dict under their keys, durably, **all or none**; `None` deletes a key |
#
# A record of the log, whose first offset is 0:
#
# ```python
# {"offset": 17, "order_id": 900417, "user_id": 314, "cents": 4250}
# ```
#
# - When `deliver` returns, `table.get(user_id)` is the sum of the cents of that customer's orders, a whole number, for
#   each customer with an order. Under other keys, texts such as `"offset"`, you may keep whatever you need.
# - A crash can come between any two calls, also just before or after `table.write` and `log.commit`, and once more soon
#   after a restart. Nothing but the table and the committed offset outlives it. Only one process runs at a time. You
#   needn't use all five calls.
# - The producer sends some orders again, once or more often: the same `order_id` at another offset, at most 100
#   records after the first. Two orders with different ids are two orders, even if they are alike; and a number that
#   is the id of an order can be the `user_id` of somebody, too.
# - The log grows for years. A process that starts anew may read again 20 records or so that have been delivered, no
#   more; and what will never be needed again must leave the table. Beside the totals it may hold at most 300 values:
#   numbers, texts, or lists and dicts of them, where a list of 100 ids counts as 100.
#
# Suppose that the log holds the record above and, at offset 60, the same order again. Then `table.get(314)` is 4250
# in the end, whether or not a process crashed in between.
#
# {{properties}}

# %% role="answer" exercise="deliver"
def deliver(log, table):
    """Brings the customers' totals up to date with the log, each order counted once."""
    ### BEGIN SOLUTION
    state = table.get("state") or {"offset": 0, "seen": {}}
    while records := log.read(state["offset"]):
        totals, seen = {}, state["seen"]
        for record in records:
            user = record["user_id"]
            if record["order_id"] not in seen:
                totals[user] = totals.get(user, table.get(user) or 0) + record["cents"]
            seen.setdefault(record["order_id"], record["offset"])
        end = records[-1]["offset"] + 1
        state = {"offset": end, "seen": {order: offset for order, offset in seen.items() if offset >= end - 100}}
        table.write({**totals, "state": state})  # totals, position and ids: all or none
    ### END SOLUTION


# %% [markdown]
# ## Asking again
#
# On Thursday somebody asks what each channel earned per hour, for all of March. For the batch job that is one more
# question to the table. For a stream it is a new processor that reads the log from its first offset: a *replay*.

# %%
by_channel = Question(Tumbling(HOUR), key="channel")
first, last = date(2025, 3, 1), date(2025, 4, 1)
with warehouse:
    from_batch = batch.answer(warehouse.connection, by_channel, "orders", first, last)
with Processor(fresh("by_channel.db"), by_channel, lateness=5 * DAY) as processor:
    replayed = follow(topic, processor)
    hourly = processor.results(preliminary=True)
march = hourly[hourly["start"].between("2025-03-01", "2025-04-01", inclusive="left")].reset_index(drop=True)
print(f"{len(march):,} windows of March, and {replayed.records:,} records were read for them.")
of_march = kept[kept["occurred_at"].dt.month == 3]
assert march.equals(from_batch) and replayed.records == len(topic)
assert [of_march["received_at"].agg(end).date() for end in ("min", "max")] == [first, date(2025, 4, 3)]

# %% [markdown]
# Both agree again. This replay read everything. It could have begun at the offset of 1 March, which Kafka finds by
# time, but not ended with March: its orders came until 3 April.
#
# A replay works only while the log still has the records. Kafka deletes what is older than a week unless told
# otherwise, so those who want to replay keep a raw zone as well, and at that point they have a batch pipeline.
#
# Records can be read again from any offset, without anybody else noticing: that is what a log is for.

# %%
message = topic.replay(partition=2, offset=1_000)[0]
print(message.offset(), json.loads(message.value())["occurred_at"])

# %% [markdown]
# ## How fresh is it?
#
# First the stream. The next cell sends an order to the topic and measures how long it takes until it is in the sums.

# %%
def seconds_until_counted(topic, processor, line):
    """Sends a record, and takes what comes until it has been counted; gives up after ten seconds."""
    before, begun = processor.counts.counted, time.perf_counter()
    produce(topic.servers, topic.name, [("1", line, 0)], limit=None)
    follow(topic, processor, until=lambda: processor.counts.counted > before or time.perf_counter() > begun + 10)
    return time.perf_counter() - begun


order = {"order_id": time.time_ns(), "user_id": 1, "product_id": 5, "quantity": 1, "total": 10.0,
         "status": "completed", "channel": "web", "occurred_at": "2025-06-29T20:00:00Z",
         "received_at": "2025-06-29T20:00:01Z"}
with (Store(users=100, days=30).topic("orders", Faults.none()) as live,
      Processor(fresh("live.db"), revenue, lateness=DAY) as processor):
    follow(live, processor)
    quick = seconds_until_counted(live, processor, json.dumps(order)) < 2
print(f"Counted, and safe on the disk, within two seconds: {quick}.")
assert quick

# %% [markdown]
# But the record had to reach the topic first. How old is a *view* or an *order* when it can be in an answer? For the
# stream that is when it is received; for a batch job it is the next run after that.

# %%
def median_age(events, every):
    """The median age in minutes of an event when it is in an answer, with a run every so many seconds (0: a stream)."""
    known_at = events["received_at"].dt.ceil(pd.Timedelta(seconds=every)) if every else events["received_at"]
    return ((known_at - events["occurred_at"]) / pd.Timedelta(minutes=1)).median()


rhythms = {"stream": 0, "every 15 min": 15 * MINUTE, "every hour": HOUR, "every night": DAY}
ages = pd.DataFrame({source: {name: median_age(events, every) for name, every in rhythms.items()}
                     for source, events in (("views and clicks", week.activity), ("orders", kept))})
print(ages.round(2).to_string())
assert abs(ages.loc["stream", "orders"] - ages.loc["every 15 min", "orders"]) < 0.5
assert 100 * ages.loc["stream", "views and clicks"] < ages.loc["every 15 min", "views and clicks"]

# %%
def spoken(minutes):
    """A time in words."""
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


figure, axes = plt.subplots(figsize=(8, 3.2))
for shift, source, style in ((-0.12, "views and clicks", "o"), (0.12, "orders", "s")):
    (dots,) = axes.plot(ages[source], np.arange(4) + shift, style, markersize=8, label=source)
    for row, age in enumerate(ages[source]):
        axes.annotate(spoken(age), (age, row + shift), (8, -4), textcoords="offset points", color=dots.get_color())
axes.set(xscale="log", xlim=(0.016, 3_000), yticks=range(4), yticklabels=rhythms,
         title="A stream is no fresher than its source",
         xlabel="median age when it is in an answer (logarithmic scale)")
axes.set_xticks([1 / 60, 0.1, 1, 10, 60, 600], ["1 s", "6 s", "1 min", "10 min", "1 h", "10 h"])
axes.invert_yaxis()
axes.grid(axis="x")
axes.legend(loc="upper right")
plt.show()

# %% [markdown]
# **Read the figure.** How old the median event is when it can be in an answer; left is fresher. For views and clicks
# (blue) a stream is over a hundred times fresher than a run every quarter of an hour. For orders (orange) it gains
# nothing over a run just after the hand-over: the shop's systems hand them over every quarter of an hour, and nobody
# can know before.
#
# Many requirements that are called “real-time” turn out to mean “within a quarter of an hour”. A batch job every 15
# minutes does that, and stays what it is: a job that can be run again.
#
# ## Batch against stream, measured
#
# Here is the comparison that textbooks print, with what this lesson has measured. First, how much there is to write
# and to keep.

# %% tags=["nbval-ignore-output"]
def lines_of(*names):
    """The lines in files of `dataml_lab.streaming` that aren't blank, docstrings included."""
    texts = [Path(batch.__file__).with_name(name).read_text("utf-8") for name in names]
    return sum(bool(line.strip()) for text in texts for line in text.splitlines())


code = {"batch": lines_of("batch.py"), "stream": lines_of("processor.py", "follow.py")}
with closing(sqlite3.connect(file)) as connection:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
print(f"Lines: {code['batch']} for batch, on a query engine; {code['stream']} for the stream, engine included.")
state = [name for name in tables if name not in ("late", "quarantined")]  # those are results
print(f"Kept between two steps, beside records and results: nothing for batch; {', '.join(state)} for the stream.")
assert code["stream"] > 2 * code["batch"] and len(state) == 4

# %% [markdown]
# The counts are of this lesson's own code, and not quite fair: DuckDB does the work for the batch job, as Flink or
# Spark would for a stream. What no engine takes away is that a stream has state, and somebody has to look after it.

# %% tags=["nbval-ignore-output"]
def seconds_of(work):
    """How long it takes, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def replay():
    """The whole stream once more, into a new file."""
    with Processor(":memory:", revenue, lateness=5 * DAY) as processor:
        follow(topic, processor)


with warehouse:
    one_day = seconds_of(lambda: batch.rebuild(warehouse.connection, revenue, days[90:91], "orders", "daily"))
everything = seconds_of(replay)

# %% tags=["nbval-ignore-output"]
age = ages["views and clicks"].map(spoken)
table = pd.DataFrame({"batch": {
    "median age of a click": f"{age['every night']} by night, {age['every 15 min']} every 15 min",
    "code and state": f"{code['batch']} lines, none",
    "one past day again": f"that day's rows, {one_day:.2f} s",
    "lost for being late": "none, if late days are made again",
}, "stream": {
    "median age of a click": age["stream"],
    "code and state": f"{code['stream']} lines, {len(state)} tables",
    "one past day again": f"all {len(topic):,} records, {everything:.2f} s",
    "lost for being late": f"{short['counted']} of {by_patience['counted'].max():,} orders with 1 h of patience",
}})
table

# %% [markdown]
# ## The same stream on Spark
#
# (An extra: it needs Java 17 and half a gigabyte for PySpark, and the lesson goes on without.) Past one machine, you
# would not extend a processor of your own, but take an engine: Flink, Kafka Streams or Spark Structured Streaming.
#
# They know what you have met here, partly by other names: our `lateness` is *bounded out-of-orderness* in Flink, the
# *delay threshold* in Spark, the *grace period* in Kafka Streams. And they ask whether an event's window is still
# open, where our processor asks how old the event is, which drops a little more.
#
# The next cell hands Spark the clean orders in the order in which they were received, nine files of up to a thousand,
# and asks it for the revenue of each day.

# %%
def on_spark(question, lateness):
    """Spark's answer and the batch job's; or in words what Spark needs."""
    if needed := spark.missing():
        return print(f"Skipped. {needed}.")
    folder = fresh("for_spark")
    spark.land(question, kept.sort_values("received_at"), folder)
    answer = spark.on_spark(question, folder, lateness)
    print(f"Spark has the {len(answer)} days and sums of the batch job: {answer.equals(daily)}.")
    assert answer.equals(daily)
    return None


# %% tags=["nbval-ignore-output"]
on_spark(revenue, lateness=5 * DAY)

# %% [markdown]
# Where Spark has run, three programs have answered one question with sums that are equal to the cent. What differs is
# the small print: Spark, for example, moves its watermark between batches of records, so that an event that comes
# late in the very next batch may still be counted.

# %% [markdown]
# ## Which of the two?
#
# | | batch | stream |
# |---|---|---|
# | freshness | about half a run's interval; hours or days are fine | seconds, if the source is as quick |
# | complexity | one query, nothing to remember | windows, watermark, ids and offsets, in one transaction; harder to debug, because order and timing matter |
# | to process again | run the job for those days | replay the log, as far as it still goes |
# | typical use | reports, analytics, training data for models | alerts, fraud, live dashboards |
# | tools | cron and SQL, dbt, Airflow, Spark | Kafka Streams, Flink, Spark Structured Streaming |
#
# Start with batch, and run it as often as it pays. Move to a stream for what loses its worth within minutes, and say
# what it loses: the last two exercises are about that number.

# %% [markdown] role="prompt" exercise="choose"
# ### Exercise 3: batch or stream? ({{points}}, about 25 minutes)
#
# For each of these, is batch or stream processing more appropriate, and if batch, how often?
#
# - a weekly marketing e-mail with personal recommendations
# - detecting fraudulent credit card transactions
# - daily revenue reports for the finance team
# - the real-time leaderboard of an online game
#
# You will answer that for any such case, these four among them. Write `choose(brief)`, which returns the seconds
# between two runs: 60, 300, 900, 3600, 21600 (six hours), 86400 (a day) or 604800 (a week); or 0 for a stream.
#
# You are judged by the bill of a day: what processing costs, and what is lost because results come late. A choice holds
# if its bill is at most 2% above that of the cheapest choice. Exercise 4 builds on your bill, so each part of it is
# tried where much depends on that part.
#
# | in the brief | says |
# |---|---|
# | `what` | what it is called |
# | `events_per_day` | how many events there are, evenly over the day |
# | `worth` | EUR that an event earns if its result is there at once |
# | `half_life_s` | seconds after which half of that is lost; after twice as many, three quarters, and so on |
# | `reruns_per_day` | how often a day the whole history has to be computed again, because a rule has changed |
# | `run_cost` | EUR of one batch run |
# | `stream_day` | EUR of a day on which a stream runs, whatever it does |
#
# | the bill of a day | batch, every *s* seconds | stream |
# |---|---|---|
# | to run at all | `run_cost` for each of 86400 / *s* runs | `stream_day` |
# | for each event | 0.000002 EUR | 0.00002 EUR |
# | to compute the history again, each time | 2 EUR | 40 EUR |
# | an event waits for its result | anything from 0 to *s* seconds, all equally likely | 2 seconds |
# | lost by waiting | the part of its `worth` that is gone by then | the same |
#
# For example, an event that is worth 0.01 EUR and has a half-life of an hour keeps half of that after an hour of
# waiting. With a run every hour, events wait from 0 to 3600 seconds and keep 72% on average.
#
# ```python
# {"what": "live tracking of deliveries", "events_per_day": 400_000.0, "worth": 0.0006,
#  "half_life_s": 3600.0, "reruns_per_day": 0.0, "run_cost": 0.4, "stream_day": 60.0}
# ```
#
# comes to 68.09 EUR a day as a stream, to 77.28 with a run every hour, and to 58.84 with one every 900 seconds.
# Before you go on, make sure that your bill does: what is lost on average is not what is lost at the average wait.
#
# The cases above, and one that is often called real-time:
#
# | case | `events_per_day` | `worth` | `half_life_s` | `reruns_per_day` | `run_cost` | `stream_day` |
# |---|---:|---:|---:|---:|---:|---:|
# | a weekly e-mail of recommendations | 200,000 | 0.0002 | 5,184,000 | 0.1 | 8 | 60 |
# | finding fraudulent card payments | 3,000,000 | 0.004 | 30 | 0 | 0.4 | 60 |
# | the daily revenue report | 400,000 | 0.00015 | 864,000 | 1 | 2 | 60 |
# | the leaderboard of an online game | 8,000,000 | 0.0005 | 8 | 0 | 0.4 | 60 |
# | a “real-time” warehouse dashboard | 400,000 | 0.0006 | 3,600 | 0 | 0.4 | 60 |
#
# {{properties}}

# %% role="answer" exercise="choose"
def choose(brief):
    """Seconds between two runs, 0 for a stream: whatever makes the bill of a day small."""
    ### BEGIN SOLUTION
    return min((0, *INTERVALS), key=lambda every: bill(brief, every))


INTERVALS = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, every):
    """EUR a day."""
    batch = every > 0
    waits = [every * (n + 0.5) / 100 for n in range(100)] if batch else [2]
    kept = sum(0.5 ** (wait / brief["half_life_s"]) for wait in waits) / len(waits)
    running = 86400 / every * brief["run_cost"] if batch else brief["stream_day"]
    event, rerun = (0.000002, 2) if batch else (0.00002, 40)
    return (running + rerun * brief["reruns_per_day"]
            + brief["events_per_day"] * (event + brief["worth"] * (1 - kept)))
    ### END SOLUTION


# %% [markdown] role="prompt" exercise="tips_at"
# ### Exercise 4: where does it tip? ({{points}}, about 20 minutes)
#
# “It depends” is no justification; a number is: *a stream pays as long as the worth halves within 40 minutes*. Write
# `tips_at(brief, field)`, which returns the value of a field at which the choice tips between a stream and the cheapest
# batch, everything else in the brief being as it is.
#
# - `field` is any of the six numbers of the brief, such as `"half_life_s"`, and its present value is above 0. The
#   bill is that of exercise 3, whose functions you may call. If it is a little off, the tipping points are, too.
# - Look between a hundredth of the field's present value and a hundred times it. You may rely on this: within that
#   range the cheaper side changes once, or never; then return `None`.
# - You are judged just below and just above: 5% below your value and 5% above it, different sides must be cheaper.
#
# In the example of exercise 3, `tips_at(brief, "stream_day")` is about 50.8: if a day of streaming cost 48, the stream
# would be cheaper, and at 53 the run every 900 seconds is.
#
# {{properties}}

# %% role="answer" exercise="tips_at" check="what holds, in practice worlds, and what the lesson's cases come to"
def tips_at(brief, field):
    """The value of a field at which the cheaper side changes; None if it doesn't within a factor of a hundred."""
    ### BEGIN SOLUTION
    def streams(value):
        changed = {**brief, field: value}
        return bill(changed, 0) < min(bill(changed, every) for every in INTERVALS)

    low, high = brief[field] / 100, brief[field] * 100
    if streams(low) == streams(high):
        return None
    while high > 1.001 * low:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if streams(middle) == streams(low) else (low, middle)
    return middle
    ### END SOLUTION


# %% [markdown] role="question" exercise="tips_at"
# #### Question: justify it ({{essay points}}, about 15 minutes)
#
# Take the four scenarios of exercise 3: the weekly e-mail, fraudulent payments, the daily revenue report and the
# leaderboard. For each, say in three or four sentences whether you would process it in batches or as a stream, and why.
#
# A person reads your answer, beside what your `tips_at` finds for these cases; 200 to 300 words are enough.
#
# | what earns points | points |
# |---|---:|
# | each choice rests on what a late result costs in that case, with an order of magnitude of its own | 1 |
# | for one case, what would have to change for the other choice to be right, with a tipping point from exercise 4 | 1 |
# | what the stream of one case would need beyond the batch job (late records, crashes, computing again), and who pays for that | 1 |

# %% [markdown] role="essay" exercise="tips_at"
# The **e-mail** goes out once a week, so a recommendation that is a day old is as good as one of this minute: a batch
# job before it is sent. A stream would cost some 60 EUR a day to save cents; only if one run cost 460 EUR instead of
# 8 would it be cheaper.
#
# A **fraudulent payment** has to be stopped before the goods leave. With a half-life of 30 seconds and 12,000 EUR at
# stake a day, a run every minute still loses thousands of EUR daily, and the stream costs 120 EUR. Its day could cost
# some 5,500 EUR before batches were cheaper.
#
# The **revenue report** is read in the morning. What counts is that it is right, late orders included, and that it
# can be made again when a rule changes: a batch each night, which makes the last days again. A re-run costs 2 EUR in
# batch and 40 as a stream.
#
# The **leaderboard** is watched while one plays; within 8 seconds half of its worth is gone, so a stream. It tips at
# a half-life of about half a second, where even two seconds of waiting are too long, and where an event is worth less
# than 0.00003 EUR: if nobody looked, a run every few hours would do.
#
# Its stream needs a watermark for phones that were offline, state that survives a crash so that no point counts
# twice, and a way to compute scores again when the rules change. That is on-call duty for the team that runs it, and
# belongs in `stream_day`.

# %% [markdown]
# ## What to take along
#
# - Say which clock you mean. Windows are cut by when things occurred; what you know depends on when they were received.
# - A watermark is a promise: what is older no longer counts. Patience costs freshness, impatience costs completeness.
# - Keep what is late, though it is in no sum, and watch how much it is: that says whether your patience is right.
# - State is bounded by open windows and the ids that may still come again; if it isn't, it will end you.
# - No order of two separate steps survives every crash. Put the result and the position into one transaction, or
#   write so that writing again changes nothing.
# - A replay is as good as the log is long. Keep a raw zone.
# - A stream is no fresher than its source, and a batch every quarter of an hour is often all that “real-time” means.
# - Give a reason as a number: at which value would you choose otherwise?
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, which takes about a
# minute.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*: the chapters on batch and on stream
# processing. Tyler Akidau and others, *The Dataflow Model*, on windows, watermarks and lateness. The documentation of
# Kafka Streams, Apache Flink and Spark Structured Streaming on windowing.
