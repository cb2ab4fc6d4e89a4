"""Returns from inside the loop, after the first completed order.

fails: adds up what was completed
"""

def revenue(orders):
    earned = 0
    for order in orders:
        if order["status"] == "completed":
            earned += order["total"]
            return earned
    return earned
