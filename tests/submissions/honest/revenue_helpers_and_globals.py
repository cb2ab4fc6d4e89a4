"""Right, with a helper, a constant, a dataclass and an import of its own in the cell, and two definitions of which the
last counts.

exercise: revenue
deserves: 2
"""

from dataclasses import dataclass
from decimal import Decimal

DONE = "completed"


@dataclass
class Order:
    """An order with its total in cents."""

    cents: int
    status: str


def read(raw):
    return Order(round(raw["total"] * 100), raw["status"])


def revenue(orders):
    return len(orders)


def revenue(orders):  # noqa: F811
    """A second try in the same cell."""
    return Decimal(sum(order.cents for order in map(read, orders) if order.status == DONE)) / 100
