"""One plan for all briefs.

fails: counts each purchase once; is as fresh as its readers need; is right and fresh within its budget
"""


def plan(brief):
    schedule = 8
    lookback = 12
    key = "event_id"
    return {"schedule_h": schedule, "lookback_days": lookback, "key": key, "store": "replace_days"}
