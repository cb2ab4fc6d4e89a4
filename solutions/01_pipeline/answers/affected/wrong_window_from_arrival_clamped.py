"""Days since the purchase, but only those of the 30 days before the arrival: for a very late one the wrong end.

fails: names every published day that lacks the purchase; names no day that is right as it is
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    first = max(event_day, arrived_on - timedelta(days=30))
    return {first + timedelta(days=i) for i in range((arrived_on - first).days)}
