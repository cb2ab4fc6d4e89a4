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
# # 07a Online and batch
#
# A model is worth something once its answers reach somebody. In this part a model scores the payments of the Store while the
# customer waits, and every night. [07c](../07c_choosing_a_pattern/07c_choosing_a_pattern.ipynb) has a third way, scores that
# are computed ahead, and chooses between the three.
#
# **After this part you will be able to**
#
# - put a model behind an endpoint, and read how long its answers take under load;
# - score a table in partitions, and go on where a run stopped.
#
# **You need** [03e](../03e_skew/03e_skew.ipynb) and [05c](../05c_thresholds/05c_thresholds.ipynb), and about 65 minutes: 20 to
# read, 45 for two exercises. A good place for a break is before the second one.

# %%
import tempfile
import time
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab.serving import (
    BatchError, Server, Service, load, save, saved_in, score_folder)
from dataml_lab.serving.fraud import FLAG, SCHEMA, rows_of, trained
from dataml_lab.serving.traffic import traffic
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store()
desk = tempfile.TemporaryDirectory()  # everything that this notebook writes goes here
place = Path(desk.name)

# %% [markdown]
# ## One model, three who ask
#
# The model is that of 05c: a logistic regression that gives the probability that a payment is fraudulent. `save` writes it to
# a folder, and `load` reads it. What is in the folder is a matter of 07b.
#
# `rows_of` makes the model's rows from the tables of the Store. Here are the first three payments of June, a column for each.

# %%
save(place / "fraud", trained(), SCHEMA, "fraud")
model = load(place / "fraud")
june = store.payments[store.payments["occurred_at"] >= "2025-06-01"]
rows = rows_of(june, store.users)
requests = rows.to_dict("records")
rows.assign(score=model.score(rows)).head(3).round(3).astype(object).T

# %% role="claim"
assert len(rows) == 1_177 and 0.03 < (model.score(rows) >= FLAG).mean() < 0.04

# %% [markdown]
# `night` is 1 from 0 to 6 o'clock where the customer is, and `attempts` counts from 1. Amounts are in EUR.
#
# A payment is *flagged* if its score is 0.05 or more: that is this shop's choice, and 05c says how to make one. Of the 1,177
# payments of June about one in thirty is flagged.
#
# The shop wants scores in three ways. This part is about the first two.
#
# | who | asks | the pattern |
# |---|---|---|
# | the checkout | may this payment go through? The customer waits. | **online**: the model runs for each question |
# | the review team | which payments of yesterday are odd? | **batch**: the model runs on all rows, on a schedule |
# | the warehouse, and each page | is this customer's last payment flagged? | **near-real-time**: scores are precomputed, and often refreshed (07c) |

# %% [markdown]
# ## Online: a question, an answer
#
# An **endpoint** is an address to which a program sends a row, and from which it gets a score. `Server` starts one in this
# notebook. Only programs on this machine can reach it.

# %%
server = Server(Service(saved_in(place / "fraud")))
answer = httpx.post(f"{server.url}/score", json=requests[0])  # the first payment above
said = answer.json()
print(f"status {answer.status_code}: {said | {'score': round(said['score'], 4)}}")

# %% [markdown]
# The row goes as JSON, and the answer comes as JSON. It names the model's version. Two answers to the same row may differ
# because two versions made them, and without the version nobody could see it.
#
# A customer's browser, or another team's program, can send anything. What about a number of attempts below one, and a field
# that is missing?

# %%
wrong = {**requests[0], "attempts": -3}
del wrong["amount"]
answer = httpx.post(f"{server.url}/score", json=wrong)
print(f"status {answer.status_code}")
pd.Series(answer.json()["fields"]).to_frame("what is wrong")

# %% role="claim"
assert answer.status_code == 422 and set(answer.json()["fields"]) == {"amount", "attempts"}
bare = model.estimator.predict_proba(rows.head(1).assign(attempts=-3))[0, 1]
assert 0 < bare < 0.001, bare
try:
    model.estimator.predict_proba(pd.DataFrame([wrong]))
except ValueError:
    pass
else:
    raise AssertionError("an amount that is missing is no error of the model")

# %% [markdown]
# The endpoint checks each value against the *schema* that was saved with the model: kinds, limits, and what may be missing.
# Status 422 means that the request was understood and its values can't be used. The answer names each field.
#
# Without the check the missing amount would be an error from inside the model. The −3 is worse: with the amount given, the
# model answers, with a probability of fraud below 0.001. The payment would go through.

