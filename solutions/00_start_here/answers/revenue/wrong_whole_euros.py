"""Cuts the cents off.

fails: adds up what was completed
"""

def revenue(orders):
    return sum(int(order["total"]) for order in orders if order["status"] == "completed")
