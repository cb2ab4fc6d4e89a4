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
# # 01b Push: a topic, a webhook, a database's log
#
# Part [01a](../01a_ingest/01a_ingest.ipynb) pulled orders: it asked the source. Sources also send data themselves.
# This part takes the same orders from three such sources, with crashes and with messages that come twice.
#
# **After this part you will be able to**
#
# - read a topic so that a crash loses nothing and repeats nothing;
# - accept webhooks that come twice, and refuse forged ones;
# - keep a copy of a database table right, deleted rows included;
# - say for any source what makes a repeat harmless.
#
# **You need** Python, some pandas, a little SQL, and part 01a. It takes about 50 minutes. There is no exercise to hand
# in: at six places a question in **bold** asks you to predict before you run the cell.

# %%
import inspect
import tempfile
from collections import Counter
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.pipeline import firehose
from dataml_lab.store import Store, broker
from dataml_lab.store.webhooks import Receiver, sign

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# The shop and its raw orders are those of part 01a.

# %%
store = Store()
raw = store.raw("orders")
sent = Counter(raw.lines)
print(f"{sent.total():,} lines, no two of them alike: {len(sent) == sent.total()}")

# %% [markdown]
# ## Push: take what is sent
#
# A pull runs now and then, so its data is as old as the last run. If an hour is too long, the source *pushes*: it
# sends each message as soon as it has it (in this shop, orders each quarter of an hour). It sends it to a broker, which
# keeps it for its readers, or straight to an address of yours.
#
# ### From a topic
#
# A *topic* holds records on a server, the *broker*. It is split into *partitions*, so that several programs can share
# the work. New records are added at the end of a partition, and keep their order there.
#
# Each record has a number in its partition, its *offset*: 0, 1, 2 and so on. A *consumer* is a program that reads a
# topic, and it says at which offset it begins.
#
# Here are the shop's orders on a broker that speaks the protocol of
# [Kafka](https://kafka.apache.org/documentation/#intro_concepts_and_terms). We read it with Confluent's [client for
# Python](https://docs.confluent.io/kafka-clients/python/current/overview.html).

# %%
topic = store.topic("orders")
print(f"{len(topic):,} records in {topic.partitions} partitions; their next offsets are {topic.ends}")

# %% role="claim"
assert len(topic) == len(raw.lines) == sum(topic.ends)

# %% [markdown]
# A consumer has to remember how far it came. It can *commit* its offsets to the broker, and the broker keeps them for
# the next run. So a consumer takes two steps for each batch of records: it stores the batch, and it commits.
#
# **Which step must come first?** Suppose the process crashes between the two. What happens in the next run, if it
# commits first, or if it stores first?
#
# The next cell takes batches in two steps. In a crash it ends between the two steps of the last batch.

# %%
def take_batches(group, sizes, first, second, crash=False):
    """Takes batches of these sizes, in two steps each; `group` is the name under which the broker keeps the offsets."""
    consumer = topic.consumer(group)
    for number, size in enumerate(sizes, start=1):
        batch = broker.read(consumer, size)  # the next `size` records
        first(consumer, batch)
        if not (crash and number == len(sizes)):
            second(consumer, batch)
    consumer.close()


# %% [markdown]
# These are the two steps. What is stored goes into a counter, so that repeats can be seen.

# %%
def commit(consumer, batch):
    """Tells the broker that everything read so far is done."""
    consumer.commit(asynchronous=False)


def storing_in(stored):
    """The step that stores a batch in this counter."""
    return lambda consumer, batch: stored.update(record.value().decode() for record in batch)


# %% [markdown]
# Each way runs twice. The first run takes three batches of 1,000 records and crashes. The second run takes everything
# that is left, as the broker sees it.

# %%
orders_of_work = {"commit, then store": Counter(), "store, then commit": Counter()}
for way, stored in orders_of_work.items():
    steps = (commit, storing_in(stored)) if way == "commit, then store" else (storing_in(stored), commit)
    take_batches(way, [1_000] * 3, *steps, crash=True)
    left = len(topic) - (3_000 if way == "commit, then store" else 2_000)  # the broker knows of 3 batches, or of 2
    take_batches(way, [left], *steps)

# %%
for way, stored in orders_of_work.items():
    print(f"{way}: {(sent - stored).total():,} records lost, {(stored - sent).total():,} stored twice")

# %% role="claim"
committed_first, stored_first = orders_of_work.values()
assert ((sent - committed_first).total(), (committed_first - sent).total()) == (1_000, 0)
assert ((sent - stored_first).total(), (stored_first - sent).total()) == (0, 1_000)

