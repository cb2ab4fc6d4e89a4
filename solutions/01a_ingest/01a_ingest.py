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
# # 01a Ingest: a pull that loses nothing and repeats nothing
#
# [Lesson 00](../00_start_here/00_start_here.ipynb) showed what wrong data does to a report and to a model. Lesson 01
# builds a *data pipeline* for a shop's orders: a program that takes data from its sources, through four steps, to those
# who use it.
#
# | step | what happens |
# |---|---|
# | sources | files, APIs, topics, webhooks, databases hold the data |
# | 1. ingest | pull, push, change feed; lose nothing |
# | 2. clean | convert types; refuse bad rows, with a reason |
# | 3. transform | aggregate, join, derive |
# | 4. serve | warehouse, API, CRM, dashboard, model |
#
# This part takes the first step, from a file and from an HTTP API. The other words are explained where they are used.
#
# **After this part you will be able to**
#
# - land a file so that no reader ever sees half of it;
# - name four mistakes of a simple pull, and count what they lose or repeat;
# - write a pull that can crash at any moment, and be run again.
#
# **You need** to read and write Python, some pandas, and to know what an HTTP request is. It takes about 75 minutes,
# and the exercise takes 45 of them. Everything runs on this machine, without a network.

# %%
import inspect
import tempfile
from collections import Counter
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# Tables are [pandas](https://pandas.pydata.org/docs/user_guide/10min.html) data frames, figures are made with
# [Matplotlib](https://matplotlib.org/stable/users/explain/quick_start.html), and requests with
# [HTTPX](https://www.python-httpx.org/quickstart/).
#
# ## The shop
#
# All lessons work for one simulated online shop, the Store. It is generated from a seed, so its truth is known: you
# can compare what a pipeline makes of the raw data with what really happened.

# %%
store = Store()
truth = store.orders
print(f"{len(store.users):,} users placed {len(truth):,} orders in 180 days.")
truth.head(2).T

# %% [markdown]
# The shop's systems don't hand out that table. They export JSON, a line for each message about an order. The lines
# come in the order of arrival, with everything that went wrong on the way.

# %%
raw = store.raw("orders")
export = raw.write(desk / "orders.jsonl")
print(*raw.lines[:2], sep="\n")
print(f"{len(raw.lines):,} lines for {len(truth):,} orders.")

# %% role="claim"
assert len(raw.lines) > len(truth)

# %% [markdown]
# There are more lines than orders. What could the surplus be? Note your guess: part
# [01c](../01c_clean/01c_clean.ipynb) finds out.
#
# ## Files
#
# To *ingest* is to copy what a source holds, exactly as it is, into storage of your own. This storage is called the
# *raw zone*. Nothing is corrected here: a correction may turn out to be a bug, and then you need the original.
#
# A file *lands* whole or not at all. It is written under a temporary name, and renamed once the operating system has
# put it on the disk. A rename is one step, so a reader never sees half a file.

# %%
zone = pipeline.RawZone(desk / "files")
pipeline.load_file(export, zone)
batch = pipeline.read(zone)
print(f"{batch.received:,} lines received: {len(batch.records):,} are JSON objects, {len(batch.quarantine)} are not.")

# %% role="claim"
assert batch.received == len(raw.lines) == len(batch.records) + len(batch.quarantine)

# %% [markdown]
# A line that isn't a JSON object goes to *quarantine*: it is put aside with its file, its number and the reason. So nothing
# gets lost, and one equation holds through the whole lesson: **kept + quarantined = received**.

# %%
unread = pd.DataFrame(batch.quarantine)
unread[["file", "line", "reason", "detail"]].head(3)

# %% [markdown]
# ## Pull: ask an API for what is new
#
# To *pull* is to ask a source, now and then, for what is new. Each run saves how far it came: its *checkpoint*. The
# next run begins there.
#
# Many systems start with a pull like the next one. It asks for the orders received since a timestamp, stores them, and
# takes the timestamp of the last one as its checkpoint.
#
# **It has four mistakes. Find them** before you read on.

# %%
def pull_naively(url, stored, checkpoint):
    """Appends a page of orders received since the checkpoint, and returns the new checkpoint."""
    response = httpx.get(f"{url}/orders", params={"since": checkpoint})
    for order in response.json()["data"]:
        stored.append(order)
    return response.json()["data"][-1]["received_at"]


