"""Solved by algebra where the bill is linear in the field, and by bisection for the half-life."""

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
    if not now:
        return None
    lo, hi = now / 100, now * 100
    if field != "half_life_s":
        # each batch bill minus the stream bill is a line; the tip is where the highest of (stream - batch) is zero
        def line(s):
            at = lambda v: bill({**brief, field: v}, 0) - bill({**brief, field: v}, s)
            return at(0.0), (at(now) - at(0.0)) / now
        zeros = [-a / b for a, b in map(line, EVERY) if b]
        true = [z for z in zeros if lo < z < hi and abs(gap(brief, field, z)) < 1e-6 * (1 + abs(bill({**brief, field: z}, 0)))]
        true = [z for z in true if (gap(brief, field, z * 0.999) < 0) != (gap(brief, field, z * 1.001) < 0)]
        return true[0] if true else None
    sign = gap(brief, field, lo) < 0
    if sign == (gap(brief, field, hi) < 0):
        return None
    while hi / lo > 1.000001:
        mid = (lo * hi) ** 0.5
        lo, hi = (mid, hi) if (gap(brief, field, mid) < 0) == sign else (lo, mid)
    return lo
