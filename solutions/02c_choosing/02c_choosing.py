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
# # 02c Choosing: batch or stream, decided by a number
#
# [02a](../02a_windows/02a_windows.ipynb) and [02b](../02b_exactly_once/02b_exactly_once.ipynb) answered the same
# questions with batch jobs and with streams. The answers agreed, so either would do. This part is about which of the
# two to use, and how to give a reason that somebody else can check.
#
# **After this part you will be able to**
#
# - say how old a result is, in batches and in a stream;
# - work out what it costs that results come late;
# - decide between batch and stream by a number, and say at which number you would decide otherwise.
#
# **You need** 02a and 02b, and about 75 minutes, 50 of them for the exercises.

# %%
import json
import tempfile
import time
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store
from dataml_lab.store.broker import produce
from dataml_lab.streaming import Processor, Question, Tumbling, batch, follow

plt.style.use("dataml_lab.workbook")
desk = tempfile.TemporaryDirectory()  # everything that this notebook writes goes here
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds
per_day = Question(Tumbling(DAY), key=None)  # EUR per day, as in 02a


def fresh(name):
    """A path that isn't in use yet, so that every cell can be run again."""
    return Path(tempfile.mkdtemp(dir=desk.name)) / name


# %% [markdown]
# ## How old is a result?
#
# First the stream. The next cell sends an order to a topic that a processor follows, and measures how long it takes
# until the order is in the sums.

# %%
def seconds_until_counted(topic, processor, line):
    """Sends a record and takes what comes until it has been counted; gives up after ten seconds."""
    before, begun = processor.counts.counted, time.perf_counter()
    produce(topic.servers, topic.name, [("1", line, 0)], limit=None)
    follow(topic, processor, until=lambda: processor.counts.counted > before or time.perf_counter() > begun + 10)
    return time.perf_counter() - begun


order = {"order_id": time.time_ns(), "user_id": 1, "product_id": 5, "quantity": 1, "total": 10.0,
         "status": "completed", "channel": "web", "occurred_at": "2025-06-29T20:00:00Z",
         "received_at": "2025-06-29T20:00:01Z"}
with (Store(users=100, days=30).topic("orders", Faults.none()) as live,
      Processor(fresh("live.db"), per_day, lateness=DAY) as processor):
    follow(live, processor)
    quick = seconds_until_counted(live, processor, json.dumps(order)) < 2
print(f"Counted, and safe on the disk, within two seconds: {quick}.")

# %% role="claim"
assert quick

# %% [markdown]
# But an order has to reach the topic first. The *age* of an order is the time from when it occurred to when it can first
# be in an answer: in a stream as soon as it is received, in batches after the next run.
#
# The next cell computes the *median* age: half of the events are younger than it, half are older.

# %%
def median_age(events, every):
    """The median age in minutes, with a run every so many seconds (0: a stream)."""
    known_at = events["received_at"].dt.ceil(pd.Timedelta(seconds=every)) if every else events["received_at"]
    return ((known_at - events["occurred_at"]) / pd.Timedelta(minutes=1)).median()


store = Store()
rhythms = {"stream": 0, "run every 15 min": 15 * MINUTE, "run every hour": HOUR, "run every night": DAY}
ages = pd.DataFrame({source: {name: median_age(events, every) for name, every in rhythms.items()} for source, events in
                     (("views and clicks", Store(days=7).activity), ("orders", store.orders))})
ages.rename_axis("median age (min)").round(2)

# %% role="claim"
stream, quarter, hour, night = (ages.loc[name] for name in rhythms)
assert abs(stream["orders"] - quarter["orders"]) < 0.5 and round(60 * stream["views and clicks"]) == 3
assert quarter["views and clicks"] > 100 * stream["views and clicks"] and night.between(480, 540).all()
assert (store.orders["received_at"].dt.ceil("15min") == store.orders["received_at"]).all()
assert (store.orders["occurred_at"].dt.hour >= 12).mean() > 0.6

