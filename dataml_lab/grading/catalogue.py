"""The catalogue of right and wrong answers, which grades the graders.

An answer is a Python file `<exercise>/right_<how>.py` or `<exercise>/wrong_<misconception>.py` that defines what
the exercise asks for. Its docstring begins with a sentence (of a wrong answer: the mistake). Then may follow, a
line each:

    fails: survives a crash; loses no tie       the properties it loses, all of them, separated by semicolons
    points: 4                                   what it earns
    says: the checkpoint                        words of the sentence that its author is shown

A right answer earns all points. A wrong one needs `fails:` or `points:`.
"""

import ast
import os
import re
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import nbformat

from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import Exercise
from dataml_lab.grading.build import release_path, source_of
from dataml_lab.grading.source import answer_source, notebook, without_solution_marks
from dataml_lab.grading.trial import Trial, TrialError, try_answer


class CatalogueError(ValueError):
    """A file that is no catalogued answer; the message names it and says what is missing."""


class Entry(NamedTuple):
    """A catalogued answer and what is expected of it."""

    exercise: str
    file: Path
    mistake: str
    fails: frozenset[str] | None  # None: not stated
    points: float | None
    says: str

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.file.stem


class Row(NamedTuple):
    """An entry with its trials, and each way in which they differ from what was expected."""

    entry: Entry
    trials: list[Trial]
    surprises: list[str]


def entries(folder: Path, known: dict[str, Exercise]) -> list[Entry]:
    """The answers in `<folder>/<exercise>/*.py`; CatalogueError if there are none or one can't be read."""
    if not folder.is_dir():
        raise CatalogueError(f"{folder} is not a folder. Put answers into {folder}/<exercise>/wrong_*.py.")
    found = [entry(file, known[name]) for name in known for file in sorted((folder / name).glob("*.py"))]
    unknown = [path.name for path in folder.iterdir() if path.is_dir() and path.name not in known
               and not path.name.startswith((".", "_"))]
    if unknown or not found:
        raise CatalogueError(f"{folder} should hold folders named for exercises ({', '.join(known)}) with answers in "
                             f"them, and holds {', '.join(sorted(unknown)) or 'none'}.")
    return found


def entry(file: Path, exercise: Exercise) -> Entry:
    """The catalogued answer in a file, from its docstring."""
    try:
        text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file} is not Python: {error}") from None
    stated = dict(re.findall(r"(?m)^(fails|points|says): +(.+)$", text))
    if file.name.startswith("right_"):
        stated = {"fails": "", "points": exercise.points} | stated
    if not text or not {"fails", "points"} & set(stated):
        raise CatalogueError(f"{file} needs a docstring that says what it is, and in a wrong answer a line "
                             "`fails: <properties>` or `points: <number>`.")
    return Entry(exercise.name, file, text.splitlines()[0], _fails(stated, file, exercise),
                 _points(stated, file), stated.get("says", ""))


def _fails(stated: dict, file: Path, exercise: Exercise) -> frozenset[str] | None:
    """The properties that the docstring says are lost; None where it doesn't say."""
    if "fails" not in stated:
        return None
    fails = frozenset(filter(None, map(str.strip, stated["fails"].split(";"))))
    names = {p.name for p in exercise.properties}
    if fails - names:
        raise CatalogueError(f"{file} says it fails {', '.join(sorted(fails - names))}, and {exercise.name} has the "
                             f"properties {', '.join(sorted(names))}.")
    return fails


def _points(stated: dict, file: Path) -> float | None:
    """The points that the docstring expects; None where it doesn't say."""
    try:
        return float(stated["points"]) if "points" in stated else None
    except ValueError:
        raise CatalogueError(f"{file} says `points: {stated['points']}`, which is no number.") from None


def run(course: Path, lesson: str, salts: list[str], more: Path | None = None,
        progress: Callable[[int, int], None] = lambda done, all_: None) -> list[Row]:
    """Tries the lesson's catalogue, its solution, its stub and further answers in the hidden worlds of the salts.

    A row each, in the order of exercises and names; `progress(done, all)` is called after each answer.
    """
    known = exercises(lesson)
    with tempfile.TemporaryDirectory() as temporary:
        folders = [course / "solutions" / lesson / "answers", *([more] if more else [])]
        listed = [found for folder in folders for found in entries(folder, known)]
        listed += _from_notebooks(course, lesson, known, Path(temporary))
        listed.sort(key=lambda e: (list(known).index(e.exercise), e.name))
        rows = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for row in pool.map(lambda e: _tried(e, lesson, Path(temporary), salts, course / "solutions"), listed):
                rows.append(row)
                progress(len(rows), len(listed))
    return rows


