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
# # 01c Clean: keep, repair or quarantine
#
# Parts [01a](../01a_ingest/01a_ingest.ipynb) and [01b](../01b_push/01b_push.ipynb) copied the shop's raw orders
# without losing one. This part makes rows of them that people can rely on, and measures what that is worth.
#
# **After this part you will be able to**
#
# - say for each raw record whether it is kept, repaired or quarantined, and why;
# - write a rule that states what is allowed, and tests that notice a faulty cleaner;
# - measure what repeats, nulls and outliers do to a number, before somebody decides on it.
#
# **You need** Python, some pandas, and the idea of a raw zone from part 01a. It takes about 75 minutes, and
# the two exercises take 40 of them.

# %%
import inspect
import json
import tempfile
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.dates import ConciseDateFormatter

from dataml_lab import pipeline
from dataml_lab.store import Faults, Store

plt.style.use("dataml_lab.workbook")
desk = Path(tempfile.mkdtemp())  # everything this notebook writes goes here

# %% [markdown]
# The shop's true orders, its export, and the raw zone are those of part 01a.

# %%
store = Store()
truth, raw = store.orders, store.raw("orders")
zone = pipeline.RawZone(desk / "orders")
pipeline.load_file(raw.write(desk / "orders.jsonl"), zone)
batch = pipeline.read(zone)
print(f"{batch.received:,} lines received for {len(truth):,} orders.")

# %% [markdown]
# For each raw record there are three outcomes. *Keep* it, *repair* it where its meaning is beyond doubt, or
# *quarantine* it with a reason. Dropping is not among them: nobody can count or mend what was dropped.
#
# ## One record
#
# Here is a cleaner as you find it in many code bases. It looks careful.

# %%
def clean_hastily(raw):
    """A clean order, or None for an invalid one."""
    if raw.get("total") is None or raw["total"] < 0:
        return None
    return {"order_id": str(raw["order_id"]), "user_id": str(raw["user_id"]),
            "total": float(raw["total"]), "occurred_at": pd.to_datetime(raw["occurred_at"])}


# %% [markdown]
# Give `clean_hastily` an order with one thing wrong at a time. **Predict for each row** what it does: keep, refuse, or
# raise an error.

# %%
order = json.loads(raw.lines[0])
wrongs = {"nothing wrong": {}, "total as text": {"total": "42.50"}, "total of NaN": {"total": float("nan")},
          "no user": {"user_id": None}, "no such day": {"occurred_at": "2025-02-30T12:00:00+01:00"},
          "no offset": {"occurred_at": "2025-03-01T12:00:00"}}
pd.Series(wrongs).to_frame("what is changed")


# %%
def told(cleaner, record):
    """What a cleaner does with a record, in words."""
    try:
        cleaned = cleaner(record)
    except Exception as error:
        return textwrap.shorten(f"{type(error).__name__}: {error}", 60, placeholder=" …")
    return "refused" if cleaned is None else f"kept: total {cleaned['total']:g}, user {cleaned['user_id']}"


# %%
hasty = pd.Series({name: told(clean_hastily, order | wrong) for name, wrong in wrongs.items()})
pd.set_option("display.max_colwidth", 70)
hasty.to_frame("clean_hastily")

# %% role="claim"
assert hasty["total as text"].startswith("TypeError") and "user None" in hasty["no user"]
assert "kept: total nan" in hasty["total of NaN"] and "kept" in hasty["no offset"]

# %% [markdown]
# - *Total as text.* An error ends the whole job, although anybody can read that total.
# - *NaN* (“not a number”) is kept, because `NaN < 0` is false.
# - *No user.* `str(None)` makes up a customer named “None”.
# - *No such day.* An error ends the whole job here too.
# - *No offset* from UTC. The time is kept, and nobody will ever know which hour it meant.
#
# `pipeline.parse_order` does better. It refuses an order by raising `Rejected`, with the field and the reason.

# %%
careful = pd.Series({name: told(pipeline.parse_order, order | wrong) for name, wrong in wrongs.items()})
careful.to_frame("parse_order")

# %% role="claim"
assert careful.iloc[:2].str.startswith("kept").all() and careful.iloc[2:].str.startswith("Rejected").all()

