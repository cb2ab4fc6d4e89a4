"""Compares with another spelling of the status.

fails: adds up what was completed; leaves out what was cancelled
says: It finds 0.00 EUR
"""

def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "Completed")
