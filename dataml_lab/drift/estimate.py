"""How well a model does today, estimated before the labels come.

Both estimates take for granted that what a row's features say of its label is as it was. So they follow a change of
the features, and are blind for a change of the relation (concept drift).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

LEVELS = 100  # categories of a column that are told apart


def expected(metric: Callable[..., float], probability: ArrayLike, score: ArrayLike | None = None) -> float:
    """What a metric of a classifier is expected to be, if its probabilities hold.

    Each row counts as a positive one with weight p, and as a negative one with weight 1 − p.

    Parameters
    ----------
    metric : a function of truth and score with `sample_weight`, as scikit-learn has them (roc_auc_score, log_loss).
    probability : the calibrated probability that each row is positive, shape (n,).
    score : what the metric is to judge, such as decisions; the probability, if left out.

    Source of the idea: Guillory et al., Predicting with confidence on unseen distributions (2021). With n rows the AUC
    is off by about 1 / n, because a row is also compared with itself.

    >>> from sklearn.metrics import accuracy_score
    >>> p = np.array([0.9, 0.8, 0.2, 0.4])
    >>> expected(accuracy_score, p, p > 0.5)  # (0.9 + 0.8 + 0.8 + 0.6) / 4
    0.775
    """
    p = np.asarray(probability, float)
    if not len(p) or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("probabilities are numbers from 0 to 1, one or more, and none is missing")
    judged = p if score is None else np.asarray(score)
    return float(metric(np.repeat([1, 0], len(p)), np.tile(judged, 2), sample_weight=np.concatenate([p, 1 - p])))


def expected_errors(labelled: pd.DataFrame, errors: ArrayLike, today: pd.DataFrame, seed: int = 0) -> np.ndarray:
    """The absolute error that the prediction of each row of today is expected to have, from its features alone.

    Gradient boosting learns the errors of labelled rows, which the model that made them wasn't trained on. Columns are
    numbers, truth values or categories; missing ones are allowed. What is expected beyond what was ever seen is the
    error at the edge of it: there, the estimate is too small. ValueError for columns that differ.
    """
    from lightgbm import LGBMRegressor

    if set(labelled.columns) != set(today.columns):
        raise ValueError(f"columns in one of the tables alone: {sorted(set(labelled.columns) ^ set(today.columns))}")
    model = LGBMRegressor(n_estimators=60, num_leaves=15, min_child_samples=50, random_state=seed, n_jobs=1, verbose=-1)
    model.fit(features(labelled, labelled), np.abs(np.asarray(errors, float)))
    return model.predict(features(today[list(labelled.columns)], labelled))


def features(table: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """The table, and of columns without numbers the most frequent categories of another; others are missing."""
    words = {}
    for name in like:
        if not pd.api.types.is_numeric_dtype(like[name]):
            levels = like[name].astype(object).value_counts().index[:LEVELS]
            words[name] = pd.Categorical(table[name].astype(object).where(table[name].isin(levels)), levels)
    return table.assign(**words)
