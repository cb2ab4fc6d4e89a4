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
# # 06a Target leaks: a claim beside production
#
# [Part 03c](../03c_leaks/03c_leaks.ipynb) found features that use events of the future. This part is about tables:
# columns that hold the answer, because they were written after it was known. We let each such model make its claim, and
# then we deploy it in the next quarter, where the answer isn't written yet.
#
# **After this part you will be able to**
#
# - say as a number when a score is too good to be true;
# - recognise four kinds of columns that leak the target: a date of the event, a consequence, a missing value, and a value
#   that was overwritten in place;
# - compare what a model claims with what it delivers, also in euros;
# - rebuild a training table from a log, so that the claim is kept.
#
# **You need** [05a](../05a_splits/05a_splits.ipynb) and 03c, and about 75 minutes: 35 to read, 25 for the exercise and 15
# for a question. A good place for a break is before the exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import cross_val_score

from dataml_lab.evaluation.classification import auc
from dataml_lab.leakage.churn import HONEST, churn_table, true_probability
from dataml_lab.leakage.production import Campaign, claims_table, deployed, draw_claims
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## Who leaves this quarter?
#
# A **target leak** is a column that holds the label, or a part of it, and that nobody has when the model is asked. The
# label here is `leaves`: 1 if a subscription is closed within the 92 days that follow.
#
# `churn_table` makes a table of the shop's subscriptions as of 1 October, exported on 1 January. By then everybody knows
# who has left. Here are four of its columns, for five customers.

# %%
store = Store(users=8_000, days=300, start="2024-07-01")
october, january = (pd.Timestamp(day, tz="UTC") for day in ("2024-10-01", "2025-01-01"))
known = churn_table(store, as_of=october, exported_at=january)
five = known[known["user_id"].isin([1, 3, 4, 27, 44])].set_index("user_id")
five[["visits_30d", "days_open", "cancellation_reason", "leaves"]]

# %% [markdown]
# `days_open` is the number of days from start to closing. Three of the five have left, and only they have such a number and
# a reason.
#
# The next quarter begins on 1 January. We shall ask the model on that morning, so the table is exported on that
# morning, too.

# %%
asked = churn_table(store, as_of=january, exported_at=january)
pd.DataFrame({"customers": [len(known), len(asked)], "share that leave": [known["leaves"].mean(), asked["leaves"].mean()],
              "share with a reason": [known["cancellation_reason"].notna().mean(), asked["cancellation_reason"].notna().mean()]},
             index=["October, exported in January", "January, exported in January"]).round(3)

# %% role="claim"
assert five["leaves"].sum() == 3 and five["days_open"].notna().sum() == 3, five
assert asked["cancellation_reason"].notna().sum() == 0 and (known["cancellation_reason"].notna() == known["leaves"]).all()
assert [round(table["leaves"].mean(), 2) for table in (known, asked)] == [0.12, 0.12] and [len(known), len(asked)] == [3678, 3830]

# %% [markdown]
# In each quarter about 12% leave. In the first table all of them have a reason, and nobody else has. In the second nobody has
# one, because nobody has left *yet*.
#
# `deployed` does what a company does with a model. It takes the mean AUC of five folds, which is the **claim**. Then
# it fits the model to all known rows and asks it about the next quarter: that is **production**.

# %%
boosting = LGBMClassifier(n_estimators=40, num_leaves=3, learning_rate=0.08, min_child_samples=50, num_threads=1,
                          verbose=-1, random_state=0)
# For the euros in the section "What it costs to believe a claim".
campaign = Campaign(share=0.1, cost=5, worth=40)


def deploy(name, *columns):
    """The claim of a model with the honest columns and these, beside production."""
    X, later = (table[[*HONEST, *columns]] for table in (known, asked))
    return deployed(name, boosting, (X, known["leaves"]), (later, asked["leaves"]), campaign=campaign)


claims = [deploy("days open", "days_open"), deploy("honest columns alone")]
claims_table(claims)[["claimed", "production", "gap"]].round(2)

# %% [markdown]
# With `days_open` the folds promise an AUC of 1.00. In production it is 0.50: a coin does as well.
#
# The model has the five honest columns, too. But once it knows `days_open` they add nothing in the training, so it didn't
# learn from them: in January all 3,830 customers get the same score.
#
# Each fold was held out, and in each the column was as the export of January has it. No split of this table can find the
# mistake, because all rows were exported late.
#
# Without that column the same model claims 0.57 and reaches 0.56. That is little, and true. `HONEST` are five columns of what
# was known on the day: price, days subscribed, days since the newest visit, visits in 30 and 90 days.

