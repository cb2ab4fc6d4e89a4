"""The page of the notebook as the browser saved it, and nothing else.

exercise: revenue
goal: accident
deserves: ?
"""

from tests.submissions.making import RIGHT


def files(notebook):
    return {"00_start_here.html": b"<!doctype html><title>00_start_here</title><pre>" + RIGHT.encode() + b"</pre>"}
