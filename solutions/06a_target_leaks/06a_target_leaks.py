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
# - recognise four kinds of columns that leak the target: a date, a reason, a missing value, and a value that was
#   overwritten in place;
# - compare what a model claims with what it delivers, also in euros;
# - rebuild a training table from a log, so that the claim is kept.
#
# **You need** [05a](../05a_splits/05a_splits.ipynb) and 03c, and about 70 minutes: 30 to read, 25 for the exercise and 15
# for a question. A good place for a break is before the exercise.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import cross_val_score

from dataml_lab.evaluation.classification import auc
from dataml_lab.leakage.churn import HONEST, churn_table, true_probability
from dataml_lab.leakage.production import Campaign, claims_table, deployed_by_folds, draw_claims
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
# `days_open` are the days from start to closing. Three of the five have left, and only they have such a number, and a
# reason.
#
# The next quarter begins on 1 January. We shall ask the model on that morning, so the table is exported on that
# morning, too.

# %%
asked = churn_table(store, as_of=january, exported_at=january)
pd.DataFrame({"customers": [len(known), len(asked)], "leave": [known["leaves"].mean(), asked["leaves"].mean()],
              "have a reason": [known["cancellation_reason"].notna().mean(), asked["cancellation_reason"].notna().mean()]},
             index=["October, exported in January", "January, exported in January"]).round(3)

# %% role="claim"
assert five["leaves"].sum() == 3 and five["days_open"].notna().sum() == 3, five
assert asked["cancellation_reason"].notna().sum() == 0 and (known["cancellation_reason"].notna() == known["leaves"]).all()
assert [round(table["leaves"].mean(), 2) for table in (known, asked)] == [0.12, 0.12] and [len(known), len(asked)] == [3678, 3830]

# %% [markdown]
# In each quarter about 12% leave. In the first table exactly they have a reason. In the second nobody has one, for nobody
# has left *yet*.
#
# `deployed_by_folds` does what a company does with a model. It takes the mean AUC of five folds, which is the **claim**. Then
# it fits the model to all known rows and asks it about the next quarter: that is **production**.

# %%
boosting = LGBMClassifier(n_estimators=40, num_leaves=3, learning_rate=0.08, min_child_samples=50, num_threads=1,
                          verbose=-1, random_state=0)
campaign = Campaign(share=0.1, cost=5, worth=40)


def deploy(name, *columns):
    """The claim of a model with the honest columns and these, beside production."""
    X, later = (table[[*HONEST, *columns]] for table in (known, asked))
    return deployed_by_folds(name, boosting, (X, known["leaves"]), (later, asked["leaves"]), campaign)


claims = [deploy("days open", "days_open"), deploy("honest columns alone")]
claims_table(claims)[["claimed", "production", "gap"]].round(2)

# %% [markdown]
# With `days_open` the folds promise an AUC of 1.00. In production it is 0.50: a coin does as well.
#
# The folds were right in their way. Each of them was held out, and each had the column filled in. No split of this table
# can find the mistake, because it is in every row.
#
# Without that column the same model claims 0.57 and reaches 0.56. That is little, and true. `HONEST` are five columns of what
# was known on the day: price, days subscribed, days since the newest visit, visits in 30 and 90 days.

# %% role="claim"
assert [round(value, 2) for value in claims[0][1:3]] == [1.0, 0.5], claims
assert [round(value, 2) for value in claims[1][1:3]] == [0.57, 0.56], claims
assert HONEST == ["price", "days_subscribed", "days_since_visit", "visits_30d", "visits_90d"]

# %% [markdown]
# ## Too good to be true, as a number
#
# "99.2% is suspicious" is a feeling. Two numbers make a measure of it: what guessing reaches, and what is possible at best.
#
# ### What is possible at best
#
# Leaving is partly luck. Even somebody who knows for each customer the exact probability can't know who it will be. Take five
# customers whose probabilities are known.

# %%
probability = np.array([0.5, 0.3, 0.2, 0.1, 0.1])
random = np.random.default_rng(0)
draws = [random.random(5) < probability for _ in range(2_000)]
best = [auc(leaves, probability) for leaves in draws if 0 < leaves.sum() < 5]
print(f"Ordered by the true probabilities, the AUC is {np.mean(best):.2f} on average.")

# %% [markdown]
# Nobody can order these five better, and still it is 0.76 and not 1. The first leaves in half of the quarters only, and in
# the other half somebody leaves who was less likely to.
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
# No honest model can claim much more than 0.71 here, whoever builds it. A claim of 0.95 needn't be examined for how it was
# reached: it is impossible.
#
# In practice nobody knows the rule. But there are substitutes: what earlier models reached *in production*, what people reach
# who know the customers, and how often two equal customers do different things.

