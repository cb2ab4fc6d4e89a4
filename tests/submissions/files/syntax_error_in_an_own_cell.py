"""A cell of the student's own above the exercise doesn't parse.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"].insert(2, own("for order in orders\n    print(order"))
    return {"00_start_here.ipynb": encoded(notebook)}
