"""Strange: finds the lookback by simulating hours, runs at each hour of a day after the longest gap."""

from datetime import datetime, timedelta


def plan(brief):
    every = 24
    while every > brief["accept_h"] or 24 % every:
        every -= 1
    gap = max(every, *brief["outages_h"]) if brief["outages_h"] else every
    deepest = 0
    for hour in range(24):
        run = datetime(2025, 6, 15) + timedelta(hours=hour)
        for ago in range(int(gap) + 1):
            for late in brief["delays_h"]:
                bought = run - timedelta(hours=ago) - timedelta(hours=late)
                deepest = max(deepest, (run.date() - bought.date()).days)
    key = "event_id"
    if not brief["id_is_kept"]:
        key = "content"
    return {"schedule_h": every, "lookback_days": deepest, "key": key, "store": "replace_days"}
