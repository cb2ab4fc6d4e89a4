"""The function is in a module of the student's own, which lies beside the notebook.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "from my_helpers import revenue\n"
    return {"00_start_here.ipynb": encoded(notebook), "my_helpers.py": RIGHT.encode(), "__pycache__/x.pyc": b"\0"}
