"""Attempts: written and read as the same, in the format of now and in that of before; drafts leave no trace."""

import json
import os
from pathlib import Path

import nbformat
import pytest

from dataml_lab.checks.exercise import Finding, Verdict
from dataml_lab.grading.attempts import (
    VERSION,
    Attempt,
    AttemptError,
    as_data,
    attempts,
    from_data,
    keep,
    last_attempt,
    write_whole,
)
from dataml_lab.grading.rebuild import Damage
from dataml_lab.grading.submissions import Submission

OLD = Path(__file__).with_name("attempt_of_version_1.json")
FAILED = Finding("means", 2, "fails", "The mean of [97, 7, 3] is 35.7, and the answer 35.")
VERDICT = Verdict("mean", (FAILED,), measured="the mean of 3 numbers came out as 35.0")
EDITED = "the graded cell of mean was edited: it is as released again, and the edit a cell of the student's own"


@pytest.fixture
def submission(tmp_path):
    return Submission(tmp_path, "ada", "90_tiny")


def attempt(**changes):
    """An attempt with something in each of its parts."""
    parts = {
        "student": "ada", "lesson": "90_tiny", "digest": "f73c0579e151", "timestamp": "2026-03-01 10:00:00",
        "file": "mine.ipynb", "release": "4b982094961e", "seconds": 0.311, "scores": {"mean": 0.0, "mean-essay": None},
        "untouched": ["mean-essay"], "verdicts": {"mean": VERDICT}, "damage": [Damage("mean", EDITED)],
        "endings": ["it ended"], "stopped": {"mean": "why"}, "stopped_at_first": {"mean": "how"},
        "broken": {"mean": "where"}, "integrity": [EDITED],
        "notebook": nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="a")])}
    return Attempt(**parts | changes)


def test_an_attempt_is_read_as_it_was_written(submission):
    assert last_attempt(submission) is None
    keep(submission, attempt())
    keep(submission, attempt(problem="the file is empty"))
    assert [path.name for path in attempts(submission)] == ["0001.json", "0002.json"]
    assert last_attempt(submission) == attempt(problem="the file is empty")


def test_parts_of_an_attempt_are_named():
    found = as_data(attempt())
    assert found["version"] == VERSION == 2
    assert found["verdicts"]["mean"]["findings"] == [
        {"property": "means", "points": 2, "outcome": "fails", "sentence": FAILED.sentence}]
    assert found["damage"] == [{"cell": "mean", "what": EDITED}]


def test_an_attempt_of_version_1_is_still_read():
    found = from_data(json.loads(OLD.read_text("utf-8")))
    assert found.verdicts == {"mean": VERDICT} and found.damage == [Damage("mean", EDITED)]
    assert found.scores == {"mean": 0.0, "mean-essay": None} and found.timestamp == "2026-03-01 10:00:00"
    assert [cell.id for cell in found.notebook.cells] == ["own-001", "mean-graded", "mean-essay"]
    assert from_data(as_data(found)) == found


def test_an_attempt_of_a_newer_version_is_refused(submission):
    write_whole(submission.attempts / "0001.json", json.dumps(as_data(attempt()) | {"version": VERSION + 1}))
    with pytest.raises(AttemptError, match=r"newer dataml-lab \(format 3, and 2 is known here\): update"):
        last_attempt(submission)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2, "verdicts": {"mean": 3}}'])
def test_a_damaged_file_is_no_attempt(submission, text):
    keep(submission, attempt())
    write_whole(submission.attempts / "0002.json", text)
    assert last_attempt(submission) is None


def test_a_draft_that_cannot_be_finished_is_taken_away(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a.json", "{}")
    assert not list(tmp_path.iterdir())
