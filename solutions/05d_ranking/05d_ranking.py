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
# # 05d Rankings, and which metric
#
# A search, or a list of recommendations, puts results in an order. This part computes the three metrics of rankings on short
# lists. Then it asks the question of the whole lesson: by which number should a system be chosen?
#
# **After this part you will be able to**
#
# - say how MRR, MAP and NDCG are computed, and what each of them doesn't see;
# - say which gain, which rule for ties and which for empty lists is behind a published number;
# - measure how often a metric prefers the system that earns more;
# - choose a metric by how the business is paid.
#
# **You need** [05b](../05b_metrics/05b_metrics.ipynb) and [05c](../05c_thresholds/05c_thresholds.ipynb), and about 70 minutes:
# 40 to read, 30 for the exercise. A good place for a break is before the section on bills.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import ndcg_score

from dataml_lab.evaluation import classification, regression
from dataml_lab.evaluation.ranking import average_precision, dcg, ndcg, padded, ranked, reciprocal_rank

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## A list, by hand
#
# A customer searches for a rain jacket, and the shop shows five results. Two of them fit. The precision at a place is the share
# of results down to it that fit.

# %%
five = pd.DataFrame({"fits": [0, 1, 1, 0, 0]}, index=pd.RangeIndex(1, 6, name="place"))
five["fitting so far"] = five["fits"].cumsum()
five["precision"] = five["fitting so far"] / five.index
five.round(2)

# %% [markdown]
# Two numbers describe this list.
#
# - The **reciprocal rank** is 1 / place of the first result that fits. Here that is place 2, so it is 1/2 = 0.5.
# - The average precision of 05b is the mean of the precision at each place that fits: (1/2 + 2/3) / 2 = 0.58.
#
# A system answers many queries. The mean of their reciprocal ranks is the **MRR**, the mean of their average precisions the
# **MAP**.
#
# Below are three queries. The third shows four results, and `padded` adds a 0 at its end. For it three results fit in all, and
# one of them isn't shown.

# %%
queries, fit_in_all = padded([[0, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 1, 1]]), [2, 1, 3]
by_query = pd.DataFrame({"reciprocal rank": reciprocal_rank(queries),
                         "average precision": average_precision(queries, relevant=fit_in_all)})
by_query.round(2)

# %%
print(f"MRR {by_query['reciprocal rank'].mean():.2f}, MAP {by_query['average precision'].mean():.2f}")

# %% [markdown]
# In the third query the results at places 3 and 4 fit. The first of them gives a reciprocal rank of 1/3, and the second isn't
# looked at. The average precision sees both.
#
# What fits and isn't shown counts as a precision of 0, as in 05b: (1/3 + 2/4 + 0) / 3 = 0.28. To divide by what is shown would
# reward short lists.

# %% role="claim"
assert five["precision"].round(2).tolist() == [0, 0.5, 0.67, 0.5, 0.4]
assert by_query.round(2).to_numpy().tolist() == [[0.5, 0.58], [1.0, 1.0], [0.33, 0.28]]

# %% [markdown]
# ## Grades
#
# Results fit more or less. A person, or the clicks of customers, gives each a *grade*: 0 doesn't fit, 3 fits best. The
# **discounted cumulative gain**, DCG, adds up the grades, each divided by a discount that grows with the place:
# log₂(place + 1).

# %%
graded = pd.DataFrame({"grade": [0, 3, 1, 0, 0]}, index=five.index)
graded["discount"] = np.log2(graded.index + 1)
graded["counts"] = graded["grade"] / graded["discount"]
graded.round(2)

# %%
print(f"DCG {graded['counts'].sum():.2f}, of the best order {dcg([3, 1, 0, 0, 0]):.2f}, "
      f"NDCG {ndcg(graded['grade']):.2f}")

