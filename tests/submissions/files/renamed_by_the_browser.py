"""Downloaded twice: the file is called "00_start_here (1).ipynb".

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here (1).ipynb": encoded(notebook)}
