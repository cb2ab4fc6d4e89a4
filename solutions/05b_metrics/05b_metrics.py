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
# # 05b Metrics
#
# Part [05a](../05a_splits/05a_splits.ipynb) asked which rows to measure a model on. This part asks what to measure. A
# metric makes one number of many mistakes, and each metric leaves something out.
#
# **After this part you will be able to**
#
# - count the four kinds of rows, and compute accuracy, precision, recall and F1 from them;
# - say when macro and micro F1 disagree, and which one fits your case;
# - say what an AUC doesn't see;
# - choose among MAE, RMSE, R² and percentage errors by what a forecast is for.
#
# **You need** 05a, the AUC of [03b](../03b_good_features/03b_good_features.ipynb), and about 75 minutes: 45 to read, 30
# for the exercise. A good place for a break is before the section on numbers.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_absolute_percentage_error
from sklearn.tree import DecisionTreeRegressor

from dataml_lab.evaluation import classification, regression
from dataml_lab.models.worlds import WORLDS
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")

# %% [markdown]
# ## Four kinds of rows
#
# A filter reads five messages and keeps out what it takes for spam.

# %%
five = pd.DataFrame({"truth": ["spam", "spam", "mail", "mail", "mail"],
                     "predicted": ["spam", "mail", "mail", "spam", "mail"]})
kinds = {("spam", "spam"): "hit (true positive)", ("spam", "mail"): "miss (false negative)",
         ("mail", "spam"): "false alarm (false positive)", ("mail", "mail"): "correct pass (true negative)"}
five.assign(kind=[kinds[pair] for pair in zip(five["truth"], five["predicted"])])

# %% [markdown]
# With spam as the class that we look for, there are four kinds of rows. (Other texts call them by the names in brackets:
# spam is *positive* there.)
#
# The **confusion matrix** counts them: a row for
# each true class, a column for each predicted one.

# %%
classification.confusion(five["truth"], five["predicted"])

# %% [markdown]
# | metric | is | here |
# |---|---|---|
# | **accuracy** | right rows / all rows | 3 / 5 = 0.6 |
# | **precision** | hits / rows predicted as spam | 1 / 2 = 0.5 |
# | **recall** | hits / rows that are spam | 1 / 2 = 0.5 |
# | **F1** | 2 × precision × recall / (precision + recall) | 0.5 |
#
# Precision asks how far an alarm can be believed. Recall asks how much is found.
#
# F1 is their *harmonic mean*, which is near the smaller of the two. For a precision of 1 and a recall of 0.1 it is
# 0.18, where the usual mean is 0.55.
#
# To read a metric of `dataml_lab.evaluation`, run `classification.precision??`: each is a few lines.

# %% role="claim"
asked = five["truth"], five["predicted"]
assert classification.accuracy(*asked) == 0.6
assert all(metric(*asked, positive="spam") == 0.5
           for metric in (classification.precision, classification.recall, classification.f1))
assert round(2 * 1 * 0.1 / 1.1, 2) == 0.18 and (1 + 0.1) / 2 == 0.55

# %% [markdown]
# ### Two filters with the same accuracy
#
# Of 1,000 messages 200 are spam. A strict and a mild filter make 100 mistakes each.

# %%
def filtered(hits, misses, false_alarms, passes):
    """True and predicted labels, 1 for spam, of so many rows of each kind."""
    counts = [hits, misses, false_alarms, passes]
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


filters = {"strict": filtered(190, 10, 90, 710), "mild": filtered(110, 90, 10, 790),
           "surest message only": filtered(1, 199, 0, 800), "everything is spam": filtered(200, 0, 800, 0)}
of_labels = [classification.accuracy, classification.precision, classification.recall, classification.f1]
pd.DataFrame({metric.__name__: {name: metric(*rows) for name, rows in filters.items()} for metric in of_labels}).round(2)