# %% role="figure" alt="Bars: the median age in minutes of views and clicks, and of orders. As a stream 3 seconds and 7.5 minutes; with a run every 15 minutes 7.5 and 7.5; with a run every hour 29 and 30."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
shown = ages.iloc[:3]
for shift, source, color in ((-0.2, "views and clicks", "C0"), (0.2, "orders", "C1")):
    bars = axes.barh(np.arange(3) + shift, shown[source], height=0.38, color=color, label=source)
    axes.bar_label(bars, [f"{age:.1f}" if age >= 0.1 else f"{age * 60:.0f} s" for age in shown[source]], padding=4)
axes.set(yticks=range(3), yticklabels=shown.index, xlabel="median age of an event when it is first in an answer (min)", xlim=(0, 34),
         title="For orders, a stream is no fresher than a run every 15 minutes")
axes.invert_yaxis()
axes.grid(visible=False, axis="y")
axes.legend(loc="upper right")
plt.show()

# %% [markdown]
# **Read the figure.** Each bar is a median age; shorter is fresher. Views and clicks (blue) are three seconds old in a
# stream, and seven and a half minutes with a run every quarter of an hour. Orders (orange) are equally old in both: the
# shop's systems hand them over every quarter of an hour, and we suppose that a run starts just after that.
#
# With a run every night, which isn't in the figure, both are over eight hours old. (That is less than half a day: most
# events occur after noon.)
#
# So a requirement that is called “real-time” needs two questions: how fast does its source report, and how old may the
# result be? Where a quarter of an hour is young enough, a batch job every 15 minutes is enough, and it can be run again.
#
# ## Computing a day again
#
# A rule changes, and 1 April has to be computed again. The batch job reads the rows of that day. The stream is
# replayed from its first record.
#
# (For the sum of a day a replay could begin at the offset of 1 April, as in 02b. For a sum of all time it couldn't.)

# %%
topic, warehouse = store.topic("orders", Faults.none()), pipeline.Warehouse(fresh("shop.duckdb"))
with warehouse:
    warehouse.publish("orders", store.orders, key="order_id")


def one_day():
    """The batch job for 1 April."""
    with warehouse:
        batch.rebuild(warehouse.connection, per_day, [date(2025, 4, 1)], "orders", into="daily")


def everything():
    """The whole stream once more."""
    with Processor(":memory:", per_day, lateness=5 * DAY) as processor:
        follow(topic, processor)


# %% tags=["nbval-ignore-output"]
def seconds_of(work):
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


again = {"batch, one day": seconds_of(one_day), f"stream, {len(topic):,} records": seconds_of(everything)}
pd.Series(again).round(2).to_frame("seconds")

# %% role="claim"
assert [*again.values()][1] > [*again.values()][0]

# %% [markdown]
# Your times will differ. The shop has half a year of orders. With ten years of them this replay would take twenty times
# as long, and the batch job hardly longer if the table finds the rows of a day by an index.
#
# ## Which of the two?
#
# | | batch | stream |
# |---|---|---|
# | freshness | up to the time between two runs, often about half of it, and what the source takes | seconds, and what the source takes |
# | complexity | one query, nothing to remember | windows, watermark, ids and positions, in one transaction; harder to debug, because order and timing matter; somebody on call when it stops |
# | to compute again | run the job for those days | replay the log, as far as it still goes |
# | typical use | reports, analytics, training data for models | alerts, fraud, live dashboards |
# | tools | cron and SQL, [dbt](https://docs.getdbt.com/), [Airflow](https://airflow.apache.org/docs/), Spark | Kafka Streams, Flink, Spark Structured Streaming |
#
# Three of these tools run in this course, as extras: Airflow in [01f](../01f_plan/01f_plan.ipynb), Spark and Flink in
# [02b](../02b_exactly_once/02b_exactly_once.ipynb).
#
# Start with batch, and run it as often as it pays. Move to a stream where the worth of a result falls within minutes,
# and say how much it falls.
#
# ## What a late result costs
#
# Some results lose their worth while they wait. The *half-life* is the time after which half of the worth is lost.
# After twice that time three quarters are lost, and so on.
#
# Here is a result with a half-life of one hour.

# %%
half_life = 1  # hours
left = pd.Series({wait: 0.5 ** (wait / half_life) for wait in (0, 0.5, 1, 2, 3)})
left.map("{:.1%}".format).rename_axis("wait (h)").to_frame("worth left")

# %% role="claim"
assert left.round(3).tolist() == [1, 0.707, 0.5, 0.25, 0.125]

