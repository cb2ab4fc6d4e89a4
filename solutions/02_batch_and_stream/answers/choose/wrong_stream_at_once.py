"""The two seconds that an event waits in a stream are left out.

fails: weighs how fast a result loses its worth
says: the 2 seconds
"""

import math

EVERY = (60, 300, 900, 3600, 21600, 86400, 604800)


def bill(brief, s):
    n, worth, h = brief["events_per_day"], brief["worth"], brief["half_life_s"]
    if s == 0:
        kept = 1.0
        fixed, each, again = brief["stream_day"], 0.00002, 40.0
    else:
        x = s / h * math.log(2)
        kept = -math.expm1(-x) / x
        fixed, each, again = brief["run_cost"] * 86400 / s, 0.000002, 2.0
    return fixed + each * n + again * brief["reruns_per_day"] + n * worth * (1 - kept)


def choose(brief):
    return min((0,) + EVERY, key=lambda s: bill(brief, s))
