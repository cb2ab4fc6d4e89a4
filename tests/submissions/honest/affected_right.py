"""The right answer, with a list instead of a set.

exercise: affected
deserves: 3
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    """The published days whose tables lack a purchase of `event_day` that came on `arrived_on`."""
    late = min((arrived_on - event_day).days, 30)
    return [event_day + timedelta(days=day) for day in range(late)]