# %% [markdown]
# The grade of 3 at place 2 counts 3 / log₂(3) = 1.89, and in all the list has a DCG of 2.39. In the best order, 3 and 1 come
# first, with a DCG of 3.63.
#
# The **NDCG** divides the one by the other: 0.66. So a perfect list has 1, however many results fit.
#
# > **Caution.** What is divided by the discount is the *gain*, and two kinds are in use: name yours with the number. Here it is
# > the grade itself, as in scikit-learn and in trec_eval, the program of the search conferences.
#
# LightGBM and XGBoost count 2^grade − 1: a grade of 3 is then worth 7.

# %%
late = np.array([2, 0, 3, 0, 0])
linear, exponential = ndcg(late), ndcg(2.0 ** late - 1)
print(f"The grades {late}: NDCG {linear:.2f} by the grade itself, {exponential:.2f} by 2^grade - 1.")

# %% role="claim"
assert graded["counts"].round(2).tolist() == [0, 1.89, 0.5, 0, 0] and round(graded["counts"].sum(), 2) == 2.39
assert round(float(dcg([3, 1, 0, 0, 0])), 2) == 3.63 and round(float(ndcg(graded["grade"])), 2) == 0.66
assert linear - exponential > 0.05 and 2 ** 3 - 1 == 7

# %% [markdown]
# ### Cases that a formula leaves open
#
# Two programs can differ in MAP or NDCG and both be right. What they do in these cases has to be said.
#
# | case | here | trec_eval | scikit-learn's NDCG |
# |---|---|---|---|
# | nothing fits | 0 | 0 | 0 |
# | nothing is shown | 0 | 0 with `-c`; else the query is left out, and the mean rises | has no such list |
# | two results have the same score | the order in which they come, so sort before | goes by the documents' names | the mean over their orders |
# | NDCG@k, cut at place k | both sums end at k | the same | the same |
#
# Other programs cut the list at k and not the best order, and their number falls.

# %%
grades, scores = [0, 1, 0], [0.7, 0.7, 0.1]
print(f"In the order in which they come {ndcg(ranked(grades, scores)):.2f}, "
      f"the other way round {ndcg(ranked(grades[1::-1], scores[:2])):.2f}, "
      f"in scikit-learn {ndcg_score([grades], [scores]):.2f}")

# %% role="claim"
assert round(float(ndcg(ranked(grades, scores))), 2) == 0.63 and round(ndcg_score([grades], [scores]), 2) == 0.82
assert ndcg(ranked(grades[1::-1], scores[:2])) == 1 and ndcg([0, 0]) == average_precision([0, 0]) == reciprocal_rank([]) == 0

# %% [markdown]
# Two jackets have a score of 0.7, and one of them fits. Depending on which comes first, the list has 0.63 or 1, and
# scikit-learn reports the mean, 0.82. A system that gives many equal scores can look good by the luck of a sort.

# %% [markdown]
# ## Three shops
#
# Which of the three metrics is the right one? That can be measured, if we know how the shop is paid.
#
# Here are three shops that show ten results for each query. One fits best, with a grade of 3, three fit with a grade of 1, and
# six don't fit. That is so for each query; systems differ in the order.
#
# - In the first shop customers *buy one*: the first result that fits, for 5 EUR. Then they leave.
# - In the second they *buy all* that fits and that they get to see, for 5 EUR each.
# - In the third the shop is *paid by grade*: 20 EUR for the best, 1 EUR for the others.
#
# In all three, a customer reads on after a result with a chance of 80%.

# %%
GRADES = np.array([3, 1, 1, 1, 0, 0, 0, 0, 0, 0])
PRICES = {"buy one": [0, 5, 5, 5], "buy all": [0, 5, 5, 5], "by grade": [0, 1, 1, 20]}  # EUR, by grade


def lists(system, queries, random):
    """Ranked grades of so many queries. A system is how well it knows the best result, and the other ones that fit."""
    best, other = system
    scores = best * (GRADES == 3) + other * (GRADES == 1) + random.normal(size=(queries, 10))
    return ranked(np.tile(GRADES, (queries, 1)), scores)


def earned(shown, shop, random):
    """The mean EUR of a query, from customers who read these lists from the top."""
    reads_on = random.random(shown.shape) < 0.8
    if shop == "buy one":
        reads_on &= shown == 0
    seen = np.column_stack([np.ones(len(shown)), reads_on.cumprod(axis=1)[:, :-1]])
    return (np.array(PRICES[shop])[shown] * seen).sum(axis=1).mean()


