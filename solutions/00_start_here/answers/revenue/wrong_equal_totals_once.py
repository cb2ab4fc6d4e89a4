"""Collects the totals in a set, in which equal ones are one.

fails: adds up what was completed
"""

def revenue(orders):
    return sum({order["total"] for order in orders if order["status"] == "completed"})
