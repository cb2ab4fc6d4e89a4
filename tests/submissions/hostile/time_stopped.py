"""Stops every clock of its process (time, datetime's, the loop's), and then works for three minutes.

exercise: revenue
goal: limits
deserves: 0
"""

import time

monotonic = time.monotonic
END = monotonic() + 600  # of all calls together
for _name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "time_ns", "monotonic_ns"):
    setattr(time, _name, lambda: 0)


def revenue(orders):
    until = min(monotonic() + 180, END)
    while monotonic() < until:
        pass
    return 0
