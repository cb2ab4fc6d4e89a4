"""The answer cell was turned into text by pressing M.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    each = cell(notebook, "revenue-answer")
    each |= {"cell_type": "markdown", "source": RIGHT}
    del each["outputs"], each["execution_count"]
    return {"00_start_here.ipynb": encoded(notebook)}
