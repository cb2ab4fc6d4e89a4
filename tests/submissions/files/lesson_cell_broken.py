"""A cell of the lesson that is no exercise was played with, and raises now.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    cell(notebook, "cell-014")["source"] = "import matplotlib.pyplot as plot\nplt.style.use('ggplot')\n"
    return {"00_start_here.ipynb": encoded(notebook)}