# %% [markdown]
# ### What guessing reaches
#
# The other end is a **permuted target**: shuffle the labels among the rows, and repeat the whole procedure. Nothing is left to
# be learned, so what it scores is chance.

# %%
shuffles = np.random.default_rng(0)
permuted = [cross_val_score(boosting, known[HONEST], shuffles.permutation(known["leaves"]), cv=5, scoring="roc_auc").mean()
            for _ in range(10)]
print(f"Ten shuffles: {min(permuted):.2f} to {max(permuted):.2f}. The honest columns with the real labels: {claims[1].claimed:.2f}.")

# %% [markdown]
# None of the shuffles reaches the 0.57 of the real labels, so the honest columns do know something.
#
# The shuffles also test the procedure. Were they at 0.7, then the *procedure* would leak, as it does where columns are chosen
# before the split; [06b](../06b_contamination/06b_contamination.ipynb) shows that.
#
# > **Caution.** They say nothing of a leaky *column*: once the labels are shuffled, `days_open` has nothing to do with them.
# > So a procedure may pass this test and have a column that holds the answer.

# %% role="claim"
assert max(permuted) < claims[1].claimed - 0.03 and max(permuted) < 0.54 and min(permuted) > 0.4, permuted
leaky = cross_val_score(boosting, known[["days_open", *HONEST]], shuffles.permutation(known["leaves"]), cv=5, scoring="roc_auc")
assert abs(leaky.mean() - 0.5) < 0.05

# %% [markdown]
# ## The missing value is the label
#
# `cancellation_reason` is text, and `days_open` is missing for most. People who look for suspicious columns often drop the
# rows with a missing value first, and a correlation drops them, too. What is left?

# %%
reasons = known["cancellation_reason"]
pd.DataFrame({
    "rows": {"with a value": reasons.notna().sum(), "all": len(known)},
    "of them leave": {"with a value": known.loc[reasons.notna(), "leaves"].mean(), "all": known["leaves"].mean()},
    "AUC of “has a value”": {"with a value": np.nan, "all": auc(known["leaves"], reasons.notna() * 1)}}).round(2)

# %% [markdown]
# Among the rows with a reason everybody leaves. There is nothing to compare with, so no measure finds anything there. With
# all rows, whether there *is* a reason tells everything: an AUC of 1.00.
#
# So the reasons themselves don't matter. To fill the gaps with a median, or with "unknown", keeps the leak: the model learns
# which value is the filler.

# %%
filled = known["days_open"].fillna(known["days_open"].median())
print(f"After filling with the median, the folds say {cross_val_score(boosting, filled.to_frame(), known['leaves'], cv=5, scoring='roc_auc').mean():.2f}.")

# %% role="claim"
assert auc(known["leaves"], reasons.notna() * 1) == 1 and known.loc[reasons.notna(), "leaves"].mean() == 1
assert cross_val_score(boosting, filled.to_frame(), known["leaves"], cv=5, scoring="roc_auc").mean() > 0.97

# %% [markdown]
# ## Overwritten in place
#
# The most common leak has an innocent name. A warehouse keeps one row for each customer, and a job overwrites it every night.
# A column is right on the day when it is read, and wrong for every day before.
#
# Read the row of customer 4 twice: on 1 October, the day of the question, and on 1 January.

# %%
overwritten = ["last_visit_days_ago", "visits_so_far", "cancel_tickets"]
on_the_day = churn_table(store, as_of=october, exported_at=october)
pair = [table.set_index("user_id").loc[[4, 44, 3], overwritten] for table in (on_the_day, known)]
pd.concat(pair, axis="columns", keys=["read in October", "read in January"]).T

# %% [markdown]
# Customers 4 and 44 leave in autumn, customer 3 stays. In October the two who leave were there a day ago, and half a day ago.
#
# Read in January, their newest visits are 13 and 59 days ago. For customer 3, who still comes, it is 1 day.
#
# `visits_so_far` stops growing for those who leave. `cancel_tickets` counts the messages in which people ask to be
# cancelled: customer 44 wrote one, after 1 October.
#
# No column is missing here, and none has to do with cancellation by its name, except the last.

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
# right is the best score possible.
#
# Four claims lie beyond it, and none of them is kept. They look very different: 0.78 would make nobody suspicious who goes by
# "99% is too good". In production all five models are about the same, and the honest one is not the worst.

# %% role="claim"
said = claims_table(claims).round(2)
assert said["claimed"].tolist() == [1.0, 0.95, 0.82, 0.78, 0.57] and said["production"].tolist() == [0.5, 0.55, 0.52, 0.56, 0.56], said
assert min(row.claimed for row in claims[:4]) > possible["October"] and claims[-1].production >= max(row.production for row in claims) - 0.005
first, second = pair
assert first["last_visit_days_ago"].round(1).tolist() == [1.2, 0.5, 5.2] and first["cancel_tickets"].sum() == 0
assert second["last_visit_days_ago"].round().tolist() == [13, 59, 1] and second["cancel_tickets"].tolist() == [0, 1, 0]

