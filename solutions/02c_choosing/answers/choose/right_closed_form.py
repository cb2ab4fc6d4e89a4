"""The closed form of the mean over the wait, and min over the eight choices."""

import math

EVERY = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, s):
    n, worth, h = brief["events_per_day"], brief["worth"], brief["half_life_s"]
    if s == 0:
        kept = 0.5 ** (2 / h)
        fixed, each, again = brief["stream_day"], 0.00002, 40.0
    else:
        x = s / h * math.log(2)
        kept = -math.expm1(-x) / x
        fixed, each, again = brief["run_cost"] * 86400 / s, 0.000002, 2.0
    return fixed + each * n + again * brief["reruns_per_day"] + n * worth * (1 - kept)


def choose(brief):
    return min((0,) + EVERY, key=lambda s: bill(brief, s))
