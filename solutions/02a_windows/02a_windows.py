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
# # 02a Windows: one question, asked every night or all the time
#
# Lesson 01, whose last part is [01f](../01f_plan/01f_plan.ipynb), took a shop's orders from their sources to tables.
# Its part [01e](../01e_late_data/01e_late_data.ipynb) kept those tables right when orders came days late.
#
# Lesson 01 used a *batch job*: a program that runs once a night and processes everything that has come. A *stream
# processor* takes each record as it comes, and never ends.
#
# | | reads | runs | writes |
# |---|---|---|---|
# | batch job | files or a table | every hour or night | files or a table |
# | stream processor | a topic | all the time | a table, topic or cache |
#
# This part asks one question in both ways, until the answers agree to the cent.
#
# **After this part you will be able to**
#
# - cut a stream into windows by the time at which things occurred;
# - say when the result of a window is complete;
# - choose how long to wait for late records, and say what that costs;
# - choose between tumbling, sliding and session windows.
#
# **You need** lesson 01 and about 70 minutes, 30 of them for the exercise.

# %%
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import DateFormatter

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store
from dataml_lab.streaming import Processor, Question, Sessions, Sliding, Tumbling, batch, follow

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # everything that this notebook writes goes here
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


def fresh(name):
    """A path that isn't in use yet, so that every cell can be run again."""
    return Path(tempfile.mkdtemp(dir=desk.name)) / name


# %% [markdown]
# ## The question
#
# A stream processor is often sketched like this. It is meant to find how much each customer spends in five minutes.
#
# ```python
# (kafka.consume("order_events")
#  .filter(lambda e:
#          e["status"] == "completed")
#  .map(lambda e:
#       {"customer": e["customer_id"],
#        "amount": e["total"]})
#  .window(tumbling=minutes(5))
#  .aggregate(sum("amount"))
#  .sink("spending_5min"))
# ```
#
# **What does the sketch leave open?** There are at least four things.
#
# 1. Whose amounts are summed? Without a *key*, it sums those of all customers together.
# 2. Five minutes by which clock? An order has the time at which it was placed, and the time at which it reached us.
# 3. When is a window complete? An order of 12:04 may come at 12:20, or on Thursday.
# 4. What happens to the sums when the process crashes, and when an order is sent twice?
#
# This part is about the first three. The fourth is the subject of
# [02b](../02b_exactly_once/02b_exactly_once.ipynb).
#
# A `Question` says what is asked, and not how it is answered.

# %%
per_customer = Question(Tumbling(5 * MINUTE), key="user_id")  # EUR per customer in each five minutes
per_day = Question(Tumbling(DAY), key=None)  # EUR per day, of all customers together
pd.Series(per_customer._asdict()).drop("parse").to_frame("per_customer")

# %% [markdown]
# `windows` says how time is cut: `Tumbling(300)` cuts it into windows of 300 seconds, side by side. `key` says which
# events go into one sum, here those of one customer. `where` keeps the completed orders.
#
# `time` is the field with the moment at which an order occurred, `identity` the one that identifies an order when it
# comes a second time.
#
# ## Batch: a job that can be run again
#
# The batch job works on a table. The next cell consumes the orders of 180 days from their topic, cleans them and
# publishes them to [DuckDB](https://duckdb.org/docs/stable/), as lesson 01 did.

# %%
store = Store()
topic, zone, warehouse = store.topic("orders"), pipeline.RawZone(fresh("raw")), pipeline.Warehouse(fresh("shop.duckdb"))
pipeline.consume(topic, zone)
kept = pipeline.clean_orders(pipeline.read(zone)).kept
with warehouse:
    warehouse.publish("orders", kept, key="order_id")
print(f"{len(topic):,} records in {topic.partitions} partitions, {len(kept):,} orders kept.")

# %% role="claim"
assert (len(topic), topic.partitions, len(kept)) == (8_857, 4, 8_416)

# %% [markdown]
# The job turns the question into SQL. It takes the days as an argument: a job that asks for `CURRENT_DATE` can't be run
# for last Tuesday.

