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
# # 07c Choosing a pattern
#
# [07a](../07a_online_and_batch/07a_online_and_batch.ipynb) scored while the customer waits, and every night. This part adds the third
# way, scores that are computed ahead. It asks whether all three give the same score, and which of them to choose.
#
# **After this part you will be able to**
#
# - compute scores ahead of the questions, and measure how many answers are out of date;
# - check row by row that all three ways give the same score, and find out why if they don't;
# - choose a way by a bill.
#
# **You need** 07a and [03e](../03e_skew/03e_skew.ipynb), and about 55 minutes: 30 to read, 25 for the exercise. A good place for a
# break is before the exercise.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from dataml_lab.features import latest
from dataml_lab.serving import Remote, Server, Service, load, save, saved_in, score_folder
from dataml_lab.serving.fraud import FLAG, SCHEMA, rows_of, trained
from dataml_lab.serving.precomputed import Precomputed
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
store = Store()
desk = tempfile.TemporaryDirectory()  # everything that this notebook writes goes here
place = Path(desk.name)

# %% [markdown]
# Here again are the model of 07a, the payments of June as its rows, an endpoint, and the scores of a nightly run.

# %%
save(place / "fraud", trained(), SCHEMA, "fraud")
model = load(place / "fraud")
june = store.payments[store.payments["occurred_at"] >= "2025-06-01"]
rows = rows_of(june, store.users)
server = Server(Service(saved_in(place / "fraud")))
(place / "payments").mkdir()
rows.reset_index().to_parquet(place / "payments" / "june.parquet", index=False)
score_folder(model, place / "payments", place / "scores", keep=["payment_id"])
in_batch = pd.read_parquet(place / "scores").set_index("payment_id")
in_batch.head(3).round(3)

# %% [markdown]
# ## Near-real-time: computed ahead
#
# Before an order leaves, the warehouse asks whether the customer's last payment is flagged. Each page that a customer views asks
# the same, to decide whether it offers payment by invoice.
#
# Both ask about a *customer*, and the same customers again and again: 156,776 page views were made by 1,918 customers. So the
# answers can be computed before anybody asks, by customer. `Precomputed` is such a table, and to ask it is to look something up.
#
# A refresh is a run over all customers who have paid. Refreshed once a night, the table is a batch run whose scores are looked
# up. Refreshed every few minutes it is the third way, **near-real-time**; the exercise calls it *precomputed*.

# %%
noon = pd.Timestamp("2025-06-29 12:00", tz="UTC")
minute = pd.Timedelta(minutes=1)


def newest_rows(as_of):
    """The row of each customer's last payment before a moment, by customer."""
    before = store.payments[store.payments["occurred_at"] < as_of]
    last = before.drop_duplicates("user_id", keep="last")
    return rows_of(last, store.users).set_axis(last["user_id"])


table = Precomputed(place / "scores.db")
table.refresh(model, newest_rows(noon), noon)
found = table.get(1322, noon + 10 * minute)
print(f"customer 1322, at 12:10: {found.score:.3f}, version {found.version}, age {found.age}")
print("a new customer:", table.get(9999, noon + 10 * minute))

# %% [markdown]
# An answer comes with the version, and with its **age**: how old the knowledge is that it rests on. At 12:10 the table of
# twelve o'clock is ten minutes old.
#
# What the table is asked by is its **key**, here the customer. One who has never paid isn't among its keys, and has no score.
# A caller needs an answer for that case, such as "no invoice yet".
#
# ### Old or out of date?
#
# At 12:16 customer 1322 paid 133.99 EUR, with a card of another country.

# %%
asked_at = [noon + 10 * minute, noon + 20 * minute]
kept = [table.get(1322, at).score for at in asked_at]
now = [model.score(newest_rows(at).loc[[1322]]).item() for at in asked_at]
pd.DataFrame({"in the table": kept, "computed now": now}, index=["12:10", "12:20"]).round(3)

# %% role="claim"
views = store.activity.loc[store.activity["kind"] == "page_view", ["user_id", "occurred_at"]]
assert (len(views), views["user_id"].nunique()) == (156_776, 1_918)
paid = store.payments[(store.payments["user_id"] == 1322) & (store.payments["occurred_at"] > noon)]
assert paid["amount"].tolist() == [133.99] and paid["country_mismatch"].all() and paid["occurred_at"].iloc[0].minute == 16
assert kept[0] == now[0] == kept[1] < FLAG < now[1] and table.get(9999, noon) is None

