"""Returns a list of the same date two hundred million times, then one of all dates there are, then a text of 300 MB to
be quoted.

exercise: affected
goal: limits
deserves: 0
"""

from datetime import date, timedelta
from itertools import cycle

turns = cycle([lambda: [date.min] * 200_000_000, lambda: "</pre>\x1b[2J" + "x" * 300_000_000,
               lambda: {date.min + timedelta(days=day) for day in range(3_652_059)}])


def affected(event_day, arrived_on):
    return next(turns)()
