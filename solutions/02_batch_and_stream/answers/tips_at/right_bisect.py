"""The bisect module with a key over the exponents from -2 to 2, in steps of 1/10000."""

import bisect
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
    value = lambda i: now * 10 ** (i / 10000)
    side = lambda i: gap(brief, field, value(i)) > 0
    first, last = side(-20000), side(20000)
    if first == last or not now:
        return None
    i = bisect.bisect_left(range(-20000, 20001), True, key=lambda i: side(i) != first)
    return value(i - 20000 - 0.5)
