"""Made from an older release: another version, other texts, fewer cells, other checksums.

exercise: revenue
goal: accident
deserves: 2
"""

from tests.submissions.making import RIGHT, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = RIGHT
    notebook["metadata"]["dataml_lab"]["version"] = "0123456789ab"
    for each in notebook["cells"]:
        marks = each["metadata"].get("nbgrader")
        if marks:
            marks["checksum"] = "0" * 32
    notebook["cells"] = [each for each in notebook["cells"] if not each["id"].startswith("worth_it")]
    return {"00_start_here.ipynb": encoded(notebook)}
