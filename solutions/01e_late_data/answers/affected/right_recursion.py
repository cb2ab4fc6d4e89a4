"""Strange: recursion with a default argument."""

from datetime import timedelta



def affected(event_day, arrived_on, left=30):
    return {event_day} | affected(event_day + timedelta(1), arrived_on, left - 1) if left and event_day < arrived_on else set()
