"""What students handed in: a folder `submitted/<student>/<lesson>` is a submission."""

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS, RETIRED

MOST_BYTES = 100 << 20  # of all files of a submission together
MOST_FILES = 1_000


class Submission(NamedTuple):
    """A student's submission of a lesson."""

    course: Path
    student: str
    lesson: str

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.course / "submitted" / self.student / self.lesson

    @property
    def attempts(self) -> Path:
        """Where its attempts are kept."""
        return self.course / "attempts" / self.lesson / self.student

    @property
    def autograded(self) -> Path:
        """Where nbgrader looks for the notebook with its outputs."""
        return self.course / "autograded" / self.student / self.lesson / f"{self.lesson}.ipynb"

    def __str__(self) -> str:
        return f"{self.student}/{self.lesson}"


class HandedIn(NamedTuple):
    """The files of a submission by name; a text that changes with any byte of them; why they can't be graded, empty if
    they can."""

    files: dict[str, bytes]
    digest: str
    problem: str = ""


class SubmissionProblem(ValueError):
    """A submission that can't be graded as it is; the message says why."""


def submissions(course: Path, lessons: list[str], students: list[str] | None = None) -> list[Submission]:
    """The submissions of these lessons, by lesson and student; only those of `students`, if any are named."""
    root = course / "submitted"
    names = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    return [Submission(course, student, lesson) for lesson in lessons for student in names
            if (not students or student in students) and (root / student / lesson).is_dir()]


def lessons_handed_in(course: Path) -> list[str]:
    """The lessons of which there are submissions."""
    return [lesson for lesson in (*PARTS, *RETIRED) if submissions(course, [lesson])]


def handed_in(submission: Submission) -> HandedIn:
    """What was handed in. Links are left out; of files that are too large or too many, there is only the problem."""
    paths = list(_paths(submission.folder))
    size = sum(path.lstat().st_size for path in paths)
    if size > MOST_BYTES or len(paths) > MOST_FILES:
        problem = (f"{len(paths)} files of {size >> 20:,} MB were handed in, where {MOST_FILES} of "
                   f"{MOST_BYTES >> 20} are the most")
        return HandedIn({}, problem, problem)
    files = {str(path.relative_to(submission.folder)): path.read_bytes() for path in paths}
    return HandedIn(files, _digest(files))


def _paths(folder: Path) -> Iterator[Path]:
    """The regular files in a folder and below, in the order of their names."""
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) and path.name != ".ipynb_checkpoints":
            yield from _paths(path)
        elif stat.S_ISREG(mode):
            yield path


def _digest(files: dict[str, bytes]) -> str:
    """Twelve hex digits that change with any name and byte."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        found.update(data)
    return found.hexdigest()[:12]


def notebook_name(files: dict[str, bytes], lesson: str) -> str:
    """The name of the notebook among files: the lesson's own; else the last of those that begin with it ("01_a (2)");
    else that of the only notebook. SubmissionProblem where there is none of these."""
    notebooks = [name for name in files if name.lower().endswith(".ipynb") and "/" not in name]
    renamed = sorted((name for name in notebooks if name.startswith(lesson)), key=lambda name: (len(name), name))
    if f"{lesson}.ipynb" in notebooks:
        return f"{lesson}.ipynb"
    if renamed or len(notebooks) == 1:
        return (renamed or notebooks)[-1]
    raise SubmissionProblem(f"it holds {'several notebooks' if notebooks else 'no notebook'}, and none that is called "
                            f"{lesson}.ipynb")


def moment(files: dict[str, bytes]) -> str:
    """When a submission was handed in, from its timestamp.txt; empty where that isn't a moment of this century."""
    from nbgrader.utils import parse_utc

    try:
        found = parse_utc(files["timestamp.txt"][:100].decode("ascii").strip())
        return str(found) if 2000 <= found.year < 2100 else ""
    except (KeyError, ValueError, OverflowError):
        return ""
