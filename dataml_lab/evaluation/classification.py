"""Metrics of classification: of labels that were predicted, and of scores that order rows.

`truth` and `predicted` are columns of labels of any kind. Where rows have a `score`, `truth` is 0 or 1 (or a boolean),
and a higher score stands for a 1. A missing value is a ValueError that names its row. The values are those of
scikit-learn: what would be 0 / 0 is 0, except for the AUC.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.evaluation.columns import columns, share, yes


def accuracy(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The share of rows whose label is predicted.

    >>> accuracy([0, 0, 0, 1], [0, 0, 0, 0])
    0.75
    """
    truth, predicted = columns(truth=truth, predicted=predicted)
    return float((truth == predicted).mean())


def precision(truth: ArrayLike, predicted: ArrayLike, positive: object = 1) -> float:
    """Of the rows for which this label is predicted, the share that has it; 0 where it is predicted for none.

    >>> precision([1, 0, 0, 1], [1, 1, 0, 0])
    0.5
    """
    return float(share(*_counts(truth, predicted, positive)[:2]))


def recall(truth: ArrayLike, predicted: ArrayLike, positive: object = 1) -> float:
    """Of the rows that have this label, the share for which it is predicted; 0 where no row has it.

    >>> recall([1, 0, 1, 1], [1, 1, 0, 1]) == 2 / 3
    True
    """
    hits, _, of_class = _counts(truth, predicted, positive)
    return float(share(hits, of_class))


def f1(truth: ArrayLike, predicted: ArrayLike, positive: object = 1) -> float:
    """The harmonic mean of precision and recall, 2PR / (P + R) = 2 hits / (predicted + of the class); 0 where no row
    has the label nor gets it. Source: van Rijsbergen, Information Retrieval (1979), chapter 7, with equal weights.

    >>> f1([1, 0, 0, 1], [1, 1, 0, 0])
    0.5
    """
    hits, predicted_so, of_class = _counts(truth, predicted, positive)
    return float(share(2 * hits, predicted_so + of_class))


def _counts(truth: ArrayLike, predicted: ArrayLike, positive: object) -> tuple[int, int, int]:
    """The rows that have a label and get it, those that get it, and those that have it."""
    truth, predicted = columns(truth=truth, predicted=predicted)
    has, gets = truth == positive, predicted == positive
    return int((has & gets).sum()), int(gets.sum()), int(has.sum())


def confusion(truth: ArrayLike, predicted: ArrayLike) -> pd.DataFrame:
    """The number of rows for each pair of labels: a row of the frame for each true label, a column for each predicted
    one. Both have the labels that occur in either, sorted.

    >>> confusion(["cat", "dog", "dog"], ["dog", "dog", "dog"]).to_numpy()
    array([[0, 1],
           [0, 2]])
    """
    truth, predicted = columns(truth=truth, predicted=predicted)
    labels, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    pairs = codes[:len(truth)] * len(labels) + codes[len(truth):]
    counts = np.bincount(pairs, minlength=len(labels) ** 2).reshape(len(labels), -1)
    return pd.DataFrame(counts, pd.Index(labels, name="truth"), pd.Index(labels, name="predicted"))


def per_class(truth: ArrayLike, predicted: ArrayLike) -> pd.DataFrame:
    """For each label that occurs in either column: its precision, recall and F1, and the rows that have it.

    >>> per_class(["a", "a", "b"], ["a", "b", "b"]).round(2).loc["b"].to_list()
    [0.5, 1.0, 0.67, 1.0]
    """
    table = confusion(truth, predicted)
    hits, predicted_so, of_class = np.diag(table), table.sum(axis=0).to_numpy(), table.sum(axis=1).to_numpy()
    return pd.DataFrame({"precision": share(hits, predicted_so), "recall": share(hits, of_class),
                         "f1": share(2 * hits, predicted_so + of_class), "rows": of_class},
                        pd.Index(table.index, name="class"))


