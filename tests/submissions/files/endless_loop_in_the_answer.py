"""The right function is followed by a loop, in the answer cell itself, that ends after three minutes.

exercise: revenue
goal: accident
deserves: ?
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    loop = "import time\nend = time.monotonic() + 180\nwhile time.monotonic() < end:\n    pass\n"
    cell(notebook, "revenue-answer")["source"] = RIGHT + loop
    return {"00_start_here.ipynb": encoded(notebook)}
