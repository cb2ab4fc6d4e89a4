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
# # 08a Drift
#
# A model is made for the rows that it was fitted to. The shop goes on: customers move, prices rise, a sensor breaks. This part
# compares the rows of today with those of then, and says whether the difference matters.
#
# **After this part you will be able to**
#
# - tell data drift from concept drift, and say what each does to a model's error;
# - measure with five distances how far apart two samples are, and say what each of them overlooks;
# - say why an alarm at p < .05 cries wolf, and why it is silent when data break;
# - decide by size, by false discoveries and by the reference's own weeks together.
#
# **You need** [05c](../05c_thresholds/05c_thresholds.ipynb) and [06c](../06c_detecting/06c_detecting.ipynb), and about 60 minutes:
# 35 to read, 25 for the exercise. A good place for a break is before the section on weeks.

# %% [markdown] role="prompt" exercise="drifted"
# ### Exercise: has the column drifted? ({{points}}, about 25 minutes)
#
# Write `drifted(reference, current)`. It returns True if a column has drifted on the day of `current`, and False if not.
#
# **First step:** take the days of the reference that have the weekday of `current`. Return whether the median of `current` lies
# outside of the range of their medians. Run the check, and read what fails.
#
# | argument | is |
# |---|---|
# | `reference` | a DataFrame with the rows of 56 days: `day` (a `Timestamp`), and `value`: numbers from 0 up, or texts |
# | `current` | the same columns, with the rows of one later day |
#
# | matter | what is asked for |
# |---|---|
# | missing | NaN, −1 and `""` all mean that a value is missing. It is drift if their share of the rows is 15 points or more above **or** below that of the same weekday |
# | new | a text that no row of `reference` has is new. It is drift if 2 % of the rows or more have new texts |
# | moved | compare known values with those of the same weekday. It is drift if the day is 0.15 or more away from them, **and** twice as far as the furthest of these eight days is from the other seven |
# | distance | KS for numbers, total variation for texts. Another one will do, with a limit that fits it |
# | one row | one odd row is never drift |
# | limits | no case is near a limit; 40 to 500 rows a day, in no order; 5 seconds a call |
# | arguments | stay as they were |
#
# There are 23 columns: 11 of them drift.
#
# {{properties}}

# %% role="answer" exercise="drifted"
import numpy as np
import pandas as pd


def drifted(reference, current):
    """Whether a column has drifted on the day of `current`."""
    ### BEGIN SOLUTION
    weekday = current["day"].iloc[0].day_of_week
    alike = reference[reference["day"].dt.day_of_week == weekday]
    absent = "" if pd.api.types.is_string_dtype(current["value"]) else -1
    now, then = (table["value"].mask(table["value"] == absent) for table in (current, alike))
    if abs(now.isna().mean() - then.isna().mean()) >= 0.15:
        return True
    if absent == "" and (now.notna() & ~now.isin(reference["value"].unique())).mean() >= 0.02:
        return True
    days, then = alike["day"][then.notna()].to_numpy(), then.dropna().to_numpy()
    usual = [apart(then[days != day], then[days == day]) for day in np.unique(days)]
    return bool(apart(then, now.dropna().to_numpy()) >= max(0.15, 2 * max(usual)))


def apart(one, other):
    """The KS distance of numbers; of texts the total variation."""
    points = np.unique(np.concatenate([one, other]))
    if one.dtype.kind != "f":
        return sum(abs((one == point).mean() - (other == point).mean()) for point in points) / 2
    upto = [np.searchsorted(np.sort(values), points, side="right") / len(values) for values in (one, other)]
    return np.abs(upto[0] - upto[1]).max()
    ### END SOLUTION
