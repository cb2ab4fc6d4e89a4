"""Stops one order before the end.

fails: adds up what was completed; leaves out what was cancelled
"""

def revenue(orders):
    earned = 0
    for position in range(len(orders) - 1):
        if orders[position]["status"] == "completed":
            earned += orders[position]["total"]
    return earned
