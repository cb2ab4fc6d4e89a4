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
# # 00 Start here
#
# You build software. Sooner or later your software will feed data to a model, or call one. This lesson shows how the
# workbook works, and why a software engineer should care about data and models.
#
# A *rule* is a function that a person wrote. A *model* is a function that a program made from examples. Making it is
# called *training*.
#
# **After this lesson you will be able to**
#
# - run a notebook, answer an exercise, and read what its check tells you;
# - name four reasons why data and models are your business, each of which you have seen happen;
# - say for a given request whether a rule, a model or nothing is worth it, and defend that with numbers.
#
# **You need** to read and write Python, and about 60 minutes. You don't have to follow the pandas, FastAPI and plotting
# code. Everything runs on this machine, without a network.

# %% [markdown]
# ## Your first exercise
#
# A notebook is a column of cells: text like this one, and code. Click the cell below and press Shift+Enter. It runs,
# shows the value of its last line underneath, and the next cell is selected.
#
# To run a cell and stay on it, press Ctrl+Enter.

# %%
orders = [
    {"order_id": 1, "status": "completed", "total": 19.99},
    {"order_id": 2, "status": "cancelled", "total": 250.00},
    {"order_id": 3, "status": "completed", "total": 39.99},
]
len(orders)

# %% [markdown]
# What else you may meet on the way:
#
# | what you see | what it means, or what to do |
# |---|---|
# | `[*]`, later `[7]`, beside a cell | it is running; it was the seventh to run |
# | a text turned into its source | it was double-clicked: Shift+Enter turns it back |
# | `[*]` that doesn't end | *Kernel > Interrupt Kernel* stops it |
# | a line that ends in ● ● ●, above a figure | the code that draws it, folded: click to see it |
# | a dot in place of the × of the tab | what you see is not saved yet: Ctrl+S saves it |
# | “line 3 of its cell” | *View > Show Line Numbers* |
# | “To see it:” | *+* in the toolbar adds a cell: paste what follows there, and run it |
# | a verdict that begins above the window | scroll up to it; a check that is run by Ctrl+Enter stays in view |
#
# Now it is your turn. The next cell is a *prompt*: it says what to write.

# %% [markdown] role="prompt" exercise="revenue"
# ### Warm-up: revenue ({{points}}, about 2 minutes)
#
# Write `revenue(orders)`. It gets a list of orders like the three above, and returns the sum of the `total` (EUR) of
# those whose `status` is `"completed"`. The other status is `"cancelled"`.
#
# For the three orders above it returns 59.98. For an empty list it returns 0. A difference below half a cent doesn't
# matter.
#
# First step: in the cell below, replace `# YOUR CODE HERE` and the line under it. Run that cell, then the one after it.
#
# {{properties}}

# %% role="answer" exercise="revenue"
def revenue(orders):
    """The sum (EUR) of the totals of completed orders."""
    ### BEGIN SOLUTION
    return sum(order["total"] for order in orders if order["status"] == "completed")
    ### END SOLUTION


# %% [markdown]
# ## How an exercise works
#
# Every exercise has four cells. You have just run two of them, the answer and the check:
#
# | cell | what it is for |
# |---|---|
# | prompt | says what to write, and lists the *properties* that earn points |
# | answer | yours to edit; as it comes, it counts as “not attempted” |
# | check | calls your function in *practice worlds* and says which property holds; you can run it as often as you like |
# | graded | shows your points; leave it as it is. The bare number below the points is for nbgrader, the program that grades |
#
# A *world* is made-up data; here, lists of orders. A check never looks at your code. It calls your function in some
# worlds, and looks at what the function returns.
#
# When you hand in, the same properties are judged in *hidden worlds*. The same generator makes them, from other *seeds*:
# a seed is the number that random data starts from. A function that solves the task passes there as well.
#
# **Break it on purpose.** Delete the condition from your `revenue`, run the answer cell and the check cell, and read the
# sentence that you get. Then put the condition back.
#
# **When you are stuck,** add a cell below the check with *+*, and ask there:
#
# | what you type | what you get |
# |---|---|
# | `hint("revenue")` | a question that leads to the next step |
# | `hint("revenue", 2)` | a plan |
# | the lines that a property which fails prints under “To see it”: paste them | what your function returned in the call that failed |
# | `solution("revenue")` | one way to do it, after you have checked an attempt of your own |

