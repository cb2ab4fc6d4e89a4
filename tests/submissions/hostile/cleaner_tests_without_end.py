"""Defines 20,000 tests that each run until just before their deadline.

exercise: cleaner_tests
goal: batch
deserves: 0
"""

import time

END = time.monotonic() + 600  # of all calls together


def slow(clean):
    time.sleep(4.9 if time.monotonic() < END else 0)


for _number in range(20_000):
    globals()[f"test_{_number:05}"] = slow
