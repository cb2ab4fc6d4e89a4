"""Has the condition the wrong way round.

fails: adds up what was completed; leaves out what was cancelled
"""

def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] != "completed")