# %%
days = list(pd.date_range("2025-01-01", periods=180).date)
with warehouse:
    rows = batch.rebuild(warehouse.connection, per_day, days, "orders", into="daily")
    daily = warehouse.query("FROM daily ORDER BY start")
print(f"{rows} rows for {len(days)} days.")
daily.head(3)

# %% [markdown]
# Each day is replaced in one transaction, so the job may run twice. [Part 01d](../01d_serve/01d_serve.ipynb) calls a
# run for past days a *backfill*. It is the same job with other days: the next cell makes a week again, and the table
# stays as it was.

# %%
with warehouse:
    again = batch.rebuild(warehouse.connection, per_day, days[60:67], "orders", into="daily")
    after = warehouse.query("FROM daily ORDER BY start")
print(f"{again} rows made again, {len(after)} rows in the table, all as before: {after.equals(daily)}.")

# %% role="claim"
assert rows == len(daily) == len(days) == 180 and again == 7 and after.equals(daily)

# %% [markdown]
# A batch job is simple for this reason: if something went wrong, run it again.
#
# The same code answers the first question, `per_customer`. A customer has a row for each window in which they ordered.

# %%
with warehouse:
    by_customer = batch.answer(warehouse.connection, per_customer, "orders")
several = by_customer[by_customer["events"] > 1]
print(f"{len(by_customer):,} windows, {len(several)} of them with more than one order of a customer.")
several[["user_id", "start", "events", "total"]]

# %% role="claim"
assert len(by_customer) == 7_875 and len(several) == 1 and several["events"].item() == 2

# %% [markdown]
# At this shop hardly anybody orders twice in five minutes. An account that does may have been stolen. The shop wants to
# know that within minutes, not tomorrow morning: that is what a stream is for, and
# [02c](../02c_choosing/02c_choosing.ipynb) asks whether it can do so here.
#
# ## Stream: a process that never ends
#
# A `Processor` takes records as they come, and keeps its sums in a file. `follow` gives it the records of a topic. The
# four partitions come mixed, in the order in which the network brings them.
#
# `lateness`, explained below, is how long it waits for late orders. `preliminary=True` also returns windows that aren't
# complete yet.

# %%
with Processor(fresh("daily.db"), per_day, lateness=5 * DAY) as processor:
    followed = follow(topic, processor)
    counts = processor.counts
    streamed = processor.results(preliminary=True)
pd.Series(counts._asdict()).to_frame("records")

# %% [markdown]
# Every record is accounted for. It was counted, left out because its order was cancelled, repeated, or put into
# quarantine as in lesson 01. (Of the 159 repeats of lesson 01, nine are left out here, as cancelled orders.)

# %%
print(f"{sum(counts):,} of {followed.records:,} records. Days and sums are those of the batch job: "
      f"{streamed.equals(daily)}.")

# %% role="claim"
assert streamed.equals(daily) and sum(counts) == followed.records == len(topic) and counts.late == 0
assert counts.repeated == 159 - 9 and counts.left_out == (kept["status"] == "cancelled").sum() + 9

# %% [markdown]
# Both ways agree to the cent. The rest of this part shows what it takes for them to agree.
#
# ## Two clocks
#
# An order has two times. *Event time* is when it occurred, in the field `occurred_at`. *Arrival time* is when we
# received it, in `received_at`.
#
# The question is about event time. What if the job uses the other clock?

# %%
with warehouse:
    by_arrival = batch.answer(warehouse.connection, per_day._replace(time="received_at"), "orders")
sums = pd.DataFrame({"occurred": daily.set_index("start")["total"],
                     "received": by_arrival.set_index("start")["total"]}).fillna(0)
sums["difference"] = sums["received"] - sums["occurred"]
sums.head(4).round(2)

# %%
off = sums["difference"].abs()
print(f"{(off > 0.005).sum()} of 180 days have another sum, one of them by {off.max():,.0f} EUR. "
      f"The total of all days differs by {abs(sums['difference'].sum()):.2f} EUR.")