# %% role="claim"
assert [round(value, 2) for value in claims[0][1:3]] == [1.0, 0.5], claims
assert [round(value, 2) for value in claims[1][1:3]] == [0.57, 0.56], claims
leaky = boosting.fit(known[[*HONEST, "days_open"]], known["leaves"]).predict_proba(asked[[*HONEST, "days_open"]])[:, 1]
assert len(asked) == 3830 and np.ptp(leaky) == 0
assert HONEST == ["price", "days_subscribed", "days_since_visit", "visits_30d", "visits_90d"]

# %% [markdown]
# ## Too good to be true, as a number
#
# "An AUC of 1.00 looks suspicious" is a feeling. Two numbers turn it into a measurement: what guessing reaches, and the best
# that is possible.
#
# ### What is possible at best
#
# Leaving is partly luck. Even somebody who knows the exact probability of each customer can't know who will leave. Take five
# customers whose probabilities are known.

# %%
probability = np.array([0.5, 0.3, 0.2, 0.1, 0.1])
random = np.random.default_rng(0)
draws = [random.random(5) < probability for _ in range(2_000)]
best = [auc(leaves, probability) for leaves in draws if 0 < leaves.sum() < 5]
print(f"Ordered by the true probabilities, the AUC is {np.mean(best):.2f} on average.")

# %% [markdown]
# A quarter in which nobody or everybody leaves has no AUC, and is left out. No order is better than this one, and still the
# average AUC is 0.76 and not 1. The first customer leaves in only half of the quarters, and often somebody less likely leaves.
#
# The Store is simulated, so we know its rule. `true_probability` is the probability for somebody who sees what the shop never
# sees: when each customer lost interest, and how likely each is to lose it.

# %%
possible = {"October": auc(known["leaves"], true_probability(store, known["user_id"], october)),
            "January": auc(asked["leaves"], true_probability(store, asked["user_id"], january))}
pd.Series(possible, name="best AUC possible").to_frame().round(2)

# %% role="claim"
assert round(np.mean(best), 2) == 0.76, np.mean(best)
assert [round(value, 2) for value in possible.values()] == [0.71, 0.70], possible

# %% [markdown]
# No honest model can claim much more than 0.71 here. A claim of 0.95 is impossible, so nobody needs to ask how it was
# reached.
#
# In practice nobody knows the rule. Two substitutes help: the AUC of earlier models *in production*, and the AUC of
# experts' guesses.

# %% [markdown]
# ### What guessing reaches
#
# The other end is a **permuted target**: shuffle the labels among the rows, and repeat the whole procedure. Nothing is left to
# be learned, so what it scores is chance.

# %%
def by_folds(X, labels):
    """The mean AUC of five folds."""
    return cross_val_score(boosting, X, labels, cv=5, scoring="roc_auc").mean()


shuffles = np.random.default_rng(0)
permuted = [by_folds(known[HONEST], shuffles.permutation(known["leaves"])) for _ in range(10)]
print(f"Ten shuffles: {min(permuted):.2f} to {max(permuted):.2f}, {np.mean(permuted):.2f} on average.")
print(f"The honest columns with the real labels: {claims[1].claimed:.2f}.")
leaky = by_folds(known[["days_open", *HONEST]], shuffles.permutation(known["leaves"]))
print(f"A shuffle with days_open among the columns: {leaky:.2f}.")

# %% [markdown]
# With 428 who leave, chance moves the AUC by some hundredths. None of the shuffles reaches the 0.57 of the real labels,
# so the honest columns do know something.
#
# The shuffles also test the procedure. If they reached 0.7, the *procedure* would leak. An example is choosing columns before
# the split, which [06b](../06b_contamination/06b_contamination.ipynb) shows.
#
# > **Caution.** The shuffles don't report a leaky *column*. Shuffled labels have nothing to do with `days_open`, so the last
# > line is chance, too.

# %% role="claim"
assert max(permuted) < claims[1].claimed - 0.03 and max(permuted) < 0.54 and min(permuted) > 0.4, permuted
assert known["leaves"].sum() == 428 and abs(leaky - 0.5) < 0.05, leaky

# %% [markdown]
# ## The missing value is the label
#
# A search for suspicious columns often starts by dropping rows with a missing value. A correlation does the same. The next
# cell counts what is left.