def macro_f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The mean of the F1 of the labels that occur in either column: each class counts the same, however many rows it
    has.

    >>> macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == (6 / 7 + 0) / 2
    True
    """
    return float(per_class(truth, predicted)["f1"].mean())


def micro_f1(truth: ArrayLike, predicted: ArrayLike, labels: ArrayLike | None = None) -> float:
    """F1 of the hits of all classes together: each row counts the same. Of `labels`, if given, else of all. Over all
    labels it is the accuracy, since a row that one class wrongly gets is a row that another lacks.

    >>> micro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]), micro_f1(["a", "b"], ["a", "a"], labels=["b"])
    (0.75, 0.0)
    """
    table = confusion(truth, predicted)
    chosen = table.index.isin(table.index if labels is None else np.asarray(labels))
    hits = np.diag(table)[chosen].sum()
    return float(share(2 * hits, table.to_numpy()[chosen].sum() + table.to_numpy()[:, chosen].sum()))


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """The share of pairs of a row of 1 and a row of 0 in which the first has the higher score; a tie counts as half a
    pair. NaN where a class has no rows, since there is no pair. Source: Hanley and McNeil, The meaning and use of the
    area under a ROC curve, Radiology 143 (1982).

    >>> auc([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2])
    0.875
    """
    ones, zeros = _by_class(truth, score)
    halves = np.searchsorted(zeros, ones, "left").sum() + np.searchsorted(zeros, ones, "right").sum()
    return float(halves / (2 * len(ones) * len(zeros))) if len(ones) and len(zeros) else np.nan


def average_precision(truth: ArrayLike, score: ArrayLike) -> float:
    """The mean, over the rows of 1, of the precision among all rows whose score is at least theirs; 0 where there is no
    row of 1. Rows of one score come in at once, so that their order doesn't matter. Source: scikit-learn's sum, over
    thresholds, of the recall gained times the precision.

    >>> average_precision([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2]) == (1 + 2 / 3) / 2
    True
    """
    ones, zeros = _by_class(truth, score)
    hits = len(ones) - np.searchsorted(ones, ones, "left")
    false = len(zeros) - np.searchsorted(zeros, ones, "left")
    return float((hits / (hits + false)).mean()) if len(ones) else 0.0


def _by_class(truth: ArrayLike, score: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The scores of the rows of 1, and those of the rows of 0, both sorted."""
    truth, score = columns(truth=truth, score=score)
    truth = yes("truth", truth)
    return np.sort(score[truth]), np.sort(score[~truth])


def thresholds(truth: ArrayLike, score: ArrayLike) -> pd.DataFrame:
    """A row for each threshold: what is predicted 1 if all scores of at least this get a 1. The first threshold is
    infinite; the others are the scores that occur, from the highest down.

    Columns: `threshold`; `hits` and `false_alarms`, the rows of 1 and of 0 that get a 1; `precision` (1 where none gets
    it), `recall`, and `false_alarm_rate`, the share of the rows of 0. The last two against each other are the ROC
    curve, precision against recall the precision-recall curve. A share of a class without rows is 0.

    >>> thresholds([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2])[["threshold", "hits", "false_alarms"]].to_numpy().tolist()
    [[inf, 0.0, 0.0], [0.9, 1.0, 0.0], [0.7, 2.0, 1.0], [0.2, 2.0, 2.0]]
    """
    truth, score = columns(truth=truth, score=score)
    order = np.argsort(-score.astype(float), kind="stable")
    truth, score = yes("truth", truth)[order], score[order]
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    hits = np.append(0, truth.cumsum()[last])
    false = np.append(0, last + 1) - hits
    return pd.DataFrame({"threshold": np.append(np.inf, score[last]), "hits": hits, "false_alarms": false,
                         "precision": np.append(1, hits[1:] / (last + 1)), "recall": share(hits, hits[-1]),
                         "false_alarm_rate": share(false, false[-1])})


def precision_at(truth: ArrayLike, score: ArrayLike, k: int) -> float:
    """The share of rows of 1 among the k rows with the highest scores. Where a tie goes across the border, each of its
    rows counts in part: the mean over all orders of the tied rows. ValueError where k is not in 1..rows.

    >>> precision_at([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2], k=2)
    0.75
    """
    truth, score = columns(truth=truth, score=score)
    if not 1 <= k <= len(score):
        raise ValueError(f"k is {k}, where 1 to {len(score)} is possible.")
    truth, border = yes("truth", truth), np.partition(score, -k)[-k]
    above, tied = score > border, score == border
    return float((truth[above].sum() + (k - above.sum()) * truth[tied].mean()) / k)
