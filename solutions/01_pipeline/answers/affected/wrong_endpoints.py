"""Returns the first and last day only.

fails: names every published day that lacks the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    last = min(arrived_on - timedelta(days=1), event_day + timedelta(days=29))
    return {event_day, last} if last >= event_day else set()
