"""Recurses through C until the stack of the process is gone.

exercise: revenue
goal: batch
deserves: 0
"""

import sys
import threading


def revenue(orders):
    sys.setrecursionlimit(2**31 - 1)
    threading.stack_size(1 << 16)
    found = ()
    for _ in range(1_000_000):
        found = (found,)
    return hash(found) + len(repr(found))