# %% [markdown]
# `parse_order` goes through a *schema*: a table that names the fields of an order, and a rule for each.

# %%
pd.Series({field: rule.__name__ for field, rule in pipeline.clean.ORDER.items()}).to_frame("rule")

# %% [markdown]
# The rule `amount` calls the function below, and then refuses what is negative or too large. `NUMERAL` is a pattern
# for texts such as `42.50`.

# %%
print(inspect.getsource(pipeline.number))

# %% [markdown]
# A rule states what is *allowed*. Here the absolute value must be at most the largest float. For NaN that comparison
# is false, so NaN is refused although nobody named it.
#
# A rule that states what is *forbidden*, such as “not infinite”, keeps everything that nobody thought of.

# %% [markdown]
# ## All records
#
# A source that delivers *at least once* delivers some orders twice, so `clean_orders` also compares records with each
# other. The first record of an order stays, and a repeat goes to quarantine.
#
# > **Caution.** That is right for messages that are sent again unchanged. Where a source sends *updates*, as the depot
# > of part 01a did, the newest record has to win.

# %%
cleaned = pipeline.clean_orders(batch)
print(f"{len(cleaned.kept):,} kept + {len(cleaned.quarantined):,} quarantined = {batch.received:,} received")

# %%
cleaned.quarantined[["line", "reason", "detail"]].head(4)

# %% role="claim"
assert len(cleaned.kept) + len(cleaned.quarantined) == batch.received

# %% [markdown]
# Numbers that arrived as text were *repaired*, since there is no doubt about what `"39.99"` means. `raw.plan` is the
# Store's own list of the faults it made; a real shop has no such list. It lets us compare three repaired totals with
# the true ones.

# %%
as_text = raw.plan[(raw.plan["fault"] == "number_as_text") & (raw.plan["field"] == "total")].set_index("key")
repaired = cleaned.kept.set_index("order_id")["total"].reindex(as_text.index).rename("repaired")
sold = truth.set_index(truth["order_id"].astype(str))["total"].reindex(as_text.index).rename("true")
pd.concat([repaired, sold], axis=1).head(3)

# %% role="claim"
assert (repaired == sold).all()

# %% [markdown]
# Why were lines quarantined?

# %%
reasons = cleaned.quarantined["reason"].value_counts()
reasons.head(5)

# %% role="claim"
assert 0.33 < reasons["order: repeated"] / reasons.sum() < 0.45 and reasons.index[0] == "order: repeated"
assert len(raw.lines) - len(truth) == reasons["order: repeated"] == 159
assert 36 <= reasons.iloc[1:5].min() < reasons.iloc[1] < 43
assert reasons.sum() - reasons["order: repeated"] == 282

# %% role="figure" alt="Bars: the number of quarantined lines for each reason. Repeated orders are the longest bar, with 159 lines; times that don't exist, times without an offset, negative totals and lines that aren't JSON follow, with about 40 lines each."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 4.6))
axes.bar_label(axes.barh(reasons.index, reasons), padding=4)
axes.set(xlabel="quarantined lines", title="Repeats are the most frequent reason for quarantine")
axes.invert_yaxis()
axes.margins(x=0.08)
axes.grid(axis="x")
axes.grid(visible=False, axis="y")
plt.show()

# %% [markdown]
# **Read the figure.** There is one bar for each reason, with the number of its lines. The figure is a list of work for
# the people who run the source. Repeats are the price of reliable delivery, but a time without an offset is a bug that
# they can mend.
#
# The repeats also answer a question from part 01a: they are the whole surplus of lines over orders.
#
# ### How good is the cleaner?
#
# Two numbers score it. *Recall* is the share of the faulty lines that it refused. *Precision* is the share of the
# refused lines that were faulty. Take five lines:
#
# | line | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|
# | faulty | yes | yes | yes | yes | no |
# | refused | yes | yes | no | no | yes |
#
# Two of the four faulty lines were refused: the recall is 2/4 = 50%. Two of the three refused lines were faulty: the
# precision is 2/3 = 67%. The plan tells us which of the shop's lines are faulty.

