"""Right, and leaves objects behind whose deletion, at the next collection or at the end of the process, takes minutes.

exercise: revenue
goal: batch
deserves: 2
"""

import time

END = time.monotonic() + 600  # of all calls together


class Slow(float):
    """Takes its time to go."""

    def __del__(self):
        end = min(time.monotonic() + 170, END)
        while time.monotonic() < end:
            try:
                time.sleep(1)
            except BaseException:
                continue


kept = []


def revenue(orders):
    kept.append(Slow(0))
    cycle = [Slow(0)]
    cycle.append(cycle)
    return sum(order["total"] for order in orders if order["status"] == "completed")
