"""Tries each score, and one above all of them."""

import numpy as np


def pick_threshold(y, score, cost_miss, cost_alarm, one_in, most):
    best, least = None, None
    for threshold in [np.inf, *np.unique(score)]:
        stopped = score >= threshold
        frauds = (stopped & (y == 1)).sum()
        alarms = (stopped & (y == 0)).sum() * one_in
        cost = (y.sum() - frauds) * cost_miss + alarms * cost_alarm
        if frauds + alarms <= most and (best is None or cost < least):
            best, least = threshold, cost
    return float(best)
