"""Takes the difference as a line through the present value and 1 % more, and solves that.

fails: finds how fast the worth must fade; finds how much there must be to earn; finds what batches and streams may cost; says where nothing tips
"""

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
    a, b = gap(brief, field, now), gap(brief, field, now * 1.01)
    if a == b:
        return None
    tip = now - a * 0.01 * now / (b - a)
    return tip if now / 100 < tip < now * 100 else None
