"""Feedback: a page for each student and part, where nbgrader has its own, `feedback/<student>/<part>/<part>.html`.

A page is made of the last attempt and the gradebook. It is written where that would change it, whatever the reason:
other grades, other marks, another package.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dataml_lab.grading.attempts import AttemptError, last_attempt, write_whole
from dataml_lab.grading.submissions import SECRET, TIMESTAMP, Submission, handed_in, misnamed, submissions
from dataml_lab.term.collect import CANVAS, MOODLE, came_as
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
        _for_the_exchange(submission, path.parent)
        stale = attempt.digest != handed_in(submission).digest
        return Feedback(submission, path, made, "it was handed in again, and that is not graded yet" if stale else "")
    except (AttemptError, OSError) as error:
        return Feedback(submission, path, False, str(error))


def _for_the_exchange(submission: Submission, folder: Path) -> None:
    """Puts beside a page what `nbgrader release_feedback` reads there, of a submission that came by its exchange."""
    if (submission.folder / SECRET).is_file():
        for name in (TIMESTAMP, SECRET):
            write_whole(folder / name, (submission.folder / name).read_bytes())


class Pack(NamedTuple):
    """An archive of pages: how many are in it, and the submissions whose pages are not, as their names on the platform
    aren't known."""

    out: Path
    pages: int
    left_out: tuple[Submission, ...]

    def __str__(self) -> str:
        why = "did not come in a download of that platform: collect one, or hand their pages out another way"
        names = ", ".join(one.student for one in self.left_out)
        return f"{self.pages} pages packed into {self.out}." + (f" Left out: {names}, who {why}." * bool(names))


def packed(found: Iterable[Feedback], out: Path, platform: str = "") -> Iterator[Pack]:
    """Packs pages as `<student>/<part>.html`; for a platform, under the names that it takes back, in an archive for
    each part: `back_01a_ingest.zip` for `back.zip`."""
    pages = sorted((one for one in found if one.path.is_file()), key=lambda one: one.submission[1:])
    if not platform:
        yield _packed(pages, out, lambda one: f"{one.student}/{one.lesson}.html")
        return
    for part in sorted({one.submission.lesson for one in pages}):
        yield _packed([one for one in pages if one.submission.lesson == part],
                      out.with_name(f"{out.stem}_{part}{out.suffix}"), SHAPES[platform])


def _packed(pages: list[Feedback], out: Path, name: Callable[[Submission], str]) -> Pack:
    """Packs pages under names; those whose name is empty are left out."""
    data, names = io.BytesIO(), [name(one.submission) for one in pages]
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, called in zip(pages, names, strict=True):
            if called:
                entry = zipfile.ZipInfo(called, THE_PAST)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, one.path.read_bytes(), zipfile.ZIP_DEFLATED)
    write_whole(out, data.getvalue())
    return Pack(out, sum(map(bool, names)), tuple(one.submission for one, called in zip(pages, names, strict=True)
                                                  if not called))


def _in_canvas(submission: Submission) -> str:
    """The name of a page that Canvas takes back: it finds student and file by two numbers in the downloaded name."""
    found = CANVAS.fullmatch(came_as(submission))
    return f"{found[0][:found.start('file')]}{submission.lesson}.html" if found else ""


def _in_moodle(submission: Submission) -> str:
    """The name of a page that Moodle takes back, in the folder of the download that names the participant."""
    found = MOODLE.fullmatch(came_as(submission))
    return f"{found[0][:found.start('file')].rstrip('_')}_/{submission.lesson}.html" if found else ""


SHAPES: dict[str, Callable[[Submission], str]] = {"canvas": _in_canvas, "moodle": _in_moodle}


def said(found: list[Feedback]) -> str:
    """A line for each trouble, and how many pages there are."""
    made = sum(one.made for one in found)
    kept = sum(not one.made and one.path.is_file() for one in found)
    lines = [f"{one.submission}: {one.trouble}" for one in found if one.trouble]
    return "\n".join([*lines, f"{made} pages made, {kept} left as they were."])
