"""Takes cancelled orders off, as if they had been counted before.

fails: leaves out what was cancelled
"""

def revenue(orders):
    return sum(order["total"] if order["status"] == "completed" else -order["total"] for order in orders)
