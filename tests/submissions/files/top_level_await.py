"""The answer cell waits at its top level, which notebooks allow and Python doesn't.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = "import asyncio\n\nawait asyncio.sleep(0)\n\n\n" + RIGHT
    return {"00_start_here.ipynb": encoded(notebook)}
