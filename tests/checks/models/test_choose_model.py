"""Exercise `choose_model`: that its shops are what they are told to be, and that a model's length is counted by what it
says, whatever its class."""

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from dataml_lab.checks import practice
from dataml_lab.checks.models.choose_model import NEEDED, choose_model, size
from dataml_lab.checks.models.shops import auc, shops
from tests.catalogued import catalogued


def reached(shop, model):
    return shop.reached(model.fit(shop.X, shop.y).predict_proba(shop.asked)[:, 1])


def boosting():
    return LGBMClassifier(num_leaves=8, num_threads=1, verbose=-1)


def weighted():
    return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in (1, 2))])
def test_what_is_needed_lies_between_the_right_model_and_the_wrong_one(seed):
    world = shops(seed)
    right, wrong = (np.mean([reached(shop, model()) for shop in world.few_rows]) for model in (weighted, boosting))
    assert right > NEEDED["few_rows"] + 0.03 and wrong < NEEDED["few_rows"], (right, wrong)
    right, wrong = reached(world.interactions, boosting()), reached(world.interactions, weighted())
    assert right > NEEDED["interactions"] + 0.05 and wrong < NEEDED["interactions"] - 0.3, (right, wrong)
    right, means = reached(world.holes, boosting()), world.holes.X.mean()
    filled = world.holes._replace(X=world.holes.X.fillna(means), asked=world.holes.asked.fillna(means))
    assert right > NEEDED["holes"] + 0.03 and reached(filled, weighted()) < NEEDED["holes"] - 0.1, right
    small = DecisionTreeClassifier(max_leaf_nodes=8, random_state=0)
    assert reached(world.by_hand, small) > NEEDED["by_hand"] + 0.03


@pytest.mark.parametrize("seed", range(3))
def test_briefs_tell_what_the_tables_are(seed):
    world = shops(seed)
    for shop in world.all:
        assert (shop.brief["rows"], shop.brief["columns"]) == shop.X.shape and set(shop.y) == {0, 1}
        assert (shop.brief["missing"] > 0) == shop.X.isna().any(axis=None) == (shop is world.holes)
        assert shop.brief["by_hand"] == (shop is world.by_hand) and 0.75 < shop.best < 0.97


def test_the_auc_is_that_of_scikit_learn_with_ties():
    random = np.random.default_rng(1)
    truth, said = random.integers(0, 2, 300), random.integers(0, 9, 300)
    assert auc(truth, said) == pytest.approx(roc_auc_score(truth, said))


def counted(model, columns=None):
    """The size of a model that is fitted to a shop, or to some of its columns."""
    shop = shops(3).by_hand
    names = list(shop.X)[:columns]
    return size(shop.asked, model.fit(shop.X[names], shop.y).predict_proba(shop.asked[names])[:, 1])


def test_a_tree_is_as_long_as_it_has_leaves_and_a_sum_as_it_has_weights():
    small = counted(DecisionTreeClassifier(max_leaf_nodes=8, random_state=0))
    assert small.predictions <= 8 <= small.leaves <= 12 and small.readable and small.weights is None
    assert not counted(DecisionTreeClassifier(max_leaf_nodes=30, random_state=0)).readable
    for columns in (3, 5, 6, 10):
        found = counted(weighted(), columns)
        assert found.weights == columns and found.readable == (columns <= 5)
    assert counted(boosting()).weights is None and not counted(boosting()).readable


def test_rounded_to_eight_levels_boosting_is_as_long_as_before():
    shop = shops(3).by_hand
    levels = (boosting().fit(shop.X, shop.y).predict_proba(shop.asked)[:, 1] * 7).round() / 7
    found = size(shop.asked, levels)
    assert found.predictions <= 8 and found.leaves > 50 and not found.readable


def test_lines_for_the_person_who_reads_the_essay():
    verdict = choose_model.judge(catalogued("choose_model", "right_rules"), [1])
    lines = verdict.measured.splitlines()
    assert len(lines) == 8 and lines[0].split() == [
        "rows", "columns", "missing", "by_hand", "AUC", "best", "reached", "predictions", "weights"]


@pytest.mark.parametrize(("value", "told"), [
    (np.ones(3), "an array of 1200 rows and two columns"), ("no", "an array of")])
def test_what_gives_no_probabilities_is_told_in_words(value, told):
    class Odd:
        def fit(self, X, y):
            return self

        def predict_proba(self, X):
            return value

    verdict = choose_model.judge({"choose_model": lambda brief: Odd()}, [1])
    assert verdict.earned == 0 and told in " ".join(str(verdict).split())


@pytest.mark.parametrize("prop", choose_model.properties, ids=lambda prop: prop.name)
def test_a_call_to_paste_runs_in_a_practice_world(prop):
    exec(prop.call, catalogued("choose_model", "right_rules") | {"world": practice("choose_model")})