# %% role="claim"
score = {name: [round(metric(*rows), 2) for metric in of_labels] for name, rows in filters.items()}
assert score["strict"] == [0.9, 0.68, 0.95, 0.79] and score["mild"] == [0.9, 0.92, 0.55, 0.69]
assert score["surest message only"][1] == 1 and score["everything is spam"][2] == 1
assert 90 * 5 + 10 == 460 and 10 * 5 + 90 == 140
assert [filters[name][0].sum() for name in filters] == [200] * 4 and {len(rows[0]) for rows in filters.values()} == {1_000}

# %% [markdown]
# Accuracy can't tell the first two apart. The strict filter loses 90 real messages, the mild one 10.
#
# Precision alone is perfect for a filter that dares one alarm. Recall alone is perfect for a filter that keeps out
# everything. So report both.
#
# F1 prefers the strict filter. Suppose a lost message costs five times as much as a spam that comes through. Then the
# strict filter costs 90 × 5 + 10 = 460 and the mild one 10 × 5 + 90 = 140.
#
# So F1 has prices of its own for the two kinds of mistakes, and they may not be yours. Part 05c sets thresholds by cost.
#
# > **Caution.** Precision, recall and F1 are of one class. Say which: for "mail" instead of "spam" they are others.

# %% [markdown]
# ## More than two classes
#
# The Store's customers write tickets, and a router sends each ticket to one of five desks. The first router knows words
# for three topics, the second for four. What a router doesn't know goes to the desk for questions.
#
# **Micro F1** counts the hits and the mistakes of all classes together, so that each row has the same weight. With one
# label a row it equals the accuracy: a row that one class gets wrongly is a row that another class lacks.
#
# **Macro F1** is the mean of the F1 of the classes, so that each class has the same weight.

# %%
store = Store()
tickets = store.tickets
print(tickets["topic"].value_counts().to_string())
quick = {"charged": "billing", "payment": "billing", "invoice": "billing", "rang": "late delivery",
         "later": "late delivery", "parcel": "late delivery", "crack": "damaged", "arrival": "damaged",
         "broken": "damaged"}
thorough = {"cancel": "cancel", "charged": "billing", "payment": "billing", "invoice": "billing", "money": "billing",
            "rang": "late delivery", "later": "late delivery", "parcel": "late delivery", "deliver": "late delivery",
            "damaged": "damaged", "broken": "damaged"}

# %%
def routed(words):
    """The topic of the first of these words that a ticket has; "question" where it has none."""
    topics = (next((words[word] for word in words if word in text), "question") for text in tickets["message"].str.lower())
    return pd.Series(list(topics), tickets.index)


topics, routers = tickets["topic"], {"quick": routed(quick), "thorough": routed(thorough)}
of_classes = [classification.accuracy, classification.micro_f1, classification.macro_f1]
pd.DataFrame({metric.__name__: {name: metric(topics, found) for name, found in routers.items()}
              for metric in of_classes}).round(2)

# %% role="figure" alt="Two confusion matrices of 815 tickets, five true topics by five predicted ones. The quick router is right everywhere except in the row of cancellations: all 122 are predicted as questions. The thorough router is right for all cancellations, and sends 44 damaged parcels to billing and 87 questions to late delivery."
# The code of this figure.
figure, axes = plt.subplots(1, 2, figsize=(9.4, 4.3), sharey=True)
titles = "Quick: no cancellation is found", "Thorough: mistakes in two classes"
for axis, found, title in zip(axes, routers.values(), titles):
    table = classification.confusion(topics, found)
    axis.imshow(table, cmap="Blues", vmax=300)
    for (row, column), count in np.ndenumerate(table.to_numpy()):
        axis.text(column, row, count or "", ha="center", va="center", color="white" if count > 160 else "black")
    axis.set_xticks(range(5), table.columns, rotation=40, ha="right")
    axis.set_yticks(range(5), table.index)
    axis.grid(visible=False)
    axis.set(title=title, xlabel="predicted topic")
axes[0].set_ylabel("true topic")
plt.show()

