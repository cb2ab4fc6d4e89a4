"""Names the event day always, even if it came in time.

fails: names none for a purchase that came in time
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    return {event_day + timedelta(days=i) for i in range(30) if event_day + timedelta(days=i) < arrived_on}


_without = affected


def affected(event_day, arrived_on):
    return _without(event_day, arrived_on) | {event_day}