# %% [markdown]
# ### What a notebook remembers
#
# Behind a notebook runs one Python process, the *kernel*. It knows the cells that you ran, in the order in which you ran
# them. That need not be the order on the page.
#
# Run the next cell twice (Ctrl+Enter), and watch its output.

# %%
runs = globals().get("runs", 0) + 1
print("This kernel has run this cell" + (" once." if runs == 1 else f" {runs} times."))

# %% [markdown]
# The text of the cell is the same, and the output is another one. The kernel keeps a name even when you delete the cell
# that made it. If a cell stops with an error, the kernel keeps what an earlier run defined: a check then judges your
# old function.
#
# So when something puzzles you, choose *Kernel > Restart Kernel and Run All Cells…* from the menu, and confirm with
# *Restart*. Your text stays, and the variables go. A notebook that works after that also works for others.
#
# **To hand in**, press *Validate* in the toolbar. It saves your notebook and runs it from the top in a kernel of its own,
# as a grader would, but in practice worlds. For this notebook that takes some ten seconds.
#
# *Validate* lists each exercise that lacks points, with what its check says, and each cell that stops with an error.
#
# Then hand in the notebook file.
#
# **If something doesn't start**, run `.venv/bin/dataml-lab doctor` in a terminal, in the folder of the course. It examines
# the installation, and says what is wrong and what to do about it.

# %% [markdown]
# ## Four reasons to care
#
# All lessons work for one simulated online shop, the Store. A program makes it, so its truth is known: a report or a
# model can be compared with what really happened.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab.store import Faults, Store

plt.style.use("dataml_lab.workbook")
store = Store()
completed = store.orders[store.orders["status"] == "completed"]
print(f"{len(store.users):,} users, {len(completed):,} completed orders in 180 days.")

# %% [markdown]
# ### 1. Data pipelines are software
#
# A *data pipeline* is a program that takes data from its sources, changes it, and stores the result for others to use.
#
# The support team has a question. For each topic that customers write about: what is the revenue from these customers?
# There is a table of orders, and a table of *tickets*: the messages of customers.
#
# Somebody *joins* them with
# [`merge`](https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.merge.html), which makes one row for each pair
# of an order and a ticket of the same user.

# %%
def spent_by_topic(orders, tickets):
    """The revenue (EUR) from customers who wrote about each topic."""
    joined = orders.merge(tickets[["user_id", "topic"]], on="user_id")
    return joined.groupby("topic", observed=True)["total"].sum()


report = spent_by_topic(completed, store.tickets)
report.round(-3).astype(int).to_dict()

# %% [markdown]
# The code runs, the numbers look plausible, and the report is sent. How would you find out whether it is right?
#
# Here is an independent count: for each topic, take the customers who wrote, and add up their orders.

# %%
def truly_spent(topic):
    """The same, one topic at a time: the orders of the customers who wrote about it."""
    writers = set(store.tickets.loc[store.tickets["topic"] == topic, "user_id"])
    return completed.loc[completed["user_id"].isin(writers), "total"].sum()


truth = pd.Series({topic: truly_spent(topic) for topic in report.index})
surplus = report / truth - 1
print(*(f"{topic}: {share:+.0%}" for topic, share in surplus.items()), sep="\n")

# %% role="claim"
assert f"{surplus['billing']:.0%}" == "69%" and f"{surplus['late delivery']:.0%}" == "38%"
assert store.tickets.query("topic == 'cancel'")["user_id"].is_unique
assert abs(surplus["cancel"]) < 1e-9 and (surplus.drop("cancel") > 0.2).all()

# %% role="figure" alt="Two horizontal bars for each of five topics, the revenue in the report above the true revenue. The report's bar is longer for four topics, most for billing, and equal for cancel."
# The code of this figure.
rows = np.arange(len(truth))
figure, axes = plt.subplots(figsize=(8, 3.4))
for shift, label, amounts in ((-0.2, "report", report), (0.2, "truth", truth)):
    bars = axes.barh(rows + shift, amounts / 1000, height=0.38, label=label)
    axes.bar_label(bars, padding=4, fmt="{:.0f}")
