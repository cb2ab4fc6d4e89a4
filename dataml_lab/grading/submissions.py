"""What students handed in: a folder `submitted/<student>/<lesson>` is a submission.

No link is followed below `submitted/`: it would lead to the work of others. Hard links are files as any other: reading
one gives no more than a copy would have, and backups make them of honest work.
"""

import hashlib
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS, RETIRED

MOST_BYTES = 100 << 20  # of all files of a submission together
MOST_FILES = 1_000
TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # by which nbgrader's exchange gives feedback to the one who handed in
DEEPEST = 50  # folders in one another that are looked into
# Other names break nbgrader's commands and the tables that it exports: `*` is all students, `=1+1` a formula.
NAME = re.compile(r"\w[\w.@+ '()-]*")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


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
    they can; the names of links, which are left out; and what else is, in words."""

    files: dict[str, bytes]
    digest: str
    problem: str = ""
    links: tuple[str, ...] = ()
    left_out: str = ""


class SubmissionProblem(ValueError):
    """A submission that can't be graded as it is; the message says why."""


def submissions(course: Path, lessons: list[str], students: list[str] | None = None) -> list[Submission]:
    """The submissions of these lessons, by lesson and student; only those of `students`, if any are named."""
    root = course / "submitted"
    names = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    return [Submission(course, student, lesson) for lesson in lessons for student in names
            if (not students or student in students) and _is_there(root / student / lesson)]


def misnamed(submission: Submission) -> str:
    """Why a student can't have this name; empty where nothing is against it.

    >>> misnamed(Submission(Path(), "O'Neill, J.", "01a"))
    "the folder of a student can't be called that: rename it, to letters, digits, spaces and . @ + - ' ( )"
    """
    return "" if NAME.fullmatch(submission.student) else (
        "the folder of a student can't be called that: rename it, to letters, digits, spaces and . @ + - ' ( )")


def _is_there(folder: Path) -> bool:
    """Whether there is a folder, or a link in its place."""
    return folder.is_dir() or folder.is_symlink()


def lessons_handed_in(course: Path) -> list[str]:
    """The lessons of which there are submissions."""
    return [lesson for lesson in (*PARTS, *RETIRED) if submissions(course, [lesson])]


def handed_in(submission: Submission) -> HandedIn:
    """What was handed in. Links are left out, and where files are too large or too many, all but notebooks; of a folder
    that is a link, and of notebooks that are too large or too many, there is only the problem."""
    folder = submission.folder
    if link := next((path for path in (folder.parent, folder) if path.is_symlink()), None):
        problem = f"{link.relative_to(submission.course)} is a link, and none is followed: put the files in its place"
        return HandedIn({}, problem, problem)
    paths, links = _paths(folder)
    left_out = _excess(paths)
    if left_out:
        paths = [path for path in paths if path.parent == folder and (is_notebook(path.name) or path.name == TIMESTAMP)]
        if problem := _excess(paths):
            return HandedIn({}, problem, f"there are {problem}")
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return HandedIn(files, _digest(files), "", tuple(str(path.relative_to(folder)) for path in links), left_out)


def _excess(paths: list[Path]) -> str:
    """How many files there are and how large they are, where that is too much; else empty."""
    size = sum(path.lstat().st_size for path in paths)
    return (f"{len(paths):,} files of {size >> 20:,} MB, where {MOST_FILES:,} of {MOST_BYTES >> 20} MB are the most"
            if size > MOST_BYTES or len(paths) > MOST_FILES else "")


def _paths(folder: Path) -> tuple[list[Path], list[Path]]:
    """The regular files in a folder and below, and the links."""
    found = [(path, path.lstat().st_mode) for path in inside(folder)]
    return [path for path, mode in found if stat.S_ISREG(mode)], [path for path, mode in found if stat.S_ISLNK(mode)]


def inside(folder: Path) -> Iterator[Path]:
    """What is in a folder and below it, but for the editor's copies, and folders themselves unless they are the deepest
    that are named. They may be nested thousands deep."""
    todo, deepest = [folder], len(folder.parts) + DEEPEST
    while todo:
        for path in sorted(todo.pop().iterdir()):
            if path.is_symlink() or not path.is_dir() or len(path.parts) > deepest:
                yield path
            elif path.name != ".ipynb_checkpoints":
                todo.append(path)


def shown(names: Iterable[str]) -> str:
    """The first of these names, and how many more there are."""
    first, *more = names
    return printable(first) + (f" and {len(more)} more" if more else "")


def printable(text: str) -> str:
    """A text without what a terminal would take for commands, or for a new line.

    >>> printable("notes\\x1b[2K\\nada: 0 points")
    'notes?[2K?ada: 0 points'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


def _digest(files: dict[str, bytes]) -> str:
    """Twelve hex digits that change with any name and byte."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        found.update(data)
    return found.hexdigest()[:12]


def notebook_name(handed: HandedIn, lesson: str) -> str:
    """The name of the notebook that was handed in: the lesson's own; else the last of those that begin with it
    ("01_a (2)"); else that of the only notebook. SubmissionProblem where there is none of these."""
    notebooks = [name for name in handed.files if is_notebook(name) and "/" not in name]
    renamed = sorted((name for name in notebooks if name.startswith(lesson)), key=lambda name: (len(name), name))
    if f"{lesson}.ipynb" in notebooks:
        return f"{lesson}.ipynb"
    if renamed or len(notebooks) == 1:
        return (renamed or notebooks)[-1]
    if notebooks:
        raise SubmissionProblem(f"it holds several notebooks, and none that is called {lesson}.ipynb")
    raise SubmissionProblem(f"it holds no notebook{_instead(handed)}")


def _instead(handed: HandedIn) -> str:
    """What there is in place of a notebook, and what to do about it; empty if nothing can be done."""
    links, deep, packed = ([name for name in names if wanted(name)] for names, wanted in
                           ((handed.links, is_notebook), (handed.files, is_notebook), (handed.files, is_packed)))
    for names, advice in ((links, "a link, and none is followed: put the file in its place"),
                          (deep, "in a folder of its own: move it up"), (packed, "packed: unpack it")):
        if names:
            return f", and {shown(names)} is {advice}"
    return ""


def is_notebook(name: str) -> bool:
    """Whether a file is called like a notebook."""
    return name.lower().endswith(".ipynb")


def is_packed(name: str) -> bool:
    """Whether a file is called like an archive."""
    return name.lower().endswith(ARCHIVES)


def moment(files: dict[str, bytes]) -> str:
    """When a submission was handed in, from its timestamp.txt; empty where that isn't a moment of this century."""
    from nbgrader.utils import parse_utc

    try:
        found = parse_utc(files[TIMESTAMP][:100].decode("ascii").strip())
        return str(found) if 2000 <= found.year < 2100 else ""
    except (KeyError, ValueError, OverflowError):
        return ""