# %% [markdown]
# **Read the figure.** The numbers are tickets, and the diagonal holds what is right. The quick router sends all 122
# cancellations to the desk for questions. The thorough router finds them, and errs in two other classes.
#
# Here are the metrics of the quick router by class.

# %%
classification.per_class(topics, routers["quick"]).round(2)

# %% role="claim"
assert len(topics) == 815 and topics.value_counts().to_dict() == {
    "question": 271, "billing": 151, "late delivery": 148, "damaged": 123, "cancel": 122}
assert [round(classification.accuracy(topics, found), 2) for found in routers.values()] == [0.85, 0.84]
assert [round(classification.macro_f1(topics, found), 2) for found in routers.values()] == [0.76, 0.85]
assert all(np.isclose(classification.micro_f1(topics, found), classification.accuracy(topics, found))
           for found in routers.values())
each = classification.per_class(topics, routers["quick"])["f1"].round(2)
assert each.to_dict() == {"billing": 1, "cancel": 0, "damaged": 1, "late delivery": 1, "question": 0.82}
table = classification.confusion(topics, routers["thorough"])
pairs = [("damaged", "billing"), ("question", "late delivery"), ("cancel", "cancel")]
assert [table.loc[pair] for pair in pairs] == [44, 87, 122]
rare = np.repeat(["a", "b", "c", "c"], [100, 100, 1, 1]), np.repeat(["a", "b", "c", "a"], [100, 100, 1, 1])
assert round(classification.macro_f1(*rare), 2) == 0.89 and round(classification.accuracy(*rare), 3) == 0.995

# %% [markdown]
# The macro F1 of the quick router is (1 + 0 + 1 + 1 + 0.82) / 5 = 0.76. It shows what the accuracy of 0.85 hides.
#
# Macro F1 misleads where a class has few rows. With 100, 100 and 2 rows, a single mistake in the smallest class takes macro
# F1 from 1 to 0.89, while the accuracy is 0.995.
#
# Which one fits is a matter of what mistakes cost. If a wrong row costs the same in each class, take micro F1. If a class
# is worth the same however few rows it has, take macro F1, and look at the table by class.

# %% role="claim"
assert round((1 + 0 + 1 + 1 + 0.82) / 5, 2) == 0.76

# %% [markdown]
# ## Scores instead of labels
#
# A threshold makes a label of a *score*: 1 if the score is at least the threshold. A metric of labels judges both at
# once.
#
# The world `mixed` of 04a asks which customers order next week. One model is trained on all rows, another on a sample in
# which four fifths of the orders are missing.

# %%
mixed = WORLDS["mixed"](seed=0)
columns = ["orders_90d", "visits_7d", "tickets_90d"]
kept = (mixed.y_train == 0) | (np.arange(len(mixed.y_train)) % 5 == 0)
rates = {"all rows": LogisticRegression().fit(mixed.X_train[columns], mixed.y_train),
         "few orders": LogisticRegression().fit(mixed.X_train.loc[kept, columns], mixed.y_train[kept])}
rates = {name: model.predict_proba(mixed.X_test[columns])[:, 1] for name, model in rates.items()}
pd.DataFrame({name: {"AUC": classification.auc(mixed.y_test, rate),
                     "accuracy at 0.5": classification.accuracy(mixed.y_test, rate >= 0.5),
                     "mean score": rate.mean(), "share that orders": mixed.y_test.mean()}
              for name, rate in rates.items()}).T.round(3)

# %% [markdown]
# Both models put customers in nearly the same order, and their AUC is the same to three digits, 0.645. The second gives
# everybody too low a score. With 0.5 as the threshold, its accuracy falls from 0.60 to 0.52.
#
# Each metric misses something. The accuracy condemns a model for its threshold. The AUC sees the order of the scores
# only, not that the second model promises 18 orders of 100 customers, where 49 come.

# %% role="claim"
found = {name: [classification.auc(mixed.y_test, rate), classification.accuracy(mixed.y_test, rate >= 0.5), rate.mean()]
         for name, rate in rates.items()}
