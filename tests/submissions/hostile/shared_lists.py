"""Returns a list of ten times the same list, twenty deep: a few hundred bytes here, and ten to the twentieth numbers
for whoever walks through it.

exercise: revenue
goal: batch
deserves: 0
"""

def revenue(orders):
    found = [0.0]
    for _ in range(18):
        found = [found] * 10
    return found
