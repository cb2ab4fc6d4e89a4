"""Geometric bisection of the sign of the difference between a hundredth and a hundred times."""

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


def tips_at(brief, field):
    lo, hi = brief[field] / 100, brief[field] * 100
    if not lo < hi:
        return None
    stream_first = gap(brief, field, lo) < 0
    if (gap(brief, field, hi) < 0) == stream_first:
        return None
    for _ in range(60):
        mid = math.sqrt(lo * hi)
        if (gap(brief, field, mid) < 0) == stream_first:
            lo = mid
        else:
            hi = mid
    return math.sqrt(lo * hi)
