"""Returns a whole number of ten million digits, which takes hours to write in decimal.

exercise: revenue
goal: limits
deserves: 0
"""

def revenue(orders):
    return 1 << 33_000_000
