"""Exercise `features`: that its worlds are as told, and what its model makes of the label."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.features.features import features, gap, rank
from dataml_lab.checks.features.questions import TRAINING, auc, plain_features, world
from dataml_lab.checks.features.shop import DAY, before, buys
from tests.catalogued import catalogued


@pytest.mark.parametrize("seed", range(4))
def test_the_worlds_are_as_told(seed):
    made = world(seed)
    tx, users, as_of = made.history
    past = made.past.tx
    assert past.equals(before(tx, as_of)) and len(set(users)) == 12 and set(users) <= set(past["user_id"])
    assert (tx["occurred_at"] > as_of + 10 * DAY).any() and not (tx["occurred_at"] == as_of).any()
    today = tx[(tx["occurred_at"] >= as_of) & (tx["occurred_at"].dt.date == as_of.date())]
    assert set(users[:3]) <= set(today["user_id"])
    unknown = set(made.strangers.users) - set(users)
    assert made.stranger in unknown and len(unknown) > 1 and not unknown & set(past["user_id"])
    assert world(seed).history.tx.equals(tx)


def test_variants_differ_in_what_they_are_named_for():
    made = world(1)
    past, future = made.past.tx, made.variants["another future"]
    assert before(future.tx, made.as_of).equals(past) and not future.tx.equals(made.history.tx)
    assert made.variants["first orders"].tx["user_id"].is_unique
    assert (made.variants["orders at as_of"].tx["occurred_at"] == made.as_of).sum() == 3
    assert not set(made.variants["other ids"].tx["user_id"]) & set(past["user_id"])
    assert sorted(made.variants["another order"].tx["amount"]) == sorted(past["amount"])


def test_a_model_is_trained_in_the_history_and_predicts_in_a_server():
    made = world(1)
    for day, (tx, users, as_of) in made.model.items():
        assert as_of == made.shop.day(day) and (tx["occurred_at"].max() >= as_of) == (day in TRAINING)
        assert set(users) == set(before(tx, made.shop.day(80))["user_id"])
        assert made.labels[day].tolist() == buys(made.history.tx, users, as_of).tolist()


@pytest.mark.parametrize("seed", range(2))
def test_plain_features_are_better_than_what_is_demanded(seed):
    assert 0.7 < features.fair_world(seed).reference < 0.85


def test_a_model_that_is_given_the_label_ranks_all_and_one_that_is_given_nothing_none():
    labels = world(1).labels
    label, nothing = ({day: pd.DataFrame({"column": truth * factor}) for day, truth in labels.items()}
                      for factor in (1.0, 0.0))
    assert auc(label, labels) == 1 and auc(nothing, labels) == 0.5


def test_what_knows_the_label_is_measured_as_good_in_the_history_only():
    def answer(tx, users, as_of):
        found = plain_features(tx, users, as_of)
        return found.assign(a=0.0, b=0.0, label=buys(tx, users, as_of) * 1.0)

    fair = features.fair_world(1)
    measured = replace(features, world=lambda seed: fair).judge({"features": answer}, [1]).measured.splitlines()
    name, history, server = measured[-2].split()[:3]
    assert (name, float(history), float(server)) == ("'label'", 1.0, 0.5) and measured[-2].endswith("knows the future")
    assert sum("knows the future" in line for line in measured) == 1


def test_what_knows_the_future_earns_nothing_for_its_prediction():
    """Features that leaked in four of five columns once got 10 of 13 points, two of them for their AUC."""
    verdict = features.judge(catalogued("features", "wrong_end_of_day"), [1])
    leak, auc = verdict.findings[4], verdict.findings[-1]
    assert (leak.outcome, auc.outcome, auc.earned) == ("fails", "not judged", 0) and leak.property in auc.sentence


def test_a_column_that_is_another_turned_round_is_not_one_more():
    """That a constant is part of such a sum was once said neither in the prompt nor in the verdict."""
    days = pd.DataFrame({"days": [3.0, 8.0, 1.0, 4.0], "orders": [1.0, 2.0, 2.0, 5.0]})
    assert rank(days) == rank(days.assign(fresh=100 - days["days"])) == 2


@pytest.mark.parametrize(("value", "told"), [
    (np.nan, "nan in the column 'a' for user 8: each value must be a finite number"),
    (-np.inf, "-inf in the column 'a' for user 8: each value must be a finite number"),
    (1e205, "1e+205 in the column 'a' for user 8: each value must be below 1e+100"),
])
def test_a_gap_is_told_by_what_it_is(value, told):
    """What is missing was once said to be no number below 1e+100."""
    assert told in gap(pd.DataFrame({"a": [1.0, value]}, index=[7, 8]))


@pytest.mark.parametrize("columns", range(1, 6))
def test_the_rank_is_how_many_columns_were_made_independently(columns):
    made = np.random.default_rng(columns).normal(size=(200, columns))
    mixed = made @ np.random.default_rng(9).normal(size=(columns, 6)) * 10.0 ** np.arange(-3, 3) + 5
    assert rank(pd.DataFrame(made)) == rank(pd.DataFrame(mixed)) == columns
    assert rank(pd.DataFrame(made * 0)) == 0
