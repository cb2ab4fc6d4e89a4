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
# # 07a Three patterns
#
# A model is worth something once its answers reach somebody. In this part one model scores the payments of the Store in three
# ways: while the customer waits, every night, and in advance.
#
# **After this part you will be able to**
#
# - serve one model online, in batch and precomputed, and check row by row that the three give the same answers;
# - say what each way costs, how long an answer takes, and how old it is;
# - choose a way by a bill;
# - score a large table so that a crash at any step loses nothing and writes nothing twice.
#
# **You need** [03e](../03e_skew/03e_skew.ipynb) and [05c](../05c_thresholds/05c_thresholds.ipynb), and about 75 minutes.

# %% [markdown]
# ## Batch scoring that survives a crash
#
# Exercise 3, `score_all`.

# %% [markdown]
# ## Which pattern?
#
# Exercise 2, `serving_pattern`.

# %% [markdown]
# ## What to take along
#
# **Next:** [07b](../07b_a_model_is_a_dependency/07b_a_model_is_a_dependency.ipynb) asks what to do when the model doesn't answer. The
# part before this one is [06c](../06c_detecting/06c_detecting.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