# %% [markdown]
# Committing first means that each record is stored *at most once*: the crash lost a batch of 1,000. Storing first means
# *at least once*: the crash repeated a batch. No order of two steps gives *exactly once*.
#
# A single step does. It stores the records in a file whose name says how far they reach:
# `orders-000-000000000000-000000001000.jsonl` holds partition 0 from offset 0 up to before offset 1,000.

# %%
print(inspect.getsource(pipeline.push.land_batch))

# %% [markdown]
# `ahead` is what is left of a partition, and its `name` is made of its offsets. A rename makes the data and the
# position durable at once. The next run of `pipeline.consume` reads the names of the files, goes on from there, and
# needs no commit.
#
# The first run ends after three files. **At which offset of which partition does the second run begin, and does it
# read any record twice?**

# %%
class EndsAfterThreeFiles(pipeline.RawZone):
    """A raw zone whose process ends as soon as its third file has landed."""

    def land(self, name, lines):
        super().land(name, lines)
        if len(self.files()) == 3:
            raise SystemExit("the process ended")


# %%
try:
    pipeline.consume(topic, EndsAfterThreeFiles(desk / "topic"))
except SystemExit as crash:
    print(f"First run: {crash}. It landed:")
print(*(path.name for path in pipeline.RawZone(desk / "topic").files()), sep="\n")

# %%
consumed = pipeline.consume(topic, pipeline.RawZone(desk / "topic"))
topic.stop()
print(f"Second run: {consumed.files} files with {consumed.records:,} records.")
landed = pipeline.RawZone(desk / "topic").lines()
orders_of_work["offsets in the file's name"] = Counter(line.text for line in landed)

# %% role="claim"
assert (consumed.records, topic.ends[0]) == (len(raw.lines) - 2_011, 2_011) and consumed.records == 6_846

# %% [markdown]
# Partition 0 ended at offset 2,011, so the second run began with partition 1, and read the other 6,846 records once.

# %%
counts = pd.DataFrame({way: {"stored twice": (stored - sent).total(), "lost": (sent - stored).total()}
                       for way, stored in orders_of_work.items()}).T
counts

# %% role="claim"
assert orders_of_work["offsets in the file's name"] == sent

# %% role="figure" alt="Pairs of bars for three orders of work, in records stored twice and records lost. Commit, then store: 1,000 lost. Store, then commit: 1,000 stored twice. Offsets in the file's name: none of either."
# The code of this figure.
axes = counts.plot.barh(figsize=(8, 2.8), width=0.76, xlabel="records",
                        title="Two steps lose or repeat records; one step does neither")
for bars in axes.containers:
    axes.bar_label(bars, padding=4, fmt="{:,.0f}")
axes.invert_yaxis()
axes.margins(x=0.12)
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# **Read the figure.** Each pair of bars is an order of work, with one crash on the way: records stored twice (upper,
# blue) and lost (lower, orange). Nobody notices a lost record, and one day the broker deletes it too. A repeated one is
# there to be seen, and can be removed if something tells it apart.
#
# Remember the third order of work as a pattern: *keep the position where the data is*.
#
# ### From a webhook
#
# A *webhook* is an address of yours. The source sends each event there as an HTTP POST. If no answer with a status of
# 200 to 299 comes back, the source sends the event again.
#
# Sometimes only the answer gets lost. Then an event that you have comes a second time. **How can you tell such a
# repeat from a new event?**
#
# Anybody can send a POST to your address. So the source *signs* each one: it computes a code from the event's id, the
# body, and a secret that only the two of you know ([HMAC](https://docs.python.org/3/library/hmac.html)). A POST without
# the right code is refused.
#
# If the code left out the id, somebody could send a signed body again under another id, and you would keep it as a new
# event.
# The next cell takes the first 1,000 POSTs, a forged one, and one whose id was changed.

# %%
inbox = pipeline.Inbox(desk / "webhooks.sqlite")
with Receiver("a shared secret", inbox.keep) as receiver:
    report = store.webhooks(receiver.url, "a shared secret").send(0, 1_000)
    signed = sign("a shared secret", "17", raw.lines[5_000].encode())
    tries = {"without the right code": {"Event-Id": "17", "Signature": "sha256=0"},
             "with the id changed": {"Event-Id": "18", "Signature": signed}}
    answers = {how: httpx.post(receiver.url, content=raw.lines[5_000], headers=headers).status_code
               for how, headers in tries.items()}

# %%
print(f"{report.posts:,} POSTs brought {len(inbox):,} different events; {report.posts - len(inbox)} were repeats.")
print(*(f"A POST {how} was answered with {status}." for how, status in answers.items()), sep="\n")

# %% role="claim"
assert report.posts > len(inbox) == len(report.delivered) and set(answers.values()) == {401}