axes.set(yticks=rows, yticklabels=truth.index, xlabel="revenue (thousand €)", xlim=(0, 180),
         title="Four of five revenues in the report are too high")
axes.invert_yaxis()
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
axes.legend(loc="lower right", bbox_to_anchor=(1, 0.2))
plt.show()

# %% [markdown]
# **Read the figure.** Two bars for each topic: what the report says (above, blue) and what is true (below, orange). The
# report is 69% too high for billing and 38% for late deliveries, and right for cancellations.
#
# A customer who wrote twice about one topic has two tickets, so the join holds each order of that customer twice.
# Nobody cancels twice, so a test with cancellations alone passes.
#
# A reviewer easily misses this mistake. A check on the data finds it, in one line.

# %%
def spent_by_topic_checked(orders, tickets):
    """The revenue (EUR) from customers who wrote about each topic; an order counts once for a topic."""
    joined = orders.merge(tickets[["user_id", "topic"]], on="user_id")
    assert not joined.duplicated(["order_id", "topic"]).any(), "an order counts more than once for a topic"
    return joined.groupby("topic", observed=True)["total"].sum()


try:
    spent_by_topic_checked(completed, store.tickets)
except AssertionError as stopped:
    print(f"No report today: {stopped}.")

# %% [markdown]
# The wrong number has become an error, and somebody will repair it: here by dropping repeated pairs of customer and topic.

# %%
once = store.tickets.drop_duplicates(["user_id", "topic"])
mended = spent_by_topic_checked(completed, once)
print(f"With one row for each customer and topic, {np.isclose(mended, truth).sum()} of {len(mended)} numbers are right.")

# %% [markdown]
# ### 2. Models are dependencies
#
# A model that other programs use is a service. It takes time to answer, it fails, and it is replaced by its next version.
# Here is a small one, which estimates how many minutes a delivery takes.
#
# Version 1 is a straight line that is fitted to past deliveries: some minutes to start with, and some per kilometre.
# Version 2 multiplies that by a factor for the weather.

# %%
delivered = store.deliveries.dropna(subset=["delivered_at"])
minutes = (delivered["delivered_at"] - delivered["dispatched_at"]).dt.total_seconds() / 60
per_km, start = np.polyfit(delivered["distance_km"], minutes, 1)
expected = start + per_km * delivered["distance_km"]
totals = pd.DataFrame({"true": minutes, "expected": expected}).groupby(delivered["weather"], observed=True).sum()
by_weather = totals["true"] / totals["expected"]
print(f"Version 1: {start:.1f} minutes + {per_km:.1f} minutes per kilometre. "
      f"Version 2, in a storm: × {by_weather['storm']:.2f}")


# %%
def estimate(version, distance_km, weather):
    """The minutes that a delivery takes, as a version of the model sees it."""
    return float((start + per_km * distance_km) * (by_weather[weather] if version == 2 else 1))


# %% [markdown]
# The model answers HTTP requests at an address on this machine, made with [FastAPI](https://fastapi.tiangolo.com/).
# Real services pause now and then, when they load data or wait for a database. So this one pauses for 0.2 seconds at
# every 50th request.

# %%
import asyncio
import itertools
import time

import httpx
from fastapi import FastAPI

from dataml_lab.store.http import LocalServer

SLOW_S, TIMEOUT_S = 0.2, 0.1


def service():
    """The model as a web application: GET /minutes?version=1&distance_km=5&weather=rain."""
    app, number = FastAPI(title="Minutes"), itertools.count(1)

    @app.get("/minutes")
    async def minutes(version: int, distance_km: float, weather: str):
        await asyncio.sleep(SLOW_S if next(number) % 50 == 0 else 0)
        return {"minutes": estimate(version, distance_km, weather), "model": f"minutes-{version}"}

    return app


# %% [markdown]
# **Latency** is not one number. The next cells ask 300 times and keep how long each answer took. The *p50* is the time
# within which half of the answers came; the *p99* is the time within which 99 of 100 came.

