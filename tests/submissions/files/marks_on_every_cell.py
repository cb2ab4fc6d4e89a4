"""Adds graded cells of its own: with new ids, with the id of the released one, as text worth a hundred points.

exercise: revenue
goal: marks
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded, own


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    for number in range(20):
        each = own("2.0" + "\n" * number)
        each["metadata"]["nbgrader"] = {
            "grade": True,
            "grade_id": f"bonus-{number}" if number else "revenue",
            "locked": True,
            "points": 100,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        notebook["cells"].append(each)
    return {"00_start_here.ipynb": encoded(notebook)}
