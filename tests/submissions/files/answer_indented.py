"""The answer was pasted from a chat: indented by two blanks, with non-breaking spaces, quotes of print, and a prompt.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
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
    code = RIGHT.replace("    ", "\xa0\xa0\xa0\xa0").replace("\n", "\n  ")
    cell(notebook, "revenue-answer")["source"] = "  " + code.rstrip()
    return {"00_start_here.ipynb": encoded(notebook)}
