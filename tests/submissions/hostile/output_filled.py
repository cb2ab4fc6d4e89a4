"""Prints two gigabytes past everything that silences it: on the descriptors, as display data, without a new line.

exercise: revenue
goal: limits
deserves: 0
"""

import os
import sys


def revenue(orders):
    chunk = b"\x1b[31mwas here\r" * (1 << 16)
    for _ in range(2_000):
        for number in (1, 2):
            try:
                os.write(number, chunk)
            except OSError:
                continue
    sys.__stderr__.write("x" * 100_000_000)
    sys.__stdout__.write("x" * 100_000_000)
    return 0
