"""Assignment: even, sticky, independent between experiments, and the same in SQL."""

import hashlib

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, kstest

from dataml_lab.experiments.assign import assign, fraction_sql, fractions
from dataml_lab.experiments.split import split_of

USERS = range(20_000)


def test_arms_have_their_shares_and_fractions_are_even():
    assert kstest(fractions(USERS, "one"), "uniform").pvalue > 0.001
    assert not split_of(*assign(USERS, "one").value_counts()[["control", "treatment"]]).broken
    counts = assign(USERS, "one", {"a": 0.7, "b": 0.2, "c": 0.1}).value_counts()
    assert np.abs(counts[["a", "b", "c"]] / len(USERS) - [0.7, 0.2, 0.1]).max() < 0.01


def test_neighbours_and_days_of_registration_are_as_even():
    arms = assign(USERS, "one") == "treatment"
    for part in (arms[:100], arms[::7], arms[-3_000:]):
        assert abs(part.mean() - 0.5) < 4 * 0.5 / len(part) ** 0.5


def test_experiments_are_independent():
    table = pd.crosstab(assign(USERS, "one"), assign(USERS, "two"))
    assert chi2_contingency(table).pvalue > 0.001


def test_an_arm_stays_whatever_the_order_the_process_and_the_type_of_the_id():
    shuffled = pd.Series(USERS).sample(frac=1, random_state=1)
    assert (assign(shuffled, "one").sort_index().to_numpy() == assign(USERS, "one").to_numpy()).all()
    assert fractions(["7"], "one") == fractions([7], "one")
    digest = hashlib.sha256(b"one/7").digest()
    assert fractions([7], "one")[0] == (int.from_bytes(digest[:8], "big") >> 12) / 2**52


def test_a_larger_share_moves_nobody_out_of_treatment():
    small, large = (assign(USERS, "one", {"control": 1 - share, "treatment": share}) for share in (0.1, 0.5))
    assert (large[small == "treatment"] == "treatment").all()


def test_duckdb_computes_the_same_fraction():
    users = pd.DataFrame({"user_id": ["7", "O'Brien", "ü", "a/b"]})
    fraction = fraction_sql("user_id", "it's new")
    with duckdb.connect() as connection:
        connection.register("users", users)
        found = connection.sql(f"SELECT {fraction} FROM users").fetchall()
    assert [one for one, in found] == fractions(users["user_id"], "it's new").tolist()


def test_what_can_not_be_assigned_is_refused():
    with pytest.raises(ValueError, match="must add up to 1"):
        assign(USERS, "one", {"control": 0.5, "treatment": 0.6})
    with pytest.raises(ValueError, match="none may be negative"):
        assign(USERS, "one", {"control": 1.5, "treatment": -0.5})
    with pytest.raises(ValueError, match="The salt is empty"):
        assign(USERS, "")
    with pytest.raises(ValueError, match="missing in 1 of 3 rows, first in row 1"):
        assign(["a", None, "b"], "one")
