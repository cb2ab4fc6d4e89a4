"""Loops in calls that count nothing (wait, load), swallows every stop, and so keeps both sides busy for three minutes a
call.

exercise: fetch_all
goal: batch
deserves: 0
"""

import time

END = time.monotonic() + 600  # of all calls together


def fetch_all(api, state):
    until = min(time.monotonic() + 180, END)
    while time.monotonic() < until:
        try:
            state.load()
            api.wait(1e-9)
        except BaseException:
            continue
