"""Returns a member of an IntEnum, and computes with Decimal."""

from decimal import Decimal
from enum import IntEnum


class Every(IntEnum):
    STREAM = 0
    MINUTE = 60
    FIVE_MINUTES = 300
    QUARTER = 900
    HOUR = 3600
    SIX_HOURS = 21600
    DAY = 86400
    WEEK = 604800


def bill(brief, s):
    n, w, h, r, run, stream = (Decimal(str(brief[k])) for k in
                               ("events_per_day", "worth", "half_life_s", "reruns_per_day", "run_cost", "stream_day"))
    k = Decimal(2).ln() / h
    if not s:
        return stream + n * Decimal("0.00002") + 40 * r + n * w * (1 - (-2 * k).exp())
    x = k * int(s)
    return run * 86400 / int(s) + n * Decimal("0.000002") + 2 * r + n * w * (1 - (1 - (-x).exp()) / x)


def choose(brief):
    return min(Every, key=lambda s: bill(brief, s))
