"""The model of lesson 07: the probability that a payment of the shop is fraudulent, and the rows that it takes."""

from typing import TYPE_CHECKING

import pandas as pd

from dataml_lab.evaluation.payments import FEATURES, payments
from dataml_lab.serving.schema import Column, Schema
from dataml_lab.store import mechanisms

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

FLAG = 0.05  # the score from which on a payment is flagged: about 4 % of them
SCHEMA = Schema((
    Column("amount", "number", 0, 100_000),  # EUR
    Column("night", "whole", 0, 1),  # 1 from 0 to 6 o'clock where the customer is
    Column("country_mismatch", "whole", 0, 1),  # 1 if the card is of another country than the customer
    Column("account_days", "number", 0, 10_000),
    Column("attempts", "whole", 1, 100),
))  # fmt: skip


def trained(rows: int = 20_000, seed: int = 1) -> "Pipeline":
    """A logistic regression on standardised `FEATURES`, fitted to so many payments of `evaluation.payments`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = payments(rows, seed)
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(table[FEATURES], table["is_fraud"])


def rows_of(paid: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    """The row of each payment of the Store, as `SCHEMA` has it, by `payment_id`, in the order of `paid`.

    `night` is by the clock of the customer's country. KeyError for a payment of a customer who isn't in `users`.

    >>> from dataml_lab.store import Store
    >>> store = Store()
    >>> rows_of(store.payments, store.users).round(1).loc[2].to_dict()
    {'amount': 140.0, 'night': 0.0, 'country_mismatch': 0.0, 'account_days': 90.8, 'attempts': 1.0}
    """
    who = users.set_index("user_id").loc[paid["user_id"]]
    ahead = who["country"].map({name: hours for name, (_, hours) in mechanisms.COUNTRIES.items()}).astype(int)
    hour = (paid["occurred_at"].dt.hour.to_numpy() + ahead.to_numpy()) % 24
    age = (paid["occurred_at"].array - who["signed_up_at"].array) / pd.Timedelta(days=1)
    return pd.DataFrame({"amount": paid["amount"].to_numpy(), "night": mechanisms.is_night(hour) * 1,
                         "country_mismatch": paid["country_mismatch"].to_numpy() * 1, "account_days": age,
                         "attempts": paid["attempts"].to_numpy()}, index=pd.Index(paid["payment_id"]))
