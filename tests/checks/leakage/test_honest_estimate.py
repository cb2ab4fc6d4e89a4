"""Exercise honest_estimate: that tables are as the prompt says, and that in each one mistake alone ruins the claim."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, KFold

from dataml_lab.checks.leakage.honest_estimate import MAY_MISS, SAME, honest_estimate
from dataml_lab.checks.leakage.tables import (
    CHOSEN,
    FOLDS,
    fitted,
    medians,
    more_ones,
    strength,
    values,
    without_copies,
)
from tests.catalogued import catalogued

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]


def claim(rows, splits):
    """The mean AUC over splits of the rows."""
    X, y = values(rows), rows["accepted"].to_numpy()
    return np.mean([roc_auc_score(y[tested], fitted(X[known], y[known], X[tested])) for known, tested in splits])


def by_customer(rows):
    """Folds of customers."""
    return GroupKFold(FOLDS).split(rows, groups=rows["customer"])


def rows_dealt(rows):
    """Folds of rows."""
    return KFold(FOLDS, shuffle=True, random_state=0).split(rows)


def chosen_outside(rows):
    """The rows with the columns that differ most in all of them."""
    X = values(rows)
    best = np.argsort(-strength(np.where(np.isnan(X), medians(X), X), rows["accepted"].to_numpy()))[:CHOSEN]
    return rows[["customer", *rows.columns[1:-1][np.sort(best)], "accepted"]]


def added_outside(rows):
    """The AUC by folds of rows to which new 1s were added before, each as a customer of its own."""
    X = np.where(np.isnan(values(rows)), medians(values(rows)), values(rows))
    X, y = more_ones((X - X.mean(axis=0)) / X.std(axis=0), rows["accepted"].to_numpy())
    who = np.concatenate([rows["customer"], -1 - np.arange(len(X) - len(rows))])
    return np.mean([roc_auc_score(y[tested], fitted(X[known], y[known], X[tested]))
                    for known, tested in GroupKFold(FOLDS).split(X, groups=who)])


@pytest.mark.parametrize("seed", SEEDS)
def test_in_each_table_one_mistake_alone_ruins_the_claim(seed):
    world = honest_estimate.fair_world(seed)
    wrong = {"wide": lambda rows: claim(chosen_outside(without_copies(rows)), by_customer(without_copies(rows))),
             "rare": lambda rows: added_outside(without_copies(rows)),
             "loyal": lambda rows: claim(without_copies(rows), rows_dealt(without_copies(rows))),
             "moved": lambda rows: claim(rows, by_customer(rows))}
    for place, mistaken in wrong.items():
        for name, table in vars(world).items():
            if name != "seed":
                reached = max(table.brings(table.scores), table.honest)
                assert (mistaken(table.rows) - reached > MAY_MISS) == (name == place), (place, name)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_is_that_of_scikit_learn(seed):
    table = honest_estimate.fair_world(seed).rare
    scores, _ = catalogued("honest_estimate", "right_pipeline")["honest_estimate"](table.rows, table.new)
    assert np.abs(scores - table.scores).max() < SAME / 1_000


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_are_as_the_prompt_says(seed):
    world = honest_estimate.fair_world(seed)
    for table in world.all:
        assert 180 <= len(table.rows) <= 600 and table.rows.index.tolist() == list(range(len(table.rows)))
        assert list(table.rows) == [*table.new, "accepted"] and table.new.columns[0] == "customer"
        assert table.new["customer"].is_unique
        assert not set(table.rows["customer"]) & set(table.new["customer"])
        assert table.rows.isna().to_numpy().any() and set(table.rows["accepted"]) == {0, 1}
    assert world.wide.rows.shape[1] - 2 > len(world.wide.rows) and world.rare.rows["accepted"].mean() == 0.15
    assert set(world.loyal.rows["customer"].value_counts()) == {3}
    assert len(world.moved.once) == 240 and len(world.moved.rows) == 432 and world.moved.rows["customer"].is_unique
