"""The answer was pasted from a chat: indented by two blanks, with non-breaking spaces, quotes of print, and a prompt.

exercise: revenue
goal: accident
deserves: 0
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    code = RIGHT.replace("    ", "\xa0\xa0\xa0\xa0").replace("\n", "\n  ")
    cell(notebook, "revenue-answer")["source"] = "  " + code.rstrip()
    return {"00_start_here.ipynb": encoded(notebook)}
