"""The folder was zipped, with a folder inside, as file managers do it.

lesson: 00_start_here
exercise: revenue
goal: accident
deserves: 0
"""

import io
import json
import zipfile

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
    cell(notebook, "revenue-answer")["source"] = RIGHT
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("Downloads/00_start_here.ipynb", (2025, 3, 1, 0, 0, 0)), encoded(notebook))
    return {"00_start_here.zip": packed.getvalue()}
