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
#
# Exercise 1, `predict_with_fallback`.

# %% [markdown]
# ## What to take along
#
# **Next:** [08a](../08a_drift/08a_drift.ipynb) asks whether the data of today are still those that the model learned from. The part
# before this one is 07a.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
