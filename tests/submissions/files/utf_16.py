"""Saved by an editor in UTF-16, with its mark.

exercise: revenue
goal: accident
deserves: 2
"""

import json

from tests.submissions.making import RIGHT, cell


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    return {"00_start_here.ipynb": json.dumps(notebook, ensure_ascii=False).encode("utf-16")}
