"""Makes only the day of the purchase again.

fails: names every published day that lacks the purchase; names none for a purchase that came in time
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(1):
        day = event_day + timedelta(days=number)
        days.add(day)
    return days
