"""Says that it is of a format that is yet to come, 5.99, with cells of kinds that nobody knows beside those of today.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["nbformat"], notebook["nbformat_minor"] = 5, 99
    notebook["cells"].append({"cell_type": "canvas", "id": "new", "metadata": {}, "strokes": []})
    return {"00_start_here.ipynb": encoded(notebook)}
