"""Displays a letter ten thousand times while the cell runs: little text, but each is an output of its own.

exercise: revenue
goal: limits
deserves: 2
"""

from IPython.display import display


class Letter:
    def __repr__(self):
        return "x"


for _ in range(10_000):
    display(Letter())


def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
