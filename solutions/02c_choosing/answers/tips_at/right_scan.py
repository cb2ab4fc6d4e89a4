"""A slow and obvious scan in steps of 1 % for the change of the cheaper side."""

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
    now = brief[field]
    if now == 0:
        return None
    values = [now / 100 * 1.01 ** i for i in range(926)] + [now * 100]
    sides = [gap(brief, field, v) < 0 for v in values]
    for a, b, before, after in zip(values, values[1:], sides, sides[1:]):
        if before != after:
            return (a + b) / 2
    return None
