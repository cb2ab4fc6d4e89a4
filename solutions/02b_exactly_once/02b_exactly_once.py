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
# # 02b Exactly once: what a stream remembers, and what a crash does to it
#
# In [02a](../02a_windows/02a_windows.ipynb) a stream processor and a batch job came to the same sums. The processor
# read the stream once, from beginning to end, and nothing went wrong. This part is about what it remembers between two
# records, about crashes, and about reading a stream again.
#
# **After this part you will be able to**
#
# - say what a processor has to remember, and what keeps that small;
# - let a result and the position in the stream change together, so that each record counts once in spite of crashes;
# - answer a new question about old records: replay a stream, run a batch job for past days;
# - name the same ideas in Spark, Flink and Kafka Streams.
#
# **You need** 02a, what [01b Push](../01b_push/01b_push.ipynb) says about consumers, and about 70 minutes, 30 of them for
# the exercise.

# %%
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.store import Store
from dataml_lab.streaming import Arrived, Processor, Question, Tumbling, batch, flink, follow, spark

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # everything that this notebook writes goes here
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


def fresh(name):
    """A path that isn't in use yet, so that every cell can be run again."""
    return Path(tempfile.mkdtemp(dir=desk.name)) / name


# %% [markdown]
# The next cell makes what 02a has made: the topic with the orders of 180 days, the warehouse with the clean orders, two
# questions, and the batch job's answer to the second.

# %%
store = Store()
topic, zone, warehouse = store.topic("orders"), pipeline.RawZone(fresh("raw")), pipeline.Warehouse(fresh("shop.duckdb"))
pipeline.consume(topic, zone)
kept = pipeline.clean_orders(pipeline.read(zone)).kept
per_customer = Question(Tumbling(5 * MINUTE), key="user_id")
per_day = Question(Tumbling(DAY), key=None)
with warehouse:
    warehouse.publish("orders", kept, key="order_id")
    daily = batch.answer(warehouse.connection, per_day, "orders")
print(f"{len(topic):,} records, {len(kept):,} orders kept, {len(daily)} days.")

# %% role="claim"
assert (len(topic), len(kept), len(daily)) == (8_857, 8_416, 180)

# %% [markdown]
# ## State
#
# Between two records a processor remembers three things: the windows that aren't complete, the watermark, and the ids
# of recent orders, by which it recognises a repeat. Together they are its *state*.
#
# If the state grew with every record, the process would run out of memory one day. The next cell counts its open
# windows and ids after every 500 records. `Arrived(partition, offset, value)` is one record of a topic.

# %%
lines = store.raw("orders").lines


def state_sizes(lateness):
    """The number of open windows and ids in memory, by how many records were taken."""
    with Processor(":memory:", per_customer, lateness) as processor:
        sizes = {}
        for place in range(0, 8_500, 500):
            processor.take(Arrived(0, place + n, line.encode()) for n, line in enumerate(lines[place:place + 500]))
            sizes[place + 500] = processor.state_size
        return sizes


state = pd.DataFrame({name: state_sizes(days * DAY) for name, days in
                      (("1 hour", 1 / 24), ("1 day", 1), ("4 days", 4))}).rename_axis("records taken")
state.iloc[[0, 1, 3, 7, 15]]

# %% role="claim"
assert (state.loc[4_500:].max() <= state.loc[:4_000].max()).all()
assert state["4 days"].between(270, 500).all() and state["1 day"].between(30, 130).all()
assert state["1 hour"].max() < 20

# %% role="figure" alt="Three lines that go up and down and do not grow: the number of windows and ids in memory while 8,500 records are taken. With a lateness of 4 days it is between 270 and 500, with 1 day between 30 and 130, with 1 hour below 20."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for name, style in zip(state, ("-", "--", ":")):
    (line,) = axes.plot(state.index, state[name], style)
    axes.annotate(f"lateness {name}", (8_600, state[name].iloc[-1]), color=line.get_color(), va="bottom")
axes.set(xlabel="records taken", ylabel="open windows and ids", ylim=(0, None), xlim=(0, 10_400), xticks=range(0, 8_001, 2_000),
         title="The state grows with the lateness, not with the number of records")
plt.show()

