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
# # 07b A model is a dependency
#
# In [07a](../07a_online_and_batch/07a_online_and_batch.ipynb) the model always answered. In this part it hangs, fails, and answers with
# another version, and you see to it that the shop goes on selling.
#
# **After this part you will be able to**
#
# - save a model so that loading it runs no foreign code, and so that another file in its place is refused;
# - promote a version in a registry, and go back to the one before without a failed request;
# - give a call of a model a deadline, a fallback, a cache and a circuit breaker, and say what each of them is for;
# - try a new version on real requests before anybody depends on its answers.
#
# **You need** 07a and [05c](../05c_thresholds/05c_thresholds.ipynb), and about 70 minutes: 40 to read, 30 for the exercise. A good
# place for a break is before the exercise.

# %%
import gc
import pickle
import shutil
import tempfile
import threading
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving import (
    BadInput, Breaker, Cache, Deadline, Fallback, Late, LocalRegistry, ModelError, Reply, Server,
    Service, Settings, Shadow, load, promoted, save)
from dataml_lab.serving.clients import Clients
from dataml_lab.serving.fallback import sound
from dataml_lab.serving.fraud import FLAG, SCHEMA, rows_of, trained
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
folders = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
desk = Path(folders.name)  # everything that this notebook writes goes here

# %% [markdown]
# The next cell has what 07a has: the shop's payments with the five columns of the fraud model, and the model. A payment whose
# score is `FLAG` or more is flagged, and the checkout stops it.
#
# `FLAG` is 0.05. By 05c it is the cheapest threshold if a fraud that gets through costs 95 EUR, and an honest payment that is
# stopped 5 EUR: 5 / (95 + 5). That holds only if scores are probabilities (calibrated).

# %%
store = Store(users=8_000)
paid = store.payments
asked = rows_of(paid, store.users)
first = trained()
print(f"{len(asked):,} payments, {paid['is_fraud'].mean():.1%} of them are frauds")
asked.head(3).round(1)

# %% role="claim"
assert FLAG == 5 / (95 + 5) and list(asked) == FEATURES and len(FEATURES) == 5

# %% [markdown]
# ## You depend on a file
#
# A model that one process has fitted must come to the process that serves it. Python's own way is `pickle`. A pickle is a list
# of instructions, and to load it is to carry them out.

# %%
class Foreign:
    """Its pickle has one instruction: call `print` with a text."""

    def __reduce__(self):
        return print, ("This ran while the file was loaded.",)


pickle.loads(pickle.dumps(Foreign()))

# %% [markdown]
# Here the function is `print`. It could be one that deletes files. To load somebody's pickle is to run their program.
#
# `save` writes the format of [skops](https://skops.readthedocs.io/): numbers, and the names of types and functions. What isn't
# on a list of harmless names is refused, at saving and at loading. A pipeline with `print` inside can't even be saved.
#
# A saved model is a folder of three files: the estimator, what is said about it (its schema, and the versions of its
# libraries), and a checksum of each of the two. A **checksum** is a short text computed from all bytes of a file. Another byte
# gives another checksum.
#
# The next cell saves the model, and one that was fitted last week to other payments.

# %%
folder, last_week = desk / "fraud", desk / "last week"
for place, estimator in ((folder, first), (last_week, trained(seed=2))):
    shutil.rmtree(place, ignore_errors=True)  # so that this cell can be run again
    save(place, estimator, SCHEMA, "fraud")
print(*sorted(file.name for file in folder.iterdir()))

# %% [markdown]
# Now the estimator of last week is copied over by mistake.

# %%
shutil.copy(last_week / "model.skops", folder)
try:
    load(folder)
except ModelError as error:
    print(str(error).replace(str(desk), "desk"))

# %% role="claim"
import hashlib

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from dataml_lab.serving import RegistryError


def refusal(error, action, *arguments):
    """The sentence with which an action is refused."""
    try:
        action(*arguments)
    except error as refused:
        return str(refused)
    raise AssertionError("it was not refused")


