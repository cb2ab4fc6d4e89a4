"""All four cells of the exercise were duplicated below, by Ctrl+C and Ctrl+V with ids of their own, and answered there
only.

exercise: revenue
goal: accident
deserves: 2
"""

import copy

from tests.submissions.making import RIGHT, cell, encoded, place


def files(notebook):
    cells = [copy.deepcopy(cell(notebook, f"revenue-{part}")) for part in ("prompt", "answer", "check", "graded")]
    for number, each in enumerate(cells):
        each["id"] = f"copy-{number}"
    cells[1]["source"] = RIGHT
    at = place(notebook, "revenue-graded") + 1
    notebook["cells"][at:at] = cells
    return {"00_start_here.ipynb": encoded(notebook)}
