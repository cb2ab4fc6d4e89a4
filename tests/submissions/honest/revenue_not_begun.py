"""The cell as it was released.

exercise: revenue
deserves: 0
"""

def revenue(orders):
    """The sum (EUR) of the totals of completed orders."""
    # YOUR CODE HERE
    return NotImplemented
