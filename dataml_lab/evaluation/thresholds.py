"""Thresholds by cost: above which score an alarm costs less than what it prevents.

`truth` is 0 or 1 (or a boolean), and a higher score stands for a 1. Rows whose score is at least the threshold get an
alarm. A row of 1 without an alarm is a miss; a row of 0 with one is a false alarm. The other rows cost nothing.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dataml_lab.evaluation.classification import thresholds


def costs(truth: ArrayLike, score: ArrayLike, cost_miss: float, cost_alarm: float) -> pd.DataFrame:
    """The table of `classification.thresholds`, with the `misses` and the `cost` of each threshold, which is that of
    all rows together. ValueError where a cost is negative or missing.

    >>> costs([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2], cost_miss=10, cost_alarm=4)["cost"].tolist()
    [20, 10, 4, 8]
    """
    _refuse_below_zero(cost_miss=cost_miss, cost_alarm=cost_alarm)
    table = thresholds(truth, score)
    misses = table["hits"].iloc[-1] - table["hits"]
    return table.assign(misses=misses, cost=misses * cost_miss + table["false_alarms"] * cost_alarm)


def cost_at(truth: ArrayLike, score: ArrayLike, threshold: float, cost_miss: float, cost_alarm: float) -> float:
    """What a threshold, any number, costs on all rows together. ValueError where it is NaN.

    >>> cost_at([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2], 0.8, cost_miss=10, cost_alarm=4)
    10.0
    """
    if threshold != threshold:
        raise ValueError("threshold is missing.")
    table = costs(truth, score, cost_miss, cost_alarm)
    return float(table.loc[table["threshold"] >= threshold, "cost"].iloc[-1])


def cheapest_threshold(truth: ArrayLike, score: ArrayLike, cost_miss: float, cost_alarm: float) -> float:
    """The threshold that costs least on these rows: a score that occurs, or infinity, which gives no alarm. Of several,
    the highest, which gives the fewest alarms.

    >>> cheapest_threshold([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.2], cost_miss=10, cost_alarm=4)
    0.7
    """
    table = costs(truth, score, cost_miss, cost_alarm)
    return float(table["threshold"].iloc[np.argmin(table["cost"])])


def break_even(cost_miss: float, cost_alarm: float) -> float:
    """The probability at which an alarm costs as much as none: cost_alarm / (cost_alarm + cost_miss). It is the
    cheapest threshold of scores that are probabilities. ValueError where a cost is negative, or both are 0. Source:
    Elkan, The foundations of cost-sensitive learning, IJCAI 2001.

    >>> break_even(cost_miss=90, cost_alarm=10)
    0.1
    """
    _refuse_below_zero(cost_miss=cost_miss, cost_alarm=cost_alarm)
    if not cost_miss + cost_alarm > 0:
        raise ValueError("Both costs are 0, so that every threshold costs the same.")
    return cost_alarm / (cost_alarm + cost_miss)


def _refuse_below_zero(**costs: float) -> None:
    """ValueError that names the first cost that is not a number of at least 0."""
    for name, cost in costs.items():
        if not cost >= 0:
            raise ValueError(f"{name} is {cost}, where a number of at least 0 is expected.")
