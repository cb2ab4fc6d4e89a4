"""Reads the counts from scikit-learn's ROC curve, and answers halfway to the next lower score."""

import numpy as np
from sklearn.metrics import roc_curve


def pick_threshold(y, score, cost_miss, cost_alarm, one_in, most):
    weights = np.where(y == 1, 1, one_in)
    false_share, true_share, thresholds = roc_curve(y, score, sample_weight=weights, drop_intermediate=False)
    frauds = np.rint(true_share * weights[y == 1].sum())
    alarms = np.rint(false_share * weights[y == 0].sum())
    cost = (frauds[-1] - frauds) * cost_miss + alarms * cost_alarm
    cost[frauds + alarms > most] = np.inf
    place = int(np.argmin(cost))
    lower = np.append(thresholds[1:], thresholds[-1] - 1)
    return float(lower[0] + 1 if place == 0 else (thresholds[place] + lower[place]) / 2)
