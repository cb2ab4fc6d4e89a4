"""Names the day of arrival as well, whose table is made after it.

fails: names no day that is right as it is; names none for a purchase that came in time
says: made after midnight
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range(30):
        day = event_day + timedelta(days=number)
        if day <= arrived_on:
            days.add(day)
    return days
