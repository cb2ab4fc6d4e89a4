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
# # 03d Encoding: clocks, ratios, texts, categories
#
# [Part 03c](../03c_leaks/03c_leaks.ipynb) asked whether a feature knows the future. A model needs numbers. This
# part turns moments, counts, texts and categories into numbers, and into the same ones in training and in the server.
#
# **After this part you will be able to**
#
# - compute an hour or a weekday on the right clock;
# - say what the rate of a customer without orders is, and how far to trust a rate of few orders;
# - turn a text into numbers;
# - encode a category, with its rare, unseen and missing values, the same in training and in serving;
# - encode a category of many values by its past, and say what goes wrong when the future is in it.
#
# **You need** parts 03a to 03c, and about 70 minutes: 40 for the text and 30 for the exercise.
# [Part 03b](../03b_good_features/03b_good_features.ipynb) defines AUC and logistic regression.

# %%
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dataml_lab.features import columns
from dataml_lab.features.encode import Categories, ShrunkRatio
from dataml_lab.store import Store, mechanisms

plt.style.use("dataml_lab.workbook")
store = Store()
orders = store.orders[store.orders["status"] == "completed"]
sold = orders.merge(store.products, on="product_id").merge(store.users[["user_id", "country"]], on="user_id")
sold["returned"] = sold["order_id"].isin(store.returns["order_id"])  # whether the order was sent back later

# %% [markdown]
# ## Clocks
#
# Hour, weekday and weekend are read from a *clock*. The table holds moments in UTC, and customers in different
# countries have other clocks. Whether an order was placed at night is a question about the customer's clock.
#
# `columns.calendar`, a function of the workbook's package, reads a clock. It needs the zone of each row, here as hours
# ahead of UTC.

# %%
hours_ahead = {country: ahead for country, (_, ahead) in mechanisms.COUNTRIES.items()}
zone = sold["country"].astype(str).map(hours_ahead).map("{:+03d}:00".format)  # such as -05:00
in_utc = columns.calendar(sold["occurred_at"], "UTC")
local = columns.calendar(sold["occurred_at"], zone)

# %% [markdown]
# Here are five orders from the US around a Sunday's midnight, with the hour and the weekend (1 is yes) by both clocks.

# %%
american = sold["country"] == "US"
sunday_night = american & sold["occurred_at"].between("2025-06-22 19:00", "2025-06-23 14:00")
both = pd.DataFrame({"UTC": sold["occurred_at"], "hour in UTC": in_utc["hour_of_day"],
                     "local hour": local["hour_of_day"], "weekend in UTC": in_utc["is_weekend"],
                     "local weekend": local["is_weekend"]})
both[sunday_night].set_index("UTC").astype(int)

# %% role="claim"
assert len(both[sunday_night]) == 5
assert both.loc[sunday_night, "local weekend"].sum() - both.loc[sunday_night, "weekend in UTC"].sum() == 2

# %% [markdown]
# The two clocks are five hours apart. Two of the five orders are on a Sunday by the customer's clock, and on a Monday
# by UTC.
#
# A feature "ordered at night" (hours 0 to 5) differs as well. This is the share of orders placed at night, for each
# country.

# %%
night = pd.DataFrame({"in UTC": in_utc["hour_of_day"] < 6, "on the customer's clock": local["hour_of_day"] < 6})
night = night.groupby(sold["country"].astype(str)).mean()
night.map("{:.1%}".format)

# %%
hourly = pd.DataFrame({"in UTC": in_utc.loc[american, "hour_of_day"].value_counts(normalize=True),
                       "on the customer's clock": local.loc[american, "hour_of_day"].value_counts(normalize=True)})
hourly = hourly.reindex(range(24)).fillna(0)

# %% role="figure" alt="Two lines over the hour of the day, for the orders of US customers. Both have a peak. By UTC it is at hour 1, within the night; on the customers' own clocks it is at hour 20."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for name, style in (("in UTC", "--"), ("on the customer's clock", "-")):
    axes.plot(hourly.index, hourly[name], style, label=name)
axes.axvspan(-0.5, 5.5, color="0.92", zorder=0)
axes.text(0, 0.112, "night", color="0.4")
axes.set(xlabel="hour of the day", ylabel="share of US orders", xlim=(-0.5, 23.5), ylim=(0, 0.125),
         title="By UTC, a third of the US orders are placed at night")