# %% [markdown]
# Sixty systems know the best result, and the others that fit, more or less well. Each metric is computed on 1,000 queries of
# the past, the *log*. What a system earns comes from 3,000 other queries.

# %%
random, measured = np.random.default_rng(0), []
for system in random.uniform(0, 3, (60, 2)):
    log, live = lists(system, 1_000, random), lists(system, 3_000, random)
    measured.append({"MRR": reciprocal_rank(log).mean(), "MAP": average_precision(log).mean(), "NDCG": ndcg(log).mean(),
                     **{shop: earned(live, shop, random) for shop in PRICES}})
measured = pd.DataFrame(measured)
measured.head(3).round(2)

# %% [markdown]
# Now take each pair of systems. How often does the metric prefer the one that earns more?

# %%
first, second = np.triu_indices(len(measured), 1)
prefers = {name: np.sign(values.to_numpy()[first] - values.to_numpy()[second]) for name, values in measured.items()}
agree = pd.DataFrame({shop: {metric: np.mean(prefers[metric] == prefers[shop]) for metric in ("MRR", "MAP", "NDCG")}
                      for shop in PRICES})
agree.round(2)

# %% role="figure" alt="Two panels with the same 60 systems. Left: EUR a query in the shop where customers buy one, against the NDCG: a cloud in which only the lower edge rises. Right: the same EUR against the MRR: the dots lie along a rising line."
# The code of this figure.
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for axis, metric, colour in zip(axes, ("NDCG", "MRR"), ("C1", "C0")):
    axis.scatter(measured[metric], measured["buy one"], color=colour, s=28)
    axis.set(xlabel=f"{metric} on the log")
axes[0].set(ylabel="EUR a query (buy one)", title="NDCG hardly says who earns more")
axes[1].set(title="MRR does, where customers buy one")
plt.show()

# %% [markdown]
# **Read the figure.** Each dot is a system, and up is what the shop wants. In the right panel the dots rise with the MRR.
#
# In the left one, systems with an NDCG of about 0.7 earn anything from 4.3 to 5.0 EUR. A high NDCG excludes the worst systems,
# but none of those above 0.85 earns the most.
#
# The table says it for all three shops. Where customers buy one, MRR prefers the better system in 94% of the pairs. Where they
# buy all, MAP does, in 97%.
#
# Where the best result brings most of the money, NDCG is right in 92%. The other two are worse than a coin there, as they
# don't look at grades.
#
# None is the best metric. Each is a guess about how people read and what they pay.

# %% role="claim"
assert agree.round(2).loc["MRR", "buy one"] == 0.94 == agree["buy one"].max().round(2)
assert agree.round(2).loc["MAP", "buy all"] == 0.97 == agree["buy all"].max().round(2)
assert agree.round(2).loc["NDCG", "by grade"] == 0.92 and agree.loc[["MRR", "MAP"], "by grade"].max() < 0.5, agree
assert abs(agree.loc["NDCG", "buy one"] - 0.5) < 0.03
near, high = (measured["buy one"][measured["NDCG"].between(*ends)] for ends in ((0.67, 0.73), (0.85, 1)))
assert [round(near.min(), 1), round(near.max(), 1)] == [4.3, 5.0] and 4.8 < high.min() < high.max() < near.max(), (near, high)

# %% [markdown]
# ### How many queries?
#
# Even the right metric is a number from a sample. Take two systems of which the first is a little better, and ask how often its
# MRR is the higher one.

# %%
good, better = (1.0, 1.0), (1.2, 1.2)
won = {}
for size in (30, 100, 300, 1_000):
    draws = [reciprocal_rank(lists(better, size, random)).mean() > reciprocal_rank(lists(good, size, random)).mean()
             for _ in range(200)]
    won[size] = np.mean(draws)
pd.Series(won, name="the better one wins").rename_axis("queries").map("{:.0%}".format)

