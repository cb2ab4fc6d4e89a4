"""The answer cell was turned into text by pressing M.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    each = cell(notebook, "revenue-answer")
    each |= {"cell_type": "markdown", "source": RIGHT}
    del each["outputs"], each["execution_count"]
    return {"00_start_here.ipynb": encoded(notebook)}
