"""The answer cell still holds the stub; the right function is in a cell of the student's own, above the check.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 2
"""

import json
import zlib

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""


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
    notebook["cells"].insert(place(notebook, "revenue-check"), own(RIGHT))
    return {"00_start_here.ipynb": encoded(notebook)}