assert np.round(found["all rows"], 3).tolist() == [0.645, 0.597, 0.495]
assert np.round(found["few orders"], 3).tolist() == [0.645, 0.516, 0.178] and round(mixed.y_test.mean(), 2) == 0.49

# %% [markdown]
# ### The ROC curve
#
# Here are the five customers of 03b again, each score a possible threshold.

# %%
customers = pd.DataFrame({"score": [0.9, 0.7, 0.6, 0.4, 0.2], "ordered": [1, 0, 1, 0, 0]})
classification.thresholds(customers["ordered"], customers["score"]).round(2)

# %% [markdown]
# With a threshold of 0.6 three customers get a letter: both who order, and one of three who don't. The recall is 1, and
# the *false-alarm rate* is 1/3. The first threshold is above all scores: nobody gets a letter, and the precision of 0 / 0
# is set to 1.
#
# The **ROC curve** draws the recall against the false-alarm rate, a point for each threshold. It is the left panel of the
# figure below. The area below it is the AUC.
#
# From left to right, each customer who doesn't order is a step of 1/3. Its height is the recall that is reached with
# higher scores. So the area is 1/3 × (1/2 + 1 + 1) = 0.83.
#
# Now two models score 5,000 customers, of whom one in ten orders. `broad` knows a little about everyone. `narrow` is
# certain about a third of those who order, and knows next to nothing about the others.

# %%
random = np.random.default_rng(0)
orders = random.random(5_000) < 0.1
sure = orders & (random.random(5_000) < 0.35)
lists = {"broad": random.normal(1.2 * orders, 1), "narrow": random.normal(0.3 * orders, 1) + 5 * sure}
pd.DataFrame({name: {"AUC": classification.auc(orders, score),
                     "orders in the first 100": 100 * classification.precision_at(orders, score, 100)}
              for name, score in lists.items()}).T.round(2).astype({"orders in the first 100": int})

# %% role="figure" alt="Recall against false-alarm rate in two panels. Left, for five customers: up to 1/2, a step of 1/3 to the right, up to 1, two steps to the right; the area is filled. Right, for two models: the line of the narrow one begins at a recall of 0.32 and rises slowly; that of the broad one begins at 0, crosses it at a false-alarm rate near 0.06 and stays above it. A dotted diagonal is guessing."
# The code of this figure.
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True, width_ratios=(1, 1.5))
table = classification.thresholds(customers["ordered"], customers["score"])
axes[0].plot(table["false_alarm_rate"], table["recall"], "o-", color="C2", clip_on=False)
axes[0].fill_between(table["false_alarm_rate"], table["recall"], color="C2", alpha=0.15)
axes[0].text(0.5, 0.4, "area 0.83", color="C2", ha="center")
for score, colour in zip(lists.values(), ("C0", "C1")):
    table = classification.thresholds(orders, score)
    axes[1].plot(table["false_alarm_rate"], table["recall"], color=colour)
axes[1].plot([0, 1], [0, 1], ":", color="0.5")
axes[1].text(0.42, 0.86, "broad", color="C0", ha="right")
axes[1].text(0.5, 0.62, "narrow", color="C1", ha="left")
axes[1].text(0.72, 0.66, "guessing", color="0.4")
axes[0].set(xlabel="false-alarm rate", ylabel="recall (share of orders)", xlim=(0, 1), ylim=(0, 1.02),
            title="Five customers: three steps")
axes[1].set(xlabel="false-alarm rate (share of those who don't order)", xlim=(0, 1),
            title="The larger area has the worse top")
plt.show()

# %% [markdown]
# **Read the figure.** On the right, the broad model has more area below its curve. The narrow model is far ahead at
# the left edge, which shows the highest scores.
#
# If the money is for 100 letters, only the top of the list counts. All 100 of the narrow model order, and 64 of the broad
# one. The AUC counts pairs from the whole list, and most pairs lie where nobody will look.