def forge(folder, donor):
    """Puts another estimator into the folder, with a checksum that fits."""
    names = "model.skops", "model.json"
    shutil.copy(donor / "model.skops", folder)
    (folder / "SHA256SUMS").write_text("".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names))


with_print = make_pipeline(FunctionTransformer(print), LogisticRegression())
assert "not trusted: builtins.print" in refusal(ModelError, save, desk / "with print", with_print, SCHEMA, "fraud")
assert "model.skops: the file is not what was saved" in refusal(ModelError, load, folder)
assert sorted(file.name for file in folder.iterdir()) == ["SHA256SUMS", "model.json", "model.skops"]
with tempfile.TemporaryDirectory() as place:
    forged = Path(shutil.copytree(folder, Path(place) / "fraud"))
    forge(forged, last_week)
    assert (load(forged).score(asked.head(9)) == load(last_week).score(asked.head(9))).all()
    assert (load(forged).score(asked.head(9)) != first.predict_proba(asked.head(9))[:, 1]).all()
    with LocalRegistry(Path(place) / "registry") as tried:
        tried.add("fraud", first, SCHEMA)
        forge(tried.path("fraud", 1), last_week)
        assert "is not what was added" in refusal(RegistryError, tried.load, "fraud", 1)

# %% [markdown]
# Last week's file is whole, so without the checksum it would have been loaded, and given last week's scores without an error.
# `load` also refuses another release series of its libraries (2.5 instead of 2.4): the same file may give other numbers with it.
#
# Against a forger this checksum doesn't help, since they would write a new one beside the file. For that it must be kept
# elsewhere. The registry, which comes next, does so.
#
# ## You depend on a version
#
# Next week a second model comes. It was fitted with *balanced classes*: frauds are 1% of the payments, and together they get
# as much weight as all others.
#
# A **registry** keeps models as numbered versions that never change. An **alias** is a name that points at one of them.

# %%
past = payments(20_000, seed=1)  # what the first model was fitted to
second = clone(first).set_params(logisticregression__class_weight="balanced")
second.fit(past[FEATURES], past["is_fraud"])

shutil.rmtree(desk / "registry", ignore_errors=True)  # so that this cell can be run again
registry = LocalRegistry(desk / "registry")
for estimator in (first, second):
    registry.add("fraud", estimator, SCHEMA)
registry.promote("fraud", 1)  # the alias "champion" points at version 1
registry.load("fraud", "champion")

# %% [markdown]
# A server asks for the champion, and not for a number. So to **promote** version 2 is to move the alias, and to **roll back**
# is to move it to where it was before. No file is copied, and nothing is fitted again.

# %%
registry.promote("fraud", 2)
print("promoted: the champion is version", registry.current("fraud"))
registry.roll_back("fraud")
print("rolled back: the champion is version", registry.current("fraud"))

# %% role="claim"
assert [change.version for change in registry.history("fraud")][-3:] == [1, 2, 1] and registry.versions("fraud") == [1, 2]

# %% [markdown]
# What happens to the shop if version 2 answers? AUC (05b) says how well a score orders frauds before other payments.

# %%
one, two = registry.load("fraud", 1), registry.load("fraud", 2)
scores = pd.DataFrame({"version 1": one.score(asked), "version 2": two.score(asked)})
print("AUC:", *[f"{roc_auc_score(paid['is_fraud'], scores[name]):.2f}" for name in scores])
print("mean score:", *[f"{scores[name].mean():.2f}" for name in scores])
print("stopped:", *[f"{(scores[name] >= FLAG).mean():.0%}" for name in scores])
asked[["amount", "attempts"]].reset_index().join(scores).head(4).round(3)