# %% [markdown]
# 1. An empty page has no last row: `[-1]` raises an error whenever there is no new order.
# 2. An API also answers 429 (“too many requests”) or 500 (“server error”). Such an answer holds no page, and nothing
#    here waits and asks again.
# 3. The process may die after it stored the rows, and before its checkpoint is saved. Then the next run stores them
#    again.
# 4. Several orders can share a `received_at`. Such a *tie* can lie across the border of two pages.
#
# The fourth mistake is the hardest to see. Here are five orders, from an API with three orders a page:
#
# | order | received at | page |
# |---|---|---|
# | 1 | 08:00 | first |
# | 2 | 08:01 | first |
# | 3 | 08:02 | first |
# | 4 | 08:02 | second |
# | 5 | 08:03 | second |
#
# After the first page the checkpoint is 08:02. Ask for orders *from* 08:02 on, and order 3 comes twice. Ask for orders
# *after* 08:02, and order 4 never comes.
#
# ### Count the damage
#
# The next cell asks page after page in one of these two ways, and counts how often it stored each order. This API sends
# 250 orders a page, and `since` means *from* that time on.

# %%
def pull_by_time(url, is_new):
    """How often each order is stored, if `is_new(received_at, checkpoint)` says which orders of a page are new."""
    stored, checkpoint = [], "2025-01-01T00:00:00Z"
    with httpx.Client(base_url=url) as client:  # one connection for all pages
        while True:
            page = client.get("/orders", params={"since": checkpoint}).json()["data"]
            stored += [order["order_id"] for order in page if is_new(order["received_at"], checkpoint)]
            if len(page) < 250:  # the last page
                return Counter(stored)
            checkpoint = page[-1]["received_at"]


# %% [markdown]
# Both ways run against an API that never fails. What they store is compared with what was sent.

# %%
calm = store.serve(faults=Faults.none(), busy_every=None, fail_every=None)  # an API without faults or failures
stored = {"from the timestamp on": pull_by_time(calm.url, lambda received_at, checkpoint: received_at >= checkpoint),
          "after the timestamp": pull_by_time(calm.url, lambda received_at, checkpoint: received_at > checkpoint)}

# %%
sent = Counter(truth["order_id"])  # a Counter minus a Counter is what is left over, never below 0
for way, found in stored.items():
    print(f"{way}: {(sent - found).total()} orders lost, {(found - sent).total()} stored twice")

# %% [markdown]
# The first way repeats at least one order at each of the 34 borders between pages. The second loses orders only where a
# tie lies across a border.
#
# No error was raised and no log line was written. The worst bugs of a pipeline look like that: every part works, and
# the number in the report is wrong.
#
# ## A pull that survives
#
# The Store's API offers a *cursor*: a mark that names a position in its list, even inside a tie. You get a cursor with
# each page, and you send it to get the next page. `pipeline.pull` saves the cursor as its checkpoint.
#
# `pull` calls `land_page` for each page. Look at the order of its two steps.

# %%
print(inspect.getsource(pipeline.ingest.land_page))

# %% [markdown]
# The page lands first, and the checkpoint moves after that. Suppose the process crashes between the two lines. Then
# the next run fetches that page again, and lands it under the same name: the second time changes nothing.
#
# An operation that can be done twice with the same result is called *idempotent*. That makes it safe to try again.
#
# Let us see it. The zone in the next cell ends the process just before its checkpoint moves past page 20.

# %%
class StopsAtPage20(pipeline.RawZone):
    """A raw zone whose process ends just before its checkpoint would move past page 20."""

    def save(self, checkpoint):
        if checkpoint.pages == 20:
            raise SystemExit("the process ended")
        super().save(checkpoint)


# %%
def pull_with_a_crash(url, folder):
    """Pulls into a folder, crashes on the way, and pulls again; what the second run did."""
    try:
        pipeline.pull(url, StopsAtPage20(folder))
    except SystemExit:
        return pipeline.pull(url, pipeline.RawZone(folder))


# %%
pulled = pull_with_a_crash(calm.url, desk / "calm")
calm.stop()
print(f"The second run fetched {pulled.pages} pages of {len(pipeline.RawZone(desk / 'calm').files())}.")
landed = pipeline.read(pipeline.RawZone(desk / "calm")).records
stored["cursor, with a crash"] = Counter(record.data["order_id"] for record in landed)

# %% [markdown]
# The first run landed 20 pages, but its checkpoint says 19. So the second run fetched page 20 once more, and the 15 that
# were missing.
#
# Now the three ways side by side.

# %%
counts = pd.DataFrame({way: {"stored twice": (found - sent).total(), "lost": (sent - found).total()}
                       for way, found in stored.items()}).T
counts

# %% role="claim"
assert stored["cursor, with a crash"] == sent
assert pulled.pages == 16 and len(pipeline.RawZone(desk / "calm").files()) == 35
assert counts.to_numpy().tolist() == [[45, 0], [0, 18], [0, 0]]