# %% role="claim"
assert (off > 0.005).sum() == 159 and round(off.max()) == 444 and abs(sums["difference"].sum()) < 0.005

# %% [markdown]
# The total is right, so nobody notices. But 159 of 180 days are wrong, and they depend on whose network was down and
# when. So windows go by event time.
#
# ## Watermark and lateness
#
# A window is complete when no more of its orders will come. A processor can't know that. It follows a rule instead.
#
# The *watermark* is the newest event time that has come so far, minus a fixed time that we are willing to wait. That
# fixed time is called *lateness*.
#
# An order that occurred before the watermark is *late*, and in this lesson it doesn't count any more. A window is
# complete once the watermark has reached its end.
#
# > **Caution.** Flink, Spark and Kafka Streams drop a late record only if its window is complete already. *Allowed
# > lateness* in Flink and Beam is something else: how long a complete window may still be corrected.
#
# Five orders show the rule, with a lateness of two minutes.

# %%
five = pd.DataFrame({"received": ["12:03:31", "12:04:41", "12:06:31", "12:06:50", "12:07:01"],
                     "occurred": ["12:03:30", "12:04:40", "12:06:30", "12:04:10", "12:07:00"]})
five = five.apply(lambda column: pd.to_timedelta(column))
five["newest"] = five["occurred"].cummax()
five["watermark"] = five["newest"] - pd.Timedelta(minutes=2)
five["late"] = five["occurred"] < five["watermark"]
five.map(lambda value: str(value).removeprefix("0 days "))

# %% role="claim"
assert five["late"].tolist() == [False, False, False, True, False]
assert [str(value)[-8:] for value in five["watermark"].iloc[-2:]] == ["12:04:30", "12:05:00"]

# %% [markdown]
# The fourth order occurred at 12:04:10. When it comes, the newest order is that of 12:06:30 and the watermark is
# 12:04:30, so it is late. The fifth order moves the watermark to 12:05:00, and now the window from 12:00 to 12:05 is
# complete.
#
# Here are two weeks of the shop's orders on both clocks, with a lateness of one day.

# %%
def on_both_clocks(orders, lateness):
    """Orders as received, with the watermark after each, and whether the order was late."""
    arrived = orders.sort_values(["received_at", "occurred_at"], ignore_index=True)
    watermark = arrived["occurred_at"].cummax() - pd.Timedelta(seconds=lateness)
    return arrived.assign(watermark=watermark, late=arrived["occurred_at"] < watermark)


fortnight = on_both_clocks(kept[kept["received_at"].between("2025-03-01", "2025-03-15")], lateness=DAY)
print(f"{len(fortnight)} orders in two weeks, {fortnight['late'].sum()} of them late.")

# %% role="claim"
behind = (fortnight["received_at"] - fortnight["occurred_at"])[fortnight["late"]] / pd.Timedelta(days=1)
assert len(fortnight) == 719 and fortnight["late"].sum() == 11 and behind.between(1, 4.2).all()

# %% role="figure" alt="Scatter plot of two weeks of orders in March 2025: when they were received, to the right, against when they occurred, upwards. Nearly all dots are on the diagonal. A green stepped line, the watermark, runs one day below it. Eleven orange dots are below that line, one to four days late."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 4))
axes.plot(fortnight["received_at"], fortnight["watermark"], color="C2", drawstyle="steps-post", linewidth=1.5)
for late, color, marker, size, label in ((False, "C0", "o", 6, "in time"), (True, "C1", "D", 30, "late")):
    shown = fortnight[fortnight["late"] == late]
    axes.scatter(shown["received_at"], shown["occurred_at"], color=color, marker=marker, s=size, label=label)