# %% [markdown]
# ## How long does an answer take?
#
# One slow answer lifts a mean, so latencies are told in percentiles (00). Of 1,000 answers the **p50** is the time within
# which 500 came, and the **p99** that within which 990 came.
#
# The p99 isn't a matter of a few. If slow answers fall at random, a program that asks 50 times a day meets one slower than the
# p99 on four days of ten.

# %% role="claim"
assert round(1 - 0.99**50, 1) == 0.4

# %% [markdown]
# `traffic` starts a second process. In it clients ask the endpoint for 0.3 seconds, and each asks again when it was answered.
# We try it with 1 client, and with 4, 16 and 64 at once.

# %%
loads = {clients: traffic(server.url, requests, clients, seconds=0.3)
         for clients in (1, 4, 16, 64)}
server.stop()

# %% tags=["nbval-ignore-output"]
pd.DataFrame({clients: {"answers per second": len(found) / 0.3,
                        "p50 (ms)": found["ms"].quantile(0.5),
                        "p99 (ms)": found["ms"].quantile(0.99)}
              for clients, found in loads.items()}).T.rename_axis("clients").round(1)

# %% role="claim"
assert all((found["status"] == 200).all() and len(found) >= clients for clients, found in loads.items())

# %% role="figure" alt="Four rising curves, one for each number of clients. Each shows the share of answers, from 0 to 100 percent, that came within so many milliseconds, on a logarithmic axis. The curve of 64 clients lies to the right of that of one."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.6))
for (clients, found), height in zip(loads.items(), (20, 35, 65, 80)):
    waited = np.sort(found["ms"])
    line, = axes.plot(waited, 100 * np.arange(1, len(waited) + 1) / len(waited))
    axes.plot(np.quantile(waited, [0.5, 0.99]), [50, 99], "o", color=line.get_color())
    axes.annotate(f"{clients} client" + "s" * (clients > 1), (np.quantile(waited, height / 100), height),
                  xytext=(7, -9), textcoords="offset points", color=line.get_color(),
                  fontweight="bold", fontsize="small")
for percent, below in ((50, 4), (99, -12)):
    axes.axhline(percent, linestyle=":", color="0.4", linewidth=1)
    axes.annotate(f"p{percent}", (0, percent), xycoords=("axes fraction", "data"),
                  xytext=(4, below), textcoords="offset points", color="0.4")
axes.set(xscale="log", xlabel="time until the answer (ms)",
         ylabel="answered by then (%)", ylim=(0, 102),
         title="With 64 clients at once each of them waits longer than one alone")
axes.set_xticks(ticks := [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500], ticks)
axes.minorticks_off()
axes.set_xlim(min(found["ms"].min() for found in loads.values()) / 1.5,
              max(found["ms"].max() for found in loads.values()) * 1.5)
plt.show()

# %% [markdown]
# **Read the figure.** Each line is a load, and the dots are its p50 and its p99. With 64 clients each waits longer than alone.
#
# Your times will differ, and on a machine that does much else at the time lines may cross. The p99 of 0.3 seconds is that of a
# few answers: measure for minutes before you promise one.
#
# With many clients the answers per second usually rise all the same. This server collects the rows that come while the model is
# busy, and scores them together: one call for many rows takes far less time than many calls.
#
# A process answers only so many requests a second. Where more come, a second process is started, another *instance* of the
# endpoint. So an endpoint is planned for its busiest second, and with room to spare.
#
# > **Caution:** These clients wait for their answer before they ask again. A slow server is asked less, and so it looks better
# > than it is. Customers don't wait for each other: for them, send requests at the rate at which they come.

# %% [markdown]
# ## Batch: all rows, on a schedule
#
# The review team reads its list at six in the morning. Nobody waits for a single score, so a nightly run may take a while.
#
# The payments lie in a file for each day: a day is a **partition**, here a part of the rows that is scored as a whole (that of
# 01b is another). The next cell writes the files. There are 29, as the Store ends on 29 June.

# %%
days, scores = place / "payments", place / "scores"
days.mkdir()
day_of = june.set_index("payment_id")["occurred_at"].dt.strftime("%Y-%m-%d")
for day, of_day in rows.groupby(day_of):
    of_day.reset_index().to_parquet(days / f"{day}.parquet", index=False)
print(f"{len(list(days.iterdir()))} days, the first is {min(days.iterdir()).name}")

# %% [markdown]
# Then the end of one file is cut off, as by a copy that was interrupted, and `score_folder` scores the folder. `keep` names the
# columns that stay beside the score.