# %% role="claim"
assert round(classification.auc(customers["ordered"], customers["score"]), 2) == round((1 / 2 + 1 + 1) / 3, 2) == 0.83
of_lists = [(classification.auc(orders, score), classification.precision_at(orders, score, 100),
             classification.average_precision(orders, score)) for score in lists.values()]
assert np.round(of_lists, 2).tolist() == [[0.8, 0.64, 0.39], [0.72, 1, 0.47]]

# %% [markdown]
# ### Average precision
#
# **Average precision** looks at the top first. Go down the list, note the precision at each order, and take the mean. Here
# are five other customers, of whom the second and the third order.
#
# | place | ordered | precision so far |
# |---|---|---|
# | 1 | no | |
# | 2 | yes | 1 / 2 |
# | 3 | yes | 2 / 3 |
# | 4, 5 | no | |
#
# The mean is (1/2 + 2/3) / 2 = 0.58. The AUC is 4 pairs / 6 = 0.67.
#
# Suppose a third customer ordered who isn't in the list. What wasn't found counts as a precision of 0:
# (1/2 + 2/3 + 0) / 3 = 0.39. The divisor is always the number of *all* who order.

# %%
pd.Series({name: classification.average_precision(orders, score) for name, score in lists.items()},
          name="average precision").round(2)

# %% [markdown]
# Average precision prefers the narrow list. Guessing gets the share of orders, 0.1 here. The AUC of guessing is 0.5,
# whatever the share.

# %% role="claim"
assert np.isclose(classification.average_precision([0, 1, 1, 0, 0], customers["score"]), (1 / 2 + 2 / 3) / 2)
assert np.isclose(classification.auc([0, 1, 1, 0, 0], customers["score"]), 4 / 6)
assert round((1 / 2 + 2 / 3) / 2, 2) == 0.58 and round((1 / 2 + 2 / 3) / 3, 2) == 0.39 and round(4 / 6, 2) == 0.67
assert round(orders.mean(), 1) == 0.1

# %% [markdown]
# ## Numbers
#
# Two models predict the minutes of five deliveries. All take 30 minutes.

# %%
minutes = np.full(5, 30)
guesses = {"steady": np.array([34, 26, 34, 26, 34]), "mostly right": np.array([31, 29, 31, 29, 44])}
pd.DataFrame({name: {"MAE": regression.mae(minutes, guess), "RMSE": regression.rmse(minutes, guess)}
              for name, guess in guesses.items()}).T.round(2)

# %% [markdown]
# The **MAE**, mean absolute error, is the mean size of the errors: (1 + 1 + 1 + 1 + 14) / 5 = 3.6 minutes.
#
# The **RMSE**, root mean squared error, squares the errors before the mean and takes the root after it. Squares make a
# large error count more: 14 minutes weigh as much as 196 errors of one minute.
#
# Which model is better? If a customer forgives 4 minutes and not 14, it is the steady one, as the RMSE says. If a minute
# costs a minute's pay, it is the other, as the MAE says.

# %% role="claim"
assert regression.mae(minutes, guesses["mostly right"]) == 3.6 and regression.mae(minutes, guesses["steady"]) == 4
assert round(regression.rmse(minutes, guesses["mostly right"]), 2) == 6.32
assert regression.rmse(minutes, guesses["steady"]) == 4 and 14 ** 2 == 196

# %% [markdown]
# ### Each metric asks for another number
#
# Guess one amount for every order of the Store. Which amount is best?
#
# The **MAPE**, mean absolute percentage error, divides each error by the true number: a guess of 33 EUR for 30 EUR is
# wrong by a share of 0.1, which is 10 %.

