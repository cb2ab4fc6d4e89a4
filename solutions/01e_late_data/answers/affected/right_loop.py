"""A loop over the window, in which only published days count."""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(30):
        day = event_day + timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
