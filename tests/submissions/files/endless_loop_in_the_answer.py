"""The right function is followed by a loop, in the answer cell itself, that ends after three minutes.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: ?
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
    loop = "import time\nend = time.monotonic() + 180\nwhile time.monotonic() < end:\n    pass\n"
    cell(notebook, "revenue-answer")["source"] = RIGHT + loop
    return {"00_start_here.ipynb": encoded(notebook)}
