"""Has no first order to begin with when there are none.

fails: adds up what was completed
says: IndexError
"""

def revenue(orders):
    totals = [order["total"] for order in orders if order["status"] == "completed"]
    earned = totals[0]
    for total in totals[1:]:
        earned += total
    return earned
