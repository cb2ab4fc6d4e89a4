"""Metrics of regression: how far predicted numbers lie from true ones.

Both are columns of finite numbers of the same unit. A missing value is a ValueError that names its row.
"""

import numpy as np
from numpy.typing import ArrayLike

from dataml_lab.evaluation.columns import columns, finite


def _numbers(truth: ArrayLike, predicted: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    truth, predicted = columns(truth=truth, predicted=predicted)
    return finite("truth", truth), finite("predicted", predicted)


def mae(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The mean absolute error, in the unit of the numbers. Of all constants, the median of the truth has the least.

    >>> mae([1, 2, 9], [1, 4, 5])
    2.0
    """
    truth, predicted = _numbers(truth, predicted)
    return float(np.abs(truth - predicted).mean())


def rmse(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The root of the mean squared error, in the unit of the numbers. Of all constants, the mean of the truth has the
    least.

    >>> rmse([1, 2, 9], [1, 4, 5]) == (20 / 3) ** 0.5
    True
    """
    truth, predicted = _numbers(truth, predicted)
    return float(np.sqrt(np.square(truth - predicted).mean()))


def r2(truth: ArrayLike, predicted: ArrayLike) -> float:
    """1 minus the squared errors by the squared distances of the truth from its mean: 1 is perfect, 0 as good as the
    mean, below 0 worse. Where the truth is constant, 1 if all is predicted exactly, else 0. NaN for a single row.
    Both as in scikit-learn.

    >>> r2([1, 2, 3], [1, 2, 3]), r2([1, 2, 3], [2, 2, 2]), r2([1, 2, 3], [3, 2, 1])
    (1.0, 0.0, -3.0)
    """
    truth, predicted = _numbers(truth, predicted)
    errors, spread = np.square(truth - predicted).sum(), np.square(truth - truth.mean()).sum()
    if len(truth) < 2:
        return np.nan
    return float(1 - errors / spread) if spread else float(errors == 0)


def mape(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The mean of |truth - predicted| / |truth|: 0.1 for errors of a tenth. ValueError that names the first row whose
    truth is 0, of which no error is a share; see `wape`. Source: Hyndman and Koehler, Another look at measures of
    forecast accuracy, International Journal of Forecasting 22 (2006), who say where it misleads.

    >>> mape([100, 200], [110, 150])
    0.175
    """
    truth, predicted = _numbers(truth, predicted)
    if not truth.all():
        raise ValueError(f"truth is 0 in {(truth == 0).sum():,} of {len(truth):,} rows, first in row "
                         f"{(truth == 0).argmax()}: no error is a share of 0. wape is defined there.")
    return float(np.abs((truth - predicted) / truth).mean())


def wape(truth: ArrayLike, predicted: ArrayLike) -> float:
    """The sum of the absolute errors by the sum of the absolute truth: the error as a share of all there is. ValueError
    where every truth is 0. Source: Kolassa and Schütz, Advantages of the MAD/Mean ratio over the MAPE, Foresight 6
    (2007).

    >>> wape([100, 200, 0], [110, 150, 3])
    0.21
    """
    truth, predicted = _numbers(truth, predicted)
    if not truth.any():
        raise ValueError(f"truth is 0 in all of {len(truth):,} rows: no error is a share of 0.")
    return float(np.abs(truth - predicted).sum() / np.abs(truth).sum())