# %% role="figure" alt="Three panels of an error against the guess from 5 to 90 EUR. The MAPE is smallest near 18 EUR, the MAE near 30, the RMSE near 47 EUR."
# The code of this figure.
completed = store.orders[store.orders["status"] == "completed"]
totals = completed["total"].to_numpy()
amounts = np.arange(5, 90.5, 0.5)
figure, axes = plt.subplots(1, 3, figsize=(9.6, 3.1))
best = {}
for axis, metric, unit in zip(axes, (regression.mape, regression.mae, regression.rmse), ("share", "EUR", "EUR")):
    errors = [metric(totals, np.full(len(totals), amount)) for amount in amounts]
    best[metric.__name__] = amounts[int(np.argmin(errors))]
    axis.plot(amounts, errors)
    axis.plot(best[metric.__name__], min(errors), "o", color="C1")
    name = metric.__name__.upper()
    axis.set(title=f"{name} wants {best[metric.__name__]:.0f} EUR", xlabel="guess (EUR)", ylabel=f"{name} ({unit})",
             ylim=(0, None))
plt.show()

# %% [markdown]
# **Read the figure.** The orders are the same, and each error has its smallest value at another guess. The RMSE wants
# the mean of the orders, 47 EUR. The MAE wants the median, 30 EUR: half of the orders are below it.
#
# The MAPE wants 18 EUR. A guess that is too low is wrong by a share of 1 at most, and a guess that is too high has no
# limit. So low guesses are safe.
#
# Now plan next month's revenue as guess × orders. The winner by MAE plans 64 % of the revenue, and the winner by MAPE
# 38 %. Where numbers are added up, measure by squared errors.

# %% role="claim"
assert best == {"mape": 18, "mae": 30, "rmse": 47} and round(totals.mean()) == 47 and round(np.median(totals)) == 30
assert round(30 / totals.mean(), 2) == 0.64 and round(18 / totals.mean(), 2) == 0.38
assert round(regression.mape([30], [33]), 6) == 0.1

# %% [markdown]
# ### Near zero
#
# Product 19 sells on every third day. Here are four forecasts for each of 180 days, and five errors. One of them is new:
# the **WAPE**, weighted absolute percentage error, is (sum of the errors) / (sum of the true numbers).

# %%
days = completed["occurred_at"].dt.floor("D")
every_day = pd.date_range(days.min(), days.max())
mine = completed[completed["product_id"] == 19]
sold = mine.groupby(days)["quantity"].sum().reindex(every_day, fill_value=0).to_numpy(float)
tried = {f"{guess:.2f} each day": np.full(len(sold), guess) for guess in (0, 0.5, 1, sold.mean())}

# %%
some = sold > 0
pd.DataFrame({name: {"scikit-learn's MAPE": f"{mean_absolute_percentage_error(sold, guess):.2g}",
                     "MAPE without zeros": f"{regression.mape(sold[some], guess[some]):.2f}",
                     "MAE": f"{regression.mae(sold, guess):.2f}", "WAPE": f"{regression.wape(sold, guess):.2f}",
                     "RMSE": f"{regression.rmse(sold, guess):.3f}"} for name, guess in tried.items()}).T

# %% [markdown]
# On two days of three nothing is sold. An error divided by 0 isn't defined, and scikit-learn divides by a number next to
# 0 instead. So any forecast above 0 has an error of 10¹⁵, and the best one is "never sell anything".
#
# Without the days of 0, the best is 1 each day. That is twice as much as is sold: the days on which nothing is sold don't
# count. `regression.mape` refuses a truth of 0 and names its row.
#
# The WAPE is defined for these days. It wants the median, as the MAE does, and the median is 0 here.
#
# The RMSE finds the mean, 0.47 a day. That is how many to order for 100 days: 47.

# %% role="claim"
assert len(sold) == 180 and round((sold == 0).mean(), 2) == 0.66 and round(sold.mean(), 2) == 0.47 and np.median(sold) == 0
winners = [min(tried, key=lambda name, metric=metric: metric(sold, tried[name]))
           for metric in (mean_absolute_percentage_error, regression.mae, regression.wape, regression.rmse)]