# %%
def latencies(url, asked):
    """The seconds that each of so many requests took."""
    took = []
    with httpx.Client(base_url=url, params={"version": 1, "distance_km": 5.0, "weather": "clear"}) as client:
        for _ in range(asked):
            begin = time.perf_counter()
            client.get("/minutes").raise_for_status()
            took.append(time.perf_counter() - begin)
    return np.array(took)


# %%
with LocalServer(service()) as server:
    took = latencies(server.url, 300)
p50, p99 = np.quantile(took, [0.5, 0.99])
print(f"p99 is more than 0.19 s: {p99 > 0.19}; p50 is less than half of p99: {p50 < p99 / 2}")

# %% role="claim"
assert p99 > 0.19 and p50 < p99 / 2

# %% role="figure" alt="The times of 300 requests in milliseconds, sorted from the fastest to the slowest. The line is nearly flat and close to zero up to 98 percent, then it jumps to more than 200 milliseconds. The p50 is marked on the flat part, the p99 on the jump."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
axes.plot(np.arange(1, 301) / 3, np.sort(took) * 1000)
for name, at, share in (("p50", p50, 50), ("p99", p99, 99)):
    axes.plot(share, at * 1000, "o", color="C1")
    axes.annotate(f"{name}: {at * 1000:.1f} ms", (share, at * 1000), (-8, 10), textcoords="offset points", ha="right")
axes.set(xlabel="requests, from the fastest to the slowest (%)", ylabel="time (ms)", xlim=(0, 101), ylim=(0, 260),
         title="One request in fifty takes 0.2 s, the others a few milliseconds")
plt.show()

# %% [markdown]
# **Read the figure.** The line shows the time of each request, sorted: half of the requests took less than the p50. The
# line stays low up to 98%, and then jumps: one request in fifty met a pause.
#
# A page that asks 20 such models, each with pauses of its own, meets a pause on about one view in three.

# %%
unlucky = 1 - (1 - 1 / 50) ** 20
print(f"At least one slow answer among 20: {unlucky:.0%}")

# %% role="claim"
assert f"{unlucky:.0%}" == "33%"

# %% [markdown]
# **Failure.** A program that depends on a model needs a timeout and a fallback.
#
# A *timeout* ends a call that takes too long (in
# [httpx](https://www.python-httpx.org/advanced/timeouts/) it holds for each step: connect, send, receive). A
# *fallback* is what the program does without an answer.
#
# Is a rule of thumb good enough as a fallback? The next cell measures by how many minutes the rule and both versions of
# the model are off.

# %%
def rule(distance_km):
    """The minutes of a delivery by a rule of thumb: ten, and three for each kilometre."""
    return 10 + 3 * distance_km


rows = list(zip(delivered["distance_km"], delivered["weather"], minutes, strict=True))
off = {"the rule": np.mean([abs(rule(km) - true) for km, _, true in rows])}
for version in (1, 2):
    off[f"version {version}"] = np.mean([abs(estimate(version, km, weather) - true) for km, weather, true in rows])
print(*(f"{name} is off by {found:.1f} minutes on average" for name, found in off.items()), sep="\n")

# %% role="claim"
assert f"{per_km:.1f}" == "3.3"
assert [f"{found:.1f}" for found in off.values()] == ["5.9", "5.9", "5.3"]

# %% [markdown]
# The rule is as good as version 1, and half a minute worse than version 2. That is good enough for a fallback. (Both
# versions are measured on the deliveries to which they were fitted, which flatters them a little; section 3 does better.)

# %%
def minutes_or_rule(client, distance_km, weather):
    """The minutes of a delivery and who says so: the model if it answers in time, else a rule."""
    asked = {"version": 2, "distance_km": distance_km, "weather": weather}
    try:
        answer = client.get("/minutes", params=asked, timeout=TIMEOUT_S).raise_for_status().json()
        return answer["minutes"], answer["model"]
    except httpx.HTTPError:
        return rule(distance_km), "rule"


