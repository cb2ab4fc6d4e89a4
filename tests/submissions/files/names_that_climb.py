"""Names of files, cells and attachments that climb out of their folder, are absolute, or are very long.

exercise: revenue
goal: others
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    for number, each in enumerate(notebook["cells"]):
        marks = each["metadata"].get("nbgrader")
        if marks:
            marks["grade_id"] = "../../../../tmp/dataml-lab-was-here" + str(number)
        each["id"] = "../" * 8 + f"tmp/dataml-lab-was-here-{number}"
        each["metadata"]["name"] = "/tmp/dataml-lab-was-here"
    notebook["metadata"]["name"] = notebook["metadata"]["path"] = "/tmp/dataml-lab-was-here"
    return {
        "00_start_here.ipynb": encoded(notebook),
        "a" * 250: b"",
        "-rf": b"",
        "$(touch dataml-lab-was-here)": b"",
        "new\nline\x1b[2J.ipynb": b"{}",
        "<img src=x onerror=alert(1)>.html": b"",
        "=1+1.csv": b"",
        "a\\b": b"",
    }
