"""Tries all schedules and lookbacks, keeps the cheapest that is fresh and reaches far enough."""

from itertools import product


def plan(brief):
    worst_delay = max(brief["delays_h"] or [0])
    best = None
    for schedule, back in product((1, 2, 3, 4, 6, 8, 12, 24), range(91)):
        gap = max([schedule, *brief["outages_h"]])
        fresh = schedule <= brief["accept_h"]
        complete = back * 24 >= worst_delay + gap
        rows = brief["users"] * (back + 1) * brief["days"] * 24 // schedule
        if fresh and complete and (best is None or rows < best[0]):
            best = rows, schedule, back
    _, schedule, back = best
    return {
        "schedule_h": schedule,
        "lookback_days": back,
        "key": "content" if not brief["id_is_kept"] and brief["clock_s"] <= 1 else "event_id",
        "store": "replace_days",
    }
