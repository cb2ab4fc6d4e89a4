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
# # 01 Pipeline: from raw orders to tables that people trust
#
# Every data system, whatever its size, takes data from its sources through the same four steps:
#
# ```text
# sources            →  ingest        →  clean         →  transform      →  serve
# files, APIs,          fetch once,      coerce types,    aggregate,        warehouse,
# databases, events     lose nothing     refuse, explain  join, derive      API, dashboard, model
# ```
#
# This lesson takes orders from files and an API into a warehouse.
#
# **After this lesson you will be able to**
#
# - pull data from an API so that a crash loses nothing and repeats nothing;
# - say for each raw row whether it was kept, repaired or quarantined, and why;
# - measure what duplicates, nulls and outliers do to a number before somebody decides on it;
# - join and aggregate without multiplying or losing rows;
# - publish tables so that running the job again changes nothing.
#
# **You need** to read and write Python and some pandas, and about 100 minutes, 55 of them for the exercises. Everything
# runs on this machine, without a network.

# %%
import inspect
import json
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import ConciseDateFormatter

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# ## The shop
#
# All lessons work for one simulated online shop, the Store. It is generated from a seed, so its truth is known:
# whatever a pipeline makes of the raw data can be compared with what really happened.

# %%
store = Store()
truth = store.orders
print(f"{len(store.users):,} users placed {len(truth):,} orders in 180 days.")
truth.head(3)

# %% [markdown]
# The shop's systems don't hand out that table. They export JSON, one line per message about an order, as the messages
# arrived and with whatever went wrong on the way. `raw.plan` lists each fault; a real shop has no such list.

# %%
raw = store.raw("orders")
export = raw.write(desk / "orders.jsonl")
print(*raw.lines[:2], sep="\n")
print(f"{len(raw.lines):,} lines for {len(truth):,} orders.")
assert len(raw.lines) > len(truth)

# %% [markdown]
# There are more lines than orders. Before you read on: what could the surplus be, and what else would you look for?

# %% [markdown]
# ## Ingest
#
# Ingesting means getting a copy of what a source holds, exactly as it is, into storage of your own: the *raw zone*.
# Nothing is corrected here. Whoever corrects too early can't go back when the correction turns out to be the bug.
#
# ### Files
#
# A file is landed whole or not at all: it is written under a temporary name, forced to disk, and then renamed,
# which the operating system does in one step. A reader never sees half a file.

# %%
zone = pipeline.RawZone(desk / "files")
pipeline.load_file(export, zone)
batch = pipeline.read(zone)
print(f"{batch.received:,} lines received: {len(batch.records):,} are JSON objects, {len(batch.quarantine)} are not.")
assert batch.received == len(raw.lines)

# %% [markdown]
# Lines that can't be parsed are put aside with file, line and reason. One equation will hold through the whole lesson:
# **kept + quarantined = received**.

# %%
unread = pd.DataFrame(batch.quarantine)
unread[["file", "line", "reason", "detail"]].head(3)

# %% [markdown]
# ### Pull: ask an API for what is new
#
# Pulling means asking now and then for whatever came since the last *checkpoint*. Here is how many systems start:
# ask for orders received since a timestamp, store them, take the timestamp of the last one as the new checkpoint.
# **Find what is wrong with it** before you read on; there are four mistakes.

# %%
def pull_naively(url, stored, checkpoint):
    """Appends a page of orders received since the checkpoint, and returns the new checkpoint."""
    response = httpx.get(f"{url}/orders", params={"since": checkpoint})
    for order in response.json()["data"]:
        stored.append(order)
    return response.json()["data"][-1]["received_at"]


# %% [markdown]
# 1. An empty page has no last row: `[-1]` raises as long as the shop has no order.
# 2. A 429 or a 500 is no page either; nothing waits and asks again.
# 3. If the process dies after it stored the rows and before its checkpoint is saved, the next run stores them again.
# 4. Several orders can share a `received_at`. When such a tie lies across the border of two pages, a timestamp can't
#    say which of its orders have been seen.
#
# The fourth is the quiet one. Ask *from* the checkpoint on and you get some orders twice; ask for what came *after* it
# and you never get some at all. The next cell counts both, on an API that never fails.

# %%
def pull_by_time(url, is_new):
    """All orders, a page at a time; after each page, those that are new as seen from its last timestamp."""
    stored, checkpoint = [], "2025-01-01T00:00:00Z"
    while True:
        page = httpx.get(f"{url}/orders", params={"since": checkpoint}).json()["data"]
        stored += [order["order_id"] for order in page if is_new(order["received_at"], checkpoint)]
        if len(page) < 250:
            return Counter(stored)
        checkpoint = page[-1]["received_at"]


# %%
def lost_and_repeated(stored):
    """How many orders are not among the stored ones, and how many rows are stored once too often."""
    return len(truth) - len(stored), stored.total() - len(stored)