# %%
reasons = known["cancellation_reason"]
correlation = known[["days_open", "leaves"]].corr().loc["days_open", "leaves"]
print(f"Correlation of days_open and leaves: {correlation:.2f}")
print(f"AUC of whether there is a reason: {auc(known['leaves'], reasons.notna() * 1):.2f}")
pd.DataFrame({"rows": {"with a reason": reasons.notna().sum(), "all": len(known)},
              "share that leave": {"with a reason": known.loc[reasons.notna(), "leaves"].mean(),
                                   "all": known["leaves"].mean()}}).round(2)

# %% [markdown]
# Among the rows with a value everybody leaves. The label is the same in each of them, so the correlation isn't defined: it is
# `nan`. In all rows, the presence of a reason gives an AUC of 1.00.
#
# Filling the gaps with a median, or with "unknown", keeps the leak: the model learns which value is the filler.

# %%
filled = known["days_open"].fillna(known["days_open"].median())
print(f"After filling with the median, the folds say {by_folds(filled.to_frame(), known['leaves']):.2f}.")

# %% role="claim"
assert auc(known["leaves"], reasons.notna() * 1) == 1 and known.loc[reasons.notna(), "leaves"].mean() == 1
assert by_folds(filled.to_frame(), known["leaves"]) > 0.97 and np.isnan(correlation)

# %% [markdown]
# ## Overwritten in place
#
# Another leak is hard to see by its name. A warehouse keeps one row for each customer, and a job overwrites it every night.
# A column is right on the day when it is read, and wrong for every day before.
#
# Read three customers twice: on 1 October, the day of the question, and on 1 January. `last_visit_days_ago` is the honest
# column `days_since_visit`, but counted from the export.

# %%
overwritten = ["last_visit_days_ago", "visits_so_far", "cancel_tickets"]
on_the_day = churn_table(store, as_of=october, exported_at=october)
pair = [table.set_index("user_id").loc[[4, 44, 3], overwritten] for table in (on_the_day, known)]
pd.concat(pair, axis="columns", keys=["read in October", "read in January"]).round(1).astype(object).T

# %% [markdown]
# Customers 4 and 44 leave in this quarter, customer 3 stays. In October the newest visits of the two who leave were a day ago
# and half a day ago. Read in January, they are 13 and 59 days ago; for customer 3 it is 1 day.
#
# `visits_so_far` stops growing when somebody leaves. It grew by 12 and 11 visits for the two who left, and by 91 for
# customer 3. `cancel_tickets` counts the messages in which people ask to be cancelled: customer 44 wrote one, after
# 1 October.
#
# No value is missing here, and only `cancel_tickets` has a name that points to cancellation.

# %%
claims = [claims[0],
          deploy("last visit, read late", "last_visit_days_ago"), deploy("visits so far, read late", "visits_so_far"),
          deploy("tickets, read late", "cancel_tickets"), claims[1]]
claims_table(claims)[["claimed", "production", "gap"]].round(2)

# %% role="figure" alt="Five rows with a claim and a dot for production each. Days open: claimed 1.00, in production 0.50. Last visit, read late: 0.95 and 0.55. Visits so far: 0.82 and 0.52. Tickets: 0.78 and 0.56. The honest columns: 0.57 and 0.56. Dotted lines at 0.5, guessing, and at 0.71, the best possible: four claims lie to the right of it."
# The code of this figure.
draw_claims(claims, "Four of five claims are better than what is possible", best=possible["October"])
plt.show()

# %% [markdown]
# **Read the figure.** An orange diamond is a claim, and the blue dot in the same row is what came of it. The dotted line on the
# right is the best possible AUC in October, 0.71. In January it is 0.70.
#
# Four claims lie beyond it, and none of them is kept. An AUC of 0.78 doesn't look suspicious, but it is impossible all the
# same.
#
# In production two models are close to guessing: 0.50 and 0.52. The other three reach 0.55 to 0.56, and no leak made a model
# better than the honest one.

# %% role="claim"
said = claims_table(claims).round(2)
assert said["claimed"].tolist() == [1.0, 0.95, 0.82, 0.78, 0.57] and said["production"].tolist() == [0.5, 0.55, 0.52, 0.56, 0.56], said
assert min(row.claimed for row in claims[:4]) > possible["October"] and claims[-1].production >= max(row.production for row in claims) - 0.005
first, second = pair
assert first["last_visit_days_ago"].round(1).tolist() == [1.2, 0.5, 5.2] and first["cancel_tickets"].sum() == 0
assert (second["visits_so_far"] - first["visits_so_far"]).tolist() == [12, 11, 91]
assert (on_the_day["last_visit_days_ago"].fillna(-1) == on_the_day["days_since_visit"].fillna(-1)).all()
assert second["last_visit_days_ago"].round().tolist() == [13, 59, 1] and second["cancel_tickets"].tolist() == [0, 1, 0]

