"""Begins on the day after the purchase.

fails: names every published day that lacks the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(1, 30):
        day = event_day + timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
