"""Saved in Latin-1, with umlauts in a comment, so that it is no UTF-8.

exercise: revenue
goal: accident
deserves: 2
"""

import json

from tests.submissions.making import RIGHT, cell, own


def files(notebook):
    notebook["cells"].append(own("# schöne Grüße, größer als 5"))
    cell(notebook, "revenue-answer")["source"] = RIGHT
    text = json.dumps(notebook, ensure_ascii=False)
    written = "".join(letter if letter < "\u0100" else json.dumps(letter).strip('"') for letter in text)
    return {"00_start_here.ipynb": written.encode("latin-1")}
