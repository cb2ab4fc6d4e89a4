"""Lone surrogates, NULs and texts that can't be encoded in sources, ids and names, as JSON can say them.

exercise: revenue
goal: batch
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG + "# \ud800 \0 \udfff"
    cell(notebook, "revenue-check")["id"] = "\ud800"
    notebook["metadata"]["name"] = "\udcff\0"
    return {"00_start_here.ipynb": encoded(notebook)}