# %% [markdown]
# At 12:10 the answer was ten minutes old and right. At 12:20 it is **stale**: by the table the last payment isn't flagged, and by
# the model, asked now, it is. A refresh every quarter of an hour would have put it right at 12:30.
#
# So the age of a table alone says little. What counts is how often the answer has changed since.
#
# Here are all questions of half a year: each page view, and each dispatch of an order. A question is a customer and a moment, and
# `latest` (03e) finds the customer's last payment before it.

# %%
views = store.activity[store.activity["kind"] == "page_view"]
views = views.rename(columns={"occurred_at": "as_of"})
sent = store.deliveries.rename(columns={"dispatched_at": "as_of"})
sent = sent.merge(store.payments[["order_id", "user_id"]], on="order_id")
asked = {"page views": views[["user_id", "as_of"]], "the warehouse": sent[["user_id", "as_of"]]}
payments = store.payments[["user_id", "occurred_at", "payment_id"]]
paid_rows = rows_of(store.payments, store.users)
is_flagged = pd.Series(model.score(paid_rows) >= FLAG, paid_rows.index)


def answers(questions):
    """Of each question the last payment before it, when it was, and whether it is flagged."""
    last = latest(payments, questions)
    return last.assign(flagged=last["payment_id"].map(is_flagged).eq(True))


now = {who: answers(questions) for who, questions in asked.items()}
pd.DataFrame({who: {
    "questions a day": len(last) / 180,
    "flagged a day": last["flagged"].sum() / 180,
    "no payment yet (%)": 100 * last["payment_id"].isna().mean(),
    "hours since (median)": (asked[who]["as_of"] - last["occurred_at"]).median() / pd.Timedelta("1h")}
    for who, last in now.items()}).round(1)

# %% role="claim"
assert (asked["the warehouse"].index == now["the warehouse"].index).all()
assert round(now["the warehouse"]["flagged"].sum() / 180, 1) == 1.5 and len(store.deliveries) == len(sent)
assert 23 <= ((asked["the warehouse"]["as_of"] - now["the warehouse"]["occurred_at"]).median() / minute) < 24
assert round((asked["page views"]["as_of"] - now["page views"]["occurred_at"]).median() / (60 * 24 * minute)) == 10
assert round(now["page views"]["payment_id"].isna().mean(), 2) == 0.28
assert (store.payments["occurred_at"].max() - store.payments["occurred_at"].min()).days in (179, 180)

# %% [markdown]
# Most answers are "no" in any case. So we count, of the answers that should be "yes", those that the table misses because the
# payment came after its last refresh.

# %%
def missed(who, every):
    """The share of the flagged that a table misses which is refreshed so often."""
    refreshed = answers(asked[who].assign(as_of=asked[who]["as_of"].dt.floor(every)))
    flagged = now[who]["flagged"]
    return (flagged & ~refreshed["flagged"]).sum() / flagged.sum()


steps = {"5 min": "5min", "15 min": "15min", "1 h": "1h", "6 h": "6h", "1 day": "1D"}
share = pd.DataFrame({who: {step: missed(who, every) for step, every in steps.items()}
                      for who in asked})
share.rename_axis("refreshed every").map("{:.1%}".format)

# %% role="claim"
assert (share["page views"] * 1_000).round().tolist() == [0, 0, 2, 17, 59]
assert (share["the warehouse"] * 1_000).round().tolist() == [0, 47, 480, 888, 964]
daily = answers(asked["the warehouse"].assign(as_of=asked["the warehouse"]["as_of"].dt.floor("1D")))
flagged, wrong = now["the warehouse"]["flagged"], daily["flagged"] != now["the warehouse"]["flagged"]
assert (round(wrong.mean(), 3), round(flagged.mean(), 3)) == (0.06, 0.034) and 0.5 < flagged[wrong].mean() < 0.6