axes.set_yticks([0, 0.05, 0.1], ["0", "5%", "10%"])
axes.legend(loc="upper center")
plt.show()

# %% [markdown]
# **Read the figure.** The dashed line shows the orders of US customers by the hour in UTC, the other by their own
# clocks. They are the same orders, five hours apart. By UTC 32.3% of them are placed at night, by the customers' own
# clocks 5.2%.

# %% role="claim"
assert night.loc["US"].round(3).tolist() == [0.323, 0.052]
assert (in_utc.loc[american, "hour_of_day"] - local.loc[american, "hour_of_day"]).isin([5, -19]).all()
assert hourly.idxmax().tolist() == [1, 20]

# %% [markdown]
# > **Tip.** This shop has one fixed offset for each country. For real customers use the names of time zones, such as
# > `America/New_York`, because most clocks change twice a year.
#
# ## Ratios
#
# What share of their orders does a customer send back? A customer without orders would cause a division by zero.
#
# A common guard is [`clip(lower=1)`](https://pandas.pydata.org/docs/reference/api/pandas.Series.clip.html), which
# replaces 0 orders by 1. Here are five customers, with their orders and returns of one month.

# %%
counts = pd.DataFrame({"orders": [0, 0, 1, 3, 40], "returns": [0, 3, 1, 0, 4]})
rates = counts.assign(clipped=counts["returns"] / counts["orders"].clip(lower=1),
                      ratio=columns.ratio(counts["returns"], counts["orders"]))
rates

# %% role="claim"
assert rates["clipped"].tolist() == [0, 3, 1, 0, 0.1] and rates["ratio"].isna().tolist() == [True, True] + [False] * 3

# %% [markdown]
# The guard makes the first customer, who ordered nothing, look perfect. `columns.ratio` says that a rate of no orders
# is missing.
#
# The guard gives the second customer a rate of 3.0: their returns of this month belong to orders of last month. So
# count the returns *of these orders*. No formula repairs a wrong count, and this customer is left out below.
#
# The third customer has one order and returned it. A rate of 1.0 would mean that they return every later order, too.
# A *shrunk* ratio (also called *additive smoothing*) adds ten imaginary orders that are returned at the usual rate.
#
# $$\frac{\text{returns} + 10 \times \text{usual rate}}{\text{orders} + 10}$$
#
# The usual rate is learned from past orders. Let today be 5 May. A return comes up to three weeks after the order, so
# to be safe we take the orders that are at least 30 days old, those before 5 April.

# %%
today = pd.Timestamp("2025-05-05", tz="UTC")
known = sold[sold["occurred_at"] < today - pd.Timedelta(30, "D")]
history = known.groupby("user_id")["returned"].agg(returns="sum", orders="size")
shrunk = ShrunkRatio(strength=10).set_output(transform="pandas").fit(history)  # "pandas": returns a data frame
rates = rates.drop(index=1)
rates["shrunk"] = shrunk.transform(rates[["returns", "orders"]])
print(f"usual rate {shrunk.prior_[0]:.3f}")
rates.round(3)

# %% role="claim"
sent_back = store.returns.merge(store.orders, on="order_id", suffixes=("", "_of_order"))
days_to_return = (sent_back["occurred_at"] - sent_back["occurred_at_of_order"]) / pd.Timedelta(1, "D")
assert 20 < days_to_return.max() < 22
assert round(shrunk.prior_[0], 3) == 0.096
assert rates["shrunk"].round(3).tolist() == [0.096, 0.179, 0.074, 0.099]

# %% [markdown]
# For the third customer the shrunk ratio is (1 + 0.96) / (1 + 10) = 0.18. For the last one, with 40 orders, it is 0.099, close to
# the plain 0.100. The more orders a customer has, the more the customer's own rate counts.
#
# ## Texts
#
# Does a product's description tell whether the product will be sent back? The length and the number of words are easy
# to compute. `columns.text` counts both.

# %%
size = columns.text(sold["description"])
pd.DataFrame({"AUC": {name: roc_auc_score(sold["returned"], size[name]) for name in ("length", "words")}}).round(3)

# %% role="claim"
assert [round(roc_auc_score(sold["returned"], size[name]), 2) for name in ("length", "words")] == [0.52, 0.53]

