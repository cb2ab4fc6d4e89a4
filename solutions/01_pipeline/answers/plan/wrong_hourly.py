"""Runs every hour, whatever readers need.

fails: is right and fresh within its budget
"""

import math


def plan(brief):
    schedule = 1
    lookback = math.ceil((max(brief["delays_h"]) + max(schedule, *brief["outages_h"])) / 24)
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
