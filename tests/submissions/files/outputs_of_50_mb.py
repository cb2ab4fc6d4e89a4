"""Somebody printed all tables: outputs of 50 MB in one cell, and an image of five.

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
    cell(notebook, "revenue-answer")["source"] = RIGHT
    noise = own("print('x' * 50_000_000)")
    noise["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "row after row\n" * 3_600_000},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" + "A" * 5_000_000}},
    ]
    notebook["cells"].append(noise)
    return {"00_start_here.ipynb": encoded(notebook)}
