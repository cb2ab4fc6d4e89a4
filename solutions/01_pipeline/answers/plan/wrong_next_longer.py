"""Takes the next longer schedule.

fails: is as fresh as its readers need; is right and fresh within its budget
"""

import math


def plan(brief):
    schedule = min((h for h in (1, 2, 3, 4, 6, 8, 12, 24) if h >= brief["accept_h"]), default=24)
    lookback = math.ceil((max(brief["delays_h"]) + max(schedule, *brief["outages_h"])) / 24)
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