calm = store.serve(faults=Faults.none(), busy_every=None, fail_every=None)  # an API without faults or failures
ways = {"from the timestamp on": pull_by_time(calm.url, lambda received_at, checkpoint: received_at >= checkpoint),
        "after the timestamp": pull_by_time(calm.url, lambda received_at, checkpoint: received_at > checkpoint)}
for way, stored in ways.items():
    print("{}: {} orders lost, {} stored twice".format(way, *lost_and_repeated(stored)))
assert lost_and_repeated(ways["from the timestamp on"])[1] > 0 < lost_and_repeated(ways["after the timestamp"])[0]

# %% [markdown]
# No error was raised and no log line written. That is how the worst bugs of a pipeline look: every part works, and the
# number in the report is wrong.
#
# ### A pull that survives
#
# The Store's API hands out a *cursor*: an opaque mark that names a position, ties or not. `pipeline.pull` keeps the
# cursor as its checkpoint, and `land_page` below has the one order of events that is safe.

# %%
print(inspect.getsource(pipeline.ingest.land_page))

# %% [markdown]
# Land first, move the checkpoint after. After a crash between the two lines the next run fetches that page again, and
# lands it under the same name: the second time changes nothing. An operation that may be done twice is called
# *idempotent*, and it is what makes a retry safe.
#
# Let us stop it there, before its checkpoint moves past page 20. (The tests of this package stop it at every step.)

# %%
class StopsAtPage20(pipeline.RawZone):
    """A raw zone whose process ends just before its checkpoint would move past page 20."""

    def save(self, checkpoint):
        if checkpoint.pages == 20:
            raise SystemExit("the process ended")
        super().save(checkpoint)


def pull_with_a_crash(url, folder):
    """Pulls into a folder, crashes on the way, and pulls again; what the second run did."""
    try:
        pipeline.pull(url, StopsAtPage20(folder))
    except SystemExit as crash:
        print(f"First run: {crash}. Second run:", end=" ")
    return pipeline.pull(url, pipeline.RawZone(folder))


# %%
pulled = pull_with_a_crash(calm.url, desk / "calm")
calm.stop()
print(f"{pulled.pages} pages.")
landed = pipeline.read(pipeline.RawZone(desk / "calm")).records
ways["cursor, land first,\nwith a crash"] = Counter(record.data["order_id"] for record in landed)

lost, repeated = zip(*map(lost_and_repeated, ways.values()))
assert lost[2] == repeated[2] == 0

# %%
figure, axes = plt.subplots(figsize=(8, 2.8))
for shift, label, counts in ((-0.2, "stored twice", repeated), (0.2, "lost", lost)):
    bars = axes.barh(np.arange(3) + shift, counts, height=0.38, label=label)
    axes.bar_label(bars, padding=4)
axes.set(yticks=range(3), yticklabels=ways, xlabel="orders", title="A timestamp can't mark a position; a cursor can")
axes.invert_yaxis()
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# **Read the figure.** Two bars a row: orders stored twice (above, blue) and lost (below, orange). Only the row at the
# bottom, cursor and land first, has neither, although it alone was interrupted.
#
# The same holds on the shop's real feed, whose API sends a 429 (“too many requests”) or a 500 now and then.
# After a 429 `pipeline.pull` waits as long as the API asks for, after a 500 a random time that grows, and tries again.

# %%
with store.serve() as shop:
    pulled = pull_with_a_crash(shop.url, desk / "api")
print(f"{pulled.pages} pages, {pulled.retries} requests repeated, {pulled.waited_s:.0f} s waited.")
from_api = pipeline.read(pipeline.RawZone(desk / "api"))
assert [record.data for record in from_api.records] == [record.data for record in batch.records]
assert len(from_api.quarantine) == len(batch.quarantine)

# %% [markdown]
# The API delivered the same records as the file, in the same order, and as many unreadable lines.
#
# ### Decisions to take for every source
#
# | question | what speaks for which |
# |---|---|
# | pull or push? | Pull where minutes of delay are fine and the source can be asked; push (events, webhooks) where they are not |
# | how often? | Ask how stale the data may be; seldom means fewer chances to fail, often means small runs that are quickly mended |
# | what makes a repeat harmless? | A key for every row or page, and writes that replace by key |
# | how to compute the past anew (*backfill*)? | Keep raw data as it came, and let every job take the days to make as an argument |

