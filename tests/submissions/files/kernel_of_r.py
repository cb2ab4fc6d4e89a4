"""Says that its kernel is R, as after a wrong choice in the menu.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["metadata"]["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}
    notebook["metadata"]["language_info"] = {"name": "R", "file_extension": ".r", "mimetype": "text/x-r-source"}
    return {"00_start_here.ipynb": encoded(notebook)}
