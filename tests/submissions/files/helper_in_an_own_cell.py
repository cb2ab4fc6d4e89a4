"""The function needs a helper that is in a cell of the student's own, further up.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "def revenue(orders):\n    return sum(o['total'] for o in orders if is_done(o))\n"
    )
    notebook["cells"].insert(2, own("def is_done(order):\n    return order['status'] == 'completed'\n"))
    return {"00_start_here.ipynb": encoded(notebook)}
