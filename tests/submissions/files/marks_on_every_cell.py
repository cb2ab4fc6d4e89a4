"""Adds graded cells of its own: with new ids, with the id of the released one, as text worth a hundred points.

lesson: 00_start_here
exercise: revenue
goal: marks
deserves: 0
"""

import json
import zlib

WRONG = "def revenue(orders):\n    return 0\n"


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
    cell(notebook, "revenue-answer")["source"] = WRONG
    for number in range(20):
        each = own("2.0" + "\n" * number)
        each["metadata"]["nbgrader"] = {
            "grade": True,
            "grade_id": f"bonus-{number}" if number else "revenue",
            "locked": True,
            "points": 100,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        notebook["cells"].append(each)
    return {"00_start_here.ipynb": encoded(notebook)}