# %% [markdown]
# `Inbox` is a table, and the event's id is its key. `keep` inserts an event unless its id is there already. It waits
# until the event is on the disk, and only then does the sender get its answer.
#
# Two rules follow. Say “received” only after the event is stored safely. Do the work later: a sender that has to wait
# for your whole pipeline gives up, and sends again.

# %%
zone = pipeline.RawZone(desk / "webhooks")
inbox.land(zone)
from_webhooks = Counter(line.text for line in zone.lines())
print(f"{from_webhooks.total():,} events landed, none of them twice: {max(from_webhooks.values()) == 1}")

# %% role="claim"
assert from_webhooks.total() == len(inbox) and from_webhooks <= sent and max(from_webhooks.values()) == 1

# %% [markdown]
# ### Extra: from a delivery stream
#
# On AWS a program can put its events into a *delivery stream* of [Amazon Data
# Firehose](https://docs.aws.amazon.com/firehose/latest/dev/what-is-this-service.html). Every few minutes or megabytes
# Firehose writes what it has as a file, an *object*, into the storage S3. You keep no broker and no address of your own:
# you read the objects.
#
# A request holds up to 500 records, and its answer says for each of them whether it was taken. **The status of an answer
# is 200, and some of its records were not taken: what happens if the program looks only at the status?**
#
# So a program sends again what was refused. If the whole answer gets lost, it sends the whole request again, and those
# records may be delivered twice.
#
# In the next cell [moto](https://docs.getmoto.org/) plays Firehose and S3 on this machine. It refuses one record in 50,
# and loses one answer in ten. (Without moto, 0.3 GB, the cell says so, and the notebook goes on.)

# %% tags=["nbval-ignore-output"]
if needed := firehose.missing():
    print(f"Skipped. {needed}.")
else:
    zone = pipeline.RawZone(desk / "delivered")
    with firehose.DeliveryStream("orders", refused=0.02, lost=0.1) as stream:
        put = stream.put(line.encode() for line in raw.lines)
        landed = stream.land(zone)
        again = stream.land(zone)
    delivered = Counter(line.text for line in zone.lines())
    print(f"{put.records:,} records put; {put.refused} were refused and sent again.")
    print(f"{landed.files} objects hold {landed.records:,} records: {(sent - delivered).total()} are lost, "
          f"{(delivered - sent).total():,} came twice. A second run landed {again.files} objects.")

# %% role="claim"
assert needed or (set(delivered) == set(sent) and delivered > sent and put.refused and again.files == 0)

# %% [markdown]
# `land` gives each object's file the object's own name. So the names are the position, as they were for the topic.
#
# A record that came twice is in two objects, and no name can tell. It is removed by its order id, when part 01c cleans
# the orders: they are then equal to those of the file, in every row.

# %% role="claim"
if not needed:
    filed = pipeline.RawZone(desk / "filed")
    pipeline.load_file(raw.write(desk / "orders.jsonl"), filed)
    cleaned = [pipeline.clean_orders(pipeline.read(found)).kept.drop(columns=["file", "line"]) for found in (filed, zone)]
    assert cleaned[0].sort_values("order_id").reset_index(drop=True).equals(
        cleaned[1].sort_values("order_id").reset_index(drop=True))

# %% [markdown]
# ## Change data capture: read the database's own log
#
# Often the source is a database that you can't change. You can ask it for rows with a new `received_at`. This finds
# new rows, but no row that was changed or deleted.
#
# Most databases keep a log of their changes. PostgreSQL writes each change to its *write-ahead log* before it changes
# the files of the table. *Change data capture* (CDC) usually reads such a log.
#
# PostgreSQL calls that [logical
# decoding](https://www.postgresql.org/docs/current/logicaldecoding-explanation.html), and a *replication slot* is a
# bookmark in the log.
#
# > **Caution.** PostgreSQL keeps the log from the bookmark on: a slot that nobody reads fills the disk.
#
# Here is the shop's PostgreSQL, with the orders of its first four months. `feed.peek()` returns the changes that come
# after the bookmark, and `feed.acknowledge(…)` moves the bookmark.

# %%
database = store.database("orders", until="2025-05-01")
feed = database.feed()

# %% [markdown]
# The copy is kept in a file of [DuckDB](https://duckdb.org/docs/stable/), a database for analysis. The feed is opened
# first, and the copy is made after that.
#
# A change between the two steps comes twice. That does no harm, since a row is written under its key. If the copy were
# made first, such a change would be missed.

# %%
with pipeline.Warehouse(desk / "copy.duckdb") as copy:
    copied = pipeline.snapshot(database, "orders", copy)
    before = copy.query("FROM orders").set_index("order_id")["status"]