# %% [markdown] role="prompt" exercise="fetch_all"
# ### Exercise 1: a pull that survives a crash ({{points}}, about 25 minutes)
#
# Write `fetch_all(api, state)`, which brings the stored deliveries up to date. It runs every hour, in a process that
# may crash at any moment; then it is simply run again.
#
# The depot's API has no cursor, only `updated_at`: the depot's clock when a delivery was last changed. That clock never
# goes backwards, but any number of deliveries can share a time, even more than a page holds.
#
# Deliveries change while you fetch: one that does gets a later time and leaves its page, and those behind it move up.
# Only in a tie of more than a page does nothing change before you have fetched it.
#
# | call | does |
# |---|---|
# | `api.get(since=None, page=1)` | returns a dict: `status` 200 and `rows`, up to 20 deliveries with `updated_at >= since` (all, if `since` is `None`), in order of `updated_at` and `delivery_id`; or `status` 500; or `status` 429 and `retry_after`, in seconds. Page 2 holds what follows page 1 for the same `since`; after the last row comes an empty page |
# | `api.wait(seconds)` | waits, on a simulated clock: use it instead of `time.sleep`. After a 500, wait a second or more |
# | `state.load()` | returns the checkpoint saved last, `None` at first |
# | `state.save(checkpoint)` | saves a checkpoint, durably |
# | `state.write(rows)` | stores a dict of key → row, durably, row by row (a crash may come between two); a row under a key that exists replaces that row |
#
# Two rows of one page, which share their time and are two deliveries:
#
# ```python
# {"delivery_id": 1042, "courier_id": 7, "distance_km": 3.2, "status": "under way",
#  "updated_at": "2025-03-01T08:15:00Z"}
# {"delivery_id": 1077, "courier_id": 4, "distance_km": 0.9, "status": "delivered",
#  "updated_at": "2025-03-01T08:15:00Z"}
# ```
#
# At the end each delivery must be stored once, in its newest version. A run must not fetch again what earlier runs have
# stored, except for a page of rows around the checkpoint, and those that share its time.
#
# {{properties}}

# %% role="answer" exercise="fetch_all"
def fetch_all(api, state):
    """Stores every delivery once, in its newest version, whatever happened to earlier runs."""
    ### BEGIN SOLUTION
    since, page = state.load(), 1
    while True:
        response = api.get(since=since, page=page)
        if response["status"] != 200:
            api.wait(response.get("retry_after", 1))
            continue
        rows = response["rows"]
        if not rows:
            return
        state.write({row["delivery_id"]: row for row in rows})
        newest = rows[-1]["updated_at"]
        state.save(newest)
        page = page + 1 if newest == since else 1  # count pages only inside a tie: elsewhere rows may move
        since = newest
    ### END SOLUTION


# %% role="check" exercise="fetch_all"
# Run me as often as you like: I say what holds, in practice worlds, and what doesn't.
from dataml_lab.checks import check

check("fetch_all", globals())

# %% role="graded" exercise="fetch_all"
# Your points: run me last, and leave me as I am.
from dataml_lab.checks import grade

grade("fetch_all", globals())

# %% [markdown]
# ## Clean
#
# Cleaning turns raw records into rows that people can rely on. For each record there are three outcomes: *keep* it,
# *repair* it where its meaning is beyond doubt, or *quarantine* it with a reason. Dropping is not among them: what was
# dropped can be neither counted nor mended.
#
# ### One record
#
# Here is a cleaner as one finds it in many code bases. It looks careful.

# %%
def clean_hastily(raw):
    """A clean order, or None for an invalid one."""
    if raw.get("total") is None or raw["total"] < 0:
        return None
    return {"order_id": str(raw["order_id"]), "user_id": str(raw["user_id"]),
            "total": float(raw["total"]), "occurred_at": pd.to_datetime(raw["occurred_at"])}


# %% [markdown]
# The table runs it, and `pipeline.parse_order`, on an order with one thing wrong at a time. Cover the right column
# and predict the middle one.

# %%
order = json.loads(raw.lines[0])
wrongs = {"nothing wrong": {}, "total as text": {"total": "42.50"}, "total of NaN": {"total": float("nan")},
          "no user": {"user_id": None}, "no such day": {"occurred_at": "2025-02-30T12:00:00+01:00"},
          "no offset": {"occurred_at": "2025-03-01T12:00:00"}}


def told(clean, record):
    """What a cleaner does with a record, in words."""
    try:
        cleaned = clean(record)
    except Exception as error:
        return textwrap.shorten(f"{type(error).__name__}: {error}", 60, placeholder=" …")
    return "refused" if cleaned is None else f"kept: total {cleaned['total']:g}, user {cleaned['user_id']}"


# %%
seen = {name: {"hasty": told(clean_hastily, order | wrong), "parse_order": told(pipeline.parse_order, order | wrong)}
        for name, wrong in wrongs.items()}
with pd.option_context("display.max_colwidth", 70):
    display(pd.DataFrame(seen).T)
assert "TypeError" in seen["total as text"]["hasty"] and "user None" in seen["no user"]["hasty"]
assert "kept: total nan" in seen["total of NaN"]["hasty"] and "kept" in seen["no offset"]["hasty"]

# %% [markdown]
# The hasty cleaner stops the whole job at a total that is written as text, although that can be read. Worse is what
# it keeps: NaN passes because `NaN < 0` is false, and `str(None)` invents a customer named “None”. A time without an
# offset is kept as well, and nobody will know which hour it meant.
#
# `parse_order` goes through a table of fields and rules, the *schema*: it says what a record must look like to be an
# order. A rule states what is allowed, `abs(value) <= sys.float_info.max` and not “isn't infinite”, so that what nobody
# thought of (NaN here) is refused rather than kept.

