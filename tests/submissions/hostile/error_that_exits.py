"""Raises an exception whose text can't be had: to ask for it exits, interrupts, hangs or never comes to an end.

exercise: revenue
goal: batch
deserves: 0
"""

import time
from itertools import cycle

END = time.monotonic() + 600  # of all calls together


def slowly(error):
    until = min(time.monotonic() + 170, END)
    while time.monotonic() < until:
        try:
            time.sleep(1)
        except BaseException:
            continue
    return "late"


def leave(error):
    raise SystemExit(0)


def interrupt(error):
    raise KeyboardInterrupt


turns = cycle(
    [type("Hostile", (Exception,), {"__str__": text, "__repr__": text}) for text in (leave, interrupt, slowly)]
)


def revenue(orders):
    raise next(turns)