# %% [markdown]
# With a run every four hours, an event waits for its result from 0 to 4 hours, and each wait is equally likely. How much
# of the worth is left on average? The next cell takes the average over many waits.

# %%
waits = np.linspace(0, 4, 10_001)  # hours
worth_left = 0.5 ** (waits / half_life)
print(f"On average {worth_left.mean():.0%} are left. At the average wait, {waits.mean():g} hours, it is "
      f"{0.5 ** (waits.mean() / half_life):.0%}.")

# %% role="claim"
assert round(worth_left.mean(), 2) == 0.34 and 0.5 ** waits.mean() == 0.25 and waits.mean() == 2

# %% role="figure" alt="A falling curve: the worth left, from 100% after no wait to 6% after 4 hours. A dashed level line marks the average over all waits, 34%. A dot on the curve marks the average wait of 2 hours, where 25% are left."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
axes.plot(waits, 100 * worth_left, color="C0")
axes.axhline(100 * worth_left.mean(), color="C1", linestyle="--")
axes.annotate("average over all waits: 34%", (4, 37), color="C1", ha="right")
axes.plot(2, 25, "o", color="C0", markersize=8)
axes.annotate("at the average wait: 25%", (1.95, 12), color="C0", ha="right")
axes.set(xlabel="wait (h)", ylabel="worth left (%)", ylim=(0, 103), xlim=(0, 4.05),
         title="The average over all waits is more than the worth at the average wait")
plt.show()

# %% [markdown]
# **Read the figure.** The wait grows to the right; the height is the worth that is left. An event that just misses a run loses
# nearly everything; an event that comes just before a run loses nothing. The average over all waits, 34%, is not the 25%
# of an event that waits for the average time.

# %% [markdown] role="prompt" exercise="choose"
# ### Exercise: batch or stream? ({{points}}, about 20 minutes)
#
# Batch or stream, and if batch, how often?
#
# - a weekly e-mail of recommendations
# - finding fraudulent card payments
# - the daily revenue report
# - the leaderboard of an online game
#
# Write `choose(brief)`, which settles such cases by one computation. It returns the seconds between two runs (60, 300,
# 900, 3600, 21600, 86400 or 604800), or 0 for a stream.
#
# A choice is judged by the bill of a day. It holds if its bill is at most 2% above that of the cheapest choice. The
# check tries each part of the bill on briefs in which that part decides; the next exercise uses your bill.
#
# First step: write `bill(brief, every)`, the EUR of a day, and compare it with the example. What is lost on average is
# not what is lost at the average wait.
#
# | in the brief | says |
# |---|---|
# | `what` | what it is called |
# | `events_per_day` | how many events there are, evenly over the day |
# | `worth` | EUR that an event earns if its result is there at once |
# | `half_life_s` | seconds after which half of that is lost |
# | `reruns_per_day` | how many times a day the whole history has to be computed again (0.1: once in ten days) |
# | `run_cost` | EUR of one batch run |
# | `stream_day` | EUR of a day on which a stream runs, whatever it does |
#
# | the bill of a day | batch, every *s* seconds | stream |
# |---|---|---|
# | to run at all | `run_cost` for each of 86400 / *s* runs, which may be less than one | `stream_day` |
# | for each event | 0.000002 EUR | 0.00002 EUR |
# | to compute the history again, each time | 2 EUR | 40 EUR |
# | an event waits for its result | anything from 0 to *s* seconds, all equally likely | 2 seconds |
# | lost by waiting | the part of its `worth` that is gone by then | the same |
#
# The example:
#
# ```python
# {"what": "live tracking of deliveries", "events_per_day": 400_000.0, "worth": 0.0006,
#  "half_life_s": 3600.0, "reruns_per_day": 0.0, "run_cost": 0.4, "stream_day": 60.0}
# ```
#
# | way | keeps of the worth | EUR a day |
# |---|---:|---:|
# | stream | 99.96% | 68.09 |
# | every 900 s | 91.8% | 58.84 |
# | every 3600 s | 72.1% | 77.28 |
#
# The cases above, and a “real-time” warehouse dashboard, which has the numbers of the example. In each, `stream_day` is 60.
#
# | case | `events_per_day` | `half_life_s` |
# |---|---:|---:|
# | e-mail | 200,000 | 5,184,000 |
# | payments | 3,000,000 | 30 |
# | report | 400,000 | 864,000 |
# | game | 8,000,000 | 8 |
# | dashboard | 400,000 | 3,600 |
#
# | case | `worth` | `reruns_per_day` | `run_cost` |
# |---|---:|---:|---:|
# | e-mail | 0.0002 | 0.1 | 8 |
# | payments | 0.004 | 0 | 0.4 |
# | report | 0.00015 | 1 | 2 |
# | game | 0.0005 | 0 | 0.4 |
# | dashboard | 0.0006 | 0 | 0.4 |
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


