"""Adds the rows of each run to the table.

fails: changes nothing when a run is repeated
says: that an earlier run has written
"""

import math


def plan(brief):
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    lookback = math.ceil((max(brief["delays_h"]) + max(schedule, *brief["outages_h"])) / 24)
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "append"}