# %% role="claim"
auc = [roc_auc_score(paid["is_fraud"], scores[name]) for name in scores]
assert abs(auc[0] - auc[1]) < 0.01 and 0.7 < auc[0] < 0.8, auc
stopped = (scores >= FLAG).mean()
assert 0.025 < stopped["version 1"] < 0.045 and stopped["version 2"] == 1, stopped
assert scores.mean().round(2).tolist() == [0.01, 0.36] and round(paid["is_fraud"].mean(), 2) == 0.01

# %% [markdown]
# Both versions order payments alike. But version 2 learned from a world in which half of the weight is fraud. So its mean score
# is 0.36, where that of version 1 is 0.01, as the share of frauds is.
#
# Version 2 stops every payment, and no error is raised: the threshold 0.05 is for probabilities, and its scores are none. A
# threshold belongs to a version, and a score is of use only with its version. Therefore every answer of the endpoint names it.
#
# ## You depend on a process
#
# The checkout asks the endpoint of 07a for each payment. So that it fails when we want, a stand-in takes its place.

# %%
class Endpoint:
    """Answers a row with the score of version 1, or does what it is told."""

    does = "works"

    def __call__(self, row):
        if wrong := SCHEMA.problems(row):
            raise BadInput(str(wrong))
        if self.does == "hangs":
            released.wait()  # until the cell below lets it go on
        if self.does == "is gone":
            raise ConnectionError("nobody listens there")
        model = two if self.does == "another version" else one
        score = float("nan") if self.does == "says NaN" else model.score([row])[0]
        return Reply(float(score), str(model.version))


endpoint = Endpoint()
row, other = asked.head(2).to_dict("records")
endpoint(row)

# %% [markdown]
# | it | the checkout sees | what helps |
# |---|---|---|
# | hangs | nothing, for as long as it hangs | a deadline |
# | is gone | an exception, at once | another answer |
# | says NaN | a number that is none | a look at the number |
# | is another version | a number like any other | a look at the version |
#
# The first is worse than the second. A checkout with 100 threads, each of which waits 30 s, serves 3 customers a second, and all
# other pages of these threads hang as well. The last is the quietest: nothing fails, and every payment is stopped.
#
# ### A deadline
#
# A **deadline** is the moment after which nobody waits any longer. `Deadline(0.05)` calls a function and waits 0.05 s for it
# at most.

# %%
released = threading.Event()
endpoint.does = "hangs"
try:
    Deadline(0.05).call(endpoint, row)
except Late as error:
    print("Late:", error)
released.set()

# %% role="claim"
assert 3 < 100 / 30 < 3.5
assert abs(3 * 1 + 0.05 + 2 * 0.05 - 3.15) < 1e-9

# %% [markdown]
# Nobody waits any longer, but the call itself goes on in its thread: Python can't stop a thread.
#
# The time-out of an HTTP client is often no deadline. It limits one step, such as the wait for the next bytes, and each retry
# begins anew: three tries of 1 s, with pauses of 0.05 and 0.1 s between them, take 3.15 s. A deadline belongs around all of it.
#
# ## Another answer
#
# A **fallback** is what answers if the model doesn't. The shop has two, and asks them in this order.
#
# 1. A **cache**: the model's last answer for the same payment, if it is at most ten minutes old. It is for customers who
#    press *pay* twice.
# 2. A **default**: a rule without a model. A payment is stopped if its card is from another country, or if it took three
#    attempts or more.
#
# `Fallback` asks the model, then these two. `checked` says what is wrong with a reply, and a wrong reply counts as none.
#
# The version that `checked` expects stands in the shop's settings beside the threshold, and both change together. Until they do,
# a promoted version has no say, and a fallback answers.
#
# `now` is a clock that we move, so that ten minutes take no time. The deadline is long, since nothing hangs here. A `Breaker`
# comes in the next section; with 100 failures allowed it does nothing.

# %%
def rule(row):
    """1 for a payment to be stopped, 0 for others."""
    return 1.0 * ((row["country_mismatch"] == 1) | (row["attempts"] >= 3))


def checked(reply):
    """What is wrong with a reply: it is no number, or of another version than 1."""
    return sound(reply) or ("" if reply.version == "1" else f"version {reply.version} answered")