# %% role="claim"
example = {"what": "live tracking of deliveries", "events_per_day": 400_000.0, "worth": 0.0006,
           "half_life_s": 3600.0, "reruns_per_day": 0.0, "run_cost": 0.4, "stream_day": 60.0}
assert [round(bill(example, every), 2) for every in (0, 900, 3600)] == [68.09, 58.84, 77.28]
shares = [1 - (bill(example, every) - bill({**example, "worth": 0}, every)) / 240 for every in (0, 900, 3600)]
assert [round(share, 3) for share in shares] == [1, 0.918, 0.721] and round(shares[0], 4) == 0.9996

# %% [markdown] role="prompt" exercise="tips_at"
# ### Exercise: where does it tip? ({{points}}, about 15 minutes)
#
# “It depends” is no justification. A number is: *a stream pays as long as the worth halves within 40 minutes*.
#
# Write `tips_at(brief, field)`, which returns the value of a field at which the choice tips between a stream and the cheapest
# batch. Everything else in the brief stays as it is.
#
# First step: write a function that says for one value of the field whether the stream is cheaper. Call it for the two
# ends of the range.
#
# | about | the rule |
# |---|---|
# | `field` | any of the six numbers of the brief, such as `"half_life_s"`; its present value is above 0 |
# | bill | that of the exercise before, whose functions you may call; if it is a little off, so are the tipping points |
# | range | from a hundredth of the field's present value to a hundred times it |
# | how often it tips | within the range the cheaper side changes once or never; if it never changes, return `None` |
# | judged | at 5% below your value and at 5% above it, different sides must be cheaper |
#
# In the example of the exercise before, `tips_at(brief, "stream_day")` is about 50.8. If a day of streaming cost 48 EUR, the
# stream would be cheaper; at 53 EUR the run every 900 seconds is.
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


# %% role="claim"
assert round(tips_at(example, "stream_day"), 1) == 50.8 and 2_300 < tips_at(example, "half_life_s") < 2_450

# %% [markdown] role="question" exercise="tips_at"
# #### Question: justify it ({{essay points}}, about 15 minutes)
#
# Take the four cases of `choose`: the e-mail, the fraudulent payments, the revenue report and the leaderboard. For each,
# say in three or four sentences whether you would process it in batches or as a stream, and why.
#
# First step: run the check of `tips_at`. Below its verdict it lists what these cases cost in both ways, and where your
# `tips_at` finds that they tip. “(exactly: …)” beside a value means that your bill is a little off there.
#
# A stream can pay *above* a half-life: where the worth fades within much less than its 2 seconds, it is too late as well.
#
# A person reads your answer beside that list; 200 to 300 words are enough.
#
# | what earns points | points |
# |---|---:|
# | each choice names what a late result costs in that case, roughly, in EUR a day: from the list, or your own estimate | 1 |
# | for one case, what would have to change for the other choice to be right, with a tipping point from the list | 1 |
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
# To compare: write your answer first. Then `solution("tips_at")`, in a cell of your own, shows a model answer below the
# solution of the exercise.
#
# ## What to take along
#
# - A stream is no fresher than its source. A run every quarter of an hour is often all that “real-time” means.
# - Start with batch. A stream has to earn what its state, its replays and its on-call duty cost.
# - The average loss is not the loss at the average wait.
# - Give a reason as a number: at which value would you choose otherwise?
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, in less than a minute.
#
# **Next:** lesson 03 begins with [03a Point in time](../03a_point_in_time/03a_point_in_time.ipynb): what was known at
# the moment at which a model predicts.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*, the chapters on batch and on stream
# processing.
