"""Stops a day early, as the table of yesterday is not yet made.

fails: names every published day that lacks the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    return {event_day + timedelta(days=i) for i in range(30) if event_day + timedelta(days=i + 1) < arrived_on}
