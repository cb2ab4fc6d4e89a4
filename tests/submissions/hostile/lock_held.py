"""Spends minutes in one call of C code that holds the interpreter lock and looks at no signal.

exercise: revenue
goal: limits
deserves: 0
"""

from itertools import repeat


def revenue(orders):
    return sum(repeat(1, 2 * 10**10)) and 0
