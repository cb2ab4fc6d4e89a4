"""Saved by an editor that begins with a byte order mark and ends lines as Windows does.

exercise: revenue
goal: accident
deserves: 2
"""

import json

from tests.submissions.making import RIGHT, cell


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    text = json.dumps(notebook, indent=1).replace("\n", "\r\n")
    return {"00_start_here.ipynb": b"\xef\xbb\xbf" + text.encode()}