# %% [markdown]
# **Read the figure.** To the right the number of records grows; the height is what the processor remembers. The lines go
# up and down, but don't grow with the records: what the watermark has passed is forgotten. A lateness of four days
# needs the most memory.
#
# ## One step for the result and the position
#
# A consumer does two things with each batch of records: the work, and the *commit*, by which the broker remembers how
# far the consumer has come. In [01b Push](../01b_push/01b_push.ipynb) a crash came between the two:
#
# | order of steps | after the crash | is called |
# |---|---|---|
# | commit, then work | the records of the batch are lost | *at most once* |
# | work, then commit | the records of the batch come again | *at least once* |
#
# Lesson 01 made repeats harmless: a row was written under its key, and writing it again changed nothing. A sum has no
# such key. An order that is added twice is in the sum twice.
#
# So the work and the position must change in one step. `Processor` keeps both in one file, of
# [SQLite](https://sqlite.org/lang_transaction.html), and changes both in one *transaction*: all of it is written, or
# nothing. It asks the file for its position, and not the broker.

# %%
file = fresh("daily.db")
with Processor(file, per_day, lateness=5 * DAY) as processor:
    follow(topic, processor, batch=500)
with closing(sqlite3.connect(file)) as connection:
    places = pd.read_sql("SELECT partition, position, counted, repeated FROM partitions", connection)
    windows = pd.read_sql("SELECT start, partition, events, cents FROM windows ORDER BY 1, 2 LIMIT 2", connection)
places

# %%
windows

# %% role="claim"
assert places["position"].sum() == len(topic) and len(windows) == 2

# %% [markdown]
# The first table holds the position in each partition, the second a sum for each day and partition (`start` in
# microseconds, money in cents), which `results` adds up. Both are in the same file.
#
# Do the sums survive a crash? The next cell starts a real process. The process ends itself while it parses its 4,321st
# record, in the middle of a batch, as if somebody had killed it.

# %%
CHILD = """
import os, sys
from itertools import count
from types import SimpleNamespace
from dataml_lab import pipeline
from dataml_lab.streaming import Processor, Question, Tumbling, follow

parsed = count(1)

def parse_order(record):
    return pipeline.parse_order(record) if next(parsed) < 4_321 else os._exit(1)

question = Question(Tumbling(86_400), key=None, parse=parse_order)
with Processor(sys.argv[1], question, lateness=5 * 86_400) as processor:
    follow(SimpleNamespace(servers=sys.argv[2], name=sys.argv[3]), processor, batch=500)
"""
crashed = fresh("crashed.db")
child = subprocess.run([sys.executable, "-c", CHILD, str(crashed), topic.servers, topic.name])
print(f"The process ended with exit code {child.returncode}.")

# %% [markdown]
# The file holds the records of the batches that were committed. Now a second processor goes on with that file. These
# records and those that it reads should be the whole topic.

# %%
with Processor(crashed, per_day, lateness=5 * DAY) as processor:
    before = sum(processor.counts)
    rest = follow(topic, processor).records
    streamed = processor.results(preliminary=True)
print(f"Lost: {max(0, len(topic) - before - rest)}, counted twice: {max(0, before + rest - len(topic))}, "
      f"the batch job's days and sums: {streamed.equals(daily)}.")

# %% role="claim"
assert child.returncode == 1 and 0 < before < 4_321 and before + rest == len(topic) and streamed.equals(daily)

# %% [markdown]
# This is called *effectively once*: records may come again, and the result doesn't show it. When a stream engine
# promises “exactly once”, it means the same. The promise covers results in the engine's own topics or store, or in one
# that takes part in its transactions or is written under keys.
#
# > **Caution.** The promise ends where the result leaves such a store. An e-mail can't be taken back by a transaction.
#
# A transaction also costs time, because it waits for the disk. The next cell measures how many records are taken in a
# second, when 1, 10, 100 or 1,000 records share one commit.

# %% tags=["nbval-ignore-output"]
def rate(size, records):
    """Records a second, committed by so many at a time."""
    arrived = [Arrived(0, message.offset(), message.value()) for message in topic.replay(0)[:records]]
    with Processor(fresh("rate.db"), per_day, lateness=DAY) as processor:
        begun = time.perf_counter()
        for place in range(0, len(arrived), size):
            processor.take(arrived[place:place + size])
        return len(arrived) / (time.perf_counter() - begun)


