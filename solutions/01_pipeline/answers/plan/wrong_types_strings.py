"""Numbers as strings.

fails: changes nothing when a run is repeated; counts each purchase once; makes good what came late; is as fresh as its readers need; is right and fresh within its budget
"""

import math

SCHEDULES = [1, 2, 3, 4, 6, 8, 12, 24]


def plan(brief):
    schedule = max(s for s in SCHEDULES if s <= brief["accept_h"])
    gap = max(brief["outages_h"] + [schedule])
    lookback = math.ceil((max(brief["delays_h"], default=0) + gap) / 24)
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": str(schedule), "lookback_days": str(lookback), "key": key, "store": "replace_days"}