# %%
for field, rule in pipeline.clean.ORDER.items():
    print(f"{field:12} {rule.__name__}")
print(inspect.getsource(pipeline.number).split('"""')[-1])

# %% [markdown]
# ### All records
#
# `clean_orders` applies that to each record, then looks across records for repeats: a source that promises to deliver
# *at least once* will deliver some twice. The first that was received stays, and each later one goes to quarantine. That
# is right for messages sent again; where a source sends *updates*, as in exercise 1, the newest has to win.

# %%
cleaned = pipeline.clean_orders(batch)
print(f"{len(cleaned.kept):,} kept + {len(cleaned.quarantined):,} quarantined = {batch.received:,} received")
assert len(cleaned.kept) + len(cleaned.quarantined) == batch.received
cleaned.quarantined[["line", "reason", "detail"]].head(4)

# %% [markdown]
# Numbers that arrived as text were *repaired*, since there is no doubt about what `"39.99"` means. Here are three of
# them, beside what the shop really sold.

# %%
as_text = raw.plan[(raw.plan["fault"] == "number_as_text") & (raw.plan["field"] == "total")].set_index("key")
repaired = cleaned.kept.set_index("order_id")["total"].reindex(as_text.index).rename("repaired")
sold = truth.set_index(truth["order_id"].astype(str))["total"].reindex(as_text.index).rename("true")
assert (repaired == sold).all()
pd.concat([repaired, sold], axis=1).head(3)

# %%
reasons = cleaned.quarantined["reason"].value_counts().sort_values()
figure, axes = plt.subplots(figsize=(8, 4.6))
axes.bar_label(axes.barh(reasons.index, reasons), padding=4)
share = len(cleaned.quarantined) / batch.received
axes.set(xlabel="lines", title=f"{share:.0%} of the lines are quarantined, a third of those as repeats")
axes.margins(x=0.08)
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
assert 0.33 < reasons["order: repeated"] / reasons.sum() < 0.45

# %% [markdown]
# **Read the figure.** One bar for each reason, the most frequent on top. It is a to-do list for whoever runs the source:
# repeats are the price of reliable delivery, but times without an offset are a bug that somebody can mend.
#
# The repeats also answer the question from the start: they are the whole surplus of lines.
#
# Because the Store knows its own faults, the cleaner can be scored like a classifier. *Recall* is the share of faulty
# lines that it refused, *precision* the share of refused lines that were faulty.

# %%
faulty = set(raw.plan.loc[raw.plan["expected"] == "quarantine", "line"])
refused = set(cleaned.quarantined["line"])
recall, precision = len(faulty & refused) / len(faulty), len(faulty & refused) / len(refused)
print(f"recall {recall:.0%}, precision {precision:.0%}")
assert recall == precision == 1
assert len(raw.lines) - len(truth) == reasons["order: repeated"]

# %% [markdown]
# That is no surprise: the cleaner was written for these faults. A source of yours will have some that no plan lists.
#
# ### What cleaning buys
#
# Does cleaning bring a number closer to the truth? The next cell computes each day's revenue from the raw records, with
# whatever can be read as a number, and from the clean orders.

# %%
days = pd.date_range("2025-01-01", periods=180)
readable = pd.DataFrame([record.data for record in batch.records])
readable["total"] = pd.to_numeric(readable["total"], errors="coerce")
readable["occurred_at"] = pd.to_datetime(readable["occurred_at"], utc=True, errors="coerce", format="ISO8601")


def daily_error(orders):
    """Each day's revenue from these orders, minus the true one."""
    by_day = [pipeline.daily_revenue(table, days).set_index("day")["revenue"] for table in (orders, truth)]
    return (by_day[0] - by_day[1]).round(2)


errors = {"raw": daily_error(readable), "clean": daily_error(cleaned.kept)}
for name, error in errors.items():
    print(f"{name:6} {error.sum():+9,.0f} € in all, {(error > 0).sum():3} days too high, {(error < 0).sum():3} too low")
assert abs(errors["raw"].sum()) < abs(errors["clean"].sum()) and (errors["clean"] <= 0).all()

# %% [markdown]
# At first sight it doesn't: the grand total is further off after cleaning. But the raw total is close by luck.
#
# Repeats push it up; negative totals, broken lines and orders without a readable time or status push it down. Nobody knows by how
# much, and next month they may not cancel.
#
# The error after cleaning is another kind of error. It has one sign, its size is what lies in quarantine, and each of
# its lines has a number and a reason. So it can be mended: the shop corrects those orders and sends them again.

# %%
kept = set(cleaned.kept["order_id"])
sound = store.raw("orders", Faults.none()).lines
corrected = [line for line in sound if str(json.loads(line)["order_id"]) not in kept]
zone.land("orders-corrected.jsonl", (line.encode() + b"\n" for line in corrected))
mended = pipeline.clean_orders(pipeline.read(zone))
errors["clean, corrections sent"] = daily_error(mended.kept)
print(f"{len(corrected)} corrected orders came in; {len(mended.kept):,} of {len(truth):,} orders are kept now.")
assert len(mended.kept) == len(truth) and (errors["clean, corrections sent"] == 0).all()

