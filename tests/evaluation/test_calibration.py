"""Calibration: equal to scikit-learn's, zero for true probabilities, and sampling undone."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from dataml_lab.evaluation.calibration import calibration_error, reliability, undo_sampling
from dataml_lab.evaluation.payments import payments


@pytest.mark.parametrize("by", ["rows", "width"])
@pytest.mark.parametrize("bins", [1, 5, 10])
def test_bins_are_those_of_scikit_learn(by, bins):
    random = np.random.default_rng(bins)
    for probability in (random.random(500) ** 3, random.integers(0, 11, 500) / 10):
        truth = random.random(500) < probability
        share, predicted = calibration_curve(truth, probability, n_bins=bins,
                                             strategy={"rows": "quantile", "width": "uniform"}[by])
        found = reliability(truth, probability, bins, by)
        assert np.allclose(found["share"], share, atol=1e-12) and np.allclose(found["predicted"], predicted, atol=1e-12)
        assert found["rows"].sum() == 500
        error = np.abs(share - predicted) @ found["rows"] / 500
        assert calibration_error(truth, probability, bins, by) == pytest.approx(error, abs=1e-12)


def test_true_probabilities_have_an_error_near_zero_and_bent_ones_have_not():
    table = payments(100_000, seed=1)
    assert calibration_error(table["is_fraud"], table["probability"]) < 0.002
    assert calibration_error(table["is_fraud"], np.sqrt(table["probability"])) > 0.05


def test_one_class_and_one_probability_are_a_curve():
    assert reliability([0, 0, 0], [0.25, 0.25, 0.25]).to_numpy().tolist() == [[3, 0.25, 0]]
    assert calibration_error([1, 1], [1, 1]) == 0


def test_sampling_undone_gives_the_probability_among_all_rows():
    """Each row of 0 is kept with 1/20: the odds of those that are kept are 20 times the true ones."""
    truth = np.array([0, 0.001, 0.2, 1])
    kept = truth / (truth + (1 - truth) / 20)
    assert np.allclose(undo_sampling(kept, 20), truth, atol=1e-12)
    assert undo_sampling([0.3], 1) == [0.3]


def test_what_is_no_probability_is_refused_by_row():
    with pytest.raises(ValueError, match=r"probability is 1\.5 in row 1"):
        reliability([0, 1], [0.5, 1.5])
    with pytest.raises(ValueError, match="truth is 2 in row 0"):
        reliability([2, 1], [0.5, 0.5])
    with pytest.raises(ValueError, match="probability is missing in 1 of 2 rows, first in row 0"):
        calibration_error([0, 1], [np.nan, 0.5])
    with pytest.raises(ValueError, match="bins is 0"):
        reliability([0, 1], [0.5, 0.5], bins=0)
    with pytest.raises(ValueError, match="one_in is 0"):
        undo_sampling([0.5], 0)
