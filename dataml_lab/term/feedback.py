"""Feedback: a page for each student and part, where nbgrader has its own, `feedback/<student>/<part>/<part>.html`.

A page is made of the last attempt and the gradebook. It is written where that would change it, whatever the reason:
other grades, other marks, another package.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dataml_lab.grading.attempts import AttemptError, last_attempt, write_whole
from dataml_lab.grading.submissions import Submission, handed_in, misnamed, submissions
from dataml_lab.term.marks import Marks, marks
from dataml_lab.term.student_page import student_page

THE_PAST = (1980, 1, 1, 0, 0, 0)  # of all pages in an archive, so that the same pages are the same archive


class Feedback(NamedTuple):
    """What came of a submission: its page, whether that was made now, and what is in the way, if anything is."""

    submission: Submission
    path: Path
    made: bool
    trouble: str = ""


def feedback(course: Path, parts: list[str], students: list[str] | None = None) -> Iterator[Feedback]:
    """Makes the pages of these parts, of all students or those that are named; GradebookError if there is no
    gradebook."""
    for part in parts:
        known = marks(course, part)
        for submission in submissions(course, [part], students):
            yield _made(submission, known.get(submission.student))


def _made(submission: Submission, known: Marks | None) -> Feedback:
    path = submission.course / "feedback" / submission.student / submission.lesson / f"{submission.lesson}.html"
    try:
        attempt = None if misnamed(submission) else last_attempt(submission)
        if not attempt or not known:
            return Feedback(submission, path, False, "it is not graded yet")
        text = student_page(attempt, known).encode("utf-8", "replace")
        made = not path.is_file() or path.read_bytes() != text
        if made:
            write_whole(path, text, mode=0o644)
        stale = attempt.digest != handed_in(submission).digest
        return Feedback(submission, path, made, "it was handed in again, and that is not graded yet" if stale else "")
    except (AttemptError, OSError) as error:
        return Feedback(submission, path, False, str(error))


def packed(found: Iterable[Feedback], out: Path) -> int:
    """Packs pages as `<student>/<part>.html`, and returns how many."""
    pages = sorted((one for one in found if one.path.is_file()), key=lambda one: one.submission[1:])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in pages:
            name = zipfile.ZipInfo(f"{one.submission.student}/{one.submission.lesson}.html", THE_PAST)
            name.external_attr = 0o644 << 16
            archive.writestr(name, one.path.read_bytes(), zipfile.ZIP_DEFLATED)
    write_whole(out, data.getvalue())
    return len(pages)


def said(found: list[Feedback]) -> str:
    """A line for each trouble, and how many pages there are."""
    made = sum(one.made for one in found)
    kept = sum(not one.made and one.path.is_file() for one in found)
    lines = [f"{one.submission}: {one.trouble}" for one in found if one.trouble]
    return "\n".join([*lines, f"{made} pages made, {kept} left as they were."])
