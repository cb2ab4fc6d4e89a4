"""P-values of several metrics, corrected."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

Method = Literal["holm", "bonferroni", "fdr_bh"]


def correct(p_values: ArrayLike, method: Method = "holm") -> np.ndarray:
    """The p-values of several metrics, corrected; leading axes are many experiments. With "bonferroni" and with "holm"
    (1979), which finds more, one or more below alpha is an error in at most alpha of experiments. With "fdr_bh"
    (Benjamini and Hochberg 1995), of those below alpha at most alpha are errors on average, where metrics are
    independent or rise together.

    >>> correct([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, float)
    count = p.shape[-1]
    if method == "bonferroni":
        return np.minimum(p * count, 1)
    order = np.argsort(p, axis=-1)
    rising, ranks = np.take_along_axis(p, order, axis=-1), np.arange(1, count + 1)
    if method == "holm":
        found = np.maximum.accumulate(rising * (count + 1 - ranks), axis=-1)
    else:
        found = np.minimum.accumulate((rising * count / ranks)[..., ::-1], axis=-1)[..., ::-1]
    return np.minimum(np.take_along_axis(found, np.argsort(order, axis=-1), axis=-1), 1)