now = [0.0]
endpoint.does = "works"
breaker, cache = Breaker(failures=100), Cache(oldest=600, clock=lambda: now[0])
fallback = Fallback(endpoint, rule, Deadline(10), breaker, cache, checked)
fallback("payment 7", row)

# %% [markdown]
# The answer says where it is from (`source`), of which version, how old, and why the model didn't answer. The next cell asks
# six times; in between the endpoint fails.

# %%
steps = [(0, "works", "7"), (5, "is gone", "7"), (5, "is gone", "8"), (60, "says NaN", "8"),
         (90, "another version", "7"), (700, "is gone", "7")]
seen = []
for at, does, payment in steps:
    now[0], endpoint.does = at, does
    answer = fallback(f"payment {payment}", row if payment == "7" else other)
    seen.append((at, does, payment, answer.source, answer.age))
seen = pd.DataFrame(seen, columns=["second", "endpoint", "payment", "source", "age"])
seen

# %% role="claim"
assert seen["source"].tolist() == ["model", "cache", "default", "default", "cache", "default"]
assert seen["age"].tolist() == [0, 5, 0, 0, 90, 0] and answer.why == "ConnectionError: nobody listens there"

# %% [markdown]
# After 700 s the cache has an answer for payment 7, and doesn't give it, since it is older than ten minutes. A cache without a
# limit serves last month's answers during the first long outage.
#
# Only replies of the model are kept. If the default were kept too, it would be given as the model's answer later.
#
# ### What no fallback may hide
#
# A row that no model can score is a mistake of the caller. If it got an answer all the same, nobody would mend it.

# %%
endpoint.does = "works"
try:
    fallback("payment 9", {**row, "attempts": 0})
except BadInput as error:
    print("BadInput:", error)

# %% [markdown]
# `BadInput` goes to the caller, and it isn't a failure of the model. The same is true of mistakes in your own program: catch
# what a dependency can do to you, and nothing more.
#
# ### What is a fallback worth?
#
# The shop's payments say it: each way to decide has a cost, at 95 EUR for a fraud that gets through and 5 EUR for an honest
# payment that is stopped. The cache by payment isn't among the ways: it repeats what the model said about the same payment.
#
# Some teams keep the last score of each *customer*, so that the cache answers more often. That is tried too. All ways are
# compared on the payments of customers who paid before.

# %%
last = scores["version 1"].groupby(paid["user_id"].to_numpy()).shift()  # of the payment before
ways = {"model": scores["version 1"] >= FLAG, "rule": (rule(asked) == 1).to_numpy(),
        "stop nothing": scores["version 1"] > 1, "customer's last score": last >= FLAG}
fraud, known = paid["is_fraud"].to_numpy(), last.notna().to_numpy()
cost = pd.Series({name: np.where(stop, 5 * ~fraud, 95 * fraud)[known].mean()
                  for name, stop in ways.items()}) * 1_000

# %% role="claim"
assert list(cost.sort_values().index) == ["model", "rule", "stop nothing", "customer's last score"]
assert round(roc_auc_score(fraud[known], last[known]), 2) == 0.54
saved = cost["stop nothing"] - cost
assert [round(saved[name]) for name in ("model", "rule", "customer's last score")] == [83, 40, -135], saved
assert fraud[known].sum() == 282 and (fraud & ways["customer's last score"])[known].sum() == 6
assert (~fraud & ways["customer's last score"])[known].sum() == 890
of = {name: np.where(stop, 5 * ~fraud, 95 * fraud)[known] for name, stop in ways.items()}
by_chance = {name: 1_000 * (of[name] - of["stop nothing"]).std() / known.sum() ** 0.5 for name in of}
assert all(27 < by_chance[name] < 33 for name in ("model", "rule")), by_chance
assert 9 < by_chance["customer's last score"] < 11, by_chance

