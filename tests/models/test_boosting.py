"""Gradient boosting in a dozen lines: it is what scikit-learn's is, round by round."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from dataml_lab.models.boosting import Boosting


@parametrize_with_checks([Boosting(rounds=10)])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)


@pytest.mark.parametrize("max_depth", [1, 3])
def test_each_stage_is_that_of_scikit_learn(max_depth):
    random = np.random.default_rng(max_depth)
    X = random.normal(size=(200, 4))
    y = X[:, 0] * X[:, 1] + np.sin(3 * X[:, 2]) + random.normal(0, 0.1, 200)
    ours = list(Boosting(rounds=30, rate=0.2, max_depth=max_depth).fit(X, y).staged_predict(X[:50]))
    theirs = GradientBoostingRegressor(n_estimators=30, learning_rate=0.2, max_depth=max_depth,
                                       random_state=0).fit(X, y)
    assert np.allclose(ours[0], y.mean(), atol=1e-12)
    assert abs(np.array(ours[1:]) - np.array(list(theirs.staged_predict(X[:50])))).max() < 1e-9


def test_a_stage_that_was_given_stays_as_it_was():
    stages = Boosting(rounds=3).fit([[1], [2], [3]], [1, 2, 4]).staged_predict([[1], [3]])
    first = next(stages)
    kept = first.copy()
    list(stages)
    assert (first == kept).all()
