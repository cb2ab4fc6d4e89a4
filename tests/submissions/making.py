"""What makers of files that are handed in have in common."""

import json
import zlib

RIGHT = """def revenue(orders):
    return sum(order["total"] for order in orders if order["status"] == "completed")
"""
WRONG = "def revenue(orders):\n    return 0\n"


def encoded(notebook):
    """The notebook as a file."""
    return json.dumps(notebook).encode()


def cell(notebook, name):
    """The cell of this id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def place(notebook, name):
    """Where the cell of this id is."""
    return next(number for number, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    name = f"own-{zlib.crc32(str(source).encode()):08x}"
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}