# %% role="figure" alt="Two lines over the time between two refreshes, from five minutes to one day. Of the flagged that pages ask about, the table misses next to none up to one hour, 1.7 percent with six hours and 5.9 percent with one day. Of those that the warehouse asks about it misses none with five minutes, 4.7 percent with 15 minutes, 48.0 percent with an hour, 88.8 percent with six hours and 96.4 percent with one day."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.6))
for (who, values), colour in zip(share.items(), ("C0", "C1")):
    axes.plot(range(len(values)), 100 * values, "o-", color=colour)
    axes.annotate(who, (len(values) - 1, 100 * values.iloc[-1]), xytext=(8, -4), color=colour,
                  textcoords="offset points", fontweight="bold")
    for step, value in enumerate(values):
        if value > 0.01:
            axes.annotate(f"{value:.1%}", (step, 100 * value), xytext=(-6, 6),
                          textcoords="offset points", ha="right")
axes.set(xticks=range(len(share)), xticklabels=share.index, xlabel="time between two refreshes",
         ylabel="flagged answers missed (%)", ylim=(-3, 112), xlim=(-0.3, 5.1),
         title="Refreshed once a day, the warehouse misses nearly all that is flagged")
plt.show()

# %% [markdown]
# **Read the figure.** The same table, refreshed as often: once a day, 5.9% of the flagged answers are missed on pages, and 96.4%
# at the warehouse.
#
# In half of its questions the warehouse asks about a payment of the last 23 minutes (0.4 hours). Of the page views whose customer
# has paid, half come ten days after the last payment, or later. So ask of each use how long an answer stays right, and refresh as often as that needs.
#
# Counted over all questions, once a day looks fine at the warehouse, too: 6% of its answers are wrong. About half of these are flags
# that are missed, and half flags that no longer hold. A table that always says "no" would look even better, with 3.4%: count
# where it matters.
#
# The page has another gap. For 28% of the page views the customer has not paid yet, and no refresh closes it.
#
# The checkout can't use the table at all. It asks about a payment that isn't made yet, so nobody can compute its score ahead.

# %% [markdown]
# ## Do the three agree?
#
# The same payment has to get the same score in each way. That is called **parity**, and it is checked row by row.
#
# The next cell asks the endpoint for the last 100 payments of June and compares with batch. Then it compares the table with batch, for the last
# payment of each customer who paid in June. `Remote` asks an endpoint as a function would.

# %%
last = rows.tail(100)
ask = Remote(server.url)
online = pd.Series([ask(row).value for row in last.to_dict("records")], last.index)
end = pd.Timestamp("2025-06-30", tz="UTC")
table.refresh(model, newest_rows(end), end)
newest = june.drop_duplicates("user_id", keep="last").set_index("payment_id")["user_id"]
ahead = pd.Series({payment: table.get(user, end).score for payment, user in newest.items()})

far = {"online": (online - in_batch["score"]).abs(),
       "near-real-time": (ahead - in_batch["score"]).abs()}
for way, apart in far.items():
    other = (apart > 1e-9).sum()
    print(f"{way} and batch: {apart.count()} payments, {other} of them with another score")

# %% role="claim"
assert all(apart.max() < 1e-12 for apart in far.values()) and len(ahead) == 558, far

# %% [markdown]
# They agree. Scores that are 10⁻⁹ apart count as the same: a sum in another order may differ in its last digit, so a
# comparison needs a tolerance (03e).
#
# They agree because all rows came from `rows_of`. In most shops the checkout is another program, of another team. Here is
# theirs.

# %%
def at_checkout(payments):
    """The rows of payments, as the checkout's server makes them."""
    right = rows_of(payments, store.users)
    return right.assign(night=(payments["occurred_at"].dt.hour.to_numpy() < 6) * 1)


theirs = at_checkout(june).tail(100)
scores = pd.Series([ask(row).value for row in theirs.to_dict("records")], theirs.index)
apart = (scores - in_batch["score"]).abs() > 1e-9
print(f"{len(theirs)} rows, {len(scores)} scores, no error; {apart.sum()} scores differ")
ask.close()
table.close()
server.stop()

# %% [markdown]
# No error, and the schema is content: each value is of the right kind and within its limits. Only the comparison with batch
# finds the difference.
#
# Where do they differ? For all payments of half a year, by the customer's country:

# %%
paid = store.payments
ours, others = rows_of(paid, store.users), at_checkout(paid)
country = store.users.set_index("user_id")["country"].loc[paid["user_id"]].to_numpy()
differs = np.abs(model.score(ours) - model.score(others)) > 1e-9
print("columns that differ:", [name for name in ours if not ours[name].equals(others[name])])
by_country = pd.Series(differs).groupby(country).mean().rename_axis("country")
by_country.map("{:.0%}".format).to_frame("scores that differ")