# %% role="figure" alt="Pairs of bars for three ways to pull, in orders stored twice and orders lost. From the timestamp on: 45 stored twice, none lost. After the timestamp: none stored twice, 18 lost. Cursor, with a crash: none of either."
# The code of this figure.
axes = counts.plot.barh(figsize=(8, 2.8), width=0.76, xlabel="orders",
                        title="A timestamp loses or repeats orders; a cursor doesn't")
for bars in axes.containers:
    axes.bar_label(bars, padding=4, fmt="{:,.0f}")
axes.invert_yaxis()
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# **Read the figure.** Each way has two bars: orders stored twice (upper, blue) and orders lost (lower, orange). Only
# the pull with the cursor has neither, although it alone was interrupted. Where an API
# has no cursor, as in the exercise, store each row under its key: then a repeat does no harm.
#
# ### The real feed
#
# The shop's real API sends a 429 or a 500 now and then. After a 429, `pipeline.pull` waits as long as the API asks
# for, in its header [`Retry-After`](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Retry-After). After
# a 500 it waits a random time, whose limit grows from try to try ([Tenacity](https://tenacity.readthedocs.io/) does
# that).

# %%
with store.serve() as shop:
    pulled = pull_with_a_crash(shop.url, desk / "api")
print(f"Second run: {pulled.pages} pages, {pulled.retries} requests repeated, {pulled.waited_s:.0f} s waited.")

# %%
from_api = pipeline.read(pipeline.RawZone(desk / "api"))
same = [record.data for record in from_api.records] == [record.data for record in batch.records]
print(f"The same records as in the file, in the same order: {same}.")
print(f"Lines that nobody can read: {len(from_api.quarantine)} from the API, {len(batch.quarantine)} from the file.")

# %% role="claim"
assert same and len(from_api.quarantine) == len(batch.quarantine)

# %% [markdown]
# The API delivered the same records as the file, and as many lines that nobody can read. Such a line can't be part of
# a JSON page, so the API wraps it: `{"unreadable": "…"}`. `pipeline.read` puts it into quarantine.

# %% [markdown] role="prompt" exercise="fetch_all"
# ### Exercise: a pull that survives a crash ({{points}}, about 45 minutes)
#
# The API of a depot lists its deliveries. Write `fetch_all(api, state)`, which brings your stored deliveries up to
# date. It returns nothing.
#
# It runs every hour, in a process that may crash at any moment. After a crash it is simply run again.
#
# **First step:** get one page, store its rows, save a checkpoint, and run the check. Then make one more property hold
# at a time.
#
# The API has no cursor, only `updated_at`: when a delivery was last changed, by a clock that never goes backwards. Any
# number of deliveries can share a time, even more than a page holds.
#
# While you fetch, new deliveries come, and others change. One that changes gets a later time and leaves its page; those
# behind it move up.
#
# If a page or more of deliveries share one time, none of these changes before you have fetched them all.
#
# | call | does |
# |---|---|
# | `api.get(since=None, page=1)` | returns a dict: `status` 200 and `rows`, up to 20 deliveries with `updated_at >= since` (all, if `since` is `None`), in order of `updated_at` and `delivery_id`; or a refusal, whose `rows` are empty: `status` 500, or 429 and `retry_after`, in seconds. Page 2 holds what follows page 1 for the same `since`; the page after the last row is empty |
# | `api.wait(seconds)` | waits, on a simulated clock: use it instead of `time.sleep`. After a 500, wait a second or more. Up to eight refusals (500 or 429) can come in a row |
# | `state.load()` | returns the checkpoint saved last, `None` at first |
# | `state.save(checkpoint)` | saves a checkpoint, which survives a crash |
# | `state.write(rows)` | stores a dict of key → row, row by row (a crash may come between two); what is stored survives a crash. You choose the key, and a row under a key that exists replaces that row |
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
# At the end each delivery must be stored once, in its newest version. Of what earlier runs have stored, a run may fetch
# again a page of rows at most, and all rows with the checkpoint's own time.
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


# %% [markdown]
# ## What to take along
#
# - A raw zone keeps data as it came. Corrections come later, and can be made again.
# - A file lands whole or not at all: write it under a temporary name, then rename it.
# - A timestamp marks no position if several rows can share it.
# - Store first, move the checkpoint after that, and write under keys: then it is safe to try again.
#
# **What comes next.** Part [01b](../01b_push/01b_push.ipynb) takes data from sources that send it themselves: a
# topic, a webhook, and a database's log. Part [01c](../01c_clean/01c_clean.ipynb) cleans the records.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, and lists each
# exercise that lacks points.
