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
# # 90 Tiny: a lesson for tests

# %%
import tiny_lesson  # a lesson that the package does not know

# %%
NOTHING = 0  # what a sum begins with

# %%
print("A lesson's cell that no answer needs.")

# %% [markdown] role="prompt" exercise="total"
# ### Exercise: a total ({{points}})
#
# Write `total(values)`.
#
# {{properties}}

# %% role="answer" exercise="total"
def total(values):
    """The sum of some numbers."""
    ### BEGIN SOLUTION
    return sum(values, NOTHING)
    ### END SOLUTION

# %% [markdown] role="prompt" exercise="mean"
# ### Exercise: a mean ({{points}})
#
# Write `mean(values)`.
#
# {{properties}}

# %% role="answer" exercise="mean"
def mean(values):
    """The mean of some numbers."""
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION

# %% [markdown] role="question" exercise="mean"
# ### When would you not use a mean? ({{essay points}}, graded by a person)
#
# | what your answer says | points |
# |---|---:|
# | names a distribution that a mean misleads about | 2 |
# | says what to use instead, and what it costs | 2 |

# %% [markdown] role="essay" exercise="mean"
# A mean follows few large values: in incomes, most people earn less than it. A median stays put, and doesn't add up.

# %% [markdown]
# ## Read on
#
# Nothing follows.

# %% role="claim"
assert NOTHING == 0
