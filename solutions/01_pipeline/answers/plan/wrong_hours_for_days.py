"""Gives the days to look back in hours.

fails: changes nothing when a run is repeated; counts each purchase once; makes good what came late; is as fresh as its readers need; is right and fresh within its budget
says: a whole number from 0 to 90 is needed
"""

import math


def plan(brief):
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    lookback = math.ceil(max(brief["delays_h"]) + max(schedule, *brief["outages_h"]))
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
