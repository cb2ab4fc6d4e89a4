"""Stops every clock of its process (time, datetime's, the loop's), and then works for three minutes.

lesson: 00_start_here
exercise: revenue
goal: limits
deserves: 0
"""

import time

monotonic = time.monotonic
for _name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "time_ns", "monotonic_ns"):
    setattr(time, _name, lambda: 0)


def revenue(orders):
    until = monotonic() + 180
    while monotonic() < until:
        pass
    return 0