# %% [markdown]
# With 30 queries the poorer system wins three times in ten. Here each system has queries of its own. On the same queries the
# poorer one wins less often: part 05c compares by their paired differences, and gives an interval.

# %% role="claim"
assert abs(won[30] - 0.7) < 0.06 and won[1_000] > 0.97 and pd.Series(won).is_monotonic_increasing, won

# %% [markdown]
# ## A metric stands for a bill
#
# What holds for rankings holds for the other metrics of this lesson. Each of them adds something up, and so says that this is
# what counts.
#
# | metric | what it counts |
# |---|---|
# | accuracy | each row the same |
# | macro F1 | each class the same, however few rows it has: a class of 5% weighs as much as one of 80% |
# | AUC | each pair of a 1 and a 0, anywhere in the list |
# | precision at k | the k rows at the top, and nothing below |
# | average precision | all rows of 1, those near the top much more |
# | Brier score | how near probabilities are to what happened |
# | MAE | each unit of an error the same |
# | RMSE, R² | large errors most: twice the error counts four times |
# | MAPE | each percent of an error the same, whatever the size |
# | MRR | the first that fits |
# | MAP | all that fits, near the top more |
# | NDCG | grades, near the top more; divided by the best order |
#
# Macro F1 fits a bill in which a mistake in a rare class costs more: share × cost is the same for all classes. It isn't exactly
# that bill, as it counts false alarms too.
#
# One of the metrics is new. The **Brier score** is the mean of the squared differences between a probability and what happened. For
# probabilities of 0.9 and 0.2, where the first happened and the second didn't, that is (0.01 + 0.04) / 2 = 0.025; lower is
# better.
#
# It stands for bets. If you bid a probability that is too high by d, you lose up to d on each visitor that you win only for
# that. The larger d is, the more such visitors there are, so the loss grows as d².
#
# The next rows have five probabilities. Then each of them is pushed towards 0 or 1, whichever is nearer.

# %%
happened, said = np.array([1, 0, 0, 1, 0]), np.array([0.9, 0.2, 0.6, 0.4, 0.1])
pd.DataFrame({"happened": happened, "said": said, "squared": (said - happened) ** 2}).round(2)

# %%
brier = np.mean((said - happened) ** 2)
tripled = 1 / (1 + ((1 - said) / said) ** 3)  # pushed towards 0 and 1, in the same order
print(f"Brier score {brier:.3f}; exaggerated {np.mean((tripled - happened) ** 2):.3f}; "
      f"AUC {classification.auc(happened, said):.2f} and {classification.auc(happened, tripled):.2f}")

# %% [markdown]
# Exaggerated probabilities keep their order, so the AUC stays. The Brier score gets worse, because it reads the numbers
# themselves: a wrong 0.6 became 0.77. Part 05c calls a model calibrated if its probabilities can be taken at their word.

# %% role="claim"
assert round(float(np.mean((np.array([0.9, 0.2]) - [1, 0]) ** 2)), 3) == 0.025
assert round(tripled[2], 2) == 0.77
assert np.mean((tripled - happened) ** 2) > brier + 0.05 and classification.auc(happened, said) == classification.auc(happened, tripled)

# %% [markdown]
# ### When none fits
#
# A shop promises a delivery time. Each minute by which the parcel comes after the promise costs 3 EUR in vouchers. Each minute
# by which it comes before the promise costs 1 EUR, as long times lose orders.
#
# Two systems are off by about as much, the one to both sides, the other one to the safe side.

# %%
minutes = random.gamma(9, 5, 4_000)
systems = {"both sides": minutes + random.normal(0, 7, 4_000), "safe side": minutes + random.normal(4, 7, 4_000)}


def bill(promised):
    """The mean cost of a promise (EUR): 3 for each minute that the delivery is later, 1 for each that it is earlier."""
    late = minutes - promised
    return np.where(late > 0, 3 * late, -late).mean()


pd.DataFrame({name: {"MAE": regression.mae(minutes, promised), "RMSE": regression.rmse(minutes, promised),
                     "MAPE": regression.mape(minutes, promised), "EUR a delivery": bill(promised)}
              for name, promised in systems.items()}).round(2)

