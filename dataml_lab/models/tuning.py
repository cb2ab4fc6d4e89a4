"""Choosing a setting by rows that the model was not fitted to."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import validation_curve

from dataml_lab.models.boosting import Boosting


def curve(model: BaseEstimator, setting: str, values: Iterable, X: ArrayLike, y: ArrayLike,
          folds: int = 5) -> pd.DataFrame:
    """The mean score of a model for each value of a setting, on the rows of the training and on those held out, and the
    standard deviation of the latter between the folds."""
    values = list(values)
    training, validation = validation_curve(model, X, y, param_name=setting, param_range=values, cv=folds)
    return pd.DataFrame({"training": training.mean(axis=1), "validation": validation.mean(axis=1),
                         "spread": validation.std(axis=1, ddof=1)}, index=pd.Index(values, name=setting))


def best_rounds(boosting: Boosting, X: ArrayLike, y: ArrayLike, held_out: float = 0.2) -> int:
    """The number of rounds with the smallest squared error on the last rows, which are held out, where rows are in the
    order of time: a model is used after the time that it learned from.

    >>> X, y = [[hour % 4] for hour in range(40)], [10 * (hour % 4) for hour in range(40)]
    >>> best_rounds(Boosting(rounds=30, rate=1.0, max_depth=1), X, y) > 1
    True
    """
    errors = errors_by_round(boosting, X, y, held_out)
    return int(np.argmin(errors))


def errors_by_round(boosting: Boosting, X: ArrayLike, y: ArrayLike, held_out: float = 0.2) -> np.ndarray:
    """The mean squared error on the last rows, at the start and after each round, of a boosting that is fitted to those
    before them."""
    X, y = pd.DataFrame(X), np.asarray(y)
    cut = round(len(X) * (1 - held_out))
    fitted = clone(boosting).fit(X.iloc[:cut], y[:cut])
    return np.array([np.mean((y[cut:] - stage) ** 2) for stage in fitted.staged_predict(X.iloc[cut:])])
