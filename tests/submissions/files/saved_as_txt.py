"""The notebook as it should be, in a file that the browser called 00_start_here.ipynb.txt.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb.txt": encoded(notebook)}
