"""The worlds of lesson 04: drawn again from their seed, and best where the rule is known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from dataml_lab.models.worlds import TEST_ROWS, WORLDS, few_rows, holes, trend


@pytest.mark.parametrize("make", WORLDS.values(), ids=list(WORLDS))
def test_a_world_is_drawn_again_from_its_seed(make):
    one, again, other = make(3), make(3), make(4)
    assert one.X_train.equals(again.X_train) and one.y_test.equals(again.y_test) and one.best == again.best
    assert not one.X_train.equals(other.X_train)
    assert len(one.X_test) == len(one.y_test) == TEST_ROWS and len(make(3, rows=50).X_train) == 50
    assert one.name == make.__name__ and one.about.endswith(".")


@pytest.mark.parametrize("make", WORLDS.values(), ids=list(WORLDS))
def test_the_best_score_lies_between_knowing_nothing_and_knowing_all(make):
    world = make(5)
    dummy = DummyClassifier() if world.metric == "AUC" else DummyRegressor()
    nothing = world.score(dummy.fit(world.X_train, world.y_train))
    assert nothing == 0.5 if world.metric == "AUC" else nothing < 0.01
    assert 0.7 < world.best < 0.98


def test_a_linear_model_with_many_rows_is_as_good_as_the_rule_where_the_rule_is_a_weighted_sum():
    world = few_rows(1, rows=20_000)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=100)).fit(world.X_train, world.y_train)
    assert abs(world.score(model) - world.best) < 0.003
    later = trend(1, rows=20_000)
    assert abs(later.score(LinearRegression().fit(later.X_train, later.y_train)) - later.best) < 0.001


def test_a_tree_predicts_no_more_than_the_training_had():
    world = trend(2)
    tree = DecisionTreeRegressor(random_state=0).fit(world.X_train, world.y_train)
    assert world.X_test["day"].min() >= 700 > world.X_train["day"].max()
    assert tree.predict(world.X_test).max() <= world.y_train.max() and world.score(tree) < 0


def test_what_is_missing_says_more_than_a_mean_in_its_place():
    world = holes(1, rows=4_000)
    gone = pd.concat([world.X_train, world.X_test])["rating"].isna()
    assert abs(gone.mean() - 0.35) < 0.03
    left = pd.concat([world.y_train, world.y_test]).groupby(gone.to_numpy()).mean()
    assert left[True] > left[False] + 0.15


class Foretelling(BaseEstimator):
    """Predicts the label itself."""

    def __init__(self, y):
        self.y = y

    def predict_proba(self, X):
        return np.column_stack([1 - self.y, self.y])


def test_the_score_is_1_for_what_knows_the_labels():
    world = few_rows(1)
    assert world.score(Foretelling(world.y_test)) == 1
