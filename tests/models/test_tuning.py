"""Choosing a setting by rows that were held out."""

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from dataml_lab.models.boosting import Boosting
from dataml_lab.models.tuning import best_rounds, curve, errors_by_round


def rows(seed, n=200):
    random = np.random.default_rng(seed)
    X = random.uniform(0, 1, (n, 3))
    return X, 10 * (X[:, 0] > 0.5) + random.normal(0, 3, n)


def test_a_curve_has_a_row_for_each_value_and_validation_ends_below_training():
    X, y = rows(1)
    found = curve(DecisionTreeRegressor(random_state=0), "max_depth", [1, 12], X, y, folds=4)
    assert list(found.index) == [1, 12] and found.index.name == "max_depth"
    assert found.loc[12, "training"] > 0.95 > found.loc[1, "validation"] > found.loc[12, "validation"]
    assert (found["spread"] > 0).all()


def test_the_last_rows_choose_the_rounds_and_are_not_fitted_to():
    X, y = rows(2)
    boosting = Boosting(rounds=60, rate=0.5, max_depth=3)
    errors = errors_by_round(boosting, X, y)
    assert len(errors) == 61 and errors[0] == np.mean((y[160:] - y[:160].mean()) ** 2)
    assert best_rounds(boosting, X, y) == int(np.argmin(errors)) < 30 and errors[-1] > errors.min() * 1.2
    assert not hasattr(boosting, "trees_")