# %% [markdown]
# The AUC is near 0.5, which is guessing: the length says next to nothing. Phrases say more. `columns.phrases` gives 1
# where a text has a phrase and 0 elsewhere.
#
# In a real shop the people who handle the returns suggest such phrases. Here are five, with the share of orders sent
# back among the products that have the phrase.

# %%
has = columns.phrases(sold["description"], list(mechanisms.PHRASES))
by_phrase = pd.Series({phrase: sold.loc[has[phrase] == 1, "returned"].mean() for phrase in has}).sort_values()
by_phrase.map("{:.1%}".format)

# %% role="figure" alt="Five bars: the share of orders sent back, for products with each phrase. Runs small has about twice the share of all orders, bestseller about half of it; fragile and assembly required are above all orders, tried and tested below."
# The code of this figure.
everything = sold["returned"].mean()
figure, axes = plt.subplots(figsize=(8, 2.8))
bars = axes.barh(by_phrase.index, by_phrase, color=["C0" if rate < everything else "C1" for rate in by_phrase])
axes.bar_label(bars, [f"{rate:.1%}" for rate in by_phrase], padding=4)
axes.axvline(everything, color="black", linestyle=":")
axes.text(everything + 0.002, -0.35, f"all orders {everything:.1%}")
axes.set(xlim=(0, 0.21), xlabel="share of orders sent back",
         title="Products that run small are sent back twice as often as the average")
axes.set_xticks([0, 0.05, 0.1, 0.15, 0.2], ["0", "5%", "10%", "15%", "20%"])
axes.grid(visible=False)
plt.show()

# %% [markdown]
# **Read the figure.** Each bar is the share of orders sent back among products whose description has this phrase. The
# dotted line is the share of all orders, 9.2%. Products that run small have twice that share, bestsellers less than
# half of it.
#
# (The usual rate above, 9.6%, is that of the orders before 5 April.)

# %% role="claim"
assert round(sold["returned"].mean(), 3) == 0.092 and 1.9 < by_phrase["runs small"] / sold["returned"].mean() < 2.1
assert 0.4 < by_phrase["bestseller"] / sold["returned"].mean() < 0.5

# %% [markdown]
# A [logistic regression](https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression) gives each
# phrase a weight, and adds up the weights of the phrases that are there. We fit it to the orders whose outcome is
# known on 5 May, and measure it on the orders of 5 to 31 May.

# %%
new = sold[sold["occurred_at"].between(today, pd.Timestamp("2025-06-01", tz="UTC"), inclusive="left")]
by_phrases = LogisticRegression().fit(has.loc[known.index], known["returned"])
chance = by_phrases.predict_proba(has.loc[new.index])[:, 1]
print(f"AUC {roc_auc_score(new['returned'], chance):.3f}, "
      f"of the length {roc_auc_score(new['returned'], size.loc[new.index, 'length']):.3f}")
pd.Series(by_phrases.coef_[0], has.columns, name="weight").round(2).to_frame()

# %% role="claim"
assert round(roc_auc_score(new["returned"], chance), 2) == 0.67
assert round(roc_auc_score(new["returned"], size.loc[new.index, "length"]), 2) == 0.52
assert dict(zip(has.columns, by_phrases.coef_[0].round(2)))["runs small"] == 1.07
assert dict(zip(has.columns, by_phrases.coef_[0].round(2)))["bestseller"] == -0.67

# %% [markdown]
# A weight above 0 makes a return more likely, a weight below 0 less likely. For a product with both "runs small" and
# "bestseller" in its description, 1.07 − 0.67 = 0.40 is added to the constant of the regression. On these orders five
# phrases give an AUC of 0.67, the length 0.52.

# %% [markdown]
# ## Categories
#
# A *category* is a value from a list, such as a country, a product or a courier. The values have no order, and none is
# twice another. If we number them, books 0, garden 1 and toys 2, a logistic regression gives toys twice what it gives
# garden.
#
# ### One column per value
#
# *One-hot encoding* makes a column for each value: 1 where the row has this value, 0 elsewhere. Here are five orders,
# one of a product without a category. pandas does this with
# [`get_dummies`](https://pandas.pydata.org/docs/reference/api/pandas.get_dummies.html).

# %%
five = pd.DataFrame({"category": ["books", "toys", "books", "garden", None]})
five.join(pd.get_dummies(five["category"], dtype=int))

# %% [markdown]
# The order without a category (pandas shows it as NaN) has 0 in every column.
#
# `get_dummies` looks at the rows it is given, and makes the columns that these rows need. In a server it is given a
# single request.