# %% role="figure" alt="Four bars, the cost of 1,000 payments in EUR. Model: 848. Rule: 891. Stop nothing: 931. The customer's last score: 1,066."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.8))
bars = axes.barh(cost.index, cost, color=["C0", "C0", "C0", "C1"])
axes.bar_label(bars, fmt="{:,.0f}", padding=4)
axes.invert_yaxis()
axes.grid(visible=False)
axes.set(title="The wrong key makes a cache worse than no model",
         xlabel="EUR per 1,000 payments", xlim=(0, 1_200))
plt.show()

# %% [markdown]
# **Read the figure.** The model saves 83 EUR and the rule 40, each with a standard deviation of about 30: 282 frauds are too few to
# say that the rule is better than nothing. The last score is clear: it costs 135 EUR more than stopping nothing, with a standard
# deviation of about 10. It stops 890 honest payments, and catches 6 frauds.
#
# The last score is about another payment: another amount, another hour. Its AUC for this payment is 0.54, hardly more than a
# coin's. So the key of a cache must hold what the answer depends on, and a fallback is tried on old data like a model.
#
# ## A circuit breaker
#
# The model hangs for a minute. With a deadline of 0.2 s every customer of that minute waits 0.2 s for nothing. And a model
# that hangs under too much work gets still more of it.
#
# A **circuit breaker** stops asking. It is *closed* as long as calls go through. After three failures in a row it is *open*:
# for ten seconds it refuses all calls at once.
#
# Then it is *half-open*: it lets one call through as a trial. If that works, the breaker is closed again. If not, ten more
# seconds begin.
#
# Two questions come a second, for two minutes, and from second 20 to 80 the model hangs. The clock is a number again. The stand-in
# plays the deadline as well: it raises `Late` and moves the clock by 0.2 s, so the `Deadline(60)` never acts.

# %%
class Outage:
    """A model that hangs from second 20 to 80. Its clock moves by what a caller waits for it."""

    now = 0.0

    def clock(self):
        return self.now

    def __call__(self, row):
        hangs = 20 <= self.now < 80
        self.now += 0.2 if hangs else 0.01
        if hangs:
            raise Late("no answer within 0.2 s")
        return Reply(0.01, "1")


def played(failures, pause=10):
    """For each of 240 questions its second, how long it waited, and what answered."""
    outage, found = Outage(), []
    breaker, cache = Breaker(failures, pause, outage.clock), Cache(600, clock=outage.clock)
    fallback = Fallback(outage, rule, Deadline(60), breaker, cache)
    for place in range(240):
        outage.now = at = place / 2
        answer = fallback(place, row)
        found.append((at, outage.now - at, answer.source))
    return pd.DataFrame(found, columns=["second", "waited", "source"])


without, with_breaker = played(failures=1_000), played(failures=3)
for name, found in (("without", without), ("with a breaker", with_breaker)):
    late = found["waited"] > 0.1
    print(f"{name}: {late.sum()} questions wait 0.2 s, {found['waited'][late].sum():.1f} s in all")

# %% role="claim"
assert [(found["waited"] > 0.1).sum() for found in (without, with_breaker)] == [120, 8]
opened = with_breaker[with_breaker["source"] == "default"]["second"]
assert opened.tolist() == [20 + place / 2 for place in range(128)] and opened.max() == 83.5
waits = with_breaker[with_breaker["waited"] > 0.1]["second"]
assert set(waits.diff()[3:]) == {10.5} and (opened >= 80).sum() == 8

# %% role="figure" alt="Two panels with a dot for each question over two minutes. Above, without a breaker, all questions from second 20 to 80 wait 200 milliseconds. Below, with one, only 8 do: three at second 20, and five trials, about ten seconds apart. The others wait 0, until second 84, when a trial works."
# The code of this figure.
figure, panels = plt.subplots(2, figsize=(8, 4.2), sharex=True, sharey=True)
colours = {"model": "C0", "default": "C1"}
names = "without a breaker", "with a breaker"
for axes, found, name in zip(panels, (without, with_breaker), names):
    for source, rows in found.groupby("source"):
        axes.plot(rows["second"], 1_000 * rows["waited"], ".", color=colours[source])
    axes.axvspan(20, 80, color="0.93", zorder=0)
    axes.set(ylabel="waited (ms)", ylim=(-15, 240))
    axes.text(121, 150, name, ha="right", va="center")
