"""Wrong: prints the right number and returns nothing.

lesson: 00_start_here
exercise: revenue
deserves: 0
"""

def revenue(orders):
    print(sum(order["total"] for order in orders if order["status"] == "completed"))
