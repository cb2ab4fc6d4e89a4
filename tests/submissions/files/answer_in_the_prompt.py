"""The right answer was written into the text of the prompt.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    prompt = cell(notebook, "revenue-prompt")
    prompt["source"] = "".join(prompt["source"]) + "\n\n" + RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
