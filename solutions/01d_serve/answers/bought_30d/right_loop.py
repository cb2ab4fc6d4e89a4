"""Goes through the events once."""

from datetime import UTC, datetime, time, timedelta


def bought_30d(events, day):
    end = datetime.combine(day, time(), UTC) + timedelta(days=1)
    counts = {}
    for event in events:
        if event["occurred_at"] >= end:
            continue
        in_window = event["occurred_at"] >= end - timedelta(days=30)
        bought = event["kind"] == "purchase" and in_window
        counts[event["user_id"]] = counts.get(event["user_id"], 0) + bought
    return counts
