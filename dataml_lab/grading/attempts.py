"""Attempts: what was found of a submission each time it was graded, kept for good. A file
`attempts/<lesson>/<student>/<number>.json` holds one."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from dataml_lab.checks.exercise import Finding, Verdict
from dataml_lab.grading.rebuild import Damage
from dataml_lab.grading.submissions import Submission

VERSION = 2  # of the format of the files; those of version 1 don't name it, and have lists in place of named parts


class AttemptError(RuntimeError):
    """An attempt that this version of the package can't read."""


class BusyError(RuntimeError):
    """Another process is grading the same course."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What was found of a submission when it was graded."""

    student: str
    lesson: str
    digest: str  # of what was handed in
    timestamp: str = ""  # when it was handed in; empty where that isn't known
    file: str = ""  # the notebook among what was handed in
    release: str = ""  # the version that it was graded against
    checks: str = ""  # the version of the checks that judged it, and of the package; empty where none was noted
    seconds: float = 0.0  # that grading took
    problem: str = ""  # why there was nothing to judge; empty where there was
    scores: dict[str, float | None]  # by grade id; None where a person is to give points
    untouched: list[str]  # grade ids of answers and essays that are as they were released
    verdicts: dict[str, Verdict]  # by exercise
    damage: list[Damage]
    endings: list[str]  # how the student's processes ended, and what was left out
    stopped: dict[str, str] = field(default_factory=dict)  # what ran out of time or lost its process, and how
    stopped_at_first: dict[str, str] = field(default_factory=dict)  # the same, before it was judged again by itself
    broken: dict[str, str]  # where checks failed themselves, by exercise
    integrity: list[str]  # what a person should look at
    notebook: NotebookNode  # with its outputs


def as_data(attempt: Attempt) -> dict[str, Any]:
    """An attempt as JSON has it."""
    return {"version": VERSION, **{part.name: _plain(getattr(attempt, part.name)) for part in fields(Attempt)}}


def _plain(value: Any) -> Any:
    """A value with objects of named parts in place of NamedTuples."""
    value = value._asdict() if hasattr(value, "_asdict") else value
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def from_data(data: dict[str, Any]) -> Attempt:
    """The attempt that `as_data` made this of, in this version or an older one; AttemptError for a newer one."""
    version = data.get("version", 1)
    if version > VERSION:
        raise AttemptError(f"it was graded by a newer dataml-lab (format {version}, and {VERSION} is known here): "
                           "update this one")
    verdict, damage = (_verdict, _damage) if version > 1 else (_verdict_1, _damage_1)
    parts = {part.name: data[part.name] for part in fields(Attempt) if part.name in data}
    return Attempt(**parts | {
        "verdicts": {name: verdict(found) for name, found in data["verdicts"].items()},
        "damage": [damage(found) for found in data["damage"]], "notebook": from_dict(data["notebook"])})


def _verdict(data: dict[str, Any]) -> Verdict:
    return Verdict(**data | {"findings": tuple(Finding(**finding) for finding in data["findings"])})


def _damage(data: dict[str, str]) -> Damage:
    return Damage(**data)


def _verdict_1(data: list) -> Verdict:
    exercise, findings, *more = data
    return Verdict(exercise, tuple(Finding(*finding) for finding in findings), *more)


def _damage_1(data: list) -> Damage:
    return Damage(*data)


# ------------------------------------------------------------------------------------------------ files

def attempts(submission: Submission) -> list[Path]:
    """The files of a submission's attempts, in their order."""
    return sorted(submission.attempts.glob("[0-9]*.json"))


def last_attempt(submission: Submission, before: int = 0) -> Attempt | None:
    """The last attempt of a submission, or one so many before it; None where there is none, or its file is damaged."""
    paths = attempts(submission)[:-before or None]
    try:
        return from_data(json.loads(paths[-1].read_text("utf-8"))) if paths else None
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def keep(submission: Submission, attempt: Attempt) -> None:
    """Keeps an attempt; once this returns, a crash doesn't lose it."""
    paths = attempts(submission)
    number = int(paths[-1].stem) + 1 if paths else 1
    write_whole(submission.attempts / f"{number:04d}.json", json.dumps(as_data(attempt), indent=1))


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


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Writes a file so that it is there as a whole or not at all, and stays through a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.lab.tmp")
    try:
        with draft.open("wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
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