def promise(deliveries, stop_after):
    """Who made the promise for each delivery; after so many of them the service is stopped."""
    said = []
    with LocalServer(service()) as server, httpx.Client(base_url=server.url) as client:
        for number, delivery in enumerate(deliveries.itertuples()):
            if number == stop_after:
                server.stop()
            said.append(minutes_or_rule(client, delivery.distance_km, delivery.weather)[1])
    return said


# %%
said = promise(delivered.head(150), stop_after=100)
print(f"{len(said)} promises made, the last 50 with the service down: {set(said[100:])}.")
print(f"While it ran, slow moments left at least two to the rule: {said[:100].count('rule') >= 2}")

# %% role="claim"
assert len(said) == 150 and set(said[100:]) == {"rule"} and 2 <= said[:100].count("rule") < 50

# %% [markdown]
# Every delivery got its promise: while the service ran, during its pauses, and after it was stopped.
#
# **Versions.** A model can be replaced while your code stays the same. Then the same question gets another answer.

# %%
with LocalServer(service()) as server, httpx.Client(base_url=server.url) as client:
    for version in (1, 2):
        asked = {"version": version, "distance_km": 5.0, "weather": "storm"}
        answer = client.get("/minutes", params=asked).json()
        print(f"{answer['model']}: {answer['minutes']:.0f} minutes for 5 km in a storm")

# %% role="claim"
assert [round(estimate(version, 5.0, "storm")) for version in (1, 2)] == [26, 35]

# %% [markdown]
# Version 2 tells the same customer nine minutes more. Each answer names the model that gave it. So a complaint, a log line
# or an experiment can be traced to a version.

# %% [markdown]
# ### 3. Garbage in, garbage out
#
# Two models learn to estimate the minutes of a delivery. A *linear model* multiplies each input by a number, its *weight*,
# and adds up the results and a constant. Version 1 above is one: its weight for the kilometres is 3.3.
#
# *Gradient boosting* adds up a hundred small decision trees. A *decision tree* asks questions such as “more than 4 km?”,
# and ends in a number. Each tree is fitted to the errors that the earlier trees leave.
#
# The library that does this here is [LightGBM](https://lightgbm.readthedocs.io/).
#
# Which model is better? That depends on the data. Four of ten couriers have a new version of their app, and it has a
# bug: it writes the time of delivery without the offset from UTC.

# %%
import json


def parsed(lines):
    """The lines that are JSON, each delivery once, as a table."""
    records = pd.DataFrame([json.loads(line) for line in lines if line.endswith("}")])
    return records.drop_duplicates("delivery_id")


def with_new_app(records):
    """The records as they come when four of ten couriers have the new app."""
    new, time = records["courier_id"] % 10 < 4, records["delivered_at"]
    return records.assign(delivered_at=time.where(~new, time.str[:len("2025-01-01T09:23:00")]))


# %%
sound = parsed(store.raw("deliveries").lines)
spoiled = with_new_app(sound)
from_new_app = spoiled.query("courier_id % 10 < 4 and dispatched_at.str.endswith('+01:00')")
from_new_app[["dispatched_at", "promised_at", "delivered_at"]].iloc[0].to_dict()

# %% [markdown]
# The record looks fine. But with `utc=True`,
# [`pd.to_datetime`](https://pandas.pydata.org/docs/reference/api/pandas.to_datetime.html) takes a time without an offset
# for UTC, so this delivery seems an hour longer than it was.
#
# There are two ways to a training table. `training_table` is what people write in a hurry: parse, *coerce* (turn into
# “missing” what can't be parsed), drop what is missing. `with_offsets` first leaves out the records whose times have no offset.

# %%
def training_table(records):
    """The inputs of the models (*features*) and the minutes; coerces what can't be parsed, drops what is missing."""
    times = [pd.to_datetime(records[name], utc=True, format="ISO8601", errors="coerce")
             for name in ("dispatched_at", "delivered_at")]
    table = records[["zone", "weather"]].assign(
        distance_km=pd.to_numeric(records["distance_km"], errors="coerce"),
        hour=times[0].dt.hour, minutes=(times[1] - times[0]).dt.total_seconds() / 60)
    return table.dropna()


