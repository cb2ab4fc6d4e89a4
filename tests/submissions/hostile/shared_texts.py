"""Returns one text of ten megabytes ten thousand times, which takes a hundred gigabytes once it is written out.

exercise: revenue
goal: limits
deserves: 0
"""

def revenue(orders):
    return ["x" * 10_000_000] * 10_000
