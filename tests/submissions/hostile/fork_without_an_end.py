"""Is right, and starts a process that never ends: both go on in the notebook, and both answer.

exercise: revenue
goal: accident
deserves: ?
"""

import os


def revenue(orders):
    os.fork()
    return sum(order["total"] for order in orders if order["status"] == "completed")
