"""Right, and no function: an object that can be called, cached, decorated and partial.

exercise: revenue
deserves: 2
"""

from functools import partial, wraps


def noted(function):
    @wraps(function)
    def call(*arguments):
        return function(*arguments)
    return call


class Revenue:
    """The sum of the totals of orders with one status."""

    def __call__(self, status, orders):
        return sum(order["total"] for order in orders if order["status"] == status)


revenue = noted(partial(Revenue(), "completed"))
