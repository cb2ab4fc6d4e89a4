"""Partly right: adds up cancelled orders as well.

lesson: 00_start_here
exercise: revenue
deserves: 1
"""

def revenue(orders):
    return sum(order["total"] for order in orders)
