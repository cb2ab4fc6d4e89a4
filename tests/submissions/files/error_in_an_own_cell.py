"""A cell of the student's own raises, and another one ends the kernel.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["cells"][2:2] = [own("1 / 0"), own("exit()"), own("raise SystemExit('done')")]
    return {"00_start_here.ipynb": encoded(notebook)}
