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
# # 08b Monitoring
#
# A model that runs is watched by a plan: which numbers, how far they may move, and what an alarm asks for. A plan is a list
# of `Monitor`s.
#
# **You need** [08a](../08a_drift/08a_drift.ipynb), and about 70 minutes.

# %% [markdown] role="prompt" exercise="monitoring_plan"
# ### Exercise: a plan for the delivery model ({{points}}, about 25 minutes)
#
# A model predicts how long deliveries take. Write `monitoring_plan(reference)`: it returns a list of `Monitor`s, the most
# urgent first. The list is run for sixty days in each of these incidents, and in quiet runs.
#
# **First step:** return one row, for the missing values of `items`, and run the check.
#
# | incident | what happens | needed | within |
# |---|---|---|---:|
# | nulls | a feature, any, is missing in 40% of the rows | `fix_data` | 2 days |
# | stuck | a feature, any, has its usual value in all rows | `fix_data` | 2 |
# | miles | `distance_km` holds miles | `fix_data` | 3 |
# | no truth | `error_min` is missing | `fix_data` | 4 |
# | release | all predictions become half as long again | `rollback` | 2 |
# | slow | answers take four times as long | `rollback` | 2 |
# | new city | each day 5% more deliveries take longer than predicted | `retrain` | 14 |
# | roads | each day a kilometre takes 1% longer | `retrain` | 42 |
#
# | `reference` | is a DataFrame, a row per delivery of eight weeks when all was well |
# |---|---|
# | `day` | its day |
# | `distance_km`, `items`, `courier_load` | the features |
# | `predicted_min`, `latency_ms` | the prediction, and how long the model took |
# | `error_min` | the error, without its sign, of a delivery of three days before |
#
# - Within 2 days: by the second day after the first one. Up to then, another action may be asked for on one day at most.
# - At most 0.02 false alarms per quiet day, of all rows together; above that no incident is judged. Quiet days have
#   weekdays and storms, as in `reference`.
# - Each incident moves a daily number by ten of its standard deviations or more.
# - Shops differ in distances, minutes and loads.
# - 1 to 40 rows, windows of 1 to 56 days. `reference` stays as it was.
#
# {{properties}}

# %% role="answer" exercise="monitoring_plan"
from dataml_lab.drift import Monitor


def monitoring_plan(reference):
    """Monitors of the delivery model, the most urgent first."""
    ### BEGIN SOLUTION
    features, far = ["distance_km", "items", "courier_load"], "±6 sd"
    return [
        *(Monitor("missing", name, "reference", far, 1, "fix_data") for name in [*features, "error_min"]),
        *(Monitor("spread", name, "reference", far, 1, "fix_data") for name in features),
        Monitor("mean", "distance_km", "reference", far, 1, "fix_data"),
        Monitor("p95", "latency_ms", "reference", far, 1, "rollback"),
        Monitor("mean", "predicted_min", "reference", far, 1, "rollback"),
        Monitor("mean", "error_min", "reference", far, 3, "retrain"),
    ]
    ### END SOLUTION


# %% [markdown] role="question" exercise="monitoring_plan"
# #### Question: defend your plan ({{essay points}}, about 15 minutes)
#
# An engineer who is on call has to live with your plan. She asks four questions.
#
# - Which alarm may wake me at night, which can wait until the morning, and why?
# - Why is the threshold of one of your rows where it is? What would it cost to set it closer, and what further away?
# - What triggers a retraining, and when is a retraining the wrong answer to a rising error?
# - What does your plan find late, or not at all? By what would we notice?
#
# **First step:** run `check`, and read the record of your plan below the properties. About 150 words are enough. A person
# reads your answer beside this record.
#
# | what earns points | points |
# |---|---:|
# | urgency by what a day of waiting costs: service and release at once, slow drift in the morning | 1 |
# | a threshold with a number: deviations or a share, false alarms on one side, days or missed incidents on the other | 1 |
# | the error of mature labels triggers it; not when data are broken or a release is bad, from which a model would learn | 1 |
# | a gap of the plan that is real: errors known three days late, labels missing, a change within the threshold | 1 |

# %% [markdown] role="essay" exercise="monitoring_plan"
# Call me at night when the service is four times as slow, or when a release adds half of the time to each prediction. Each
# hour of waiting means wrong promises to customers, and going back takes minutes.
#
# Missing values, miles and a stuck feature are as urgent if predictions are used at night. A slow drift can wait until the
# morning.
#
# Each row alarms six standard deviations away from its mean. At three, my twelve rows give a false alarm about every tenth
# day, and after a month nobody reads them. At ten I would lose days in “roads”, because the error has to rise further.
#
# The mean error of the deliveries whose times are known triggers a retraining. If distances come in miles, or a release is
# bad, the error rises, too. A model that is trained on such data learns the fault, so those rows stand above the row of the
# error, and their action counts.
#
# Errors are known three days late, so a change that moves no feature stays unseen for three days. In “roads” it took about
# four weeks. A fault in a tenth of the rows stays within my thresholds: we would notice it by complaints, or by errors
# looked at by zone.

# %% [markdown]
# To compare, write your own answer first. Then run `solution("monitoring_plan")` in a cell of your own: it shows the code and
# a model answer to the question.
