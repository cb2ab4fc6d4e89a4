"""Raises exceptions with a million causes, a circle of contexts, groups a thousand deep, and ten thousand frames.

exercise: revenue
goal: limits
deserves: 0
"""

import sys
from itertools import cycle


def chained():
    error = ValueError(0)
    for number in range(1_000_000):
        after = ValueError(number)
        after.__cause__, error = error, after
    raise error


def circular():
    one, two = ValueError(1), ValueError(2)
    one.__cause__, two.__context__, two.__cause__ = two, one, one
    raise one


def grouped():
    error = ValueError("x" * 10_000)
    for _ in range(1_000):
        error = ExceptionGroup("y" * 10_000, [error, error])
    raise error


def recursing():
    sys.setrecursionlimit(50_000)

    def deeper(levels):
        return deeper(levels - 1) + 1 if levels else 1 / 0

    deeper(10_000)


def noted():
    error = ValueError("short")
    for _ in range(100_000):
        error.add_note("z" * 1_000)
    raise error


turns = cycle([chained, circular, grouped, recursing, noted])


def revenue(orders):
    next(turns)()
