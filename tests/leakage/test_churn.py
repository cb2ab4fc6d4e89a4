"""Churn tables of the Store: what is known on the day, what only later, and the probability that is true."""

import numpy as np
import pandas as pd
import pytest

from dataml_lab.leakage.churn import HONEST, QUARTER, churn_table, left_within, true_probability
from dataml_lab.store import Store

OCTOBER, JANUARY = pd.Timestamp("2024-10-01", tz="UTC"), pd.Timestamp("2025-01-01", tz="UTC")


@pytest.fixture(scope="module")
def store():
    return Store(users=2_000, days=300, start="2024-07-01")


@pytest.fixture(scope="module")
def late(store):
    return churn_table(store, OCTOBER, JANUARY)


def test_honest_columns_and_the_label_are_the_same_at_every_export(store, late):
    on_the_day = churn_table(store, OCTOBER, OCTOBER)
    pd.testing.assert_frame_equal(late[["user_id", *HONEST, "leaves"]], on_the_day[["user_id", *HONEST, "leaves"]])
    assert on_the_day[["days_open", "cancellation_reason"]].isna().all(axis=None)
    assert (late["days_open"].notna() == late["leaves"]).all() and OCTOBER + QUARTER == JANUARY


def test_counts_and_days_are_those_of_a_loop(store, late):
    for row in late.sample(20, random_state=0).itertuples():
        visits = store.sessions.loc[store.sessions["user_id"] == row.user_id, "started_at"]
        assert row.visits_so_far == (visits < JANUARY).sum()
        assert row.visits_30d == visits.between(OCTOBER - pd.Timedelta(days=30), OCTOBER, inclusive="left").sum()
        newest = visits[visits < OCTOBER].max()
        assert (pd.isna(newest) and np.isnan(row.days_since_visit)) or abs(
            (OCTOBER - newest) / pd.Timedelta(days=1) - row.days_since_visit) < 0.06


def test_as_many_leave_as_the_true_probabilities_say(store, late):
    probability = true_probability(store, late["user_id"], OCTOBER)
    assert probability.min() > 0 and probability.max() <= 1
    expected, spread = probability.sum(), np.sqrt((probability * (1 - probability)).sum())
    assert abs(late["leaves"].sum() - expected) < 3 * spread


def test_a_lag_is_that_of_many_draws():
    random = np.random.default_rng(0)
    lags = 7 + random.exponential(10, (2, 50_000)).sum(axis=0)
    for days in (5.0, 10.0, 27.0, 60.0):
        assert abs((lags <= days).mean() - left_within(np.array([days]))[0]) < 0.01
