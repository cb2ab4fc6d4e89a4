"""Switches the timer off, blocks and ignores every signal, takes the deadline out of the checks, and sleeps for three
minutes.

exercise: revenue
goal: limits
deserves: 0
"""

import signal
import sys
import time

END = time.monotonic() + 600  # of all calls together


def revenue(orders):
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    if "dataml_lab.runtime.answers" in sys.modules:
        sys.modules["dataml_lab.runtime.answers"].DEADLINE = 1e9
    time.sleep(max(0, min(180, END - time.monotonic())))
    return 0
