"""Returns the number as an int of a subclass, a Decimal, a Fraction and a numpy object: other ways around a limit on
int.

exercise: revenue
goal: limits
deserves: 0
"""

from decimal import Decimal
from fractions import Fraction
from itertools import cycle

import numpy as np


class Whole(int):
    """An int that isn't exactly one."""


huge = 1 << 33_000_000
turns = cycle([lambda: Whole(huge), lambda: Decimal("9" * 10_000_000), lambda: Decimal("1E+999999999999999999"),
               lambda: Fraction(huge, 3), lambda: np.array([huge], dtype=object), lambda: {huge: huge}])


def revenue(orders):
    return next(turns)()