place = pd.Timestamp("2025-03-07 00:00", tz=UTC), pd.Timestamp("2025-03-03", tz=UTC)
axes.annotate("watermark: newest order − 1 day", place, color="C2")
axes.xaxis.set_major_formatter(DateFormatter("%d %b"))
axes.yaxis.set_major_formatter(DateFormatter("%d %b"))
axes.set(xlabel="received (day of 2025, UTC)", ylabel="occurred (day of 2025, UTC)",
         title="Most orders come at once, eleven come days late")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# **Read the figure.** Each mark is an order. Further right it was received later, further up it occurred later.
#
# Those on the diagonal came at once; the blue one just above the green line came almost a day late, and is in time. The eleven below that
# line, the watermark, came one to four days late and don't count.
#
# > **Caution.** `Processor` keeps a watermark for each partition, and a window is final once the slowest one has
# > reached its end. A partition without records keeps all windows open (Flink lets you declare it *idle*), and a record
# > whose clock is far ahead makes all later ones of its partition late.
#
# ### What patience costs
#
# A longer lateness loses fewer orders, and its results come later.

# %%
def with_lateness(topic, question, lateness):
    """How many records count, are late or repeated, and how many windows are final, with this lateness."""
    with Processor(fresh("windows.db"), question, lateness) as processor:
        follow(topic, processor)
        counts = processor.counts
        return {"counted": counts.counted, "late": counts.late, "repeated": counts.repeated,
                "final": len(processor.results())}


patience = {"1 hour": HOUR, "1 day": DAY, "2 days": 2 * DAY, "4 days": 4 * DAY}
by_patience = pd.DataFrame({name: with_lateness(topic, per_day, seconds) for name, seconds in patience.items()}).T
by_patience.rename_axis("lateness")

# %% role="claim"
short = by_patience.loc["4 days"] - by_patience.loc["1 hour"]
assert by_patience["late"].is_monotonic_decreasing and by_patience.loc["1 hour", "final"] == 179
assert by_patience.loc["4 days", ["late", "final"]].tolist() == [0, 175]
assert (by_patience.loc["1 hour", "late"], short["counted"], short["repeated"]) == (288, 151, 137)

# %% [markdown]
# With four days nothing is late, and five of the 180 days aren't final yet, because the watermark hasn't reached their
# end. With one hour all days but the last are final, and 151 orders are missing in the sums for good.
#
# (288 records are late: these 151 orders, and 137 second copies of counted orders. The processor keeps ids only as long
# as the lateness, and calls an older copy late. Nothing is lost with it.)
#
# How long to wait depends on the source. The shop's web pages report views and clicks within seconds (and logins and
# purchases, counted with them here).

# %%
week = Store(days=7)
seconds = {"1 s": 1, "3 s": 3, "10 s": 10, "30 s": 30, "1 hour": HOUR, "12 hours": 12 * HOUR, "1 day": DAY,
           "2 days": 2 * DAY, "3 days": 3 * DAY, "4 days": 4 * DAY}
lost = pd.DataFrame({source: {name: on_both_clocks(events, lateness)["late"].mean() for name, lateness in seconds.items()}
                     for source, events in (("orders", kept), ("views and clicks", week.activity))})
lost.map("{:.2%}".format)

# %% role="claim"
assert lost.loc["30 s", "views and clicks"] == 0 < lost.loc["10 s", "views and clicks"] < 0.005
assert lost.loc[:"12 hours", "orders"].between(0.015, 0.0205).all() and lost.loc["4 days", "orders"] == 0
assert lost.loc["1 s", "views and clicks"] > 0.03
assert lost.loc["1 s", "orders"] - lost.loc["1 day", "orders"] < 0.0003
assert (-lost.loc["1 day":, "orders"].diff().dropna()).between(0.0055, 0.0070).all()

# %% role="figure" alt="Two lines over ten lateness values, from 1 second to 4 days. The line of views and clicks begins above 3% and is at 0 from 30 seconds on. The line of orders stays at about 2% up to 12 hours and then falls to 0 at 4 days."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for source, style, place in (("orders", "-o", (4.1, 2.0)), ("views and clicks", "--s", (2.2, 0.6))):
    (line,) = axes.plot(range(len(lost)), 100 * lost[source], style, markersize=5)
    axes.annotate(source, place, color=line.get_color())
