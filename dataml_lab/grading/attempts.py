"""What was found of each submission, kept for good: a file `attempts/<lesson>/<student>/<number>.json` an attempt."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

MOST_BYTES = 100 << 20  # of all files of a submission together
MOST_FILES = 1_000


class Submission(NamedTuple):
    """A folder that was handed in, `submitted/<student>/<lesson>`."""

    course: Path
    student: str
    lesson: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.course / "submitted" / self.student / self.lesson

    @property
    def attempts(self) -> Path:
        """Where what was found of it is kept."""
        return self.course / "attempts" / self.lesson / self.student

    @property
    def autograded(self) -> Path:
        """Where nbgrader looks for the notebook with its outputs."""
        return self.course / "autograded" / self.student / self.lesson / f"{self.lesson}.ipynb"

    def __str__(self) -> str:
        return f"{self.student}/{self.lesson}"


class BusyError(RuntimeError):
    """Another process is grading the same course."""


class SubmissionProblem(ValueError):
    """A submission that can't be graded as it is; the message says why."""


def submissions(course: Path, lessons: list[str], students: list[str] | None = None) -> list[Submission]:
    """What was handed in for these lessons, by lesson and student; of these students, if any are named."""
    root = course / "submitted"
    names = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    return [Submission(course, student, lesson) for lesson in lessons for student in names
            if (not students or student in students) and (root / student / lesson).is_dir()]


def files(submission: Submission) -> dict[str, bytes]:
    """The files that were handed in, by name; links are none, and lead nowhere. SubmissionProblem where they are too
    large or too many."""
    paths = list(_paths(submission.folder))
    size = sum(path.lstat().st_size for path in paths)
    if size > MOST_BYTES or len(paths) > MOST_FILES:
        raise SubmissionProblem(f"{len(paths)} files of {size >> 20:,} MB were handed in, where {MOST_FILES} of "
                                f"{MOST_BYTES >> 20} are the most")
    return {str(path.relative_to(submission.folder)): path.read_bytes() for path in paths}


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) and path.name != ".ipynb_checkpoints":
            yield from _paths(path)
        elif stat.S_ISREG(mode):
            yield path


def digest(handed_in: dict[str, bytes]) -> str:
    """Twelve hex digits that change with any byte that was handed in."""
    found = hashlib.sha256()
    for name, data in sorted(handed_in.items()):
        found.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        found.update(data)
    return found.hexdigest()[:12]


def attempts(submission: Submission) -> list[Path]:
    """The files with what was found of a submission so far, in their order."""
    return sorted(submission.attempts.glob("[0-9]*.json"))


def last_attempt(submission: Submission) -> dict[str, Any] | None:
    """What was found of a submission last; None where nothing was, or its file is damaged."""
    paths = attempts(submission)
    with suppress(ValueError):
        return json.loads(paths[-1].read_text("utf-8")) if paths else None
    return None


def keep(submission: Submission, attempt: dict[str, Any]) -> None:
    """Keeps what was found; once this returns, a crash doesn't lose it."""
    paths = attempts(submission)
    number = int(paths[-1].stem) + 1 if paths else 1
    write_whole(submission.attempts / f"{number:04d}.json", json.dumps(attempt, indent=1))


@contextmanager
def alone(course: Path) -> Iterator[None]:
    """Only one process at a time is in such a block for a course; BusyError for the others."""
    import fcntl

    (course / "attempts").mkdir(exist_ok=True)
    with (course / "attempts" / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{course} is being graded already: wait for that, or stop it.") from None
        yield


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Writes a file so that it is there as a whole or not at all, and stays through a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.lab.tmp")
    try:
        with draft.open("w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if hasattr(os, "O_DIRECTORY"):  # on Windows a folder can't be opened
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
