"""Calls the cleaner without end with large records, each of which the judge remembers to undo what was done to it.

exercise: cleaner_tests
goal: limits
deserves: 0
"""

import time


def test_totals(clean):
    until = time.monotonic() + 4.5
    number = 0
    while time.monotonic() < until:
        number += 1
        clean({"number": number, "note": "x" * 5_000_000 + str(number)})
