"""Names all 30 days, published or not.

fails: names no day that is right as it is; names none for a purchase that came in time
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(30):
        day = event_day + timedelta(days=number)
        days.add(day)
    return days