panels[0].text(50, 100, "the model hangs", ha="center", color="0.35")
panels[0].text(2, 40, "model", color="C0")
panels[1].text(50, 40, "default", color="C1", ha="center")
panels[0].set_title("With a breaker 8 questions wait for a model that hangs, not 120")
panels[1].set_xlabel("second")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a question. Above, all 120 of the grey minute wait 200 ms. Below, three wait until the
# breaker opens, then one about every ten seconds, and the others get the default at once.
#
# The breaker has a price: the model works again at second 80, and the next trial is at second 84. Until then 8 questions get
# the default, though they need not.
#
# A shorter pause finds the model sooner, and asks a sick one more often.
#
# ## A client that always answers
#
# Now you write a fallback yourself, with plain functions: nothing of `dataml_lab` is needed. A breaker isn't part of it.

# %% [markdown] role="prompt" exercise="predict_with_fallback"
# ### Exercise: an answer in half a second ({{points}}, about 30 minutes)
#
# At the checkout the shop says how long a delivery takes. A model behind an endpoint estimates it. Write
# `predict_with_fallback(row, version, model, cache, clock)`, which always has an answer in time.
#
# It is called in many processes, so all that it remembers is in `cache`.
#
# **First step:** ask the model once, and return its answer as a dict. Run the check, and add one rule at a time.
#
# Each `row` is like `{"order_id": 1042, "zone": 7, "distance_m": 2417, "weather": "rain"}`. `version` is the version
# expected now.
#
# | call | does |
# |---|---|
# | `clock.now()` | returns seconds, which pass only in `model.ask` |
# | `model.ask(row, seconds)` | returns `{"minutes": 31.5, "version": "12"}` (`minutes` is a float or `None`), or raises `TimeoutError` once `seconds` are over, `ConnectionError` if the connection breaks, `ValueError` for a row that no model can score |
# | `cache.get(key)` | returns what is kept under a key, or `None` |
# | `cache.put(key, value)` | keeps any value under a text or tuple, in place of the last; nobody else writes there |
#
# | `"source"` | `"minutes"` | when |
# |---|---|---|
# | `"model"` | the model's | its answer is good |
# | `"cache"` | those of the model's last good answer for this zone, distance and weather | else, if it is 600 s old at most; `"age"` is its age in seconds, give or take 1 |
# | `"default"` | 60 | else |
# | `"refused"` | `None` | on `model.ask`'s `ValueError`, whatever is kept |
#
# | about | the rule |
# |---|---|
# | deadline | the call takes 0.5 s at most, and each question may take all that is left |
# | asking | first in each call; again at once after a `ConnectionError` while time is left, three questions in all; after nothing else |
# | good | `minutes` is a finite number above 0, and `version` the expected one; for what is kept, too. It may be dropped once another version is expected |
# | age | counts from the model's answer, however often it is given since |
# | cache | raises `ConnectionError` while it is down: go on as if empty |
# | other exceptions | are bugs: let them through |
#
# Say the model answers 31.5, and is down 300 s later: `{"minutes": 31.5, "source": "cache", "age": 300}`.
#
# {{properties}}

# %% role="answer" exercise="predict_with_fallback"
import math
from contextlib import suppress