axes.set_xticks(range(len(lost)), lost.index)
axes.set(xlabel="lateness (steps of unequal length)", ylabel="records lost (%)", ylim=(-0.15, None),
         title="For views and clicks half a minute is enough, for orders four days")
plt.show()

# %% [markdown]
# **Read the figure.** The lateness grows to the right; the height is the share of records that are lost. For views and
# clicks half a minute is enough. For orders the first day of patience gains almost nothing, and each further day about
# 0.6 percentage points, until nothing is lost with four days.
#
# > **Tip.** Many shops do both: the stream shows *preliminary* sums at once, and a batch job makes the last days again
# > every night.
#
# ## Three kinds of windows
#
# *Tumbling* windows stand side by side, and each event is in one of them. A *session* has no fixed size: it ends when no
# event has come for a given time, its *gap*.
#
# *Sliding* windows (in Kafka Streams: *hopping*) overlap. If a window of 30 minutes begins every 15 minutes, each event is
# in two windows. A short burst of events that one window cuts is whole in the other.
#
# Here are the events of one customer in each kind.

# %%
def visit(record):
    """A line of activity with its time as a datetime."""
    return {**record, "occurred_at": datetime.fromisoformat(record["occurred_at"])}


visits = Question(Tumbling(15 * MINUTE), value=None, where=None, identity="event_id", parse=visit)
clicks = week.topic("activity", Faults.none())


def windows_of(user, kind):
    """The windows of this user's views and clicks on 3 January, 14:30 to 16:30."""
    with Processor(":memory:", visits._replace(windows=kind), lateness=30) as processor:
        follow(clicks, processor)
        found = processor.results(preliminary=True)
    mine = found[found["user_id"] == user]
    return mine[mine["start"].between("2025-01-03 14:30", "2025-01-03 16:30")].reset_index(drop=True)


windows = {"tumbling\n15 min": windows_of(954, Tumbling(15 * MINUTE)),
           "sliding\n30 min every 15": windows_of(954, Sliding(30 * MINUTE, 15 * MINUTE)),
           "sessions\ngap 15 min": windows_of(954, Sessions(15 * MINUTE))}
windows["sessions\ngap 15 min"]

# %% role="claim"
assert [found["events"].tolist() for found in windows.values()] == [[4, 1, 5], [4, 5, 1, 5, 5], [5, 5]]
sessions = list(windows.values())[-1]
assert f"{sessions['end'].iloc[0]:%H:%M:%S}" == "15:15:58"  # 15:00:58 and 15 minutes

# %% role="figure" alt="A timeline of one customer's events on 3 January 2025 from 14:30 to 16:30, and below it the windows that hold them. Two groups of five events. Three tumbling windows hold 4, 1 and 5 events; five overlapping sliding windows hold 4, 5, 1, 5 and 5; two sessions hold 5 each."
# The code of this figure.
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
         xlabel="time of day on 3 January 2025 (UTC)", title="Two visits: two sessions, but three tumbling windows")
axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))
axes.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# **Read the figure.** At the top each stroke is an event of one customer. Below are the windows that hold them, with
# the number of events in each; sliding windows overlap, so they are drawn in two rows.
#
# The first visit went on after 15:00, so the tumbling windows cut it in two. Each session holds one visit, and ends when
# its gap is over, 15 minutes after its last event.
#
# Which gap is right? The Store knows which visits there really were. How many of them does each gap find?

# %%
truth = week.activity.groupby("session_id").agg(user_id=("user_id", "first"), start=("occurred_at", "min"),
                                                events=("event_id", "size"))


def recognised(gap):
    """The share of the true visits that are one session with this gap, event by event."""
    with Processor(":memory:", visits._replace(windows=Sessions(gap)), lateness=30) as processor:
        follow(clicks, processor)
        found = processor.results(preliminary=True)
    return len(found.merge(truth, on=["user_id", "start", "events"])) / len(truth)


