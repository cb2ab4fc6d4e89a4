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
# In [07a](../07a_three_patterns/07a_three_patterns.ipynb) the model always answered. In this part it hangs, fails, and answers with
# another version, and the shop goes on selling.
#
# **After this part you will be able to**
#
# - give a call of a model a deadline, a fallback, a circuit breaker and a cache, and say what each of them is for;
# - save a model so that loading it runs no foreign code, and so that a changed file is refused;
# - promote a version in a registry, and go back to the one before without a failed request;
# - try a new version on real requests before anybody depends on its answers.
#
# **You need** 07a, and about 75 minutes.

# %% [markdown]
# ## A client that always answers

# %% [markdown] role="prompt" exercise="predict_with_fallback"
# ### Exercise: an answer in half a second ({{points}}, about 25 minutes)
#
# At the checkout the shop says how long a delivery will take. A model estimates it, behind an endpoint. Write
# `predict_with_fallback(row, version, model, cache, clock)`, which always has an answer in time.
#
# It is called in many processes, so all that it remembers is in `cache`.
#
# **First step:** ask the model once, and return its answer as a dict. Run the check, and add one rule at a time.
#
# A `row` is `{"order_id": 1042, "zone": 7, "distance_m": 2417, "weather": "rain"}`. `version` is the version of the model
# that is expected now, such as `"12"`.
#
# | call | does |
# |---|---|
# | `clock.now()` | returns seconds, which pass only in `model.ask` |
# | `model.ask(row, seconds)` | returns `{"minutes": 31.5, "version": "12"}`, or raises `TimeoutError` once `seconds` are over, `ConnectionError` where the connection breaks, `ValueError` for a row that no model can score |
# | `cache.get(key)` | returns what is kept under a key, or `None` |
# | `cache.put(key, value)` | keeps a value there, in place of the last |
#
# | `"source"` | `"minutes"` | when |
# |---|---|---|
# | `"model"` | the model's | it gives a good answer: it is asked first in each call |
# | `"cache"` | those of the model's last good answer for this zone, distance and weather | else, if it is 600 s old at most; `"age"` is its age in seconds, to a second |
# | `"default"` | 60 | else |
# | `"refused"` | `None` | on a `ValueError`, whatever is kept |
#
# | about | the rule |
# |---|---|
# | deadline | the call takes 0.5 s at most, and each question may take all that is left of it |
# | asking again | at once after a `ConnectionError`, three questions in all; after nothing else |
# | good | `minutes` is a finite number above 0 (not `None` or NaN), and `version` the expected one; for what is kept, too |
# | age | counts from when the model answered, however often the answer is given since |
# | cache | raises `ConnectionError` while it is down: go on as if it were empty |
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
# ## What to take along
#
# **Next:** [08a](../08a_drift/08a_drift.ipynb) asks whether the data of today are still those that the model learned from. The part
# before this one is 07a.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