# %%
faulty = set(raw.plan.loc[raw.plan["expected"] == "quarantine", "line"])
refused = set(cleaned.quarantined["line"])
print(f"recall {len(faulty & refused) / len(faulty):.0%}, precision {len(faulty & refused) / len(refused):.0%}")

# %% role="claim"
assert faulty == refused

# %% [markdown]
# These scores are no surprise: the cleaner was written for these faults. A source of yours will have faults that no plan lists.
#
# ## What cleaning buys
#
# Does cleaning bring a number closer to the truth? Let us compare each day's revenue, from raw and from clean orders,
# with the true one. We take every raw order whose total and time can be read.

# %%
readable = pd.DataFrame([record.data for record in batch.records])
readable["total"] = pd.to_numeric(readable["total"], errors="coerce")  # what can't be read becomes NaN
readable["occurred_at"] = pd.to_datetime(readable["occurred_at"], utc=True, errors="coerce", format="ISO8601")

# %%
days = pd.date_range("2025-01-01", periods=180)


def daily_error(orders):
    """Each day's revenue from these orders, minus the true one (€)."""
    by_day = [pipeline.daily_revenue(table, days).set_index("day")["revenue"] for table in (orders, truth)]
    return (by_day[0] - by_day[1]).round(2)


errors = {"raw": daily_error(readable), "clean": daily_error(cleaned.kept)}


# %%
def summary_of(errors):
    """For each series of daily errors: their sum, and on how many days revenue is too high or too low."""
    return pd.DataFrame({name: {"error of the sum (€)": round(error.sum()), "days too high": (error > 0).sum(),
                                "days too low": (error < 0).sum()} for name, error in errors.items()}).T


summary_of(errors)

# %% role="claim"
assert abs(errors["raw"].sum()) < abs(errors["clean"].sum()) and (errors["clean"] <= 0).all()

# %% [markdown]
# At first sight cleaning makes it worse: the sum over all days is further off than before. But the raw sum is close by
# luck.
#
# Repeats push it up. Negative totals, broken lines, and orders without a readable time or status push it down. Nobody
# knows by how much, and next month the two may not cancel.
#
# The error after cleaning is of another kind: revenue is never too high. Nobody knows its size, since some totals
# can't be read, but the orders that cause it are listed. They are the 282 quarantined lines that aren't repeats.
#
# Each line has a number and a reason, so the shop can correct these orders and send them again. In the next cell it does so.

# %%
kept = set(cleaned.kept["order_id"])
sound = store.raw("orders", Faults.none()).lines
corrected = [line for line in sound if str(json.loads(line)["order_id"]) not in kept]
zone.land("orders-corrected.jsonl", (line.encode() + b"\n" for line in corrected))
print(f"{len(corrected)} corrected orders came in.")

# %%
mended = pipeline.clean_orders(pipeline.read(zone))
errors["clean, corrections sent"] = daily_error(mended.kept)
print(f"{len(mended.kept):,} of {len(truth):,} orders are kept now.")
summary_of(errors)

# %% role="claim"
assert len(corrected) == 282 and len(mended.kept) == len(truth) and (errors["clean, corrections sent"] == 0).all()

# %% role="figure" alt="Three panels of daily bars, the error in daily revenue in euros over 180 days. Raw: bars in both directions. Clean: bars below zero only. Clean, corrections sent: no bar at all."
# The code of this figure.
figure, panels = plt.subplots(3, 1, figsize=(8, 5.4), sharex=True, sharey=True)
for axes, (name, error), colour in zip(panels, errors.items(), ("C1", "C0", "C2")):
    axes.bar(error.index, error, color=colour, width=1)
    axes.set_title(f"{name}: wrong on {(error != 0).sum()} of {len(days)} days", fontsize=11, weight="normal")
