"""Returns records and long doubles of numpy, whose `item` gives out what is no plain data: objects of its own, long
doubles, gigabytes of void.

exercise: revenue
goal: limits
deserves: 0
"""

from itertools import cycle

import numpy as np


class Mine:
    """An object that should have stayed here."""


turns = cycle(
    [
        lambda: np.array([(Mine(), 1)], dtype=[("a", "O"), ("b", "f8")])[0],
        lambda: np.longdouble("1e4000"),
        lambda: np.clongdouble(1),
        lambda: np.void(2_000_000_000),
        lambda: np.str_("\ud800"),
        lambda: np.datetime64(2**62, "Y"),
        lambda: np.array([(0,)], dtype=[(f"f{number}", "i1") for number in range(1)])[0],
        lambda: np.bytes_(b"x" * 10**9),
    ]
)


def revenue(orders):
    return next(turns)()
