"""Slow and obvious references for part 01e: what an answer is compared with when it is graded."""

from datetime import UTC, datetime, timedelta


def summary(events, day):
    """By user, (purchases of 30 days, mean session of 7 days in seconds, days since the last login), one event at a
    time."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    once = {event["event_id"]: event for event in events if event["occurred_at"] < end}
    rows = {}
    for user in {event["user_id"] for event in once.values()}:
        mine = [event for event in once.values() if event["user_id"] == user]
        purchases = 0
        for event in mine:
            if event["kind"] == "purchase" and end - event["occurred_at"] <= timedelta(days=30):
                purchases += 1
        durations = []
        for session in {event["session_id"] for event in mine}:
            times = sorted(event["occurred_at"] for event in mine if event["session_id"] == session)
            if end - times[0] <= timedelta(days=7):
                durations.append((times[-1] - times[0]).total_seconds())
        logins = [(day - event["occurred_at"].date()).days for event in mine if event["kind"] == "login"]
        rows[user] = (purchases, sum(durations) / len(durations) if durations else None, min(logins, default=None))
    return rows


ORACLES = {"daily_summary": summary}