# %%
request = pd.DataFrame({"category": ["toys"]})
pd.get_dummies(request["category"], dtype=int)

# %% [markdown]
# Training had three columns, and this request has one. A model that was trained on three columns can't be called with
# one. So an encoder must learn its columns once, from the training data, and keep them.
#
# ### Unseen and missing values
#
# A server will meet a category that training didn't have, and one that is missing. `Categories` learns its columns in
# `fit`, and adds two: `other` for values that it doesn't know, and `missing`.

# %%
fitted = Categories().set_output(transform="pandas").fit(five)
served = pd.DataFrame({"category": ["toys", "furniture", None]})
served.join(fitted.transform(served).astype(int)).T

# %% role="claim"
assert fitted.transform(served).to_numpy().tolist() == [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]

# %% [markdown]
# Each row has exactly one 1, and the columns are the same for any rows.
#
# > **Tip.** scikit-learn's
# > [`OneHotEncoder(handle_unknown="ignore")`](https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.OneHotEncoder.html)
# > gives an unseen value 0 in every column, and has a column for missing values only if training had some. With
# > `min_frequency=20, handle_unknown="infrequent_if_exist"`, rare and unseen values share a column.
#
# ### Rare values
#
# A value that few rows have says little. Take the customer as a category, and the share of a customer's orders that
# were sent back. Here are the lowest and the highest share among customers with few and with many orders.

# %%
per_customer = known.groupby("user_id")["returned"].agg(orders="size", share="mean")
groups = pd.cut(per_customer["orders"], [0, 1, 5, 20, 1000], labels=["1", "2 to 5", "6 to 20", "over 20"])
spread = per_customer.groupby(groups, observed=True)["share"].agg(["size", "min", "max"])
spread.rename(columns={"size": "customers", "min": "lowest share", "max": "highest share"}).round(2)

# %% role="claim"
assert spread["min"].tolist() == [0, 0, 0, 0] and spread["max"].round(2).tolist() == [1, 1, 0.43, 0.31]

# %% [markdown]
# A customer with one order has a share of 0 or 1, which says little about the next order. Among customers with over
# 20 orders the highest share is 0.31. If each rare value has a column of its own, the model learns chance results.
#
# So rare values are put together. `Categories(min_count=20)` gives a column only to a value of at least 20
# training rows; the others share the column `other`. So `other` has rows in training, and the model learns from them
# what to expect of a value that it doesn't know.
#
# ### Many values
#
# The number of different values is called *cardinality*. Here are four categories of an order.

# %%
names = {"country": "country", "category": "category", "product_id": "product", "user_id": "customer"}
cardinality = pd.DataFrame({"values": {name: known[column].nunique() for column, name in names.items()}})
cardinality["orders per value"] = len(known) / cardinality["values"]
cardinality.round(1)

# %% [markdown]
# With one column per value, each customer has a column that is 0 in nearly all rows. A model has to learn a thousand
# weights, each from a few orders. How many columns does a limit of 20 rows leave?

# %%
every, common = (Categories(min_count=least).fit(known[["user_id"]]) for least in (1, 20))
print(f"{len(every.get_feature_names_out()):,} columns; with min_count=20: {len(common.get_feature_names_out())}")

# %% role="claim"
assert cardinality["values"].tolist() == [6, 6, 200, 1078] and cardinality["orders per value"].round()["customer"] == 4

# %% [markdown]
# With the limit the regular customers keep a column, and all the others look alike.
#
# Two encodings make one column of such a category, whatever its cardinality.
#
# | encoding | the number is | five rows: lamp, lamp, vase, lamp, mug |
# |---|---|---|
# | frequency encoding | the share of the training rows that have this value | 0.6, 0.6, 0.2, 0.6, 0.2 |
# | target encoding | the mean of the target in the training rows with this value | see the next table |
#
# *Frequency encoding* says whether a value is common. It uses no outcome, so no outcome can leak into it. But two
# values of the same share, such as vase and mug, look alike.
#
# ### Target encoding
#
# The *target* is the outcome that a model predicts, here whether an order is sent back. *Target encoding* replaces a
# value by the mean target of its rows: a product by the share of its orders that were sent back.
#
# Here are five orders, in order of time, and the encoding computed in two ways.