gaps = {"30 s": 30, "1 min": MINUTE, "5 min": 5 * MINUTE, "30 min": 30 * MINUTE, "8 hours": 8 * HOUR}
shares = pd.Series({name: recognised(gap) for name, gap in gaps.items()})
shares.map("{:.1%}".format).rename_axis("gap").to_frame("visits recognised")

# %% role="claim"
assert shares.idxmax() == "5 min" and round(shares["5 min"], 3) == 0.993 and round(shares["30 min"], 3) == 0.963
assert shares["30 s"] < 0.3 and shares["8 hours"] < 0.75

# %% [markdown]
# With 30 seconds a visit falls apart whenever a customer reads a page. With eight hours the visits of a day grow
# together. Five minutes find 99.3% of the visits at this shop; half an hour, the default of many tools, finds 96.3%.

# %% [markdown] role="prompt" exercise="spending"
# ### Exercise: spending per customer and five minutes ({{points}}, about 30 minutes)
#
# Write the processor for the shop's question: how much has each customer spent in each window of five minutes? Orders
# come one at a time, in the order of arrival. What you report is acted on, so report each window once.
#
# First step: let `take` put each order's `total` into a dict, by customer and window, and let `finish` return what the
# dict holds. Run the check, and go on with what fails.
#
# | call | does |
# |---|---|
# | `Spending()` | makes a processor, without arguments |
# | `take(order)` | takes in the next order; returns a list, often empty, of the windows that are complete now, each a tuple `(user_id, start, total)` |
# | `finish()` | is called once, at the end of the stream; returns the windows not reported yet, in such a list |
# | `late()` | returns the list of the `order_id`s that came too late |
#
# An order is a dict:
#
# ```python
# {"order_id": 5021, "user_id": 314, "status": "completed", "total": 42.5,
#  "occurred_at": datetime(2025, 3, 1, 12, 4, 10, tzinfo=UTC),
#  "received_at": datetime(2025, 3, 1, 12, 5, 40, tzinfo=UTC)}
# ```
#
# | about | the rule |
# |---|---|
# | windows | begin at each full five minutes and hold what *occurred* in them, to the microsecond: 12:00:00 is in the window from 12:00, and 12:05:00 isn't |
# | `start`, `total` | a `datetime` in UTC; the customer's EUR in that window, rounded or not |
# | status | only `completed` orders count, the others are `cancelled`; a window without a completed order is not reported |
# | newest | the newest `occurred_at` that was taken so far, of any customer and status |
# | too late | an order that occurred *more* than two minutes before newest; whatever its status, it goes to `late()` and counts nowhere, even if its window is still open |
# | complete | a window is complete once newest is two minutes or more after its end; the `take` that makes it complete reports it |
# | order of lists | any |
# | repeats | no order comes twice; that is for 02b |
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
# ## What to take along
#
# - Say which clock you mean. Windows go by event time; what you know depends on arrival time.
# - The watermark is the newest event time minus the lateness. What occurred before it is late.
# - A long lateness costs freshness, a short one costs completeness. Measure both for each source.
# - Count what is late, though it is in no sum: the count says whether your lateness is right.
# - Tumbling windows for reports, sliding windows for bursts, sessions for visits.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, within a minute.
#
# **Next:** [02b Exactly once](../02b_exactly_once/02b_exactly_once.ipynb): what the processor remembers, and what a
# crash does to it.
#
# **Read on.** Tyler Akidau and others, [*The Dataflow Model*](https://research.google/pubs/the-dataflow-model-a-practical-approach-to-balancing-correctness-latency-and-cost-in-massive-scale-unbounded-out-of-order-data-processing/), on windows, watermarks and lateness. The
# documentation of [Kafka Streams](https://kafka.apache.org/documentation/streams/),
# [Apache Flink](https://nightlies.apache.org/flink/flink-docs-stable/) and
# [Spark Structured Streaming](https://spark.apache.org/docs/latest/streaming/index.html) on windows.