# %% [markdown]
# ## What it costs to believe a claim
#
# A wrong claim costs money, because somebody planned with it. Suppose the shop makes an offer to the 10% of customers with
# the highest scores.
#
# An offer costs 5 EUR. It is worth 40 EUR on average if the customer would have left. For 1,000 customers this is 100 offers:
# if 20 of these 100 would leave, they bring 20 · 40 − 100 · 5 = 300 EUR.

# %%
claims_table(claims)[["EUR expected", "EUR brought", "EUR missed"]].round(-1).astype(int)

# %% [markdown]
# All sums are per 1,000 customers and rounded to 10 EUR, so a difference may be off by 10. The campaign depends only on the
# 10% with the highest scores, so a lower AUC can promise more euros.
#
# A shop that planned with the 3,500 EUR of `days open` has 3,520 EUR less than planned: the offers go to customers at random,
# and bring −20 EUR. The honest model was expected to bring 130 EUR and brought 140.

# %% role="claim"
money = claims_table(claims)[["EUR expected", "EUR brought", "EUR missed"]].round(-1).astype(int)
assert money.iloc[0].tolist() == [3500, -20, 3520] and money.iloc[-1, :2].tolist() == [130, 140], money
assert 20 * 40 - 100 * 5 == 300

# %% [markdown]
# ## What to ask of each column
#
# | kind | here | ask |
# |---|---|---|
# | a date of the event | `days_open` | is it written before the label is known? |
# | a consequence | the reason, tickets to cancel | would it be there if nothing had happened? |
# | a missing value | the reason | for whom is it missing, and why? |
# | overwritten in place | last visit, visits so far | when was this value written, and for which day? |
#
# The mend is the same each time: the value as it was on the day of the question. A log has it, because events keep their
# moment. The next cell counts visits in the log as it stands in January.

# %%
past = store.sessions[store.sessions["started_at"] < october]
rebuilt = on_the_day.set_index("user_id")[["visits_so_far"]]
rebuilt["from_the_log"] = past.groupby("user_id").size().reindex(rebuilt.index, fill_value=0)
rebuilt.loc[[4, 44, 3]]

# %% [markdown]
# The log gives the same number as the export of October, for all customers, and it can be asked in January. A column that
# was overwritten and has no log must go.

# %% role="claim"
assert (rebuilt["from_the_log"] == rebuilt["visits_so_far"]).all()

# %% [markdown] role="prompt" exercise="churn_model"
# ### Exercise: a claim that is kept ({{points}}, about 25 minutes)
#
# A colleague's model claims 99.2% accuracy. Its table was exported 60 days late. Write a class `ChurnModel`:
#
# - `train(table, events, as_of)` fits a model and returns its claim: the AUC that it will have in the next quarter;
# - `score(table, events, as_of)` returns a list, array or Series of scores, in the order of the table: higher for those who
#   leave.
#
# First step: count each customer's logins before `as_of`.
#
# | column of `table` | is |
# |---|---|
# | `user_id` | unique |
# | `account_age` | days to the export, or to an earlier cancellation |
# | `last_login_days_ago` | days before the export; may be missing |
# | `support_tickets_count` | until the export, “please cancel” included |
# | `cancellation_reason` | text; missing without a cancellation before the export |
# | `churned` | only in training: 1 for a cancellation in [`as_of`, `as_of` + 60 days), about 10% |
#
# `events` is the log from 60 days before `as_of` to the export: `user_id`, `kind` (`"login"` or `"ticket"`), `occurred_at`
# (UTC, as `as_of`). Some customers have no event.
#
# | | training | next quarter |
# |---|---|---|
# | customers | 7,500 | 7,500 others |
# | `as_of` | a `pd.Timestamp` | 91 days later |
# | exported | 60 days after `as_of` | at `as_of` |
#
# - An AUC of 0.66 is enough; the log makes about 0.81 possible.
# - Dropping the reason isn't enough: each column was written at the export.
# - Measure the claim: use folds, or hold out a fourth of the customers. On other data it is another number: with `churned`
#   shuffled, at most 0.6.
# - A score doesn't depend on the other rows. Both calls leave both frames as they were.
# - Each call has 5 seconds.
#
# {{properties}}