assert winners == ["0.00 each day"] * 3 + ["0.47 each day"]
assert min(tried, key=lambda name: regression.mape(sold[some], tried[name][some])) == "1.00 each day"
assert all(mean_absolute_percentage_error(sold, guess) > 1e15 for guess in tried.values() if guess[0])
assert 2.1 < 1 / sold.mean() < 2.2 and round(100 * sold.mean()) == 47

# %% [markdown]
# ### R² depends on the rows
#
# **R²** compares a model with the mean of the true numbers. It is
# 1 − (sum of squared errors) / (sum of squared distances of the true numbers from their mean).
#
# 1 is perfect, 0 is as good as the mean, and below 0 is worse. For true numbers of 1, 2 and 3 and guesses of 1, 2 and 2
# it is 1 − 1/2 = 0.5.
#
# Here is the tree of depth 5 of [04b](../04b_overfitting/04b_overfitting.ipynb), for the days that deliveries take: on all
# test rows, and on those that are near, light and ordered on a working day.

# %%
steps = WORLDS["steps"](seed=0)
tree = DecisionTreeRegressor(max_depth=5, random_state=0).fit(steps.X_train, steps.y_train)
predicted, X = tree.predict(steps.X_test), steps.X_test
easy = (X["distance_km"] < 250) & (X["weight_kg"] <= 10) & (X["weekday"] < 5)
pd.DataFrame({name: {"rows": rows.sum(), "standard deviation (days)": steps.y_test[rows].std(ddof=0),
                     "RMSE (days)": regression.rmse(steps.y_test[rows], predicted[rows]),
                     "R²": regression.r2(steps.y_test[rows], predicted[rows])}
              for name, rows in {"all": easy | True, "easy": easy}.items()}).T.round(2).astype({"rows": int})

# %% [markdown]
# The errors are as large as before, and R² falls from 0.76 to 0.21. The easy deliveries differ less among themselves, so
# that the mean is a better rival there.
#
# So R² can't be compared between sets of rows, nor between problems. Report the RMSE beside it, in days.

# %% role="claim"
assert [round(regression.r2(steps.y_test[rows], predicted[rows]), 2) for rows in (easy | True, easy)] == [0.76, 0.21]
assert [round(regression.rmse(steps.y_test[rows], predicted[rows]), 2) for rows in (easy | True, easy)] == [0.74, 0.76]
assert regression.r2([1, 2, 3], [1, 2, 2]) == 0.5

# %% [markdown] role="prompt" exercise="four_metrics"
# ### Exercise: four metrics of your own ({{points}}, about 30 minutes)
#
# Write four functions, with rules of their own for odd rows. Each earns its points alone.
#
# First step: by hand, `average_precision(["a", "x", "a", "b"], {"a", "b", "c"})` is (1/1 + 2/4) / 3 = 0.5.
#
# | function | returns |
# |---|---|
# | `macro_f1(truth, predicted)` | The mean F1 of the labels in `truth`. `predicted` may have others, or `None` for no label: these are no classes, but their rows count. |
# | `auc_within_days(truth, score, day)` | Of all pairs of a 1 and a 0 of one day, all days together, the share in which the 1 has the higher score. A tie counts half. NaN without pairs. |
# | `capped_mape(truth, predicted)` | The mean error of the rows whose truth isn't NaN (at least one): \|truth − predicted\| / \|truth\|, at most 1. For a truth of 0: 0 if `predicted` is 0, else 1. |
# | `average_precision(shown, relevant)` | At the first place of each relevant product: (different relevant products up to there) / place. Their sum, divided by the number of all relevant products. Repeated products take places too. 0 if nothing is relevant. |
#
# `shown` is a list, `relevant` a set; the others are lists of equal length, 200 at most, in any order: days mix. No other
# NaN or `None` occurs. A call has 5 seconds.
#
# | call | returns |
# |---|---|
# | `macro_f1(["a", "a", "b"], ["a", None, "c"])` | (2/3 + 0) / 2 = 0.33 |
# | `auc_within_days([1, 0, 1, 0], [9, 9, 2, 5], [1, 1, 2, 2])` | (0.5 + 0) / 2 = 0.25 |
# | `capped_mape([10, 0, nan], [12, 3, 5])` | (0.2 + 1) / 2 = 0.6 |
#
# {{properties}}