# %% [markdown]
# ## What it costs to believe a claim
#
# A leak doesn't only disappoint: somebody planned with it. Suppose the shop makes an offer to the 10% of customers with the
# highest scores. An offer costs 5 EUR, and made to somebody who would leave it is worth 40 EUR on average.
#
# For 1,000 customers that are 100 offers. If 20 of these 100 would leave, it brings 20 · 40 − 100 · 5 = 300 EUR.

# %%
claims_table(claims)[["EUR expected", "EUR brought", "EUR lost"]].round(-1).astype(int)

# %% [markdown]
# From the first model 3,500 EUR are expected for each 1,000 customers, as if each offer went to somebody who leaves. It brings
# about −20: offers at random cost a little more than they bring.
#
# The honest model was expected to bring 130 EUR and brings 140. A shop that planned with the first number misses 3,520 EUR for
# each 1,000 customers, in a quarter.

# %% role="claim"
money = claims_table(claims)[["EUR expected", "EUR brought", "EUR lost"]].round(-1).astype(int)
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
# The mend is the same each time: the value as it was on the day of the question. A log has it, since events keep their moment.
# A table that was overwritten has lost it, and then the column must go.

# %% [markdown] role="prompt" exercise="churn_model"
# ### Exercise: a claim that is kept ({{points}}, about 25 minutes)
#
# A colleague's model claims an accuracy of 99.2%. Its table was exported 60 days late. Write a class `ChurnModel`:
#
# - `train(table, events, as_of)` fits a model and returns its claim: the AUC that it will have in the next quarter;
# - `score(table, events, as_of)` returns a score for each row of the table, in its order: higher for those who leave.
#
# First step: count each customer's logins before `as_of`.
#
# | column of `table` | is |
# |---|---|
# | `user_id` | the customer, once |
# | `account_age` | days until the export; it ends with a cancellation |
# | `last_login_days_ago` | days before the export; may be missing |
# | `support_tickets_count` | until the export, “please cancel” included |
# | `cancellation_reason` | text; missing where nobody cancelled until the export |
# | `churned` | only in training: 1 for a cancellation in [`as_of`, `as_of` + 60 days), about 10% |
#
# `events` is the log from 60 days before `as_of` to the export: `user_id`, `kind` (`"login"` or `"ticket"`), `occurred_at`.
# Some customers have no event.
#
# | | training | next quarter |
# |---|---|---|
# | customers | 7,500 | 7,500 others |
# | `as_of` | a moment in UTC | 91 days later |
# | exported | 60 days after `as_of` | at `as_of` |
#
# - An AUC of 0.66 in the next quarter is enough; 0.81 is possible.
# - To drop the reason is the textbook's answer, and not enough. Each column was written at the export.
# - A score on the rows of the fit, and an accuracy, are no such claim. Use folds, or hold out a quarter.
# - A score doesn't depend on the other rows. Both frames stay as they were.
# - A call has 5 seconds.
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
# - Who notices it in production, by which number, and after how many days at the earliest?
# - What do you ask of the person who exports the table, so that it doesn't happen again?
#
# **First step:** write down what each column holds on the day when the model is asked. 150 to 250 words are enough. A person
# reads your answer, beside the claim and the production of your own model.
#
# | what earns points | points |
# |---|---:|
# | a comparison that makes the claim suspicious: a model that says “stays” of all, an earlier model, what is possible | 1 |
# | one of the other columns, and that its value was written after the day of the question | 1 |
# | who, by which number, and not before the 60 days of the label are over | 1 |
# | something to ask for that mends the table: the moment of each value, an export at the day, or the log | 1 |

# %% [markdown] role="essay" exercise="churn_model"
# A model that says “stays” of everybody is right for about 90%, so an accuracy of 99.2% means that nearly each customer who leaves is known in
# advance. Leaving is partly luck, and earlier models reached an AUC of about 0.8 in production. A claim far beyond that is a
# reason to look at the columns before the model.
#
# After the reason is dropped I would suspect `last_login_days_ago`. It counts from the export, 60 days after the question, and
# those who left don't log in any more.
#
# The model learns that somebody who has been away for 50 days has left. On the day of the question nobody has been away for
# that long because of a cancellation.
#
# In production the first to notice are the people of the campaign: of the customers whom they call hardly more leave than of
# others. As a number it is the AUC of the scores of that day, not before the 60 days of the label are over. That nobody has a
# reason is seen on the first day.
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
# - A leaky column is in every fold. Only production, or the question "when was this written?", finds it.
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