def predict_with_fallback(row, version, model, cache, clock):
    """The minutes of a delivery and where they come from, within half a second."""
    ### BEGIN SOLUTION
    key = (row["zone"], row["distance_m"], row["weather"])
    try:
        reply = first_reply(row, model, clock, clock.now() + 0.5)
    except ValueError:
        return {"minutes": None, "source": "refused"}
    if is_good(reply, version):
        with suppress(ConnectionError):
            cache.put(key, {**reply, "at": clock.now()})
        return {"minutes": reply["minutes"], "source": "model"}
    kept = None
    with suppress(ConnectionError):
        kept = cache.get(key)
    if is_good(kept, version) and (age := clock.now() - kept["at"]) <= 600:
        return {"minutes": kept["minutes"], "source": "cache", "age": age}
    return {"minutes": 60, "source": "default"}


def first_reply(row, model, clock, end):
    """What the model replies by the end, to three questions at most; None if there is no reply."""
    for _ in range(3):
        try:
            return model.ask(row, end - clock.now())
        except ConnectionError:
            continue
        except TimeoutError:
            break
    return None


def is_good(reply, version):
    """Whether a reply, or a kept one, is of this version and has minutes above 0."""
    if reply is None or reply["version"] != version or reply["minutes"] is None:
        return False
    return 0 < reply["minutes"] < math.inf
    ### END SOLUTION


# %% [markdown]
# ## Shadow traffic
#
# The rest of this part is about the other side: how a new version reaches those who depend on it, and how it leaves them.
#
# In **shadow traffic** the new version scores the rows of real requests too. Its scores are compared and thrown away: the
# answer is the champion's.

# %%
shadow = Shadow(one.score, two.score, threshold=FLAG)
for start in range(0, 1_000, 50):
    given = shadow(asked.iloc[start:start + 50].to_dict("records"))
shadow.settle(60)
compared = shadow.comparison
print(f"{compared.scored:,} payments were scored twice. Stopped: {compared.above:.1%} by version 1, "
      f"{compared.shadow_above:.0%} by version 2.")
print(f"On {compared.differ:.1%} of the payments they decide differently.")

# %% role="claim"
assert compared.scored == 1_000 and compared.failed == compared.dropped == 0, compared
assert 0.93 < compared.differ < 0.99 and shadow.frame()["shadow"].min() > 0.2, compared
assert (given == one.score(asked.iloc[950:1_000])).all()

# %% [markdown]
# No label is needed for this: most decisions differ, and nobody wants that. The shadow's scores say what is wrong with them.

# %% role="figure" alt="Two groups of scores on a logarithmic axis. Those of version 1 lie between 0.004 and 0.6, most of them left of the threshold 0.05. Those of version 2 lie between 0.2 and 1, all of them right of it."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
pairs = shadow.frame()
bins = np.geomspace(0.003, 1, 51)
place = {"xycoords": ("data", "axes fraction")}
for column, name, colour, at in (("answer", "version 1", "C0", 0.012),
                                 ("shadow", "version 2", "C1", 0.6)):
    axes.hist(pairs[column], bins, color=colour, alpha=0.85)
    axes.annotate(name, (at, 0.85), color=colour, ha="center", weight="bold", **place)
axes.axvline(FLAG, color="black", linestyle="--")
axes.annotate("threshold 0.05", (FLAG * 1.05, 0.75), **place)
axes.set(xscale="log", xlabel="score (logarithmic)", ylabel="payments",
         title="All scores of version 2 are above the threshold of version 1")
plt.show()

# %% [markdown]
# **Read the figure.** The scores of version 2 lie further to the right, all above the threshold. The histogram doesn't say
# whether it is a worse model, but the AUC above does: it orders payments as well as version 1, so it needs a threshold of its own,
# or a calibration (05c). Without shadow traffic the customers would have found that out.
#
# The shadow works in a thread of its own: nobody waits for it, and if it fails, its failures are counted. The endpoint of 07a has
# this built in: `Service` takes a `shadow`, and `GET /shadow` says how the scores differ.
#
# What it can't show is what customers do about an answer. For that some of them must get it, as an experiment (lesson 09).
#
# ## A way back under traffic
#
# Somebody promotes version 2 all the same. The endpoint looks for a new champion every 0.05 s here (every 2 s as a rule).
#
# `promoted` gives the endpoint whatever is the champion. `Clients` are four threads that ask it without a pause; unlike `checked`
# they don't look at the version. `clients.wait("1", 60)` waits for 60 answers of version 1.

