"""Says that it is of another lesson, version and student, and gives ids of other lessons' exercises to its cells.

exercise: revenue
goal: others
deserves: 0
"""

from tests.submissions.making import WRONG, cell, encoded


def files(notebook):
    cell(notebook, "revenue-answer")["source"] = WRONG
    notebook["metadata"]["dataml_lab"] = {
        "lesson": "../01_pipeline",
        "version": "0" * 12,
        "student": "alice",
        "points": 1_000,
        "salt": "practice",
        "grade": 1_000,
        "id": "' OR 1=1; --",
    }
    notebook["metadata"] |= {"student": "alice", "nbgrader": {"student_id": "alice", "score": 1_000}, "name": "alice"}
    for part, name in (("answer", "fetch_all-answer"), ("graded", "fetch_all")):
        cell(notebook, f"revenue-{part}")["metadata"]["nbgrader"]["grade_id"] = name
    return {
        "00_start_here.ipynb": encoded(notebook),
        "student_id.txt": b"alice",
        "timestamp.txt": b"1970-01-01 00:00:00 UTC",
    }
