"""Metrics of classification: equal to scikit-learn's, ties, empty classes and single rows included."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning

from dataml_lab.evaluation import classification as ours

SEEDS = range(8)


def scored(seed):
    """Labels and scores, of which the latter have many ties in every other draw."""
    random = np.random.default_rng(seed)
    rows = int(random.integers(5, 400))
    truth = np.append([0, 1], random.random(rows) < random.uniform(0.02, 0.9)) * 1
    score = random.normal(truth, 1)
    return truth, score.round() if seed % 2 else score


def labelled(seed):
    """True and predicted labels; of the classes, one may be only in the truth and one only predicted."""
    random = np.random.default_rng(seed)
    names = np.array(["books", "food", "games", "toys", "only_true", "only_predicted"])
    shares = random.dirichlet(np.full(5, 0.7))
    truth, drawn = names[random.choice(5, 60, p=shares)], random.choice([0, 1, 2, 3, 5], 60)
    return truth, np.where(random.random(60) < 0.4, names[drawn], np.where(truth == "only_true", "food", truth))


@pytest.mark.parametrize("seed", SEEDS)
def test_metrics_of_scores_are_those_of_scikit_learn(seed):
    truth, score = scored(seed)
    assert ours.auc(truth, score) == pytest.approx(metrics.roc_auc_score(truth, score), abs=1e-12)
    assert ours.average_precision(truth, score) == pytest.approx(
        metrics.average_precision_score(truth, score), abs=1e-12)
    assert ours.auc(truth, score) == ours.auc(truth == 1, pd.Series(score)) == ours.auc(1 - truth, -score)


@pytest.mark.parametrize("seed", SEEDS)
def test_thresholds_are_those_of_both_curves(seed):
    truth, score = scored(seed)
    found = ours.thresholds(truth, score)
    false_alarm_rate, recall, threshold = metrics.roc_curve(truth, score, drop_intermediate=False)
    np.testing.assert_allclose(found[["false_alarm_rate", "recall", "threshold"]],
                               np.column_stack([false_alarm_rate, recall, threshold]))
    precision, recall, threshold = metrics.precision_recall_curve(truth, score)
    np.testing.assert_allclose(found[["precision", "recall"]].iloc[::-1], np.column_stack([precision, recall]))
    assert np.trapezoid(found["recall"], found["false_alarm_rate"]) == pytest.approx(ours.auc(truth, score))
    assert found["hits"].iloc[-1] == truth.sum() and found["false_alarms"].iloc[-1] == (truth == 0).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_metrics_of_labels_are_those_of_scikit_learn(seed):
    truth, predicted = labelled(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        np.testing.assert_array_equal(ours.confusion(truth, predicted), metrics.confusion_matrix(truth, predicted))
        assert ours.accuracy(truth, predicted) == metrics.accuracy_score(truth, predicted)
        assert ours.macro_f1(truth, predicted) == pytest.approx(metrics.f1_score(truth, predicted, average="macro"))
        assert ours.micro_f1(truth, predicted) == pytest.approx(ours.accuracy(truth, predicted))
        assert ours.micro_f1(truth, predicted, ["books", "only_true"]) == pytest.approx(
            metrics.f1_score(truth, predicted, labels=["books", "only_true"], average="micro"))
        reference = metrics.precision_recall_fscore_support(truth, predicted)
    np.testing.assert_allclose(ours.per_class(truth, predicted), np.array(reference).T)


@pytest.mark.parametrize(("name", "theirs"), [("precision", metrics.precision_score), ("recall", metrics.recall_score),
                                              ("f1", metrics.f1_score)])
def test_metrics_of_one_class_are_those_of_scikit_learn_and_0_where_it_has_none(name, theirs):
    metric = getattr(ours, name)
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        truth, predicted = random.integers(0, 2, (2, 30))
        assert metric(truth, predicted) == pytest.approx(theirs(truth, predicted))
        assert metric(truth, predicted, positive=0) == pytest.approx(theirs(truth, predicted, pos_label=0))
        assert metric(truth == 1, predicted == 1) == metric(truth, predicted)
        words = np.array(["legitimate", "fraud"])
        assert metric(words[truth], words[predicted], positive="fraud") == metric(truth, predicted)
    assert metric([0, 0], [0, 0]) == metric([1, 0], [0, 0]) == metric([0, 0], [0, 1]) == 0


def test_one_class_has_no_auc_and_no_row_of_1_has_average_precision_0():
    assert np.isnan(ours.auc([1, 1], [0.1, 0.2])) and np.isnan(ours.auc([0], [0.5]))
    assert ours.average_precision([0, 0], [0.1, 0.2]) == 0 and ours.average_precision([1, 1], [0.1, 0.2]) == 1
    assert ours.auc([1, 0, 1, 0], [3, 3, 3, 3]) == 0.5 == ours.average_precision([1, 0, 1, 0], [3, 3, 3, 3])
    assert ours.auc([1, 0], [np.inf, -np.inf]) == 1
    assert ours.thresholds([0], [0.5])["recall"].tolist() == [0, 0]


def test_precision_at_k_is_the_mean_over_the_orders_of_ties():
    random = np.random.default_rng(0)
    truth, score = random.random(40) < 0.3, random.integers(0, 6, 40)
    for k in (1, 7, 25, 40):
        draws = [truth[np.lexsort((random.random(40), -score))[:k]].mean() for _ in range(4_000)]
        assert ours.precision_at(truth, score, k) == pytest.approx(np.mean(draws), abs=0.02)
    for k in (0, 41):
        with pytest.raises(ValueError, match=f"k is {k}, where 1 to 40 is possible"):
            ours.precision_at(truth, score, k)


@pytest.mark.parametrize("metric", [ours.auc, ours.average_precision, ours.thresholds])
def test_odd_scores_and_labels_are_refused_by_row(metric):
    with pytest.raises(ValueError, match="score is missing in 1 of 3 rows, first in row 2"):
        metric([0, 1, 1], [0.1, 0.2, np.nan])
    with pytest.raises(ValueError, match="truth is 2 in row 1"):
        metric([0, 2], [0.1, 0.2])


@pytest.mark.parametrize("metric", [ours.accuracy, ours.precision, ours.recall, ours.f1, ours.confusion, ours.per_class,
                                    ours.macro_f1, ours.micro_f1])
def test_odd_labels_are_refused_by_row(metric):
    with pytest.raises(ValueError, match="predicted is missing in 1 of 2 rows, first in row 0"):
        metric(["a", "b"], [None, "b"])
    with pytest.raises(ValueError, match="truth has 2 rows and predicted has 1"):
        metric(["a", "b"], ["b"])
