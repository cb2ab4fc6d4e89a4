"""The answer cell holds line magics and shell commands beside the function.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "%matplotlib inline\n!ls\n" + RIGHT + "%timeit -n1 -r1 revenue([])\n"
    return {"00_start_here.ipynb": encoded(notebook)}
