"""Runs hourly and makes 90 days, to be on the safe side.

fails: is right and fresh within its budget
"""

def plan(brief):
    key = "event_id" if brief["id_is_kept"] else "content"
    return {"schedule_h": 1, "lookback_days": 90, "key": key, "store": "replace_days"}
