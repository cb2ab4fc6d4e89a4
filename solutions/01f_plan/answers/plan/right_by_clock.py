"""Looks at the clock rather than at the id."""

import numpy as np


def plan(brief):
    possible = np.array([1, 2, 3, 4, 6, 8, 12, 24])
    schedule = possible[possible <= brief["accept_h"]].max()
    hours = np.max(brief["delays_h"]) + max(schedule, np.max(brief["outages_h"]))
    return {"schedule_h": schedule, "lookback_days": -(-hours // 24),
            "key": "content" if brief["clock_s"] < 60 else "event_id", "store": "replace_days", "note": "by cron"}