# %%
cut = days / "2025-06-20.parquet"
whole = cut.read_bytes()
cut.write_bytes(whole[:-100])
try:
    score_folder(model, days, scores, keep=["payment_id"])
except BatchError as error:
    print(str(error).replace(f"{place}/", ""))
print(f"{len(list(scores.glob('*.parquet')))} days have scores")

# %% [markdown]
# The run stopped at the damaged file, and named it. The 19 days before it have their scores. Now the file is copied
# again, and the same command is run twice: it goes on, and then there is nothing to do.

# %%
cut.write_bytes(whole)
for _ in range(2):
    print(score_folder(model, days, scores, keep=["payment_id"]))
in_batch = pd.read_parquet(scores).set_index("payment_id")
in_batch.head(3).round(3)

# %% role="claim"
assert len(in_batch) == 1_177 and in_batch.index.is_unique and in_batch["problem"].isna().all()

# %% [markdown]
# Ten days were scored by the first of the two runs, and none by the second: a run can be repeated, it is idempotent (01a). Each
# payment is there once. Where a row has no score, `problem` says why.
#
# Four rules make it so.
#
# - A file of scores gets its name when it is whole. Until then it has another one, which no reader takes.
# - The mark that a day is done is inside its file of scores, so there is no mark without scores.
# - A day that is scored again replaces its file. Nothing is appended.
# - With each file is noted which model made it, and from which data. For another model or other data the day isn't done.
#
# The last rule also holds for a new version: all 29 days are scored again. If that run stops, some days are still of the version
# before, which their column `version` tells.

# %%
other = save(place / "other", trained(30_000, seed=2), SCHEMA, "fraud", version=2)  # as load returns it
print(score_folder(other, days, scores, keep=["payment_id"]))

# %% role="claim"
assert score_folder(model, days, place / "copy", keep=["payment_id"]).fresh == 29
assert score_folder(model, days, scores, keep=["payment_id"]).fresh == 29
assert all((scores / file.name).read_bytes() == file.read_bytes() for file in (place / "copy").glob("*.parquet"))

# %% [markdown]
# What does batch save? Here are 100,000 rows, with reading, checking and writing. Beside it is what as many requests by one client
# would take, reckoned from the mean of its answers above.

# %% tags=["nbval-ignore-output"]
(place / "many").mkdir()
many = pd.concat([rows.reset_index()] * 85).head(100_000)
many.to_parquet(place / "many" / "rows.parquet", index=False)
begun = time.perf_counter()
score_folder(model, place / "many", place / "many_scores", keep=["payment_id"])
in_one = time.perf_counter() - begun
one_by_one = 100_000 * loads[1]["ms"].mean() / 1_000
print(f"batch {in_one:.2f} s, one by one {one_by_one:.0f} s")

# %% role="claim"
assert one_by_one > 3 * in_one, (one_by_one, in_one)

# %% [markdown]
# Batch takes a small part of the time on any machine: the model is called with many rows at once, and nothing is sent to and
# fro. So it is the cheapest where nobody waits.

# %% [markdown]
# ## Batch answers as online does
#
# The endpoint above refuses a payment in which something is missing. The two exercises have another endpoint and another model:
# it takes the method of payment, too, and fills such gaps before the model scores. Batch has to fill them alike, else the review
# team sees other scores than the checkout.

# %% [markdown] role="prompt" exercise="without_gaps"
# ### Exercise: fill the gaps as online ({{points}}, about 5 minutes)
#
# Write `without_gaps(payment, known)`. It returns what the model is to score for a payment: a dict of the same fields, or
# `None` if there is nothing to score. `known` says what the version of the model was trained on.
#
# **First step:** return a copy of the payment, `{**payment}`, and then change one field of it.
#
# | a payment has | online |
# |---|---|
# | `amount` `None` | scores nothing: `None` |
# | `account_days` `None` | takes `median_days` instead |
# | `method` `None`, or not in `methods` | takes `"other"` instead |
#
# All else stays as it is. So does the payment that you are given: what you return is a new dict.
#
# ```python
# known = {"median_days": 112, "methods": ["card", "other"]}
# without_gaps({"payment_id": 81, "amount": 9.5, "account_days": None, "method": "crypto"}, known)
# # {"payment_id": 81, "amount": 9.5, "account_days": 112, "method": "other"}
# ```
#
# {{properties}}

