"""No cell, nor the notebook, has any metadata, not even an empty dict.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    for each in notebook["cells"]:
        del each["metadata"]
    del notebook["metadata"]
    return {"00_start_here.ipynb": encoded(notebook)}