# %%
fraud = paid["is_fraud"].to_numpy()
flags = {"the checkout": model.score(others) >= FLAG, "batch": model.score(ours) >= FLAG}
pd.DataFrame({who: {"flagged": flag.sum(), "frauds among them": fraud[flag].sum()}
              for who, flag in flags.items()})

# %% role="claim"
assert (flags["batch"].sum(), flags["the checkout"].sum(), fraud.sum()) == (299, 374, 85)
assert [fraud[flag].sum() for flag in flags.values()] == [20, 21]
assert by_country["GB"] == 0 and by_country.idxmax() == "US" and round(by_country["US"], 2) == 0.36

# %% [markdown]
# Only `night` differs: never in Great Britain, and so that 36% of the scores change in the United States. That points at a clock.
# The checkout's server takes the hour of its own clock, UTC, and `night` means the hour where the customer is.
#
# (In the Store the clocks are never put forward. With
# summer time Great Britain would differ, too.)
#
# This is the training-serving skew of 03e. In half a year the checkout flags 374 payments instead of 299, 75 more. It finds one
# fraud fewer: 20 of 85 instead of 21.
#
# Two things help. One program makes the rows for all three, as a feature store does
# ([03f](../03f_feature_store/03f_feature_store.ipynb)). And the endpoint's rows and scores are logged, so that the nightly
# run can score the same payments, and an alarm goes off where the two differ.

# %% [markdown]
# ## What does a score cost?
#
# An endpoint costs while nobody asks: it is held ready at night, too. A refresh costs each time, asked for or not. Here are the
# prices of the exercise: 24 EUR a day for an endpoint (two instances of 12 EUR each), 0.2 EUR to start a refresh, and 0.00001 EUR for each of its rows.
#
# What is lost has a price as well. Say a flag that is missed loses 10 EUR at the warehouse, and 0.50 EUR on a page. A flag that no
# longer holds is taken to cost nothing.

# %%
customers = store.payments["user_id"].nunique()


def costs(who, worth):
    """EUR a day: what refreshes and missed flags cost, or an endpoint."""
    runs = pd.Series({"15 min": 96, "1 h": 24, "6 h": 4, "1 day": 1})
    lost = share.loc[runs.index, who] * now[who]["flagged"].sum() / 180 * worth
    return pd.concat([runs * (0.2 + customers * 0.00001) + lost, pd.Series({"endpoint": 24.0})])


day = pd.DataFrame({"page views": costs("page views", 0.5), "the warehouse": costs("the warehouse", 10),
                    "the warehouse, at 100": costs("the warehouse", 100)})
day.rename_axis("refreshed every, or").round(2)

# %% role="claim"
assert day.idxmin().tolist() == ["1 day", "1 h", "endpoint"]

# %% [markdown]
# For pages one refresh a day is the cheapest. For the warehouse it is one an hour: more often costs more than it saves. If a
# missed flag loses 100 EUR there, the endpoint is the cheapest, though it stands ready for 45 questions a day.
#
# | | online | batch | near-real-time |
# |---|---|---|---|
# | an answer takes | milliseconds | about as long as a look-up | about as long as a look-up |
# | it knows | what is in the request | what was there at the run | what was there at the refresh |
# | a new key | is scored | has no score until the next run | has no score until the next refresh |
# | you pay for | an endpoint held ready | each run | each refresh, asked for or not |
# | if it fails | the caller gets no answer | it is run again before morning | nobody notices: the answers get old |

# %% [markdown]
# ## Which pattern?
#
# The exercise has the same prices. There batch scores all keys once a day, and precomputed only those that changed, 96 times a day.