sizes = {1: 300, 10: 1_000, 100: 2_000, 1_000: 2_000}
rates = pd.Series({size: rate(size, records) for size, records in sizes.items()}).rename_axis("records a commit")
rates.map("{:,.0f}".format).to_frame("records a second")

# %% role="claim"
assert rates[1_000] > 3 * rates[1]

# %% [markdown]
# Your rates will differ. With one record a commit the rate is by far the lowest. With many, a result appears only when
# its batch is committed, and after a crash the batch is processed again.

# %% [markdown] role="prompt" exercise="deliver"
# ### Exercise: count each order once ({{points}}, about 30 minutes)
#
# A *log*, which is another word for a topic, holds orders; a table shall hold what each customer has spent. Write
# `deliver(log, table)`, which brings the table up to date with the log. It is started again and again, in processes
# that may crash at any moment.
#
# First step: read the log to its end in a loop, and write each customer's sum. Then ask of each thing that your function
# remembers: where is it after a crash?
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
# | about | the rule |
# |---|---|
# | result | when `deliver` returns, `table.get(user_id)` is the sum of the cents of that customer's orders, a whole number, for each customer with an order |
# | other keys | are yours: texts, such as `"offset"` |
# | crash | can come between any two calls, also just before or after `table.write` and `log.commit`; a second crash can come soon after the restart |
# | what outlives a crash | the table and the committed offset, nothing else; only one process runs at a time; you needn't use all five calls |
# | repeats | the producer sends some orders again, once or more often: the same `order_id` at another offset, at most 100 records after the first |
# | no repeats | two orders with different ids, even if they are alike |
# | numbers | the id of an order can also be the `user_id` of somebody |
# | reading again | a new process may read some 20 records again that have been delivered, no more: the log grows for years |
# | room | beside the totals the table holds at most 300 values: numbers, texts, or lists and dicts of them; a list of 100 ids counts as 100, a dict of 100 ids and their offsets too |
#
# Suppose that the log holds the record above and, at offset 60, the same order again. Then `table.get(314)` is 4250 in
# the end, whether or not a process crashed in between.
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
# question to the table.

# %%
per_channel = Question(Tumbling(HOUR), key="channel")
with warehouse:
    from_batch = batch.answer(warehouse.connection, per_channel, "orders", date(2025, 3, 1), date(2025, 4, 1))
print(f"{len(from_batch)} windows of March.")

# %% [markdown]
# A stream needs a new processor for the new question. It reads the log from its first offset: a *replay*.

# %%
with Processor(fresh("per_channel.db"), per_channel, lateness=5 * DAY) as processor:
    replayed = follow(topic, processor)
    hourly = processor.results(preliminary=True)
march = hourly[hourly["start"].between("2025-03-01", "2025-04-01", inclusive="left")].reset_index(drop=True)
print(f"{replayed.records:,} records read, the batch job's windows and sums: {march.equals(from_batch)}.")
print(f"Orders of March came until {kept[kept['occurred_at'].dt.month == 3]['received_at'].max():%d %B, %H:%M}.")

# %% role="claim"
of_march = kept[kept["occurred_at"].dt.month == 3]
assert march.equals(from_batch) and len(from_batch) == 836 and replayed.records == len(topic)
assert of_march["received_at"].agg("max").date() == date(2025, 4, 3)

# %% [markdown]
# Both agree again. The replay read all records, though only March was asked for. It could begin at the offset of 1
# March, which Kafka finds by time, but it must not stop at the end of March: its orders came until 3 April.
#
# Anybody can read a log again, from any offset, and nobody else notices. Here is the record at offset 1,000 of
# partition 2.

# %%
message = topic.replay(partition=2, offset=1_000)[0]
print(message.offset(), json.loads(message.value())["occurred_at"])

