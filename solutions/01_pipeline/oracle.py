"""Slow and obvious references for lesson 01: what an answer is compared with when it is graded."""

from datetime import UTC, datetime, timedelta


def clean(raw):
    """The clean payment, one question at a time."""
    if not isinstance(raw, dict):
        return None
    clean = {}
    for field in ("payment_id", "order_id", "user_id"):
        if field not in raw or raw[field] is None or raw[field] == "":
            return None
        clean[field] = str(raw[field])
    if "amount" not in raw or raw["amount"] is None:
        return None
    try:
        clean["amount"] = float(raw["amount"])
    except (TypeError, ValueError, OverflowError):
        return None
    if clean["amount"] != clean["amount"] or clean["amount"] < 0 or clean["amount"] >= 1_000_000:
        return None
    if not isinstance(raw.get("method"), str):
        return None
    clean["method"] = raw["method"].strip().lower()
    if clean["method"] not in ("card", "paypal", "transfer", "voucher"):
        return None
    try:
        moment = datetime.fromisoformat(raw.get("occurred_at"))
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    try:
        clean["occurred_at"] = moment.astimezone(UTC)
    except OverflowError:
        return None
    return clean


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


ORACLES = {"clean_payments": clean, "daily_summary": summary}
