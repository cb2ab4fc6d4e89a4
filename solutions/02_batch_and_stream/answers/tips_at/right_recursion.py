"""Recursive bisection of the exponent."""

import math

EVERY = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, s):
    n, worth, h = brief["events_per_day"], brief["worth"], brief["half_life_s"]
    if s == 0:
        return brief["stream_day"] + 0.00002 * n + 40 * brief["reruns_per_day"] - n * worth * math.expm1(-2 / h * math.log(2))
    x = s / h * math.log(2)
    return (brief["run_cost"] * 86400 / s + 0.000002 * n + 2 * brief["reruns_per_day"]
            + n * worth * (1 + math.expm1(-x) / x))


def gap(brief, field, value):
    changed = {**brief, field: value}
    return bill(changed, 0) - min(bill(changed, s) for s in EVERY)


def search(f, a, b, depth=45):
    middle = (a + b) / 2
    if depth == 0:
        return middle
    return search(f, a, middle, depth - 1) if f(a) != f(middle) else search(f, middle, b, depth - 1)


def tips_at(brief, field):
    if not brief[field]:
        return None
    stream_wins = lambda e: gap(brief, field, brief[field] * math.exp(e)) < 0
    end = math.log(100)
    if stream_wins(-end) == stream_wins(end):
        return None
    return brief[field] * math.exp(search(stream_wins, -end, end))
