"""Forks up to 20,000 processes, each of which sleeps for two minutes in a session of its own.

exercise: revenue
goal: limits
deserves: 0
"""

import os
import time


def revenue(orders):
    for _ in range(20_000):
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(120)
                os._exit(0)
        except OSError:
            time.sleep(0.001)
    return 0
