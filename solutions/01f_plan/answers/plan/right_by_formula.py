"""A line for each part of the plan."""

import math


def plan(brief):
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    lookback = math.ceil((max(brief["delays_h"]) + max(schedule, *brief["outages_h"])) / 24)
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
