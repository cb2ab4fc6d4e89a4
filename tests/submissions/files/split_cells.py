"""The answer cell was split in two (Ctrl+Shift+-): the first half keeps the marks, the second has none, and neither
parses.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import json
import zlib

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def place(notebook, name):
    """Where the cell of this id is."""
    return next(number for number, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    name = f"own-{zlib.crc32(str(source).encode()):08x}"
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}


def files(notebook):
    head, tail = RIGHT.split("\n", 1)
    cell(notebook, "revenue-answer")["source"] = head
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, own(tail))
    return {"00_start_here.ipynb": encoded(notebook)}
