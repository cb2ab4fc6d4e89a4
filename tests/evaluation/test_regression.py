"""Metrics of regression: equal to scikit-learn's, where those are defined; what isn't is refused by row."""

import numpy as np
import pytest
from sklearn import metrics

from dataml_lab.evaluation.regression import mae, mape, r2, rmse, wape

PEERS = {mae: metrics.mean_absolute_error, rmse: metrics.root_mean_squared_error, r2: metrics.r2_score,
         mape: metrics.mean_absolute_percentage_error}


@pytest.mark.parametrize("metric", PEERS)
@pytest.mark.parametrize("seed", range(5))
def test_metrics_are_those_of_scikit_learn(metric, seed):
    random = np.random.default_rng(seed)
    truth = random.normal(20, 30, random.integers(2, 300))
    predicted = truth + random.normal(0, 10 ** random.uniform(-3, 3), len(truth))
    assert metric(truth, predicted) == pytest.approx(PEERS[metric](truth, predicted), rel=1e-12)
    assert metric(list(truth), list(truth)) == (metric is r2)


def test_r2_of_a_constant_is_1_or_0_and_of_one_row_nothing():
    for predicted in ([5, 5], [5, 6]):
        assert r2([5, 5], predicted) == metrics.r2_score([5, 5], predicted)
    assert np.isnan(r2([5], [5]))


def test_a_truth_of_0_has_no_percentage_error_but_the_sum_may_have_one():
    with pytest.raises(ValueError, match="truth is 0 in 2 of 4 rows, first in row 1: no error is a share of 0"):
        mape([3, 0, 2, 0], [3, 1, 2, 0])
    assert wape([3, 0, -2, 0], [3, 1, -2, 0]) == 0.2
    with pytest.raises(ValueError, match="truth is 0 in all of 2 rows"):
        wape([0, 0], [0, 1])


@pytest.mark.parametrize("metric", [*PEERS, wape])
def test_odd_numbers_are_refused_by_row(metric):
    with pytest.raises(ValueError, match="predicted is missing in 1 of 2 rows, first in row 1"):
        metric([1, 2], [1, None])
    with pytest.raises(ValueError, match="truth is infinite in row 0"):
        metric([np.inf, 2], [1, 2])
