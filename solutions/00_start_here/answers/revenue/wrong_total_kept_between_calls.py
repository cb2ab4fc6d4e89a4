"""Adds to a total outside the function, which is not set back to 0 when it is called again.

fails: adds up what was completed; leaves out what was cancelled
says: remembers something of the calls before
"""

earned = 0


def revenue(orders):
    global earned
    for order in orders:
        if order["status"] == "completed":
            earned += order["total"]
    return earned
