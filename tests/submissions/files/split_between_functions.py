"""The answer cell was split between a helper and the function: the helper is in the marked half, the function in a cell
of one's own.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json
import zlib


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
    cell(notebook, "revenue-answer")["source"] = "def is_done(order):\n    return order['status'] == 'completed'\n"
    function = "def revenue(orders):\n    return sum(order['total'] for order in orders if is_done(order))\n"
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, own(function))
    return {"00_start_here.ipynb": encoded(notebook)}
