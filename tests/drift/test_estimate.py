"""Estimates without labels: right where only the features changed, and blind where their meaning did."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, log_loss, precision_score, roc_auc_score

from dataml_lab.drift.estimate import expected, expected_errors


def logits(rows, shift=0.0, seed=0):
    return np.random.default_rng(seed).normal(shift, 1.5, rows)


def labels(p, seed=1):
    return (np.random.default_rng(seed).random(len(p)) < p).astype(int)


@pytest.mark.parametrize("metric", [roc_auc_score, log_loss, average_precision_score])
@pytest.mark.parametrize("shift", [0.0, -1.5])
def test_the_expected_metric_is_the_true_one_where_probabilities_hold(metric, shift):
    p = 1 / (1 + np.exp(-logits(20_000, shift)))
    assert expected(metric, p) == pytest.approx(metric(labels(p), p), abs=0.012)


@pytest.mark.parametrize("metric", [accuracy_score, precision_score])
def test_of_decisions(metric):
    p = 1 / (1 + np.exp(-logits(20_000)))
    assert expected(metric, p, p > 0.7) == pytest.approx(metric(labels(p), p > 0.7), abs=0.012)


def test_the_estimate_is_blind_for_concept_drift():
    p = 1 / (1 + np.exp(-logits(20_000)))
    turned = labels(1 - p)
    assert roc_auc_score(turned, p) < 0.25
    assert expected(roc_auc_score, p) > 0.75


@pytest.mark.parametrize("p", [[], [0.5, np.nan], [1.2], [-0.1]])
def test_what_is_no_probability(p):
    with pytest.raises(ValueError, match="probabilities are numbers from 0 to 1"):
        expected(accuracy_score, p)


def trips(rows, rain, seed):
    """Errors are three times as large in rain."""
    random = np.random.default_rng(seed)
    weather = np.where(random.random(rows) < rain, "rain", "clear")
    features = pd.DataFrame({"km": random.gamma(4, 1, rows), "weather": weather})
    return features, abs(random.normal(0, np.where(weather == "rain", 6.0, 2.0)))


def test_expected_errors_follow_a_change_of_the_features():
    features, errors = trips(4_000, 0.2, 0)
    for rain in (0.2, 0.8):
        today, actual = trips(4_000, rain, 1)
        assert expected_errors(features, errors, today).mean() == pytest.approx(actual.mean(), rel=0.06)


def test_expected_errors_of_categories_and_values_that_were_never_seen():
    features, errors = trips(1_000, 0.2, 0)
    today = pd.DataFrame({"weather": ["snow", None], "km": [np.nan, 900.0]})
    found = expected_errors(features, errors, today)
    assert found.shape == (2,)
    assert np.isfinite(found).all()
    with pytest.raises(ValueError, match=r"columns in one of the tables alone: \['km'\]"):
        expected_errors(features, errors, today.drop(columns="km"))
