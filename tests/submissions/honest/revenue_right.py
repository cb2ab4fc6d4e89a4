"""The plain right answer.

exercise: revenue
deserves: 2
"""

def revenue(orders):
    """The sum (EUR) of the totals of completed orders."""
    return sum(order["total"] for order in orders if order["status"] == "completed")