# %%
service = Service(promoted(registry, "fraud"), Settings(every=0.05))
rows = asked.head(200).to_dict("records")
gc.collect()  # Python tidies its memory now, and not while clients wait
with Server(service) as server, Clients(server.url, rows, number=4) as clients:
    clients.wait("1", 60)
    registry.promote("fraud", 2)
    clients.wait("2", 60)
    registry.roll_back("fraud")
    clients.wait("1", 60)

answers = clients.frame()
answers["at"] -= answers["at"].min()
print("requests that failed:", (answers["status"] != 200).sum())
print("versions that answered:", *sorted(answers["version"].unique()))

# %% role="claim"
assert len(answers) >= 180 and set(answers["status"]) == {200} and set(answers["version"]) == {"1", "2"}
assert (answers.loc[answers["version"] == "2", "score"] >= FLAG).all()
assert registry.current("fraud") == 1

# %% role="figure" alt="Scores of all answers over the seconds, on a logarithmic axis. Those of version 1 are spread from 0.004 to 0.1. Then, for a while, come those of version 2, all above the threshold 0.05, and then those of version 1 again."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for version, colour in (("1", "C0"), ("2", "C1")):
    of = answers[answers["version"] == version]
    axes.plot(of["at"], of["score"], ".", color=colour, markersize=5)
    axes.text(of["at"].iloc[len(of) // 9], 1.15, f"version {version}", color=colour, weight="bold")
axes.axhline(FLAG, color="black", linestyle="--", linewidth=1)
axes.text(of["at"].mean(), FLAG * 0.85, "threshold 0.05", ha="center", va="top")
axes.set(yscale="log", ylim=(0.001, 2),
         xlabel="seconds from the first answer", ylabel="score (logarithmic)",
         title="No request fails, but version 2 stops every payment")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is an answer. The dots change at the promotion and again at the rollback. Each request was
# answered by the one version or by the other, and none by an error.
#
# Three things make that so. The new version is loaded, and tried on a row, while the old one goes on answering. Then one
# assignment puts it in its place, and rows that the old one has taken are still scored by it.
#
# If the new version can't be loaded, or fails on that row, the old one stays. So a damaged file is a line in a log, and no
# outage.
#
# A rollback doesn't repair what happened before it. The customers whose payments version 2 stopped have left. Which payments
# those were can be found only if the version was kept with each answer.
#
# ## What to take along
#
# - To load a pickle is to run a program. A checksum finds a file that isn't the one that was saved.
# - Versions don't change, an alias moves. A threshold belongs to a version.
# - A deadline goes around everything, retries too. What hangs is worse than what fails.
# - An answer says whether it is from the model, a cache or a rule, and how old it is. Only the model's replies are kept.
# - A fallback is tried on old data before it is needed. The caller's mistakes aren't its business.
# - A breaker spares those who wait, and the model. After the model is back it costs up to its pause.
# - Shadow traffic shows what a version would decide, before anybody depends on it.
#
# **Next:** [07c](../07c_choosing_a_pattern/07c_choosing_a_pattern.ipynb) computes scores ahead, and chooses between three ways to
# serve. The part before this one is [07a](../07a_online_and_batch/07a_online_and_batch.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Nygard, *Release It!*, has circuit breakers, time-outs and what becomes of systems without them. skops on
# [secure persistence](https://skops.readthedocs.io/en/stable/persistence.html). Google's *Site Reliability Engineering* on
# [addressing cascading failures](https://sre.google/sre-book/addressing-cascading-failures/). `make mlflow` installs MLflow, whose
# registry many companies run; `dataml_lab.serving.mlflow.MlflowRegistry` has it behind the methods of `LocalRegistry`.
