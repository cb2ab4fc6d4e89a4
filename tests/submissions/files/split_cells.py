"""The answer cell was split in two (Ctrl+Shift+-): the first half keeps the marks, the second has none, and neither
parses.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded, own, place


def files(notebook):
    head, tail = RIGHT.split("\n", 1)
    cell(notebook, "revenue-answer")["source"] = head
    notebook["cells"].insert(place(notebook, "revenue-answer") + 1, own(tail))
    return {"00_start_here.ipynb": encoded(notebook)}