# %% [markdown] role="prompt" exercise="serving_pattern"
# ### Exercise: online, batch or precomputed? ({{points}}, about 25 minutes)
#
# Write `serving_pattern(scenario)`. It returns `"online"`, `"batch"` or `"precomputed"`: the pattern with the smallest bill of a
# day. A choice holds if its bill is at most 2% above the smallest.
#
# - *online*: an endpoint answers each request when it comes, also for a key that no run has seen.
# - *batch*: one run a day scores all keys, for example customers, and stores the answers.
# - *precomputed*: 96 runs a day, every 900 s, score the keys that changed. After each run, all stored answers, also those
#   that didn't change, are as of its start.
#
# **First step:** write `bill(scenario, pattern)`, and compare its parts with the example.
#
# | in `scenario` | says |
# |---|---|
# | `what` | its name |
# | `requests_per_day`, `peak_per_s` | requests in a day; in the busiest second |
# | `answer_ms`, `allowed_ms` | how long an online answer takes; how long a caller waits |
# | `keys` | how many keys a batch scores |
# | `changes_per_day` | rows that the 96 runs score in all, each equally many |
# | `unknown` | share of the requests whose key no run has seen |
# | `fresh_s` | the greatest age at which a stored answer counts |
# | `worth` | EUR lost for a request without an answer that counts |
#
# | the bill of a day | EUR |
# |---|---:|
# | an instance of the endpoint, ready all day | 12 |
# | to start a run | 0.2 |
# | a row that a run scores | 0.00001 |
#
# - Instances are whole, and at least two. A request keeps one busy for `answer_ms`. In the busiest second each is busy for at
#   most 60% of the time.
# - An online answer counts if `answer_ms` is at most `allowed_ms`. A stored one is never too late.
# - A run takes 0.001 s a row, and ends before the next one starts. Its answers are used from its end to the end of the next
#   run. Their age counts from its start.
# - For what is lost, take the requests as spread evenly over the day. The share `unknown` is the same at every age.
#
# ```python
# {"what": "products on the front page", "requests_per_day": 5_000_000.0, "peak_per_s": 310.0,
#  "keys": 800_000.0, "changes_per_day": 3_000_000.0, "unknown": 0.02, "fresh_s": 3_600.0,
#  "answer_ms": 80.0, "allowed_ms": 100.0, "worth": 0.0005}
# ```
#
# | pattern | ready, starts | rows | lost | bill |
# |---|---:|---:|---:|---:|
# | online | 504.00 | 0.00 | 0.00 | 504.00 |
# | batch | 0.20 | 8.00 | 2,420.60 | 2,428.80 |
# | precomputed | 19.20 | 30.00 | 50.00 | 99.20 |
#
# {{properties}}

# %% role="answer" exercise="serving_pattern"
import math


def serving_pattern(scenario):
    """The pattern with the smallest bill of a day: "online", "batch" or "precomputed"."""
    ### BEGIN SOLUTION
    return min(("online", "batch", "precomputed"), key=lambda pattern: sum(bill(scenario, pattern)))


def bill(scenario, pattern):
    """EUR a day: for instances or to start runs, for rows, and lost."""
    if pattern == "online":
        busy = scenario["peak_per_s"] * scenario["answer_ms"] / 1000
        ready, scoring = 12 * max(2, math.ceil(busy / 0.6)), 0
        counts = scenario["answer_ms"] <= scenario["allowed_ms"]
    else:
        runs, rows = (1, scenario["keys"]) if pattern == "batch" else (96, scenario["changes_per_day"])
        ready, scoring = 0.2 * runs, 0.00001 * rows
        youngest, between = 0.001 * rows / runs, 86400 / runs
        young = min(1, max(0, (scenario["fresh_s"] - youngest) / between))
        counts = (1 - scenario["unknown"]) * young
    return ready, scoring, scenario["requests_per_day"] * scenario["worth"] * (1 - counts)
    ### END SOLUTION


# %% role="claim"
front_page = {"requests_per_day": 5e6, "peak_per_s": 310, "keys": 800_000, "changes_per_day": 3e6, "unknown": 0.02,
              "fresh_s": 3_600, "answer_ms": 80, "allowed_ms": 100, "worth": 0.0005}
assert [round(part, 2) for part in bill(front_page, "online")] == [504, 0, 0]
assert [round(part, 2) for part in bill(front_page, "batch")] == [0.2, 8, 2_420.6]
assert [round(part, 2) for part in bill(front_page, "precomputed")] == [19.2, 30, 50]

# %% [markdown]
# ## What to take along
#
# - Scores computed ahead are quick to get, and get stale. How often the answer changes decides how often to refresh.
# - Name the version in each answer, and the age where there is one.
# - Compare the ways row by row. A schema can't see skew; parity can.
# - Choose by a bill: what is paid, and what is lost.
#
# **Next:** [08a](../08a_drift/08a_drift.ipynb) asks whether the data of today are still those that the model learned from. The part
# before this one is [07b](../07b_a_model_is_a_dependency/07b_a_model_is_a_dependency.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Huyen, *Designing Machine Learning Systems*, 2022, chapter 7: online and batch prediction.
