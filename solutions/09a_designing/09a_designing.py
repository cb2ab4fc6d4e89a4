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
# # 09a Designing an experiment
#
# **You need** about 70 minutes.

# %% [markdown] role="prompt" exercise="assign"
# ### Exercise: who sees what ({{points}}, about 15 minutes)
#
# The shop's app assigns customers too, in another language. Write `assign(user_ids, name, share)` for the website: the arm of
# each id, in the order of the list. A customer must have the same arm in both.
#
# **First step:** write `number(text)`. `number("checkout/1000010")` is 0.5704.
#
# | matter | rule |
# |---|---|
# | number of a text | the first 8 hexadecimal digits of its SHA-256 (of the text in UTF-8), as a whole number, divided by 2³²: from 0 up to 1 |
# | customer | an id is a whole number, a float or a text. 42, 42.0 and `"42"` are one customer, who is written `42` |
# | no account | the id is None or NaN, and the arm is None |
# | held out | if the number of `holdout/42` is below 0.1, the arm is `"holdout"`: this customer sees no experiment |
# | others | `"treatment"` if the number of `<name>/42` is below `share`, and `"control"` if not |
#
# Ids have up to 7 digits, `share` is from 0 to 1.
#
# With `name = "checkout"` and `share = 0.6`, the ids `[1000010, 1000010.0, None]` get
# `["treatment", "treatment", None]`, because the number of `holdout/1000010` is 0.4704.
#
# The check asks for 4,000 customers whose numbers all end in 0; for some of them alone; and for shares from 0 to 1, one after
# the other. A share may be 3 percentage points off. 5 seconds a call.
#
# {{properties}}

# %% role="answer" exercise="assign"
from hashlib import sha256


def assign(user_ids, name, share):
    """The arm of each id: "treatment", "control", "holdout", or None for a visitor without an account."""
    ### BEGIN SOLUTION
    def number(text):
        return int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32

    arms = []
    for user_id in user_ids:
        if user_id is None or user_id != user_id:  # NaN isn't equal to itself
            arms.append(None)
            continue
        customer = int(user_id)
        if number(f"holdout/{customer}") < 0.1:
            arms.append("holdout")
        else:
            arms.append("treatment" if number(f"{name}/{customer}") < share else "control")
    return arms
    ### END SOLUTION

# %% [markdown] role="prompt" exercise="size"
# ### Exercise: how many, and how long ({{points}}, about 25 minutes)
#
# Write `size(rate, lift, reach, share, alpha, power, arrivals)`. It returns `(control, treatment, weeks)`: the users that each
# arm needs, and after how many weeks they have come.
#
# **First step:** two equal arms that all see the change: `share` 0.5 and `reach` 1.
#
# | argument | is |
# |---|---|
# | `rate` | the share of users in control who buy |
# | `lift` | by which part of the rate it changes for those who see the change: 0.25 is from 20% to 25%. It may be negative |
# | `reach` | the share of each arm's users who get as far as the change. The others buy at `rate`. All users are counted, and nobody knows who would have seen it |
# | `share` | the share of the users in treatment |
# | `alpha`, `power` | two-sided, and the chance to find the change |
# | `arrivals` | a list: how many **new** users come in week 1, 2, … into both arms together |
#
# | matter | what is asked for |
# |---|---|
# | users | whole numbers, by the formula above for arms of any share. They may be 7% off, so that each of the usual formulas will do |
# | `weeks` | the first week at whose end at least as many new users have come as you return for both arms; None if the list is too short |
#
# `size(0.2, 0.25, 1, 0.5, 0.05, 0.8, [1000, 1000, 500])` gives about `(1091, 1091, 3)`. In halves that 40% see, about 6,500
# users an arm are needed, and weeks is None.
#
# Rates are from 10% to 40%, `share` from 0.2 to 0.8. 5 seconds a call.
#
# {{properties}}

# %% role="answer" exercise="size"
import math

from scipy.stats import norm


def size(rate, lift, reach, share, alpha, power, arrivals):
    """The users of control and of treatment, and the number of weeks, or None."""
    ### BEGIN SOLUTION
    other = rate * (1 + lift * reach)
    variance = rate * (1 - rate) / (1 - share) + other * (1 - other) / share  # times the users of both arms
    users = (norm.isf(alpha / 2) + norm.ppf(power)) ** 2 * variance / (other - rate) ** 2
    control, treatment = math.ceil((1 - share) * users), math.ceil(share * users)
    come = 0
    for week, new in enumerate(arrivals, 1):
        come += new
        if come >= control + treatment:
            return control, treatment, week
    return control, treatment, None
    ### END SOLUTION
