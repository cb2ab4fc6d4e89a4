"""Returns a text for people to read.

fails: adds up what was completed; leaves out what was cancelled
says: a text
"""

def revenue(orders):
    return f"{sum(order['total'] for order in orders if order['status'] == 'completed'):.2f} EUR"
