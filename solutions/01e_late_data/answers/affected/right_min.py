"""The shorter of window and delay."""

from datetime import timedelta


def affected(event_day, arrived_on):
    return {event_day + timedelta(days=n) for n in range(min(30, (arrived_on - event_day).days))}
