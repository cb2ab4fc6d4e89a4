"""Two hundred thousand cells of the student's own, one of them with a source of 30 MB and one of ten million lines.

lesson: 00_start_here
exercise: revenue
goal: batch
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
    notebook["cells"] += [{**own("x = 1"), "id": f"c{number}"} for number in range(200_000)]
    notebook["cells"] += [own("'" + "x" * 30_000_000 + "'"), own(["\n"] * 10_000_000)]
    return {"00_start_here.ipynb": encoded(notebook)}
