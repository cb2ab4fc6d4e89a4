"""Counts orders.

fails: adds up what was completed
"""

def revenue(orders):
    return sum(order["status"] == "completed" for order in orders)
