"""Returns a text of two gigabytes.

exercise: revenue
goal: limits
deserves: 0
"""

def revenue(orders):
    return "\x1b[2J" + "x" * 2_000_000_000
