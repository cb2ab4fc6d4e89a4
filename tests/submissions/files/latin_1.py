"""Saved in Latin-1, with umlauts in a comment, so that it is no UTF-8.

exercise: revenue
goal: accident
deserves: 2
"""

import json

from tests.submissions.making import RIGHT, cell, own


def files(notebook):
    notebook["cells"].append(own("# schöne Grüße, größer als 5 €uro".replace("€", "")))
    cell(notebook, "revenue-answer")["source"] = RIGHT
    text = json.dumps(notebook, ensure_ascii=False)
    return {"00_start_here.ipynb": text.encode("latin-1", "replace")}
