"""Adds the time between two runs, to be on the safe side."""

import math

SCHEDULES = [24, 12, 8, 6, 4, 3, 2, 1]


def plan(brief):
    schedule_h = next(hours for hours in SCHEDULES if hours <= brief["accept_h"])
    worst = max(brief["delays_h"]) + max(brief["outages_h"]) + schedule_h
    return dict(schedule_h=schedule_h, lookback_days=math.ceil(worst / 24), store="replace_days",
                key={True: "event_id", False: "content"}[brief["id_is_kept"]])