# %% role="answer" exercise="without_gaps"
def without_gaps(payment, known):
    """What a version scores for a payment, None for nothing; `known` is what it was trained on."""
    ### BEGIN SOLUTION
    if payment["amount"] is None:
        return None
    days, method = payment["account_days"], payment["method"]
    return {**payment, "account_days": known["median_days"] if days is None else days,
            "method": method if method in known["methods"] else "other"}
    ### END SOLUTION


# %% [markdown]
# ## Batch scoring that survives a crash
#
# In the next exercise, what says that a partition is done is kept in another place than the scores. So a crash can come between
# the two.

# %% [markdown] role="prompt" exercise="score_all"
# ### Exercise: score each payment once ({{points}}, about 40 minutes)
#
# `score_all(store, model, state)` runs each night, and brings the scores of all payments up to date. Any call of `store`, `model`
# or `state` can crash, before or after it has done its work; `score_all` is then called again in a new process. The scores and the
# note are left, nothing else.
#
# **First step:** read, score and write each partition. Then ask of each thing that your function remembers: where is it
# after a crash?
#
# | call | does |
# |---|---|
# | `store.partitions()` | a dict with each partition's *stamp*, a number that changes whenever its payments do, not its scores |
# | `store.read(partition)` | its payments, a list of 0 or more dicts |
# | `store.write(partition, rows)` | puts rows in place of its scores, all or none |
# | `store.append(partition, rows)` | adds rows to its scores, one by one: it can crash between two |
# | `model.champion()` | the number of the version that answers online at the moment |
# | `model.trained_on(version)` | such as `{"median_days": 112, "methods": ["card", "other"]}` |
# | `model.score(rows, version)` | their scores, in the order of `rows`: 1 to 10 payments in which nothing is `None` |
# | `state.load()` | the note saved last; `None` at first |
# | `state.save(note)` | keeps a note (dicts, lists, texts, numbers) in its place, all or none |
#
# ```python
# {"payment_id": 81, "amount": 9.5, "account_days": 0, "method": "card"}  # a payment
# {"payment_id": 81, "score": 0.31, "version": 7}  # its row of scores
# ```
#
# - A run begins with a call and ends when a call returns; after a crash that left something to do, the next call goes on with
#   it. It has one version: the champion at its beginning, whatever `champion()` says later.
# - Afterwards each payment has one row, of the run's version. Its score is what that version gives for the payment without
#   gaps, and `None` where `without_gaps` returns `None`. You may call that function.
# - A payment that came or changed meanwhile can wait for the next run.
# - The next run can have another version, also an earlier one. Then it scores all again.
# - A partition whose stamp and version are still those of its scores isn't read. After each crash one of these at most may be.
#
# {{properties}}

# %% role="answer" exercise="score_all"
def score_all(store, model, state):
    """Brings the scores of all payments up to date, by one version a run."""
    ### BEGIN SOLUTION
    run = state.load() or {"version": None, "done": {}, "ended": True}
    if run["ended"]:
        version = model.champion()
        run = {"version": version, "done": run["done"] if version == run["version"] else {}, "ended": False}
        state.save(run)  # from here on the version of this run is fixed
    for partition, stamp in store.partitions().items():
        if run["done"].get(partition) != stamp:
            store.write(partition, rows_like_online(store.read(partition), model, run["version"]))
            run["done"][partition] = stamp  # the stamp from before the payments were read
            state.save(run)
    state.save({**run, "ended": True})


def rows_like_online(payments, model, version):
    """The rows of scores of these payments, as a version answers online."""
    known = model.trained_on(version)
    inputs = [row for payment in payments if (row := without_gaps(payment, known))]
    scores = {}
    for start in range(0, len(inputs), 10):
        piece = inputs[start:start + 10]
        scores |= zip((row["payment_id"] for row in piece), model.score(piece, version), strict=True)
    return [{"payment_id": payment["payment_id"], "score": scores.get(payment["payment_id"]), "version": version}
            for payment in payments]
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - Online answers what nobody could know before, and the caller waits for it: report p50 and p99, under load.
# - Batch is the cheapest per score. Make each partition whole or absent, and let a second run replace, not append.
# - Name the version in each answer.
#
# **Next:** [07b](../07b_a_model_is_a_dependency/07b_a_model_is_a_dependency.ipynb) asks what to do when the model doesn't
# answer. The part before this one is [06c](../06c_detecting/06c_detecting.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Dean and Barroso, [*The Tail at Scale*](https://doi.org/10.1145/2408776.2408794), Communications of the ACM, 2013:
# why the slowest answers decide in a large system.
