"""Says that its kernel is Python 2, and the answer prints without brackets.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "def revenue(orders):\n    print 'hello'\n    return 0L\n"
    notebook["metadata"]["kernelspec"] = {"display_name": "Python 2", "language": "python", "name": "python2"}
    return {"00_start_here.ipynb": encoded(notebook)}
