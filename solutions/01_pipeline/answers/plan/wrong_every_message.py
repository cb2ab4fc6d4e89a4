"""Counts every message.

fails: counts each purchase once
"""

import math


def plan(brief):
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    lookback = math.ceil((max(brief["delays_h"]) + max(schedule, *brief["outages_h"])) / 24)
    key = "none"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
