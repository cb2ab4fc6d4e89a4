"""Goes on to the day of arrival, however long that is after the purchase.

fails: names no day that is right as it is
says: begin after the purchase
"""

from datetime import timedelta


def affected(event_day, arrived_on):
    days = set()
    for number in range((arrived_on - event_day).days):
        day = event_day + timedelta(days=number)
        if day < arrived_on:
            days.add(day)
    return days
