"""In exact cents, as a Decimal."""

from decimal import Decimal


def revenue(orders):
    completed = filter(lambda order: order["status"] == "completed", orders)
    return sum((Decimal(str(order["total"])) for order in completed), Decimal())
