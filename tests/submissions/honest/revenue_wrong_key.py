"""Wrong: a typing error in the name of a field, so every call with orders raises KeyError.

exercise: revenue
deserves: 0
"""

def revenue(orders):
    return sum(order["totals"] for order in orders if order["status"] == "completed")