# %% role="answer" exercise="four_metrics"
from itertools import product
from math import isnan, nan


def macro_f1(truth, predicted):
    """The mean F1 of the labels that occur in truth."""
    ### BEGIN SOLUTION
    found = []
    for label in set(truth):
        hits = sum(true == got == label for true, got in zip(truth, predicted))
        found.append(2 * hits / (truth.count(label) + predicted.count(label)))
    return sum(found) / len(found)
    ### END SOLUTION


def auc_within_days(truth, score, day):
    """The share of pairs of a day in the right order; NaN if there is no pair."""
    ### BEGIN SOLUTION
    rows = list(zip(truth, score, day))
    ones, zeros = [row for row in rows if row[0] == 1], [row for row in rows if row[0] == 0]
    pairs = [(one, zero) for (_, one, today), (_, zero, then) in product(ones, zeros) if today == then]
    right = sum(1.0 if one > zero else 0.5 if one == zero else 0.0 for one, zero in pairs)
    return right / len(pairs) if pairs else nan
    ### END SOLUTION


def capped_mape(truth, predicted):
    """The mean of the errors as shares of the truth, each at most 1."""
    ### BEGIN SOLUTION
    def error(true, guess):
        if true == 0:
            return 0 if guess == 0 else 1
        return min(abs(true - guess) / abs(true), 1)

    errors = [error(true, guess) for true, guess in zip(truth, predicted) if not isnan(true)]
    return sum(errors) / len(errors)
    ### END SOLUTION


def average_precision(shown, relevant):
    """The precision at the first place of each relevant product, summed, divided by the number of all relevant products."""
    ### BEGIN SOLUTION
    seen, total = set(), 0
    for place, item in enumerate(shown, start=1):
        if item in relevant and item not in seen:
            seen.add(item)
            total += len(seen) / place
    return total / len(relevant) if relevant else 0
    ### END SOLUTION


# %% role="claim"
assert average_precision(["a", "x", "a", "b"], {"a", "b", "c"}) == 0.5
assert macro_f1(["a", "a", "b"], ["a", None, "c"]) == 1 / 3
assert auc_within_days([1, 0, 1, 0], [9, 9, 2, 5], [1, 1, 2, 2]) == 0.25
assert capped_mape([10, 0, nan], [12, 3, 5]) == 0.6

# %% [markdown]
# ## What to take along
#
# | metric | answers | misleads where |
# |---|---|---|
# | accuracy | how many rows are right? | a class is rare, or mistakes differ in cost |
# | precision, recall | can an alarm be believed? is all found? | one is read without the other |
# | F1, macro F1 | both at once; each class alike | costs differ; a class has few rows |
# | AUC | are scores in the right order? | only the top is used, or scores are read as probabilities |
# | average precision | is the top of the list right? | two lists with other shares of 1 are compared |
# | MAE, WAPE | how large is a typical error? | numbers are added up: it wants the median |
# | RMSE | how large, if large errors count more? | a few true numbers are typing errors |
# | R² | how much better than the mean? | sets of rows are compared |
# | MAPE | how large, as a share of the truth? | the truth is near 0; low guesses are safe |
#
# **Next:** [05c Thresholds](../05c_thresholds/05c_thresholds.ipynb) makes decisions of scores: where to set the
# threshold, what it costs, and whether a score is a probability.
#
# Ready to hand in? Save, then press *Validate* in the toolbar.
#
# **Read on.** scikit-learn's guide to [metrics and scoring](https://scikit-learn.org/stable/modules/model_evaluation.html).
# Rob Hyndman and George Athanasopoulos, [*Forecasting: Principles and Practice*](https://otexts.com/fpp3/accuracy.html), on
# the accuracy of forecasts.
