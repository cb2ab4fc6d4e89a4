"""The name has spaces, umlauts in decomposed form, a new line and capitals.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"Übung 00 von Jürgen Müller\n(final FINAL).IPYNB": encoded(notebook)}
