"""A cell of the lesson that is no exercise was played with, and raises now.

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
    cell(notebook, "revenue-answer")["source"] = RIGHT
    cell(notebook, "cell-014")["source"] = "import matplotlib.pyplot as plot\nplt.style.use('ggplot')\n"
    return {"00_start_here.ipynb": encoded(notebook)}
