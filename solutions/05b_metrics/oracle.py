"""The references for part 05b: rows, pairs and places one at a time."""

import math


def macro_f1(truth, predicted):
    found = []
    for label in set(truth):
        hits = sum(true == label == got for true, got in zip(truth, predicted))
        found.append(2 * hits / (truth.count(label) + predicted.count(label)))
    return math.fsum(found) / len(found)


def auc_within_days(truth, score, day):
    rows = list(zip(truth, score, day))
    pairs = [(high, low) for one, high, today in rows for zero, low, then in rows if one and not zero and today == then]
    return sum((high > low) + (high == low) / 2 for high, low in pairs) / len(pairs) if pairs else math.nan


def capped_mape(truth, predicted):
    errors = [error(true, guess) for true, guess in zip(truth, predicted) if not math.isnan(true)]
    return math.fsum(errors) / len(errors)


def error(true, guess):
    return float(guess != 0) if true == 0 else min(abs(true - guess) / abs(true), 1)


def average_precision(shown, relevant):
    first = [place for place, product in enumerate(shown) if product in relevant and product not in shown[:place]]
    return math.fsum((hits + 1) / (place + 1) for hits, place in enumerate(first)) / max(len(relevant), 1)


ORACLES = {"four_metrics": lambda name, *asked: globals()[name](*asked)}