print(f"{copied:,} orders copied.")

# %% [markdown]
# The shop goes on for a week. New orders come in, some are cancelled, and one customer asks for all personal data to
# be deleted.

# %%
arrived = database.advance("2025-05-08")["orders"]
with database.connect() as connection:
    cancelled = connection.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'completed' "
                                   "AND occurred_at BETWEEN '2025-04-29' AND '2025-04-30'").rowcount
    deleted = connection.execute("DELETE FROM orders WHERE user_id = 17").rowcount
print(f"{arrived} new orders, {cancelled} cancelled, {deleted} deleted.")

# %% [markdown]
# A change names the operation, the table and the row. Here is one of each kind. A deleted row has only its key left.

# %%
changes = pd.DataFrame([{"operation": change.operation, "table": change.table, "order_id": change.row["order_id"],
                         "status": change.row["status"]} for change in feed.peek()])
changes.groupby("operation").first()

# %% [markdown]
# `pipeline.replicate` applies the changes batch by batch. It acknowledges a batch once that batch is in the copy.
#
# Afterwards we let the *database* crash. PostgreSQL writes down only now and then how far a feed was read. So after a
# restart it sends the changes since its last note again.
#
# **What will they do to the copy?**

# %%
with pipeline.Warehouse(desk / "copy.duckdb") as copy:
    first = pipeline.replicate(feed, copy)
    if database.server:  # else it is somebody else's, and stays up
        database.crash()
        database.restart()
    again = pipeline.replicate(feed, copy)
    replica = copy.query("FROM orders ORDER BY order_id")
print(f"{first['orders']} changes applied, and after the crash {again['orders']} of them a second time.")

# %%
with database.connect() as connection:
    source = pd.DataFrame(connection.execute("SELECT * FROM orders ORDER BY order_id"), columns=replica.columns)
print("The copy equals the source:", source.astype(replica.dtypes).equals(replica))

# %% role="claim"
assert source.astype(replica.dtypes).equals(replica)

# %% [markdown]
# The copy is equal to the source in every row and column. Many systems begin with a simpler copy, which only asks for
# new rows. **What is wrong with that copy after this week?**

# %%
right = source.set_index("order_id")["status"]
new = source.loc[source["received_at"] >= "2025-05-01", "order_id"]
polled = pd.concat([before, right[new]])

# %%
faults = pd.Series({"orders missing": len(right.index.difference(polled.index)),
                    "orders with an old status": (polled.reindex(right.index) != right).sum(),
                    "orders that are gone at the source": len(polled.index.difference(right.index))})
print(faults.to_string())

# %% role="claim"
assert faults.tolist() == [0, cancelled, deleted]

# %% [markdown]
# No order is missing, and still the copy is wrong. It stays wrong: no later request for new rows finds these orders.
#
# A raw zone still holds the deleted customer, too. So shops delete raw data after a fixed time, or encrypt each
# customer's data with a key that can be thrown away.
#
# ## What makes a repeat harmless
#
# You have seen five ways to ingest, or six with the extra. You have seen three of them survive a crash: the API, the
# topic and the change feed. Look at the last column: the idea is the same for all of them.
#
# | source | position | a crash repeats | harmless because |
# |---|---|---|---|
# | file | none | the file | it lands under the same name |
# | API | cursor | a page | the page lands under the same name |
# | topic | offset | reading a batch | position and data are one file |
# | webhook | none | any event | an event is kept under its id |
# | delivery stream | the names of objects | an object | it lands under the same name |
# | change feed | place in the log | a batch of changes | a row is written under its key |
#
# A *backfill* computes the past again, for example after a bug. It is a repeat that you ask for, so it needs nothing
# new.
#
# ## Decisions to make for every source
#
# | question | what decides it |
# |---|---|
# | pull or push? | Pull where minutes of delay are fine and the source can be asked. Push where they are not |
# | how often? | How old may the data be? A rare run has fewer chances to fail; a frequent run is small and quickly repeated |
# | what makes a repeat harmless? | A key for every row or page, and writes that replace by key |
# | how is the past computed again? | Raw data as it came, and jobs that take the days as an argument |
#
# ## What to take along
#
# - No order of two steps gives exactly once. Keep the position where the data is, in one step with it.
# - Say “received” to a sender only after the message is stored safely.
# - A request for new rows never finds changed or deleted ones. A database's log does.
# - Every repeat is harmless if writes replace by key.
#
# **What comes next.** Part [01c](../01c_clean/01c_clean.ipynb) cleans what was ingested: it decides for each record
# whether to keep, repair or quarantine it. Back: part [01a](../01a_ingest/01a_ingest.ipynb).
