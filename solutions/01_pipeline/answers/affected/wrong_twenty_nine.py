"""Forgets the last day of the window.

fails: names every published day that lacks the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(29):
        day = event_day + timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
