"""Swallows every signal and exception that could end it, and loops for three minutes.

lesson: 00_start_here
exercise: revenue
goal: limits
deserves: 0
"""

import time


def revenue(orders):
    until = time.monotonic() + 180
    while time.monotonic() < until:
        try:
            while time.monotonic() < until:
                pass
        except BaseException:
            continue
    return 0
