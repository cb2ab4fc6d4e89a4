"""The answer cell was split between a helper and the function: the helper is in the marked half, the function in a cell
of one's own.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import cell, encoded, own, place


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "def is_done(order):\n    return order['status'] == 'completed'\n"
    function = "def revenue(orders):\n    return sum(order['total'] for order in orders if is_done(order))\n"
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, own(function))
    return {"00_start_here.ipynb": encoded(notebook)}
