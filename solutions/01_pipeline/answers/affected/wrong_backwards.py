"""Takes the 30 days before the purchase.

fails: names every published day that lacks the purchase; names no day that is right as it is; names none for a purchase that came in time
says: before the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(30):
        day = event_day - timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