# %%
example = pd.DataFrame({"product": ["lamp", "lamp", "vase", "lamp", "mug"], "returned": [1, 0, 1, 0, 0]})
by_product = example.groupby("product")["returned"]
example["mean of all rows"] = by_product.transform("mean")
example["mean of earlier rows"] = by_product.transform(lambda returned: returned.shift().expanding().mean())
example.round(2)

# %% role="claim"
assert example["mean of all rows"].round(2).tolist() == [0.33, 0.33, 1, 0.33, 0]
assert example["mean of earlier rows"].fillna(-1).tolist() == [-1, 1, -1, 0.5, -1]

# %% [markdown]
# The mean of all rows contains the row's own outcome. The vase has one order, which was sent back, so its encoding is
# 1.00: the encoding *is* the outcome. The mug's is 0.00 for the same reason.
#
# The mean of earlier rows doesn't contain the row's own outcome. The first order of each product has no earlier row
# (NaN in the table); an encoder gives it the usual rate.
#
# A server knows the outcome of an earlier row only after the outcome has come. Here a return comes up to three weeks later. So
# the means are fitted on the rows whose outcome is known, as the next cell does.
#
# ### Fit it on the past only
#
# Now the shop, on 5 May. We encode the orders of 5 to 31 May by the shares sent back of country, category, product and
# customer: once fitted on all orders in the table, once on those whose outcome is known on 5 May.


# %%
def encoded(rows, column, fitted_on):
    """For each row the share sent back among the orders of `fitted_on` with the same value, else the usual share."""
    shares = fitted_on.groupby(column, observed=True)["returned"].mean()
    return rows[column].map(shares).astype(float).fillna(fitted_on["returned"].mean())


# %%
auc = pd.DataFrame({what: {name: roc_auc_score(new["returned"], encoded(new, column, fitted_on))
                           for column, name in names.items()}
                    for what, fitted_on in (("fitted on all", sold), ("fitted on the past", known))})
cardinality[["values"]].join(auc).round(3)

# %% role="figure" alt="Four lines, for country, category, product and customer. Each joins the AUC of the encoding fitted on the past, a dot, with that fitted on all orders, a diamond. For country and category the two are at the same place, for product 0.70 and 0.78, for customer 0.52 and 0.81."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
labels = [f"{name} ({values:,} values)" for name, values in cardinality["values"].items()]
for place, (_, scores) in enumerate(auc[::-1].iterrows()):
    axes.plot(scores, [place, place], color="0.7", zorder=1)
    axes.scatter(scores["fitted on all"], place, color="C1", marker="D", s=50, label=None if place else "fitted on all")
    axes.scatter(scores["fitted on the past"], place, color="C0", s=50, label=None if place else "fitted on the past")
axes.axvline(0.5, color="0.5", linestyle=":")
axes.text(0.503, 3.4, "guessing", color="0.4")
axes.set_yticks(range(len(auc)), labels[::-1])
axes.set(xlabel="AUC of the encoding alone, on the orders of 5 to 31 May", ylim=(-0.5, 3.8),
         title="Fitted on all orders, product and customer look too good")
axes.legend(loc="center right")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each line is a column: the diamond is the AUC when the encoding was fitted on all orders, the
# dot when it was fitted on the past. For country and category both are at nearly the same place: each value has
# hundreds of orders, and one outcome changes little. For customers the AUC falls from 0.808 to 0.522: a customer has
# few orders, so one outcome is much of the mean.
#
# The category alone gives an AUC of 0.67, as much as the five phrases.

# %% role="claim"
assert auc["fitted on all"].round(3).tolist() == [0.508, 0.67, 0.776, 0.808]
assert cardinality.loc[["country", "category"], "orders per value"].min() > 700
assert auc["fitted on the past"].round(3).tolist() == [0.509, 0.669, 0.696, 0.522]

# %% [markdown]
# A model that is trained with the leaky encoding relies on it. The server has only the past, so the model promises
# more than it delivers, as with the leaks of part 03b.
#
# > **Tip.** scikit-learn's
# > [`TargetEncoder`](https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.TargetEncoder.html)
# > draws the means of rare values towards the usual one, and its `fit_transform` encodes each training row by other
# > rows. It doesn't know about time: give it the past only.
#
# ### Which encoding?
#
# | encoding | good for | must be fitted on | risk |
# |---|---|---|---|
# | one column per value | up to some dozens of values | training data | fitted again in the server, it has only the columns of that request |
# | the same, with rare values as `other` | a few common values and many rare ones | training data | with a high limit most values look alike |
# | frequency encoding | many values, where common and rare differ | training data | different values look alike |
# | target encoding | many values with many rows each | rows whose outcome is known | it contains the outcome of the row |
#
# In the exercise you use the first three.

