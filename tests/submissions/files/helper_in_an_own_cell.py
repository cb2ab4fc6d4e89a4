"""The function needs a helper that is in a cell of the student's own, further up.

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


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    name = f"own-{zlib.crc32(str(source).encode()):08x}"
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = (
        "def revenue(orders):\n    return sum(o['total'] for o in orders if is_done(o))\n")
    notebook["cells"].insert(2, own("def is_done(order):\n    return order['status'] == 'completed'\n"))
    return {"00_start_here.ipynb": encoded(notebook)}
