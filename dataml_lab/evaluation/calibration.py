"""Calibration: whether of the rows that are given a probability of 0.2, a fifth are a 1.

`truth` is 0 or 1 (or a boolean), `probability` lies between 0 and 1.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.evaluation.columns import columns, yes


def reliability(truth: ArrayLike, probability: ArrayLike, bins: int = 10,
                by: Literal["rows", "width"] = "rows") -> pd.DataFrame:
    """A row for each bin of probabilities that has rows: the number of `rows`, their mean probability `predicted`, and
    the `share` that is a 1. Bins hold about equally many rows, or are equally wide; equal probabilities share a bin.
    The values are those of scikit-learn's `calibration_curve`.

    >>> reliability([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.8], bins=2).round(2).to_numpy().tolist()
    [[2.0, 0.2, 0.0], [2.0, 0.7, 1.0]]
    """
    truth, probability = _checked(truth, probability)
    if bins < 1:
        raise ValueError(f"bins is {bins}, where at least 1 is needed.")
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    edges = np.quantile(probability, inner) if by == "rows" else inner
    table = pd.DataFrame({"predicted": probability, "share": truth}).groupby(np.searchsorted(edges, probability))
    return pd.concat([table.size().rename("rows"), table.mean()], axis=1).reset_index(drop=True)


def calibration_error(truth: ArrayLike, probability: ArrayLike, bins: int = 10,
                      by: Literal["rows", "width"] = "rows") -> float:
    """The expected calibration error: the mean, over the rows, of the distance between share and predicted in their bin
    of `reliability`. Source: Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian
    binning, AAAI 2015, there with bins of equal width.

    >>> calibration_error([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.8], bins=2)
    0.25
    """
    table = reliability(truth, probability, bins, by)
    return float(np.average((table["share"] - table["predicted"]).abs(), weights=table["rows"]).round(15))


def undo_sampling(probability: ArrayLike, one_in: float) -> np.ndarray:
    """The probabilities among all rows, where those given were learned from all rows of 1 and one in so many rows of 0:
    p / (p + (1 - p) * one_in). Source: Elkan, The foundations of cost-sensitive learning, IJCAI 2001, theorem 2.

    >>> undo_sampling([0.5, 0.9], one_in=9)
    array([0.1, 0.5])
    """
    _, probability = _checked(np.zeros(np.shape(probability)), probability)
    if not one_in >= 1:
        raise ValueError(f"one_in is {one_in}, where at least 1 is needed.")
    return probability / (probability + (1 - probability) * one_in)


def _checked(truth: ArrayLike, probability: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both columns; ValueError that names the first row whose probability is none."""
    truth, probability = columns(truth=truth, probability=probability)
    odd = (probability < 0) | (probability > 1)
    if odd.any():
        raise ValueError(f"probability is {probability[odd.argmax()]} in row {odd.argmax()}, where 0 to 1 is expected.")
    return yes("truth", truth), probability.astype(float)