# %%
figure, panels = plt.subplots(3, 1, figsize=(8, 5.4), sharex=True, sharey=True)
for axes, (name, error), colour in zip(panels, errors.items(), ("C1", "C0", "C2")):
    axes.bar(error.index, error, color=colour, width=1)
    total = f"{error.sum():,.0f} €".replace("-", "−")
    axes.set_title(f"{name}: {total}, wrong on {(error != 0).sum()} days", fontsize=11, weight="normal")
panels[1].set_ylabel("error in daily revenue (€)")
panels[2].xaxis.set_major_formatter(ConciseDateFormatter(panels[2].xaxis.get_major_locator()))
figure.suptitle("An error of known sign and size can be mended", x=0.01, ha="left", weight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** Daily revenue minus the true one. Raw data errs both ways, on most days; clean data errs one way;
# and once the quarantined orders have come in corrected, no day is wrong any more. Watch the amount that waits in quarantine
# as closely as revenue itself.

# %% [markdown]
# ### Nulls: drop, default or impute
#
# A user need not give an age. Three ways of dealing with that are common: drop the rows, fill in a default, or *impute*
# a typical value. Which one keeps the mean right?

# %%
known = store.users["age"]
true_age = store.truth.users["age"]
means = pd.Series({"the truth": true_age.mean(), "drop": known.mean(), "default 0": known.fillna(0).mean(),
                   "impute the median": known.fillna(known.median()).mean()})
print(means.round(1).rename_axis("mean age (years)").to_string())
print(f"Those who left it blank are {true_age[known.isna()].mean():.0f} years old on average, the others {known.mean():.0f}.")
assert means["default 0"] < means["drop"] - 3 and means["drop"] < means["the truth"] - 0.5
assert abs(means["impute the median"] - means["drop"]) < 0.5

# %%
figure, axes = plt.subplots(figsize=(8, 2.4))
axes.axvline(means["the truth"], color="C6", linewidth=1, linestyle="--")
axes.plot(means.drop("the truth"), means.drop("the truth").index, "o", markersize=10)
axes.annotate("truth", (means["the truth"], -0.6), xytext=(-6, 0), textcoords="offset points", ha="right")
axes.set(xlabel="mean age (years)", title="None of three usual treatments finds the true mean", ylim=(2.5, -0.9))
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is the mean after one treatment, the dashed line the true mean. A default of 0 is far
# off, since 0 is nobody's age. Dropping and imputing err alike, since imputing repeats what the known ages say.
#
# If blanks were spread at random, dropping would be right on average, and imputing where median and mean agree. They
# aren't: older users leave the field empty more often. So ask *why is it missing* before you ask how to fill it; if nobody knows, keep the null, and add a column that says so.

# %%
blank = known.isna().groupby(pd.cut(true_age, [0, 30, 50, 120]), observed=True).mean()
print(blank.rename_axis("age (years)").map("{:.0%} leave it blank".format).to_string())
assert blank.is_monotonic_increasing and blank.iloc[-1] > 4 * blank.iloc[0]

# %% [markdown]
# ### Outliers
#
# Some values are possible and still wrong, like a total with the decimal point left out. A common rule flags what lies
# more than three standard deviations from the mean.
#
# Another takes the median instead of the mean and, instead of the standard deviation, the *robust sd*: the median distance
# from the median, times 1.4826, which makes the two equal for a bell curve. It flags what lies more than five of these
# away. Here are fifteen totals, three of which lost their decimal point.

# %%
totals = pd.Series([24.99, 39.99, 18.5, 61.0, 33.25, 47.9, 29.99, 55.0, 21.75, 36.4, 44.1, 27.6, 3999.0, 2850.0, 4575.0])
by_mean = (totals - totals.mean()).abs() > 3 * totals.std()
by_median = pipeline.outliers(totals)
print(f"mean ± 3 sd flags {by_mean.sum()}, median ± 5 robust sd flags {by_median.sum()} of 3")
assert by_mean.sum() == 0 and list(totals[by_median]) == [3999.0, 2850.0, 4575.0]

# %%
spread = 5 * 1.4826 * (totals - totals.median()).abs().median()
figure, axes = plt.subplots(figsize=(8, 2.6))
axes.plot(totals, [0.5] * len(totals), "o", alpha=0.6, markersize=9, color="C0")
for height, reach, label, colour in ((0.8, totals.mean() + 3 * totals.std(), "mean + 3 sd", "C1"),
                                     (0.8, totals.median() + spread, "median + 5 robust sd", "C2")):
    axes.axvline(reach, color=colour)
    axes.text(reach * 1.04, height, label, color=colour)
axes.set(xscale="log", xlim=(10, 20_000), ylim=(0, 1), yticks=[], xlabel="order total (€, logarithmic scale)",
         title="Three wild totals move the fence that should stop them")
axes.grid(visible=False)
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is an order; what lies right of a line is flagged. The wild totals inflate mean and
# standard deviation so much that their own fence ends behind them, while the median hardly notices them.
#
# That doesn't make the second fence a cleaner. Look at what both say about the shop's true orders, none of which is wrong:

# %%
flagged = pd.Series({"mean ± 3 sd": ((truth["total"] - truth["total"].mean()).abs() > 3 * truth["total"].std()).sum(),
                     "median ± 5 robust sd": pipeline.outliers(truth["total"]).sum()})
print(flagged.map(f"{{}} of {len(truth):,} orders flagged".format).to_string())
assert flagged["median ± 5 robust sd"] > flagged["mean ± 3 sd"] > 100

# %% [markdown]
# A statistical outlier is a question, not a verdict: the large order may be a happy customer. Limits that come from
# the business (`0 <= total < 1_000_000`, no user aged 250) belong in the schema; statistical fences belong in a report.

# %% [markdown] role="prompt" exercise="cleaner_tests"
# ### Exercise 2: test the cleaner ({{points}}, about 15 minutes)
#
# You inherit a `clean(raw)` for orders and may not look inside. Write tests that a correct one passes and a faulty
# one fails.
#
# A test is a function whose name begins with `test_`. It is given a cleaner and uses `assert`: any exception counts as
# noticing a fault, and what it returns doesn't matter. Write as many as you like; `pipeline.clean_order` is a correct
# cleaner to try them on.
#
# This is the contract. Where it is silent (blanks around an id, say), correct cleaners may differ.
#
# | field | a raw order | the clean order |
# |---|---|---|
# | `order_id`, `user_id`, `product_id` | a whole number or text; refused if missing, null or empty | text |
# | `quantity` | whole number from 1 to 999,999, or text that spells one; refused otherwise | int |
# | `total` | number, or text that spells one; refused if missing, not a finite number, negative, or 1,000,000 and more. Zero is allowed, cents are kept | float |
# | `status` | `completed` or `cancelled`; refused otherwise | the same |
# | `channel` | `web`, `app` or `phone`; refused otherwise | the same |
# | `occurred_at`, `received_at` | ISO 8601 text with an offset from UTC; refused without one, or if there is no such moment | `datetime` in UTC |
#
# `clean` returns a dict, or `None` for an order that it refuses. It never raises, never changes the dict that it is
# given, and may add further fields to its result. For example:
#
# ```python
# clean({"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50",
#        "status": "completed", "channel": "web",
#        "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"})
# ```
#
# returns `order_id` "17", `total` 42.5 and `occurred_at` 10:00 UTC; with a `total` of -1 it returns `None`.
#
# Your tests must pass on two correct cleaners; otherwise they earn nothing. Then each faulty cleaner that at least one
# of them notices earns half a point. There are twelve: seven get totals wrong, two ids, two times, and one does
# something else that the contract forbids.

# %% role="answer" exercise="cleaner_tests"
from datetime import UTC, datetime

ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


def test_totals(clean):
    """Totals are read, kept to the cent, and refused when they can't be one."""
    ### BEGIN SOLUTION
    for total in ("42.50", 0, 0.75, 999_999.99):
        assert clean(ORDER | {"total": total})["total"] == float(total)
    for total in (None, "soon", float("nan"), "nan", float("inf"), -0.01, 1_000_000, 5e6):
        assert clean(ORDER | {"total": total}) is None


def test_missing_fields(clean):
    for field in ORDER:
        assert clean({name: value for name, value in ORDER.items() if name != field}) is None
        assert clean(ORDER | {field: None}) is None


def test_ids_are_text(clean):
    cleaned = clean(ORDER)
    assert (cleaned["order_id"], cleaned["user_id"], cleaned["product_id"]) == ("17", "3", "5")


def test_times(clean):
    assert clean(ORDER)["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    for moment in ("2025-02-30T12:00:00+02:00", "2025-03-01T12:00:00", "soon"):
        assert clean(ORDER | {"occurred_at": moment}) is None


def test_the_raw_order_stays_as_it_was(clean):
    raw = dict(ORDER)
    clean(raw)
    assert raw == ORDER
    ### END SOLUTION


# %% role="check" exercise="cleaner_tests"
# Run me as often as you like: I say which faulty cleaners your tests let pass.
from dataml_lab.checks import check

check("cleaner_tests", globals())

# %% role="graded" exercise="cleaner_tests"
# Your points: run me last, and leave me as I am.
from dataml_lab.checks import grade

grade("cleaner_tests", globals())

# %% [markdown] role="prompt" exercise="clean_payments"
# ### Exercise 3: clean the payments ({{points}}, about 15 minutes)
#
# Write `clean(raw)` for the raw records of another table, payments. It returns a new dict with the six fields below (more
# do no harm), or `None` for a record that it refuses. It never raises and never changes what it is given, whatever that is.
#
# | field | a raw payment | the clean payment |
# |---|---|---|
# | `payment_id`, `order_id`, `user_id` | a whole number or text; refused if missing, null or empty | text |
# | `amount` | number, or text that spells one as `float` reads it; refused if missing, not a finite number, negative, or 1,000,000 and more. Zero (a voucher paid all) is allowed, cents are kept | float |
# | `method` | `card`, `paypal`, `transfer` or `voucher`, in capitals or not, perhaps with blanks around it; refused if missing or anything else | in small letters |
# | `occurred_at` | ISO 8601 text with an offset from UTC; refused without one, or if there is no such moment | `datetime` in UTC |
#
# Fields that the table doesn't name are ignored. For example:
#
# ```python
# clean({"payment_id": 9, "order_id": 17, "user_id": 3, "amount": "42.50", "method": " Card",
#        "occurred_at": "2025-03-01T12:00:00+02:00", "device": "tablet"})
# ```
#
# returns `{"payment_id": "9", "order_id": "17", "user_id": "3", "amount": 42.5, "method": "card"}` and as `occurred_at`
# the datetime 2025-03-01 10:00 UTC. Write it in plain Python or with building blocks from `pipeline`, as you like.
#
# The worlds hold payments with the faults of the Store's fault plan. Your tests of exercise 2 are run on your cleaner as
# well, with `payment_id` for `order_id` and `amount` for `total`; what payments don't have is cleaned as in an order.
# That point needs tests that notice at least six of the twelve faulty cleaners.
#
# {{properties}}

# %% role="answer" exercise="clean_payments"
from datetime import UTC, datetime


def clean(raw):
    """The clean payment, or None for a record that can't be trusted."""
    ### BEGIN SOLUTION
    try:
        ids = {field: str(raw[field]) for field in ("payment_id", "order_id", "user_id") if raw[field] not in (None, "")}
        amount, method = float(raw["amount"]), raw["method"].strip().lower()
        local = datetime.fromisoformat(raw["occurred_at"])
        occurred_at = local.astimezone(UTC)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    known = method in ("card", "paypal", "transfer", "voucher")
    if len(ids) < 3 or not 0 <= amount < 1_000_000 or not known or local.tzinfo is None:
        return None
    return {**ids, "amount": amount, "method": method, "occurred_at": occurred_at}
    ### END SOLUTION


# %% role="check" exercise="clean_payments"
# Run me as often as you like: I say what holds, in practice worlds, and what doesn't.
from dataml_lab.checks import check

check("clean_payments", globals())

# %% role="graded" exercise="clean_payments"
# Your points: run me last, and leave me as I am.
from dataml_lab.checks import grade

grade("clean_payments", globals())

# %% [markdown]
# ## Transform
#
# Transforming reshapes clean rows into the tables that people ask for. Three operations do most of the work:
# aggregate, join, derive.
#
# ### Aggregate
#
# `daily_revenue` sums completed orders by the UTC day on which they *occurred*. The days are an argument: a job that
# asks for “yesterday” can't be run for last month, and one that reads the clock can't be tested.

# %%
daily = pipeline.daily_revenue(cleaned.kept, days)
weekday = daily.assign(weekday=daily["day"].dt.day_name()).groupby("weekday")["revenue"].mean()
weekday = weekday.reindex(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
daily.head(3)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, width_ratios=(3, 2))
left.plot(daily["day"], daily["revenue"], linewidth=0.8, color="0.6", label="each day")
left.plot(daily["day"], daily["revenue"].rolling(7).mean(), label="mean of 7 days")
left.set(title="Revenue falls from January to May", ylabel="revenue (€ a day)", ylim=(0, None))
left.xaxis.set_major_formatter(ConciseDateFormatter(left.xaxis.get_major_locator()))
left.legend(loc="lower right")
right.bar([name[:2] for name in weekday.index], weekday)
right.set(title="Saturday earns most", xlabel="day of the week (mean)")
plt.show()
assert weekday.idxmax() == "Saturday" and weekday["Monday"] < 0.85 * weekday["Saturday"]

# %% [markdown]
# **Read the figure.** Left, each day in grey and the mean of seven days in blue: a slow fall. Right, the mean for
# each day of the week. A dashboard that compares today with yesterday would report a rise and a fall every week.
#
# ### Join
#
# A join brings columns of another table to each order, and there are two quiet ways for it to go wrong. A product that
# is listed twice *multiplies* orders; an order without its product *disappears*.

# %%
products = store.products.drop(columns="description")
listed_twice = pd.concat([products, products.head(20)])
multiplied = truth.merge(listed_twice, on="product_id")
growth = multiplied["total"].sum() / truth["total"].sum() - 1
print(f"{len(truth):,} orders became {len(multiplied):,}, and what they add up to grew by {growth:.0%}.")
assert len(multiplied) > len(truth)

# %% [markdown]
# `enrich` rules out both. It declares that each order has one product and one user, which pandas then checks, and it
# returns orders without a partner as *orphans* instead of losing them: **rows + orphans = orders**.

# %%
catalogue = products[products["product_id"] > 3]  # as it was on a day on which three products were gone
joined = pipeline.enrich(cleaned.kept, store.users, catalogue)
print(f"{len(joined.rows):,} rows + {len(joined.orphans):,} orphans = {len(cleaned.kept):,} orders")
assert len(joined.rows) + len(joined.orphans) == len(cleaned.kept)
try:
    pipeline.enrich(cleaned.kept, store.users, listed_twice)
except pd.errors.MergeError as error:
    print("Listed twice:", str(error).splitlines()[0])

# %% [markdown]
# ### Derive, and flatten
#
# `order_history` derives, for each order, the days since the user's previous one and the mean of up to three previous
# totals. *Previous* is the word that matters: a value that counts the current order would know what it is meant to
# predict.
#
# `denormalise` then puts everything side by side in one wide table, so that analysts need no joins.

# %%
joined = pipeline.enrich(cleaned.kept, store.users, products)
wide = pipeline.denormalise(joined.rows, pipeline.order_history(cleaned.kept))
shown = ["order_id", "total", "country", "category", "weekday", "days_since_previous", "mean_of_previous_three"]
wide.loc[wide["days_since_previous"].notna(), shown].head(3)

# %% [markdown]
# ## Serve
#
# Serving makes tables available to those who use them. Here it is a *warehouse*, a database made for analysis: DuckDB,
# which runs inside this process and keeps everything in one file. BigQuery, Snowflake and Redshift play this part at work.
#
# What matters is what happens when a job runs twice, because some day it will. A job that appended its rows would double
# the numbers. `Warehouse.publish` replaces the rows of the days that it is given, all in one transaction.

# %%
january = daily[daily["day"] < "2025-02-01"]
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    for _ in range(2):
        warehouse.publish("daily_revenue", january, key="day")
    published = warehouse.query("SELECT sum(revenue) AS revenue FROM daily_revenue")["revenue"].item()
print(f"January was published twice, and holds {published:,.2f} €; appended twice it would hold {2 * published:,.2f} €.")
assert round(published, 2) == round(january["revenue"].sum(), 2)

# %% [markdown]
# A crash is no different. The next cell ends in the middle of a publication, when the old rows are deleted and the new
# ones not yet there. The transaction brings the old ones back.

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
assert after_crash == published

# %% [markdown]
# ### The whole pipeline
#
# `run` cleans, transforms and publishes whatever has landed, for the days that it is given. It can be run again at any
# time: after a crash, after a correction of the code, or for a month that somebody wants computed anew.

# %%
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    report = pipeline.run(zone, warehouse, store.users, products, days)
    before = warehouse.query("FROM daily_revenue ORDER BY day")
    pipeline.run(zone, warehouse, store.users, products, days[:31])  # a backfill of January
    after = warehouse.query("FROM daily_revenue ORDER BY day")
    warehouse.export("daily_revenue", desk / "published")
print(report)
assert before.equals(after) and len(after) == 180
assert report.received == report.kept + sum(report.quarantined.values())

# %% [markdown]
# The report balances: what was received is kept or quarantined. The table was the same before and after the backfill,
# as the cell asserts.
#
# Analysts ask the warehouse in SQL; other programs read the Parquet file that `export` wrote. Both see the same days.

# %%
with pipeline.Warehouse(desk / "shop.duckdb") as warehouse:
    best = warehouse.query("""
        SELECT category, count(*) AS orders, round(sum(total)) AS revenue_eur
        FROM wide_orders WHERE status = 'completed' GROUP BY category ORDER BY revenue_eur DESC LIMIT 3""")
    in_warehouse = warehouse.query("SELECT day, revenue FROM daily_revenue ORDER BY day")
in_file = pd.read_parquet(desk / "published" / "daily_revenue.parquet", columns=["day", "revenue"])
assert in_warehouse.equals(in_file.sort_values("day", ignore_index=True))
best

# %% [markdown]
# ## What to take along
#
# - A raw zone keeps data as it came; corrections come later, and can be made again.
# - Store first, move the checkpoint after, and write under keys: then a retry is harmless.
# - A timestamp marks no position when several rows can share it.
# - State what is allowed; refuse the rest with a reason. Kept + quarantined = received.
# - Prefer an error of known sign and size to one that happens to cancel.
# - Ask why a value is missing before you decide how to fill it.
# - Declare what a join may match, and count what it doesn't.
# - Publish by replacing the days that were made, in one transaction.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, which takes a quarter of
# a minute, and says which exercises are not yet complete.
#
# **Read on.** Martin Kleppmann, *Designing Data-Intensive Applications*: the chapters on batch and stream processing.
# Chip Huyen, *Designing Machine Learning Systems*: data engineering fundamentals. Google's *Rules of Machine Learning*:
# rules 1 to 11, before machine learning and the first pipeline.
