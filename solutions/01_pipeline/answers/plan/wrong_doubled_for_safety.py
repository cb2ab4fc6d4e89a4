"""Twice the days that are needed, and a shorter schedule.

fails: is right and fresh within its budget
"""

import math

SCHEDULES = [1, 2, 3, 4, 6, 8, 12, 24]


def plan(brief):
    schedule = max(s for s in SCHEDULES if s <= brief["accept_h"])
    schedule = SCHEDULES[max(0, SCHEDULES.index(schedule) - 1)]
    gap = max(brief["outages_h"] + [schedule])
    lookback = math.ceil((max(brief["delays_h"], default=0) + gap) / 24) * 2
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
