"""Swallows every signal and exception that could end it, and loops for three minutes.

exercise: revenue
goal: limits
deserves: 0
"""

import time

END = time.monotonic() + 600  # of all calls together


def revenue(orders):
    until = min(time.monotonic() + 180, END)
    while time.monotonic() < until:
        try:
            while time.monotonic() < until:
                pass
        except BaseException:
            continue
    return 0
