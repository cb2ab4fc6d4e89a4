"""Returns a list that is in itself, in a dict that is its own value.

exercise: revenue
goal: batch
deserves: 0
"""

def revenue(orders):
    found = {}
    found["self"] = [found, (found,), {"again": found}]
    found["self"].append(found["self"])
    return found