# %% [markdown]
# MAE, RMSE and MAPE all prefer the first system, and the second is cheaper. No metric of the table knows late from early.
#
# Then compute the bill itself on the test, as the last row does. A metric by name is for when you can't: when nobody knows the
# prices, or when numbers must be compared with those of others.

# %% role="claim"
off = {name: [metric(minutes, promised) for metric in (regression.mae, regression.rmse, regression.mape)] for name, promised in systems.items()}
assert (np.array(off["both sides"]) < off["safe side"]).all() and bill(systems["both sides"]) > 1.1 * bill(systems["safe side"])

# %% [markdown] role="prompt" exercise="metric_for"
# ### Exercise: which metric? ({{points}}, about 30 minutes)
#
# Write `metric_for(problem)`: the metric by which to choose between two systems, one of
#
# `"accuracy"`, `"macro F1"`, `"AUC"`, `"average precision"`, `"precision at k"`, `"Brier score"`, `"MAE"`, `"RMSE"`, `"R2"`,
# `"MAPE"`, `"MRR"`, `"MAP"`, `"NDCG"`
#
# First step: for each use, write what a mistake costs.
#
# | `problem["use"]` | how the shop uses predictions | facts |
# |---|---|---|
# | `"sort"` | tickets go to the team of the predicted class | dicts by true class: `share` of the tickets, `cost` of a wrong one. Costs are equal, or share × cost is |
# | `"queue"` | people look at high scores first | `cases` a day, share of `fraud`, EUR `saved` by each found; `looked_at`: least and most a day: both k, far below `cases`; or 0 and `cases`, all between equally likely |
# | `"bid"` | bids probability × `worth` for each visitor | `worth` of a visitor who buys. A rival bids anything from 0 to `worth`; the higher bid pays the lower one |
# | `"stock"` | orders the predicted number | `bills`, three of (truth, prediction, EUR): one; twice the error, same truth; that error, twice the truth |
# | `"results"` | customers read ten results from the top; 80% read on after each | `worth` by grade, 0 to 3; `stops`: they leave after the first that fits (`worth` is equal then) |
#
# The metric is computed for two systems on a sample (`"queue"`: one day). The one that it prefers must earn more in a
# simulated shop, in each of one or two pairs.
#
# One metric is right; where RMSE is, R2 is too. NDCG's gain is the grade; from grade 1 on a result fits.
#
# {{properties}}

# %% role="answer" exercise="metric_for"
def metric_for(problem):
    """The metric that prefers the system which earns more."""
    ### BEGIN SOLUTION
    use = problem["use"]
    if use == "sort":
        return "accuracy" if len(set(problem["cost"].values())) == 1 else "macro F1"
    if use == "queue":
        least, most = problem["looked_at"]
        return "precision at k" if least == most else "AUC"
    if use == "bid":
        return "Brier score"
    if use == "stock":
        (_, _, one), (_, _, twice), (_, _, twice_the_size) = problem["bills"]
        if twice > 3 * one:
            return "RMSE"
        return "MAE" if twice_the_size > 1.5 * one else "MAPE"
    if problem["stops"]:
        return "MRR"
    worth = problem["worth"]
    return "MAP" if worth[1] == worth[3] else "NDCG"
    ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - MRR looks at the first that fits, MAP at all that fits, NDCG at grades. All count the top more.
# - With a number, say which gain, which rule for ties and which for empty lists.
# - A metric stands for a bill. Ask who pays for what, then choose.
# - Where no metric fits, compute the bill itself on the test.
# - A right metric on too few rows chooses by chance.
#
# **Next:** [06a Target leaks](../06a_target_leaks/06a_target_leaks.ipynb) asks why a score is sometimes too good. The part
# before this one is [05c](../05c_thresholds/05c_thresholds.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Manning, Raghavan and Schütze, [*Introduction to Information
# Retrieval*](https://nlp.stanford.edu/IR-book/), chapter 8. scikit-learn on
# [metrics](https://scikit-learn.org/stable/modules/model_evaluation.html).
