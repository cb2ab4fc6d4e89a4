"""Later than 30 days after the purchase there is nothing to do, it thinks.

fails: names every published day that lacks the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    n = (arrived_on - event_day).days
    if n > 30:
        return set()
    return {event_day + timedelta(days=i) for i in range(n)}
