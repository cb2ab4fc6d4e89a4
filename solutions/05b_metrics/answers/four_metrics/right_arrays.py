"""NumPy's tables of all pairs, and per-class counts from comparisons."""

import numpy as np


def macro_f1(truth, predicted):
    truth, predicted = np.array(truth, object), np.array(predicted, object)
    return np.mean([2 * ((truth == label) & (predicted == label)).sum() / ((truth == label).sum() + (predicted == label).sum())
                    for label in np.unique(truth)])


def auc_within_days(truth, score, day):
    truth, score, day = np.array(truth) == 1, np.array(score), np.array(day)
    together = truth[:, None] & ~truth & (day[:, None] == day)
    if not together.any():
        return float("nan")
    signs = np.sign(score[:, None] - score)
    return (1 + signs[together].mean()) / 2


def capped_mape(truth, predicted):
    truth, predicted = np.array(truth), np.array(predicted)
    truth, predicted = truth[~np.isnan(truth)], predicted[~np.isnan(truth)]
    scale = np.where(truth == 0, np.finfo(float).tiny, abs(truth))
    return np.minimum(abs(truth - predicted), scale).astype(float).__truediv__(scale).mean()


def average_precision(shown, relevant):
    seen, sums = set(), 0.0
    for place, item in enumerate(shown):
        if item in relevant - seen:
            seen.add(item)
            sums += len(seen) / (place + 1)
    return sums / max(1, len(relevant))
