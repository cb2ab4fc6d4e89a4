"""The folder was zipped, with a folder inside, as file managers do it.

exercise: revenue
goal: accident
deserves: 0
"""

import io
import zipfile

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("Downloads/00_start_here.ipynb", (2025, 3, 1, 0, 0, 0)), encoded(notebook))
    return {"00_start_here.zip": packed.getvalue()}
