"""Names the day after the window.

fails: names no day that is right as it is
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(31):
        day = event_day + timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
