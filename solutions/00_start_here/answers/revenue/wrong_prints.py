"""Prints the sum and returns nothing.

fails: adds up what was completed; leaves out what was cancelled
says: Does it end in `return`?
"""

def revenue(orders):
    print(sum(order["total"] for order in orders if order["status"] == "completed"))
