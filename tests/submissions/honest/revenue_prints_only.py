"""Wrong: prints the right number and returns nothing.

exercise: revenue
deserves: 0
"""

def revenue(orders):
    print(sum(order["total"] for order in orders if order["status"] == "completed"))