# %%
def with_offsets(records):
    """The records whose times say how far they are from UTC."""
    return records[records["dispatched_at"].str.contains(r"[+-]\d\d:\d\d$", na=False)
                   & records["delivered_at"].str.contains(r"[+-]\d\d:\d\d$", na=False)]


# %% [markdown]
# This is what the bug does to the minutes in the first table.

# %%
shift = (training_table(spoiled)["minutes"] - training_table(sound)["minutes"]).dropna().round()
print(*(f"{by:+.0f} minutes: {share:.0%} of the records"
        for by, share in shift.value_counts(normalize=True).items()), sep="\n")

# %% role="claim"
assert set(shift) == {0, 60, 120, -300} and 0.3 < (shift != 0).mean() < 0.34
offsets = sound["delivered_at"].str.extract(r"([+-]\d\d:\d\d)$")[0].value_counts(normalize=True)
assert set(offsets.index) == {"+00:00", "+01:00", "+02:00", "-05:00"} and 0.18 < offsets["+00:00"] < 0.22

# %% [markdown]
# The times of the shop have the offsets +00:00, +01:00, +02:00 and −05:00. Without the offset a delivery seems one or two
# hours longer than it was, or five hours shorter. Where the offset is +00:00, as for a fifth of them, nothing changes.

# %% [markdown]
# Each model is trained on both tables, from records that were received before May. All are judged on the deliveries of
# May, whose true times we know. The measure is the *mean absolute error*: by how many minutes an estimate is off, on
# average.
#
# By default, both models minimise the sum of squared errors. In that sum an error of 60 minutes counts 3,600, and an error
# of 5 minutes counts 25. So a third model joins in: boosting with a *robust* loss, the absolute error, in which these two count 60 and 5.
#
# The inputs `hour`, `zone` and `weather` are categories. The code below gives each category a column of zeros and ones,
# which is called
# [one-hot encoding](https://scikit-learn.org/stable/modules/preprocessing.html#encoding-categorical-features).

# %%
from lightgbm import LGBMRegressor
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

FEATURES = ["distance_km", "hour", "zone", "weather"]
MODELS = {"linear": LinearRegression,
          "boosting": lambda: LGBMRegressor(random_state=0, num_threads=1, verbose=-1),
          "robust boosting": lambda: LGBMRegressor(random_state=0, num_threads=1, verbose=-1, objective="l1")}


# %%
def mean_error(model, table, later):
    """The mean absolute error (minutes) on later deliveries of a model trained on a table."""
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                                       ["hour", "zone", "weather"]), remainder="passthrough")
    inputs, judged = columns.fit_transform(table[FEATURES]), columns.transform(later[FEATURES])
    found = MODELS[model]().fit(inputs, table["minutes"]).predict(judged)
    return float(np.abs(found - later["minutes"]).mean())


# %%
def errors_of_shop(seed):
    """For one shop the mean error of each model, trained on each table, by (model, table)."""
    shop = Store(users=1_500, days=150, seed=seed)
    true = parsed(shop.raw("deliveries", Faults.none()).lines)
    later = training_table(true[true["received_at"] >= "2025-05-01"])
    raw = with_new_app(parsed(shop.raw("deliveries").lines))
    early = raw[raw["received_at"] < "2025-05-01"]
    tables = {"dirty": training_table(early), "clean": training_table(with_offsets(early))}
    return {(model, data): mean_error(model, table, later) for data, table in tables.items() for model in MODELS}


# %% [markdown]
# One shop could be luck, so there are five, from five seeds.

# %%
errors = pd.DataFrame({seed: errors_of_shop(seed) for seed in range(1, 6)}).T
print(errors.mean().round(1).unstack().to_string())

# %% role="claim"
clean, dirty = (errors.xs(data, axis=1, level=1) for data in ("clean", "dirty"))
assert (dirty["boosting"] > dirty["linear"]).all() and (dirty["linear"] > dirty["robust boosting"]).all()
assert (dirty["robust boosting"] > clean["linear"] + 1.5).all()
assert clean.mean().idxmax() == "linear" and (clean.max(axis=1) - clean.min(axis=1) < 0.5).all()

