"""Python alone: sets, sums and loops."""

from collections import Counter
from itertools import product
from math import isnan, nan


def macro_f1(truth, predicted):
    hits = Counter(a for a, b in zip(truth, predicted) if a == b)
    of_class, given = Counter(truth), Counter(predicted)
    classes = set(truth)
    f1 = {label: 2 * hits[label] / (of_class[label] + given[label]) for label in classes}
    return sum(f1.values()) / len(classes)


def auc_within_days(truth, score, day):
    ones, zeros = {}, {}
    for label, value, date in zip(truth, score, day):
        (ones if label else zeros).setdefault(date, []).append(value)
    right = pairs = 0
    for date in ones:
        for one, zero in product(ones[date], zeros.get(date, [])):
            pairs += 1
            if one > zero:
                right += 1
            elif one == zero:
                right += 0.5
    return right / pairs if pairs else nan


def capped_mape(truth, predicted):
    errors = []
    for value, guess in zip(truth, predicted):
        if isnan(value):
            continue
        if value == 0:
            errors.append(0 if guess == 0 else 1)
        else:
            errors.append(min(1, abs(value - guess) / abs(value)))
    return sum(errors) / len(errors)


def average_precision(shown, relevant):
    if not relevant:
        return 0
    total, seen = 0, set()
    for place, item in enumerate(shown, 1):
        if item in relevant and item not in seen:
            seen.add(item)
            total += len(seen) / place
    return total / len(relevant)
