"""The Illinois variant of regula falsi on the difference of the bills, over the logarithm of the field."""

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
    if not brief[field]:
        return None
    f = lambda e: gap(brief, field, brief[field] * 10.0 ** e)
    a, b = -2.0, 2.0
    fa, fb = f(a), f(b)
    if (fa < 0) == (fb < 0):
        return None
    for i in range(200):
        c = (a + b) / 2 if i % 3 == 2 else (a * fb - b * fa) / (fb - fa)
        fc = f(c)
        if fc == 0 or abs(b - a) < 1e-9:
            break
        if (fc < 0) == (fa < 0):
            a, fa, fb = c, fc, fb / 2
        else:
            b, fb, fa = c, fc, fa / 2
    return brief[field] * 10.0 ** c