# %% role="figure" alt="Mean absolute errors in minutes of three models on clean and on dirty data, a dot for each of five shops and a stroke for their mean. The three on clean data lie close together on the left; on dirty data robust boosting follows, then the linear model, and boosting is far to the right."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.6))
ranked = errors.mean().sort_values()
for row, (name, found) in enumerate(ranked.items()):
    axes.plot(errors[name], [row] * 5, "o", color=f"C{name[1] == 'dirty':d}", alpha=0.6)
    axes.plot(found, row, "|", color="black", markersize=18)
    axes.annotate(f"{found:.1f}", (errors[name].max(), row), (10, -4), textcoords="offset points")
axes.set(yticks=range(6), yticklabels=[" on ".join(name) + " data" for name in ranked.index],
         xlabel="mean absolute error (minutes)", ylim=(5.5, -0.5), xlim=(0, 26),
         title="Clean data and a plain model beat dirty data and a strong one")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** A dot is a shop, the stroke the mean of five; left is better, blue is trained on clean data, orange
# on dirty. In each shop both kinds of boosting on dirty data are well behind a linear model on clean data.
#
# Linear models are not better in general: on clean data boosting wins, by a little. On dirty data every model learns the
# errors too. Boosting follows them more closely than the linear model, so it is further off.
#
# The robust loss removes most of the damage, not all. It is made for a few values that are far off, and here almost a third of the
# records is wrong. Cleaning took two lines, and after it the models differ by less than half a minute.

# %% [markdown]
# ### 4. Decisions require context
#
# “Our model is right in 90% of the cases. Should we use it?” Nobody can answer that without more numbers.
#
# Here are two uses of such a model. Each has 20,000 cases a year, and a right decision brings 3 euros.

# %%
CASES, RIGHT, GAIN = 20_000, 0.9, 3.0
uses = {"recommend a product": 0.5, "block a customer's order": 40.0}  # what a mistake costs (€)


def brings(mistake_costs):
    """What the model's decisions bring (€ a year), by what a mistake costs (€)."""
    return CASES * RIGHT * GAIN - CASES * (1 - RIGHT) * mistake_costs


# %%
for use, mistake_costs in uses.items():
    print(f"{use}: {brings(mistake_costs):+,.0f} € a year")
tipping = RIGHT * GAIN / (1 - RIGHT)

# %% role="claim"
assert abs(brings(tipping)) < 1e-6 and round(tipping) == 27
assert [round(brings(cost)) for cost in uses.values()] == [53_000, -26_000]

# %% role="figure" alt="A straight line that falls: the model's value in thousand euros a year over the cost of a mistake. It is 53 where a mistake costs half a euro (recommend a product), crosses zero at 27 euros, and is minus 26 at 40 euros (block an order)."
# The code of this figure.
costs = np.linspace(0, 50, 51)
figure, axes = plt.subplots(figsize=(8, 3.4))
axes.axhline(0, color="black", linewidth=1)
axes.plot(costs, brings(costs) / 1000)
for use, cost in uses.items():
    axes.plot(cost, brings(cost) / 1000, "o", color="C1")
    axes.annotate(use, (cost, brings(cost) / 1000), (10, 4), textcoords="offset points")
axes.annotate(f"brings nothing at {tipping:.0f} €", (tipping, 0), (4, 8), textcoords="offset points")
axes.set(xlabel="what a mistake costs (€)", ylabel="value (thousand € a year)", xlim=(0, 58), ylim=(-55, 65),
         title="The same model, right in 90% of the cases, earns or loses money")
plt.show()

# %% [markdown]
# **Read the figure.** The line shows what the model brings in a year, for each cost of a mistake. The model brings 53,000
# euros where it recommends products, and loses 26,000 where it blocks orders. At 27 euros a mistake it brings nothing.
#
# The share of right decisions, the model's *accuracy*, is the same everywhere on the line. The cost of a mistake is only
# one of the numbers that matter. The others are: how often the case occurs, what a simple rule already does, how many
# examples there are to learn from, and what the model costs to run.
#
# With these numbers you can answer “can we use machine learning for this?”.

