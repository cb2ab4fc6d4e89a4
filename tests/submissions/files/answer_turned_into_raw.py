"""The answer cell was turned into a raw cell by pressing R, and keeps the outputs of a code cell.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer").update({"cell_type": "raw", "source": RIGHT})
    return {"00_start_here.ipynb": encoded(notebook)}
