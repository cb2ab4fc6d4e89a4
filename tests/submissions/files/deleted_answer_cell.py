"""The answer cell is gone, and with it the answer.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json


def place(notebook, name):
    """Where the cell of this id is."""
    return next(number for number, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    del notebook["cells"][place(notebook, "revenue-answer")]
    return {"00_start_here.ipynb": encoded(notebook)}