# %% [markdown] role="prompt" exercise="worth_it"
# ### Exercise: is it worth it? ({{points}}, about 15 minutes)
#
# Write `worth_it(brief)`. It returns `"rule"`, `"model"` or `"nothing"`: the choice that is worth most in a year.
#
# First step: write a function that computes what a rule is worth in a year, and try it on the brief below. A brief is a
# dict of what is known beforehand:
#
# | field | meaning |
# |---|---|
# | `what` | the request, in a sentence |
# | `cases_per_year` | how many decisions there are to make in a year |
# | `gain` | what a right decision brings (EUR) |
# | `loss` | what a wrong decision costs (EUR) |
# | `rule_right` | the share of cases, 0 to 1, that the best simple rule gets right; `None` if nobody knows a rule |
# | `rule_cost` | what the rule costs (EUR a year) |
# | `labels` | past cases whose right decision is known: what a model can learn from; may be 0 |
# | `model_best` | the share of cases, above 0.5, that a model would get right with unlimited labels |
# | `model_cost` | what the model costs, everything included (EUR a year) |
#
# A model that learned from n labels gets this share of the cases right:
#
# ```text
# model_best − (model_best − 0.5) × √(100 / n)
# ```
#
# With 100 labels or fewer it only guesses: 0.5. With 2,500 labels, a `model_best` of 0.9 comes to
# 0.9 − 0.4 × 0.2 = 0.82.
#
# A rule or a model decides every case. Doing nothing brings nothing and costs nothing, whatever the request sounds like.
#
# ```python
# brief = {"what": "A real-time AI that sorts tickets by urgency.",
#          "cases_per_year": 10_000, "gain": 2.0, "loss": 5.0,
#          "rule_right": 0.8, "rule_cost": 1_000,
#          "labels": 2_500, "model_best": 0.9, "model_cost": 20_000}
# ```
#
# Here 8,000 right and 2,000 wrong decisions of the rule are worth 16,000 − 10,000 − 1,000 = 5,000 EUR. The model's 8,200
# and 1,800 are worth 16,400 − 9,000 − 20,000 = −12,600 EUR. So the answer is `"rule"`.
#
# The check asks about pairs of briefs that differ in one field and in their best choice. In three of the properties,
# `"nothing"` is the best choice for some briefs. A year of each brief is simulated, case by case: the sums are a little
# off yours, but the best choice is the same.
#
# {{properties}}

# %% role="answer" exercise="worth_it"
def worth_it(brief):
    """What is worth most in a year: "rule", "model" or "nothing"."""
    ### BEGIN SOLUTION
    best, labels = brief["model_best"], brief["labels"]
    model_right = best - (best - 0.5) * (100 / labels) ** 0.5 if labels > 100 else 0.5

    def worth(right, cost):
        cases, gain, loss = (brief[field] for field in ("cases_per_year", "gain", "loss"))
        return cases * (right * gain - (1 - right) * loss) - cost

    worths = {"nothing": 0, "model": worth(model_right, brief["model_cost"])}
    if brief["rule_right"] is not None:
        worths["rule"] = worth(brief["rule_right"], brief["rule_cost"])
    return max(worths, key=worths.get)
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - A pipeline's worst bug raises no error. A check in one line turns a wrong number into an error.
# - For every join, ask how often a row may match.
# - A model's latency is a distribution. Give its callers a timeout, a fallback, and the name of its version.
# - Clean data comes first: a stronger model learns the errors as well.
# - No model is good in itself. Ask what a mistake costs, how many cases there are, what a simple rule does, how many
#   labels exist, and what it costs to run. Be ready to answer “nothing”.
#
# **What comes next.** Lesson 01 takes the shop's raw orders to tables that people trust: it begins with
# [01a](../01a_ingest/01a_ingest.ipynb). Lesson 02 asks when a nightly batch is enough, and when you need a stream.
#
# **Read on.** Google's *Rules of Machine Learning*, rules 1 to 3: when not to use it, what to measure first, and when a
# rule has become too complex. Chip Huyen, *Designing Machine Learning Systems*, and Andriy Burkov, *Machine Learning
# Engineering*: what it takes before and after training. Martin Kleppmann, *Designing Data-Intensive Applications*: where
# the data comes from.