# %% role="answer" exercise="churn_model"
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score


class ChurnModel:
    """Who leaves within 60 days, by what was known before."""

    def train(self, table, events, as_of):
        """Fits the model, and returns the AUC that it claims for the next quarter."""
        ### BEGIN SOLUTION
        X = self.inputs(table, events, as_of)
        self.model = LogisticRegression(max_iter=500)
        claim = cross_val_score(self.model, X, table["churned"], cv=5, scoring="roc_auc").mean()
        self.model.fit(X, table["churned"])
        return float(claim)
        ### END SOLUTION

    def score(self, table, events, as_of):
        """A score for each row of the table: higher for those who leave."""
        ### BEGIN SOLUTION
        return self.model.predict_proba(self.inputs(table, events, as_of))[:, 1]

    def inputs(self, table, events, as_of):
        """The number of logins and tickets of each customer before as_of, from the log alone."""
        past = events[events["occurred_at"] < as_of]
        counts = past.groupby(["user_id", "kind"]).size().unstack(fill_value=0)
        return counts.reindex(index=table["user_id"], columns=["login", "ticket"], fill_value=0)
        ### END SOLUTION


# %% [markdown] role="question" exercise="churn_model"
# #### Question: who would have noticed? ({{essay points}}, about 15 minutes)
#
# The colleague's model, with all four columns, claimed an accuracy of 99.2% for customers of whom about 10% leave. Answer four
# questions.
#
# - What makes the claim suspicious? Use a number besides 99.2%.
# - Which column would you suspect after the reason is dropped, and how does its leak come about?
# - Who notices in production that the claim isn't kept, by which number, and after how many days at the earliest? Is there a
#   sign before that?
# - What do you ask of the person who exports the table, so that it doesn't happen again?
#
# **First step:** write down what each column holds on the day when the model is asked. About 150 words are enough. A person
# reads your answer, beside the claim and the production of your own model.
#
# | what earns points | points |
# |---|---:|
# | a comparison that makes the claim suspicious: a model that says “stays” of all, an earlier model, what is possible | 1 |
# | one of the other columns, and that its value was written after the day of the question | 1 |
# | who, by which number, and when: an AUC or a precision after the 60 days of the label, or a column that is empty on day 0 | 1 |
# | something to ask for that mends the table: the moment of each value, an export at the day, or the log | 1 |

# %% [markdown] role="essay" exercise="churn_model"
# A model that says “stays” of everybody is right for about 90%, so an accuracy of 99.2% means that almost every customer who
# leaves is known in advance. Leaving is partly luck, and an AUC of about 0.81 is possible. A claim far beyond that is a reason
# to look at the columns before the model.
#
# After the reason is dropped I would suspect `last_login_days_ago`. It counts from the export, 60 days after the question, and
# those who left don't log in any more.
#
# The model learns that somebody who has been away for 50 days has left. On the day of the question nobody has been away for
# that long because of a cancellation.
#
# On the first day, day 0, the person who runs the model can see that no row has a reason, where in training 10% had one. The
# AUC of that day's scores can be reported only after 60 days, when the labels are known. Then the campaign's analyst sees that
# it is far below the claim.
#
# I ask for the moment at which each value was written, or for an export on the day of the question, every day, that is
# kept and never overwritten. Until then I build the inputs from the log, where each event has its moment.


# %% [markdown]
# To compare, write your own answer first. Then run `solution("churn_model")` in a cell of your own: it shows the code and a
# model answer to the question.
#
# ## What to take along
#
# - A score is too good when it lies beyond what is possible, not when it looks like 99%.
# - A leaky column is in every fold, so no split finds it. A claim beyond what is possible, the question "when was this
#   written?", or production does.
# - A missing value can be the label. Filling it keeps the leak.
# - What is overwritten in place is right on the day of the export, and for no other day.
# - A permuted target tests the procedure, not the columns.
#
# **Next:** [06b](../06b_contamination/06b_contamination.ipynb) lets rows of the test into the training. **Back:**
# [05d](../05d_ranking/05d_ranking.ipynb).
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Read on.** Kaufman, Rosset, Perlich and Stitelman, *Leakage in data mining: formulation, detection, and avoidance* (2012).
# Kapoor and Narayanan, [*Leakage and the reproducibility crisis in machine-learning-based
# science*](https://doi.org/10.1016/j.patter.2023.100804) (2023).
