"""Compares calendar days, user by user, with a counter of purchases."""

from collections import Counter
from datetime import UTC, timedelta


def bought_30d(events, day):
    first = day - timedelta(days=29)
    dated = [(event["occurred_at"].astimezone(UTC).date(), event) for event in events]
    users = {event["user_id"] for when, event in dated if when <= day}
    bought = Counter()
    for when, event in dated:
        if first <= when <= day and event["kind"] == "purchase":
            bought[event["user_id"]] += 1
    return {user: bought[user] for user in users}
