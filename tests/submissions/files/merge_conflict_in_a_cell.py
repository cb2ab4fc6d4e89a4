"""Git's marks of a conflict are in the answer, which the notebook holds as it should.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""
WRONG = "def revenue(orders):\n    return 0\n"


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = f"<<<<<<< HEAD\n{WRONG}=======\n{RIGHT}>>>>>>> colleague\n"
    return {"00_start_here.ipynb": encoded(notebook)}
