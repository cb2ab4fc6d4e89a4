"""Saved in Latin-1, with umlauts in a comment, so that it is no UTF-8.

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


def own(source, kind="code"):
    """A cell of one's own."""
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    name = f"own-{zlib.crc32(str(source).encode()):08x}"
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}


def files(notebook):
    notebook["cells"].append(own("# schöne Grüße, größer als 5 €uro".replace("€", "")))
    cell(notebook, "revenue-answer")["source"] = RIGHT
    text = json.dumps(notebook, ensure_ascii=False)
    return {"00_start_here.ipynb": text.encode("latin-1", "replace")}
