"""Adds up every order.

fails: leaves out what was cancelled
says: of them cancelled
"""

def revenue(orders):
    return sum(order["total"] for order in orders)
