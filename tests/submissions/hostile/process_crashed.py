"""Crashes its process with a write to address zero and a core to be dumped.

exercise: revenue
goal: batch
deserves: 0
"""

import ctypes
import resource


def revenue(orders):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    ctypes.memset(0, 0, 8)