# %% [markdown] role="prompt" exercise="encoder"
# ### Exercise: an encoder for training and serving ({{points}}, about 30 minutes)
#
# A model of delivery times is trained on a table of past deliveries, and is asked about one delivery at a time. Write
# the encoder for both places. The training data decide once what each column means.
#
# `class Encoder` is made without arguments and has two methods. Both take a DataFrame of deliveries with the columns
# `weather` and `courier`, and others that don't matter. A value is text or missing (`None` or `NaN`).
#
# | call | does |
# |---|---|
# | `fit(deliveries)` | learns from the training data; what it returns doesn't matter |
# | `transform(deliveries)` | returns a DataFrame of numbers: a row per delivery, with the same index, in the same order |
#
# `weather` has few values and becomes a column per value. `courier` has many and becomes one number.
#
# | column, in this order | is |
# |---|---|
# | `weather=clear` and so on | 1 where this is the weather, else 0: a column for each value of at least 5 training rows, in the order of `sorted` |
# | `weather=other` | 1 where the weather occurred in fewer than 5 training rows, or never |
# | `weather=missing` | 1 where it is missing |
# | `courier_share` | this courier's share of all training rows; 0 for an unseen courier, and where it is missing |
# | `courier_missing` | 1 where the courier is missing |
#
# **First step:** write `fit`. Count the training rows of each weather and of each courier, and keep both counts.
#
# - The columns are the same for any deliveries: one, many, none, or all of one kind.
# - `transform` learns nothing: a delivery alone gets the numbers that it gets among others.
# - `fit` learns anew, and forgets what an earlier call learned.
# - The texts `"missing"`, `"other"` and `"nan"` are values like any other. (No weather that gets a column is called
#   `"missing"` or `"other"`. A weather `"nan"` of 5 rows gets the column `weather=nan`.)
# - `deliveries` stays as it was. `fit` gets at least one row in which both are known.
#
# An example: training has 6 deliveries by A in clear weather, 3 by B in snow, and one whose weather and courier are
# missing. Then `transform` of one delivery by B in clear weather gives
#
# | column | value |
# |---|---:|
# | `weather=clear` | 1 |
# | `weather=other` | 0 |
# | `weather=missing` | 0 |
# | `courier_share` | 0.3 |
# | `courier_missing` | 0 |
#
# {{properties}}

# %% role="answer" exercise="encoder"
import pandas as pd


class Encoder:
    """Weather and courier of a delivery as numbers, the same ones in training and in serving."""

    def __init__(self):
        self.known, self.shares = [], pd.Series(dtype=float)  # or whatever you want to keep

    def fit(self, deliveries):
        """Learns from training data which weathers there are, and how many deliveries each courier has."""
        ### BEGIN SOLUTION
        counts = deliveries["weather"].value_counts()
        self.known = sorted(counts[counts >= 5].index)
        self.shares = deliveries["courier"].value_counts() / len(deliveries)
        ### END SOLUTION

    def transform(self, deliveries):
        """A row of numbers for each delivery."""
        ### BEGIN SOLUTION
        weather, courier = deliveries["weather"], deliveries["courier"]
        columns = {f"weather={value}": weather == value for value in self.known}
        columns["weather=other"] = weather.notna() & ~weather.isin(self.known)
        columns["weather=missing"] = weather.isna()
        columns["courier_share"] = courier.map(self.shares).astype(float).fillna(0.0)
        columns["courier_missing"] = courier.isna()
        return pd.DataFrame(columns, index=deliveries.index).astype(float)
        ### END SOLUTION


# %% [markdown]
# ## What to take along
#
# - An hour or a weekday belongs to a clock: say to whose.
# - The rate of no orders is missing. A rate of few orders is shrunk towards the usual one.
# - An encoder learns its columns once, from training data, and has a place for rare, unseen and missing values.
# - Target encoding is fitted on the past only, on rows whose outcome is known at that moment.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Next:** [03e](../03e_skew/03e_skew.ipynb) measures what happens when training and serving compute a feature
# differently. **Back:** [03c](../03c_leaks/03c_leaks.ipynb).
