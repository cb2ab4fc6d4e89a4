"""Partly right: adds up cancelled orders as well.

exercise: revenue
deserves: 1
"""

def revenue(orders):
    return sum(order["total"] for order in orders)
