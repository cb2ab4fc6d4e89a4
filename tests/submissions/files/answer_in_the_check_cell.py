"""The right answer was written above the call in the check cell.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    check = cell(notebook, "revenue-check")
    check["source"] = RIGHT + "\n\n" + "".join(check["source"])
    return {"00_start_here.ipynb": encoded(notebook)}