panels[1].set_ylabel("error in daily revenue (€)")
panels[2].xaxis.set_major_formatter(ConciseDateFormatter(panels[2].xaxis.get_major_locator()))
figure.suptitle("An error whose orders are listed can be mended", x=0.01, ha="left", weight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** Each bar is a day's revenue minus the true one. Raw data errs in both directions. Clean data
# errs in one, and after the corrections no day is wrong any more.
#
# Watch the number of quarantined lines, repeats apart, as closely as revenue itself.
#
# ## Nulls: drop, default or impute
#
# A user need not give an age, so some ages are *null*: there is no value. Three ways to deal with that are common.
# Drop these rows, fill in a default such as 0, or *impute* a typical value.
#
# A typical value is the *median*: sort the values, and take the one in the middle. The median of the ages 20, 25, 30,
# 40 and 85 is 30, and their mean is 40. **Does any of the three ways find the true mean?**

# %%
known = store.users["age"]
true_age = store.truth.users["age"]
means = pd.Series({"truth": true_age.mean(), "drop": known.mean(), "default 0": known.fillna(0).mean(),
                   "impute the median": known.fillna(known.median()).mean()})
means.round(1).to_frame("mean age (years)")

# %% role="claim"
assert pd.Series([20, 25, 30, 40, 85]).median() == 30 and pd.Series([20, 25, 30, 40, 85]).mean() == 40
assert means.round(1).tolist() == [41.3, 40.2, 36.0, 40.2]
assert means["default 0"] < means["drop"] - 3 and means["drop"] < means["truth"] - 0.5
assert abs(means["impute the median"] - means["drop"]) < 0.5 and abs(known.median() - known.mean()) < 0.5

# %% role="figure" alt="Three dots on an axis of mean age in years, and a dashed line at the true mean, 41.3. Drop and impute the median lie at 40.2, default 0 lies far to the left, at 36.0."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.4))
axes.axvline(means["truth"], color="C6", linewidth=1, linestyle="--")
axes.plot(means.drop("truth"), means.drop("truth").index, "o", markersize=10)
axes.annotate("truth", (means["truth"], -0.6), xytext=(-6, 0), textcoords="offset points", ha="right")
axes.set(xlabel="mean age (years)", title="None of three usual treatments finds the true mean age", ylim=(2.5, -0.9))
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is the mean after one treatment, and the dashed line is the true mean. A default of 0
# is far off, since nobody is 0 years old. Imputing errs as much as dropping does, because the median of the known ages
# is close to their mean.
#
# If people had left the field empty at random, dropping would be right on average. Statisticians say that such values
# are *missing completely at random*. The next cell shows that these aren't.

# %%
group = pd.cut(true_age, [0, 30, 50, 120], labels=["up to 30", "31 to 50", "over 50"])
blank = known.isna().groupby(group, observed=True).mean()
blank.map("{:.0%}".format).rename_axis("age (years)").to_frame("leave it blank")

# %% role="claim"
assert blank.is_monotonic_increasing and blank.iloc[-1] > 4 * blank.iloc[0]

# %% [markdown]
# Older users leave the field empty more often: the ages are *missing not at random*. So ask *why is it missing* before
# you ask how to fill it. A report says how many values are missing; for a model, keep the null, and add a column that
# says so.
#
# ## Outliers
#
# Some values are possible and still wrong, like a total that lost its decimal point. A common rule flags what is far
# from the mean. The unit of “far” is the *standard deviation* (sd): a typical distance from the mean.
#
# For the totals 20, 25, 30, 35 and 40 the mean is 30. The squared distances from it are 100, 25, 0, 25 and 100; their
# sum divided by 4 (one less than there are totals) is 62.5, and the square root of that is 7.9. This is the standard
# deviation.
#
# Another rule counts the distance from the median. The median of these distances is the *MAD* (median absolute
# deviation). Times 1.4826 it is the *robust standard deviation*.
#
# For values that are spread like a bell curve, it equals the standard deviation. For the five totals it is
# 5 × 1.4826 = 7.4, almost the same.
#
# What happens to both if the last total loses its decimal point, and 40.00 becomes 4,000?

# %%
def robust_sd(values):
    """The median distance from the median, times 1.4826."""
    return 1.4826 * (values - values.median()).abs().median()


# %%
five = {"five totals": pd.Series([20, 25, 30, 35, 40]), "one is wild": pd.Series([20, 25, 30, 35, 4_000])}
pd.DataFrame({name: {"mean": totals.mean(), "sd": totals.std(), "mean + 3 sd": totals.mean() + 3 * totals.std(),
                     "median": totals.median(), "robust sd": robust_sd(totals),
                     "median + 5 robust sd": totals.median() + 5 * robust_sd(totals)}
              for name, totals in five.items()}).round(1)

# %% role="claim"
usual, wild = five.values()
assert usual.mean() == usual.median() == wild.median() == 30 and round(usual.std(), 1) == 7.9
assert round(robust_sd(usual), 1) == round(robust_sd(wild), 1) == 7.4
assert wild.mean() + 3 * wild.std() > 4_000 > wild.median() + 5 * robust_sd(wild)
assert round((wild.max() - wild.mean()) / wild.std(), 1) == round(4 / 5**0.5, 1) == 1.8

# %% [markdown]
# The wild total pulls the mean up, and the standard deviation even more. The limit “mean + 3 sd” moves beyond 4,000,
# so the wild total hides itself, which is called *masking*. The median and the robust standard deviation stay where
# they were.
#
# With only five values, none can lie more than 1.8 sd from the mean, however wild it is. So the next cell takes fifteen
# totals, three of which lost their decimal point.

# %%
totals = pd.Series([24.99, 39.99, 18.5, 61.0, 33.25, 47.9, 29.99, 55.0, 21.75, 36.4, 44.1, 27.6, 3999.0, 2850.0, 4575.0])
by_mean = (totals - totals.mean()).abs() > 3 * totals.std()
by_median = pipeline.outliers(totals)  # more than 5 robust standard deviations from the median
print(f"mean ± 3 sd flags {by_mean.sum()} of the 3, median ± 5 robust sd flags {by_median.sum()}.")

# %% role="claim"
assert by_mean.sum() == 0 and list(totals[by_median]) == [3999.0, 2850.0, 4575.0]

# %% role="figure" alt="Fifteen dots on a logarithmic axis of order totals in euros: twelve between 18 and 61, three between 2,850 and 4,575. A line for median + 5 robust sd lies between the two groups; a line for mean + 3 sd lies to the right of all dots."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.6))
axes.plot(totals, [0.5] * len(totals), "o", alpha=0.6, markersize=9, color="C0")
for reach, label, colour in ((totals.mean() + 3 * totals.std(), "mean + 3 sd", "C1"),
                             (totals.median() + 5 * robust_sd(totals), "median + 5 robust sd", "C2")):
    axes.axvline(reach, color=colour)
    axes.text(reach * 1.04, 0.8, label, color=colour)
axes.set(xscale="log", xlim=(10, 20_000), ylim=(0, 1), yticks=[], xlabel="order total (€, logarithmic scale)",
         xticks=[10, 100, 1_000, 10_000], xticklabels=["10", "100", "1,000", "10,000"],
         title="Three wild totals move the limit that should stop them")
axes.grid(visible=False)
plt.show()

# %% [markdown]
# **Read the figure.** The axis is *logarithmic*: each step multiplies by ten, so 10 to 100 is as long as 100 to 1,000.
# Each dot is an order, and a rule flags what lies to the right of its line. The three wild totals lie to the left of
# mean + 3 sd.
#
# Does that make the second rule a cleaner? Look at what both rules say about the shop's *true* orders, none of which
# is wrong.

# %%
flagged = pd.Series({"mean ± 3 sd": ((truth["total"] - truth["total"].mean()).abs() > 3 * truth["total"].std()).sum(),
                     "median ± 5 robust sd": pipeline.outliers(truth["total"]).sum()})
flagged.map(f"{{}} of {len(truth):,}".format).to_frame("true orders flagged")

# %% role="claim"
assert flagged["median ± 5 robust sd"] > flagged["mean ± 3 sd"] > 100

# %% [markdown]
# A statistical outlier is a question, not a verdict: a large order may come from a happy customer. Limits that come
# from the business belong in the schema, such as `0 <= total < 1_000_000`. Statistical limits belong in a report that
# people read.

# %% [markdown] role="prompt" exercise="cleaner_tests"
# ### Exercise: test the cleaner ({{points}}, about 20 minutes)
#
# You inherit a cleaner of orders, `clean(raw)`, and can't look inside. Write up to 50 tests that a correct cleaner
# passes and a faulty one fails.
#
# A test is a function whose name begins with `test_`. It is given a cleaner and uses `assert`: any exception counts as
# noticing a fault, and what it returns doesn't matter. Try your tests on `pipeline.clean_order`, which is correct.
#
# **First step:** in `test_totals`, assert what `clean` returns for the order below. Then take another row of the table.
#
# | field | a raw order | the clean order |
# |---|---|---|
# | `order_id`, `user_id`, `product_id` | a whole number or text; refused if missing, null or empty | text |
# | `quantity` | whole number from 1 to 999,999, or text that spells one (2.0 and `"2.0"` are 2, too); refused otherwise | int |
# | `total` | number, or text that spells one in digits; refused if missing, not a finite number, negative, or 1,000,000 and more. Zero is allowed, cents are kept | float |
# | `status` | `completed` or `cancelled`; refused otherwise | the same |
# | `channel` | `web`, `app` or `phone`; refused otherwise | the same |
# | `occurred_at`, `received_at` | ISO 8601 text with an offset from UTC; refused without one, or if there is no such moment | `datetime` in UTC |
#
# This contract is silent about odd spellings: blanks around an id, `True` as a number, a total of `"1_000"`. Correct
# cleaners may differ there. A test that fails over one of them costs nothing, but what it asserts after that isn't run.
#
# `clean` returns a dict, or `None` for an order that it refuses. It never raises, never changes its argument, and may
# add fields. For example:
#
# ```python
# clean({"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50",
#        "status": "completed", "channel": "web",
#        "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"})
# ```
#
# returns `order_id` "17", `total` 42.5 and `occurred_at` 10:00 UTC; with a `total` of -1 it returns `None`.
#
# Where the contract decides, your tests must pass on two correct cleaners; otherwise they earn nothing. Each of twelve
# faulty cleaners that a test notices earns half a point: seven get totals wrong, two ids, two times, and one does
# something else that is forbidden.

# %% role="answer" exercise="cleaner_tests" check="which faulty cleaners your tests let pass"
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


# %% [markdown] role="prompt" exercise="clean_payments"
# ### Exercise: clean the payments ({{points}}, about 20 minutes)
#
# Write `clean(raw)` for the raw records of another table, payments. It returns a new dict with the six fields below
# (more do no harm, up to 10,000 characters in all), or `None` for a record that it refuses. It never raises and never changes its argument, even if
# that isn't a dict.
#
# **First step:** convert the six fields, with everything in one `try`. Then refuse what the table refuses, row by row.
#
# | field | a raw payment | the clean payment |
# |---|---|---|
# | `payment_id`, `order_id`, `user_id` | a whole number, 0 too, or text such as `"A-17"`; refused if missing, null or the empty text | text that says the same |
# | `amount` | number, or text that spells one in digits; refused if missing, not a finite number, negative, or 1,000,000 and more. Zero (a voucher paid all) is allowed, cents are kept | float |
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
# returns `{"payment_id": "9", "order_id": "17", "user_id": "3", "amount": 42.5, "method": "card"}` and as
# `occurred_at` the datetime 2025-03-01 10:00 UTC. Write it in plain Python or with building blocks from `pipeline`, as
# you like.
#
# This contract is silent about the same odd spellings. `float` reads each text that spells a number in digits.
#
# The check uses payments with the faults of the Store's fault plan. It also runs your tests of the exercise before on your
# cleaner: it renames `order_id` to `payment_id` and `total` to `amount` before the call, and a correct cleaner cleans
# what payments don't have. That point needs tests that notice at least six of the twelve faulty cleaners.
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


# %% [markdown]
# ## What to take along
#
# - State what is allowed, and refuse the rest with a reason. Kept + quarantined = received.
# - Repair only what is beyond doubt.
# - Prefer an error whose cause is listed to one that happens to cancel.
# - Ask why a value is missing before you decide how to fill it.
# - A statistical outlier is a question. Limits of the business belong in the schema.
#
# **What comes next.** Part [01d](../01d_serve/01d_serve.ipynb) makes tables of the clean orders, and publishes them to
# a warehouse, an API and a CRM. Back: part [01b](../01b_push/01b_push.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top, and lists each
# exercise that lacks points.
