"""The catalogue of right and wrong answers, which grades the graders: how it is written, and read.

Answers to an exercise lie in a folder of its name. A file `right_<how>.py` or `wrong_<mistake>.py` is one: Python that
defines what the exercise asks for. Its docstring begins with a sentence (of a wrong answer: the mistake). Then may
follow, a line each:

    fails: survives a crash; loses no tie       the properties it loses, all of them, separated by semicolons
    points: 4                                   what it earns
    says: the checkpoint                        words of the sentence that its author is shown

A right answer earns all points. A wrong one needs `fails:` or `points:`.

Most mistakes are one thing changed in a right answer, best in the fastest one: each is judged in thirty worlds. They
are written so, in one file `mistakes.toml` beside it:

    [window_31]                                       # the answer `wrong_window_31`
    mistake = "Names the day after the window."       # the sentence
    of = "right_loop"                                 # the right answer that is edited
    edits = [["range(30)", "range(31)"]]              # what is replaced by what, in turn; each stands there once
    fails = ["names no day that is right as it is"]   # as above, and so are `points` and `says`
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dataml_lab.checks.exercise import Exercise

MISTAKES = "mistakes.toml"
TYPES = {"mistake": str, "of": str, "edits": list, "fails": list, "points": int | float, "says": str}
NEEDED = ("mistake", "of", "edits")


class CatalogueError(ValueError):
    """What is no catalogued answer; the message names file and answer, and says what is missing."""


class Entry(NamedTuple):
    """A catalogued answer and what is expected of it."""

    exercise: str
    name: str
    source: str
    mistake: str
    fails: frozenset[str] | None  # None: not stated
    points: float | None
    says: str
    file: Path


def entries(folder: Path, known: Mapping[str, Exercise]) -> list[Entry]:
    """The answers in `<folder>/<exercise>/`, in the order of exercises and names; CatalogueError if there are none or
    one can't be read."""
    if not folder.is_dir():
        raise CatalogueError(f"{folder} is not a folder. Put answers into {folder}/<exercise>/wrong_*.py.")
    found = [entry for name in known for entry in _answers(folder / name, known[name])]
    unknown = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name not in known
                     and not path.name.startswith((".", "_")))
    if unknown or not found:
        raise CatalogueError(f"{folder} should hold folders named for exercises ({', '.join(known)}) with answers in "
                             f"them, and holds {', '.join(unknown) or 'none'}.")
    return found


def _answers(folder: Path, exercise: Exercise) -> list[Entry]:
    """The answers to one exercise, by name."""
    found = [_whole(file, exercise) for file in sorted(folder.glob("*.py"))]
    if (folder / MISTAKES).exists():
        found += _mistakes(folder / MISTAKES, exercise, {entry.name: entry.source for entry in found})
    name, times = Counter(entry.name for entry in found).most_common(1)[0] if found else ("", 0)
    if times > 1:
        raise CatalogueError(f"{folder} has two answers {name}: one is a file, one is in {MISTAKES}.")
    return sorted(found, key=lambda entry: entry.name)


def _whole(file: Path, exercise: Exercise) -> Entry:
    """The answer that a file is, with what its docstring states."""
    try:
        source = file.read_text("utf-8")
        text = ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file} is not Python: {error}") from None
    stated: dict[str, Any] = dict(re.findall(r"(?m)^(fails|points|says): +(.+)$", text))
    if file.name.startswith("right_"):
        stated = {"fails": "", "points": exercise.points} | stated
    if not text or not {"fails", "points"} & set(stated):
        raise CatalogueError(f"{file} needs a docstring that says what it is, and in a wrong answer a line "
                             "`fails: <properties>` or `points: <number>`.")
    if "fails" in stated:
        stated["fails"] = list(filter(None, map(str.strip, stated["fails"].split(";"))))
    try:
        stated["points"] = float(stated["points"]) if "points" in stated else None
    except ValueError:
        raise CatalogueError(f"{file} says `points: {stated['points']}`, which is no number.") from None
    return _entry(file.stem, source, {"mistake": text.splitlines()[0]} | stated, str(file), file, exercise)


def _mistakes(file: Path, exercise: Exercise, whole: Mapping[str, str]) -> Iterator[Entry]:
    """The answers that are edits of right ones, whose sources are given by name."""
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file} is not TOML: {error}") from None
    for name, stated in tables.items():
        place = f"{file}, [{name}]"
        _require_shape(stated, place)
        if stated["of"] not in whole or not stated["of"].startswith("right_"):
            raise CatalogueError(f"{place} is of {stated['of']}, and beside it there is no {stated['of']}.py that is "
                                 "a right answer.")
        source = _edited(without_docstring(whole[stated["of"]]), stated["edits"], place)
        yield _entry(f"wrong_{name}", source, stated, place, file, exercise)


def _require_shape(stated: Any, place: str) -> None:
    """CatalogueError where a mistake lacks something, or has something that it can't have."""
    if not isinstance(stated, dict):
        raise CatalogueError(f"{place} should be a table with {', '.join(TYPES)}.")
    if missing := [key for key in NEEDED if not stated.get(key)]:
        raise CatalogueError(f"{place} lacks {', '.join(missing)}.")
    if not {"fails", "points"} & set(stated):
        raise CatalogueError(f"{place} needs `fails = [<properties>]` or `points = <number>`.")
    odd = [key for key, value in stated.items() if not isinstance(value, TYPES.get(key, ()))]
    if odd or not all(isinstance(prop, str) for prop in stated.get("fails", [])):
        raise CatalogueError(f"{place} has an odd {odd[0] if odd else 'fails'}.")
    if not all(isinstance(edit, list) and [*map(type, edit)] == [str, str] for edit in stated["edits"]):
        raise CatalogueError(f"{place}: edits should be pairs of texts, [[old, new], …].")


def _edited(code: str, edits: list[list[str]], place: str) -> str:
    """The code after all edits; CatalogueError where one doesn't fit, or it is no Python then."""
    for old, new in edits:
        if (times := code.count(old)) != 1:
            raise CatalogueError(f"{place}: {old!r} should stand once in the answer that is edited, and stands there "
                                 f"{times} times.")
        code = code.replace(old, new)
    try:
        ast.parse(code)
    except SyntaxError as error:
        raise CatalogueError(f"{place} is not Python after its edits: {error}\n{code}") from None
    return code


def without_docstring(source: str) -> str:
    """The code of an answer after the docstring that describes it, if it has one.

    >>> without_docstring('\"\"\"Doubles.\"\"\"\\n\\n\\ndef double(x):\\n    return 2 * x\\n')
    'def double(x):\\n    return 2 * x\\n'
    """
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)[tree.body[0].end_lineno if ast.get_docstring(tree) else 0:]
    return "".join(lines).lstrip("\n")


def _entry(name: str, source: str, stated: Mapping[str, Any], place: str, file: Path, exercise: Exercise) -> Entry:
    """An answer with what is stated of it; CatalogueError where that names no property."""
    fails = frozenset(stated["fails"]) if "fails" in stated else None
    names = {prop.name for prop in exercise.properties}
    if unknown := (fails or frozenset()) - names:
        raise CatalogueError(f"{place} says it fails {', '.join(sorted(unknown))}, and {exercise.name} has the "
                             f"properties {', '.join(sorted(names))}.")
    points = None if stated.get("points") is None else float(stated["points"])
    return Entry(exercise.name, name, source, stated["mistake"], fails, points, stated.get("says", ""), file)
