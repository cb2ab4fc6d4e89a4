"""The population of experiments: what customers do is the Store's, and the effect is the one that was asked for."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.experiments.shoppers import seen, shoppers
from dataml_lab.store import Store

STORE = Store(users=2_000, days=75)
BEGINS, DAYS = pd.Timestamp("2025-03-01", tz="UTC"), 14


@pytest.fixture(scope="module")
def people():
    return shoppers(STORE, "2025-03-01", DAYS, lift=0.2)


def test_what_they_do_in_control_is_what_the_store_has(people):
    ends = BEGINS + pd.Timedelta(days=DAYS)
    came = STORE.sessions[(STORE.sessions["started_at"] >= BEGINS) & (STORE.sessions["started_at"] < ends)]
    assert people["user_id"].tolist() == sorted(came["user_id"].unique()) and people.notna().all(axis=None)
    for user in people.sample(30, random_state=0).itertuples():
        orders = STORE.orders[STORE.orders["user_id"] == user.user_id]
        inside = orders[(orders["occurred_at"] >= BEGINS) & (orders["occurred_at"] < ends)]
        before = orders[(orders["occurred_at"] >= BEGINS - pd.Timedelta(days=DAYS)) & (orders["occurred_at"] < BEGINS)]
        assert user.bought == (len(inside) > 0) and user.spent == pytest.approx(inside["total"].sum())
        assert user.before == pytest.approx(before["total"].sum())
        first = came.loc[came["user_id"] == user.user_id, "started_at"].min()
        assert user.day == (first - BEGINS).days


def test_the_lift_is_as_asked_for_and_takes_nothing_away(people):
    rate = people["bought"].mean()
    assert people["new_bought"].mean() / rate - 1 == pytest.approx(0.2, abs=0.05)
    bought = people["bought"] == 1
    assert (people["new_bought"] >= people["bought"]).all()
    assert ((people["new_spent"] > 0) == people["new_bought"]).all()
    assert people.loc[bought, "new_spent"].equals(people.loc[bought, "spent"])
    none = shoppers(STORE, "2025-03-01", DAYS)
    assert none["new_spent"].equals(none["spent"]) and none["new_bought"].equals(none["bought"])
    with pytest.raises(ValueError, match="the lift must not be negative"):
        shoppers(STORE, "2025-03-01", DAYS, lift=-0.1)


def test_of_each_one_outcome_is_seen(people):
    arms = np.array(["control", "treatment", "holdout", None] * len(people), object)[:len(people)]
    log = seen(people, arms)
    assert log["arm"].value_counts().sum() == np.isin(arms, ["control", "treatment"]).sum()
    one = people.set_index("user_id").loc[log["user_id"]].reset_index()
    for name in ("bought", "spent"):
        assert log[name].equals(one[f"new_{name}"].where(log["arm"] == "treatment", one[name]))
