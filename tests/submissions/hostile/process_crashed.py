"""Crashes its process with a write to address zero and a core to be dumped.

lesson: 00_start_here
exercise: revenue
goal: batch
deserves: 0
"""

import ctypes
import resource


def revenue(orders):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    ctypes.memset(0, 0, 8)
