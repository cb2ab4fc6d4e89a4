"""Makes the current day only.

fails: makes good what came late; is right and fresh within its budget
"""



def plan(brief):
    schedule = max(hours for hours in (1, 2, 3, 4, 6, 8, 12, 24) if hours <= brief["accept_h"])
    lookback = 0
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
