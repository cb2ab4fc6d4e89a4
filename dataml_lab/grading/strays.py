"""What lies in `submitted/` where nothing is graded: under another name, in another place, packed, or as a link."""

import re
from collections.abc import Iterator
from glob import escape
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS, RETIRED
from dataml_lab.grading.submissions import is_notebook, is_packed, shown, submissions

MOST = 1_000  # that are named
NO_WORK = re.compile(r"\.|__MACOSX$")  # how names begin that file managers and editors give


class Stray(NamedTuple):
    """Something that was handed in and is not graded: whose it seems to be, and of which lesson, either empty where
    the path doesn't tell; where it lies, below the course folder; what to do with it."""

    student: str
    lesson: str
    path: Path
    advice: str

    def __str__(self) -> str:
        whose = shown([self.student]) if self.student else "nobody's"
        return f"{whose}: {shown([str(self.path)])} is not graded there: {self.advice}"


def strays(course: Path, lessons: list[str], students: list[str] | None = None) -> list[Stray]:
    """All of them, or the first; only those that may be of these lessons and, if any are named, of these students."""
    root, found = course / "submitted", []
    for path in _paths(course) if root.is_dir() else ():
        stray = _stray(course, path)
        if (not stray.lesson or stray.lesson in lessons) and (not students or {*students} & {*path.parts}):
            found.append(stray)
        if len(found) == MOST:
            break
    return found


def _paths(course: Path) -> Iterator[Path]:
    """The paths of what looks handed in and is not graded, and of folders that can't be read."""
    root, passed, todo = course / "submitted", _graded(course) | _assignments(course), [course / "submitted"]
    while todo:
        folder = todo.pop(0)
        try:
            found = [path for path in sorted(folder.iterdir()) if path not in passed and not NO_WORK.match(path.name)]
            opened = [path for path in found if _is_opened(root, path)]
        except OSError:
            yield folder
            continue
        todo += opened
        yield from (path for path in found if path not in opened and (path.is_symlink() or _is_work(path)))


def _is_opened(root: Path, path: Path) -> bool:
    """Whether a path is a folder in which others are looked for: one called like a lesson is so only in the place of a
    student, else it is told as a whole."""
    return path.is_dir() and not path.is_symlink() and (path.parent == root or not called(path.name))


def _is_work(path: Path) -> bool:
    """Whether a path looks like what students hand in."""
    return is_notebook(path.name) or is_packed(path.name) or bool(called(path.name))


def _graded(course: Path) -> set[Path]:
    """The folders that are graded, and students' folders that are links to them."""
    folders = {submission.folder for submission in submissions(course, [*PARTS, *RETIRED])}
    return folders | {folder.parent for folder in folders if folder.parent.is_symlink()}


def _assignments(course: Path) -> set[Path]:
    """The folders of assignments that the instructor made without this package: nbgrader grades them."""
    names = {path.name for folder in ("solutions", "notebooks") for path in (course / folder).glob("*")}
    return {path for name in names for path in (course / "submitted").glob(f"*/{escape(name)}")}


def _stray(course: Path, path: Path) -> Stray:
    """What is to be said of a path below `submitted/`."""
    names = path.relative_to(course / "submitted").parts
    folders = [name for name in (names if path.is_dir() else names[:-1]) if not called(name)]
    lesson = next(filter(None, map(called, reversed(names))), "")
    student = folders[0] if folders else ""
    home = f"submitted/{student if len(folders) == 1 else '<student>'}/{lesson or '<lesson>'}/"
    return Stray(student, lesson, path.relative_to(course), _advice(path, shown([home])))


def _advice(path: Path, home: str) -> str:
    if path.is_symlink():
        return f"it is a link, and none is followed; put the files themselves into {home}"
    if is_packed(path.name):
        return f"unpack it into {home}"
    return f"move what it holds into {home}" if path.is_dir() else f"move it into {home}"


def called(name: str) -> str:
    """The lesson that a file or folder is called like, whatever stands around its name, in whatever letters; empty if
    there is none."""
    return next((lesson for lesson in (*PARTS, *RETIRED) if _bare(lesson) in _bare(name)), "")


def _bare(name: str) -> str:
    """Letters and digits of a name, in lower case."""
    return "".join(filter(str.isalnum, name.lower()))
