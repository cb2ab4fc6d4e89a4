"""A sum over a condition."""

def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
