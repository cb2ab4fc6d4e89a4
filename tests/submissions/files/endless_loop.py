"""A cell of the student's own never ends (here it does, after three minutes).

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    loop = "import time\nend = time.monotonic() + 180\nwhile time.monotonic() < end:\n    pass\n"
    notebook["cells"].insert(2, own(loop))
    return {"00_start_here.ipynb": encoded(notebook)}
