"""A loop that skips what is not completed."""

def revenue(orders):
    earned = 0
    for order in orders:
        if order["status"] != "completed":
            continue
        earned += order["total"]
    return earned