# %% [markdown]
# > **Caution.** A replay works only while the log has the records, and
# > [Kafka](https://kafka.apache.org/documentation/#topicconfigs_retention.ms) deletes them after a week unless told
# > otherwise. To be able to replay a year, keep a raw zone as in lesson 01.
#
# ## The same stream on an engine
#
# For more data than one machine can take, don't extend a processor of your own. Flink and Spark run your query on a
# cluster; Kafka Streams is a library for your own programs. All three have what you have met here, partly by other names.
#
# | here | [Apache Flink](https://nightlies.apache.org/flink/flink-docs-stable/) | [Spark Structured Streaming](https://spark.apache.org/docs/latest/streaming/index.html) | [Kafka Streams](https://kafka.apache.org/documentation/streams/) |
# |---|---|---|---|
# | lateness | bounded out-of-orderness | delay threshold | grace period |
# | a file with state and positions | checkpoint | checkpoint | changelog topics, transactions |
#
# Some things differ. An order older than the watermark is late for our processor, but these three still count it while
# its window is open. Spark moves one watermark for the whole query after each batch; Kafka Streams has none, and
# compares the window's end and grace period with the newest time of its partition.
#
# The next cell gives Spark the clean orders in the order of arrival, and asks for the revenue of each day. (It needs
# Java 17 and half a gigabyte for PySpark. Without them it says so, and the notebook goes on.)

# %% tags=["nbval-ignore-output"]
def on_spark(question, lateness):
    """Whether Spark's answer is that of the batch job; or what Spark needs."""
    if needed := spark.missing():
        return f"Skipped. {needed}."
    folder = fresh("for_spark")
    spark.land(question, kept.sort_values("received_at"), folder)
    answer = spark.on_spark(question, folder, lateness)
    return f"Spark has {len(answer)} days, with the sums of the batch job: {answer.equals(daily)}."


print(on_spark(per_day, lateness=5 * DAY))

# %% [markdown]
# **Extra: Flink.** Here is the same question in Flink's SQL, with a lateness of one day. The stream is declared as a table
# with a watermark.
#
# `TUMBLE` cuts it into days, and `ROW_NUMBER` takes one row of each order id in a day. Flink keeps a day in its state until
# the watermark reaches the day's end.
#
# (Flink needs Java 17 and 0.85 GB. Without them the last cell of this section says so.)

# %%
print(flink.events_sql(per_day, flink.types(kept), DAY, Path("/shop")), flink.answer_sql(per_day), sep=";\n\n")

# %% [markdown]
# The next cell computes from the table which orders come behind the watermark, and which of these come after their *day*
# is complete. **Which of the two will Flink leave out?**

# %%
arriving = kept.sort_values("received_at")
watermark = arriving["occurred_at"].cummax().shift() - pd.Timedelta(days=1)
behind = arriving["occurred_at"] < watermark
too_late = watermark >= arriving["occurred_at"].dt.floor("D") + pd.Timedelta(days=1)
with warehouse:
    warehouse.publish("in_time", arriving[~too_late], key="order_id")
    expected = batch.answer(warehouse.connection, per_day, "in_time")
print(f"{behind.sum():,} of {len(arriving):,} orders come behind the watermark, {too_late.sum():,} after their day's end.")

# %% role="claim"
assert 0 < too_late.sum() < behind.sum() and not (too_late & ~behind).any()

# %% tags=["nbval-ignore-output"]
if needed := flink.missing():
    print(f"Skipped. {needed}.")
else:
    by_flink = flink.on_flink(per_day, arriving, lateness=DAY)  # a quarter of a minute or more
    print(f"Flink has the {len(by_flink)} days of the orders that aren't too late for their day: {by_flink.equals(expected)}.")

# %% role="claim"
assert needed or by_flink.equals(expected)

# %% [markdown]
# ## What to take along
#
# - The state of a processor is what lies between the watermark and now. Keep it bounded, or the process will run out
#   of memory.
# - A crash fits between any two steps. Put result and position into one transaction, or write in such a way that
#   writing again changes nothing.
# - “Exactly once” ends where the result leaves the store.
# - A replay reaches back as far as the log does. Keep a raw zone.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, within a minute.
#
# **Next:** [02c Choosing](../02c_choosing/02c_choosing.ipynb): batch or stream, decided by a number.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*, the chapter on stream processing. The
# documentation of [Kafka](https://kafka.apache.org/documentation/#semantics) on what it delivers.