def _from_notebooks(course: Path, lesson: str, known: dict[str, Exercise], folder: Path) -> list[Entry]:
    """Two more entries for each exercise: the course's own solution, and the stub as students get it. Into `folder`
    go their files, and for each exercise `before_<exercise>.py` with the solutions of those before it."""
    solution = notebook(source_of(course, lesson))
    released = nbformat.read(release_path(course, lesson), as_version=4)
    found, before = [], ""
    for name, exercise in known.items():
        answer = without_solution_marks(answer_source(solution, name))
        sources = {"before": before, "solution": answer, "stub": answer_source(released, name)}
        files = {role: folder / f"{role}_{name}.py" for role in sources}
        for role, file in files.items():
            file.write_text(sources[role], "utf-8")
        found.append(Entry(name, files["solution"], "The solution notebook.", frozenset(), exercise.points, ""))
        found.append(Entry(name, files["stub"], "Untouched.", None, 0.0, ""))
        before += f"{answer}\n\n"
    return found


def _tried(entry: Entry, lesson: str, folder: Path, salts: list[str], oracles: Path) -> Row:
    before = folder / f"before_{entry.exercise}.py"
    try:
        trials = try_answer(lesson, entry.exercise, before, entry.file, salts, oracles)
    except TrialError as error:
        return Row(entry, [], [str(error)])
    surprises = [f"salt {trial.salt}: {text}" for trial in trials for text in _surprises(entry, trial)]
    return Row(entry, trials, surprises)


def _surprises(entry: Entry, trial: Trial) -> Iterator[str]:
    """Each way in which a trial differs from what its entry expects."""
    verdict = trial.verdict
    lost = {finding.property for finding in verdict.findings if finding.outcome != "holds"}
    told = " ".join(finding.sentence for finding in verdict.findings)
    if entry.points is not None and abs(verdict.earned - entry.points) > 1e-9:
        yield f"earned {verdict.earned:g} points where {entry.points:g} were expected"
    if entry.fails is not None and lost != entry.fails:
        yield f"lost {sorted(lost)} where {sorted(entry.fails)} were expected"
    if entry.says.lower() not in told.lower():
        yield f"does not say “{entry.says}” but: {told}"
    if entry.name.startswith("stub_") and not verdict.not_attempted:
        yield f"not attempted: {verdict.not_attempted or 'no'}"
    if trial.stderr:
        yield f"wrote to stderr: {trial.stderr[-300:]}"


def matrix(rows: list[Row], known: dict[str, Exercise]) -> str:
    """The rows as text: answer by property, points, and the first sentence that is shown."""
    return "\n\n".join(_table(exercise, [row for row in rows if row.entry.exercise == name])
                       for name, exercise in known.items())


def _table(exercise: Exercise, rows: list[Row]) -> str:
    legend = [f"  {number} {p.name} ({p.points:g})" for number, p in enumerate(exercise.properties, 1)]
    numbers = " ".join(f"{n:>2}" for n in range(1, len(exercise.properties) + 1))
    head = f"{exercise.name}, {exercise.points:g} points\n" + "\n".join(legend)
    return "\n".join([f"{head}\n\n  {'':34}{numbers}  points  verdict", *map(_line, rows)])


MARKS = {"holds": "ok", "fails": "no", "not judged": "--"}


def _line(row: Row) -> str:
    """One answer: a mark per property, worst over the salts, its points, and what its author is told."""
    name = row.entry.name.removesuffix(f"_{row.entry.exercise}")
    if not row.trials:
        return f"  {name:34}did not run: {row.surprises[0]}"
    worst = min((trial.verdict for trial in row.trials), key=lambda verdict: verdict.earned)
    marks = " ".join(MARKS[finding.outcome] for finding in worst.findings)
    verdict = "as expected" if not row.surprises else "WRONG: " + "; ".join(row.surprises)
    told = next((finding.sentence for finding in worst.findings if finding.sentence), worst.not_attempted)
    return "\n".join([f"  {name:34}{marks}  {worst.earned:6g}  {verdict}",
                      *textwrap.wrap(told, 100, initial_indent=" " * 8, subsequent_indent=" " * 8)])


def as_json(row: Row) -> dict:
    """A row for programs: the answer, what was expected, each trial's points and findings, the surprises."""
    return {
        "exercise": row.entry.exercise, "answer": row.entry.name, "mistake": row.entry.mistake,
        "expected_points": row.entry.points,
        "expected_fails": None if row.entry.fails is None else sorted(row.entry.fails),
        "trials": [{"salt": trial.salt, "earned": trial.verdict.earned, "points": trial.verdict.points,
                    "not_attempted": trial.verdict.not_attempted, "measured": trial.verdict.measured,
                    "findings": [finding._asdict() for finding in trial.verdict.findings]} for trial in row.trials],
        "surprises": row.surprises,
    }
