"""Catalogued answers tried as submissions are graded: in sandboxed forks of the engine's template, in hidden worlds."""

import contextlib
import hashlib
import os
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from dataml_lab.checks import PARTS, exercises, part_of
from dataml_lab.checks.exercise import UNJUDGED, Exercise, Finding, Verdict
from dataml_lab.checks.help import without_solution_marks
from dataml_lab.grading.assess import oracles
from dataml_lab.grading.catalogue import CatalogueError, Entry, entries
from dataml_lab.grading.engine.batch import side_by_side
from dataml_lab.grading.engine.judge import NOTEBOOK_SECONDS, CodeCell, Task, judged
from dataml_lab.grading.engine.needed import names
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import worker_template
from dataml_lab.grading.releases import release_path
from dataml_lab.grading.source import answer_source, notebook

Piece = tuple[int, str]  # the number of an answer, and a salt


class Trial(NamedTuple):
    """What an answer earned in the hidden worlds of one salt, and what else came of it that should not."""

    salt: str
    verdict: Verdict
    troubles: list[str]


class Row(NamedTuple):
    """An entry with its trials, and each way in which they differ from what was expected."""

    entry: Entry
    trials: list[Trial]
    surprises: list[str]


def chosen(course: Path, lessons: Iterable[str], folders: Sequence[Path] = ()) -> list[Entry]:
    """The answers in these folders to the exercises of these lessons; without folders, the course's catalogue."""
    wanted = {name: exercise for lesson in lessons for name, exercise in exercises(lesson).items()}
    known = {name: exercise for lesson in PARTS for name, exercise in exercises(lesson).items()}
    found = [entry for folder in folders for entry in entries(folder, known) if entry.exercise in wanted]
    if folders and not found:
        raise CatalogueError(f"There is no answer to {' or '.join(wanted)} in {' or '.join(map(str, folders))}.")
    found = _told_apart(found) if folders else [entry for lesson in lessons for entry in _catalogued(course, lesson)]
    return sorted(found, key=lambda entry: (list(wanted).index(entry.exercise), entry.name))


def _told_apart(found: list[Entry]) -> list[Entry]:
    """The entries; where folders have answers of the same name, the names begin with the folder."""
    times = Counter((entry.exercise, entry.name) for entry in found)
    return [entry._replace(name=f"{entry.file.parent.parent}/{entry.name}")
            if times[entry.exercise, entry.name] > 1 else entry for entry in found]


def _catalogued(course: Path, lesson: str) -> list[Entry]:
    """The course's answers to a lesson, with its own solution of each exercise and the stub as students get it."""
    known, folder = exercises(lesson), course / "solutions" / lesson
    solution = notebook(folder / f"{lesson}.py")
    released = nbformat.read(release_path(course, lesson), as_version=4)
    found = entries(folder / "answers", known) if known else []
    for name, exercise in known.items():
        answer, all_points = without_solution_marks(answer_source(solution, name)), exercise.points
        found.append(Entry(name, "solution", answer, "The solution notebook.", frozenset(), all_points, "", folder))
        found.append(Entry(name, "stub", answer_source(released, name), "Untouched.", None, 0.0, "", folder))
    return found


def run(course: Path, answers: list[Entry], salts: list[str], isolated: bool = True, workers: int = 1,
        progress: Callable[[int, int], None] = lambda done, all_: None, share: float = 1) -> list[Row]:
    """Tries answers in the hidden worlds of the salts, in a sandbox for each of both; of a `share` below 1, each salt
    draws those that are tried under it.

    The answers to an exercise under a salt are judged in one process, which makes their worlds once; where it is lost,
    or an error ends it, each of them is judged in a process of its own. A row for each answer that was tried, in their
    order; `progress(done, all)` is called every now and then."""
    batches = _batches(answers, salts, share)
    template = worker_template([path for path in [course / "datasets"] if path.exists()], isolated)
    tasks = _Tasks(course, {part_of(entry.exercise) for entry in answers})  # loads while the template does
    with template:
        def work(batch: tuple[Piece, ...], core: int) -> list[Any]:
            limits, found = Limits(seconds=NOTEBOOK_SECONDS), tasks.each([(answers[n], salt) for n, salt in batch])
            return [_tried(task, lambda: template.fork(limits, core)) for task in found]

        outcomes, alone = {}, []
        for todo in (batches, alone):
            for outcome in side_by_side(todo, work, workers, 2 * NOTEBOOK_SECONDS):
                if outcome.result is None and len(outcome.piece) > 1:
                    alone += [(piece,) for piece in outcome.piece]
                    continue
                for number, piece in enumerate(outcome.piece):
                    outcomes[piece] = outcome._replace(piece=piece, result=outcome.result and outcome.result[number])
                progress(len(outcomes), sum(map(len, batches)))
    tried = [(entry, [outcomes[number, salt] for salt in salts if (number, salt) in outcomes])
             for number, entry in enumerate(answers)]
    return [_row(entry, found) for entry, found in tried if found]


def _batches(answers: list[Entry], salts: list[str], share: float) -> list[tuple[Piece, ...]]:
    """What is to be tried, by salt and exercise."""
    batches = defaultdict(list)
    for salt in salts:
        for number, entry in enumerate(answers):
            if _drawn(entry, salt) < share:
                batches[salt, entry.exercise].append((number, salt))
    return [tuple(batch) for batch in batches.values()]


def _drawn(entry: Entry, salt: str) -> float:
    """A number from 0 to 1 that a salt draws for an answer."""
    return int.from_bytes(hashlib.sha256(f"{salt}\0{entry.exercise}\0{entry.name}".encode()).digest()[:6]) / 2**48


class _Tasks:
    """What there is to judge of an answer: its lesson up to there, with the solutions of the exercises before it."""

    def __init__(self, course: Path, lessons: Iterable[str]) -> None:
        self.exercises = {name: found for lesson in lessons for name, found in exercises(lesson).items()}
        self.oracles, self.cells = oracles(course, self.exercises), {}
        for lesson in lessons:
            cells: list[CodeCell] = []
            for cell in notebook(course / "solutions" / lesson / f"{lesson}.py").cells:
                exercise, _, role = cell.id.rpartition("-")
                if role == "answer":
                    self.cells[exercise] = tuple(cells)
                if cell.cell_type == "code" and role not in ("check", "graded"):
                    cells.append(CodeCell(cell.id, without_solution_marks(cell.source), own=role == "answer"))
                    names(cells[-1].source)  # what is remembered of a lesson now is in each fork

    def each(self, trials: Sequence[tuple[Entry, str]]) -> Iterator[Task]:
        """The tasks of answers under salts. A world of an exercise is made once for all of them."""
        known = {name: _with_worlds_kept(self.exercises[name]) for name in {entry.exercise for entry, _ in trials}}
        for entry, salt in trials:
            name = entry.exercise
            cells = (*self.cells[name], CodeCell("answer", entry.source, own=True, answers=name),
                     CodeCell("graded", "", own=False, grades=name))
            yield Task(cells, {name: known[name]}, salt, "", self.oracles, {})


def _with_worlds_kept(exercise: Exercise) -> Exercise:
    """The exercise; its fair worlds are made once for a seed."""
    return replace(exercise, world=cache(exercise.fair_world), fair=lambda world: True)


def _tried(task: Task, process: Callable[[], Any]) -> list[Any]:
    """The verdict on the one exercise of a task, and the troubles, as plain data."""
    with _stderr() as written:
        found = judged(task, process)
    verdict, = found.verdicts.values()
    written += [output[2] for outputs in found.outputs.values() for output in outputs
                if output[:2] == ["stream", "stderr"]]
    return [list(verdict), [f"wrote to stderr: {text[-300:]}" for text in written if text]
            + [f"its process {words}" for words in (*found.endings, *found.lies)] + list(found.broken.values())]


@contextlib.contextmanager
def _stderr() -> Iterator[list[str]]:
    """Gives a list in which at the end of the block is what this process wrote to stderr in it."""
    written: list[str] = []
    with tempfile.TemporaryFile("w+") as words:
        os.dup2(words.fileno(), 2)
        with contextlib.redirect_stderr(words):
            yield written
        words.seek(0)
        written.append(words.read())


def _row(entry: Entry, outcomes: list[Any]) -> Row:
    trials, surprises = [], []
    for outcome in outcomes:
        salt = outcome.piece[1]
        if outcome.result is None:
            surprises.append(f"salt {salt}: {outcome.error or f'the process that judged it {outcome.lost}'}")
            continue
        (exercise, findings, *texts), troubles = outcome.result
        trial = Trial(salt, Verdict(exercise, tuple(Finding(*finding) for finding in findings), *texts), troubles)
        trials.append(trial)
        surprises += [f"salt {salt}: {text}" for text in _surprises(entry, trial)]
    return Row(entry, trials, surprises)


def _surprises(entry: Entry, trial: Trial) -> Iterator[str]:
    """Each way in which a trial differs from what its entry expects."""
    verdict = trial.verdict
    lost = {finding.property for finding in verdict.findings if finding.outcome != "holds"}
    said = " ".join(finding.sentence for finding in verdict.findings)
    if entry.points is not None and abs(verdict.earned - entry.points) > 1e-9:
        yield f"earned {verdict.earned:g} points where {entry.points:g} were expected"
    if entry.fails is not None and lost != entry.fails:
        yield f"lost {sorted(lost)} where {sorted(entry.fails)} were expected"
    if entry.says.lower() not in said.lower():
        yield f"does not say “{entry.says}” but: {said}"
    if entry.name == "stub" and not verdict.not_attempted:
        yield f"not attempted: {verdict.not_attempted or 'no'}"
    if UNJUDGED in said:
        yield f"the check itself raised: {said}"
    yield from trial.troubles


def matrix(rows: list[Row]) -> str:
    """The rows as text: answer by property, points, and the first sentence that is shown."""
    names = dict.fromkeys(row.entry.exercise for row in rows)
    return "\n\n".join(_table(exercises(part_of(name))[name], [row for row in rows if row.entry.exercise == name])
                       for name in names)


def _table(exercise: Exercise, rows: list[Row]) -> str:
    legend = [f"  {number} {p.name} ({p.points:g})" for number, p in enumerate(exercise.properties, 1)]
    numbers = " ".join(f"{n:>2}" for n in range(1, len(exercise.properties) + 1))
    head = f"{exercise.name}, {exercise.points:g} points\n" + "\n".join(legend)
    return "\n".join([f"{head}\n\n  {'':34}{numbers}  points  verdict", *map(_line, rows)])


MARKS = {"holds": "ok", "fails": "no", "not judged": "--"}


def _line(row: Row) -> str:
    """One answer: a mark per property, worst over the salts, its points, and what its author is told."""
    if not row.trials:
        return f"  {row.entry.name:34}did not run: {row.surprises[0]}"
    worst = min((trial.verdict for trial in row.trials), key=lambda verdict: verdict.earned)
    marks = " ".join(MARKS[finding.outcome] for finding in worst.findings)
    verdict = "as expected" if not row.surprises else "WRONG: " + "; ".join(row.surprises)
    told = next((finding.sentence for finding in worst.findings if finding.sentence), worst.not_attempted)
    return "\n".join([f"  {row.entry.name:34}{marks}  {worst.earned:6g}  {verdict}",
                      *textwrap.wrap(told, 100, initial_indent=" " * 8, subsequent_indent=" " * 8)])


def as_json(row: Row) -> dict:
    """A row for programs: the answer, what was expected, each trial's points and findings, the surprises."""
    return {
        "exercise": row.entry.exercise, "answer": row.entry.name, "file": str(row.entry.file),
        "mistake": row.entry.mistake, "expected_points": row.entry.points,
        "expected_fails": None if row.entry.fails is None else sorted(row.entry.fails),
        "trials": [{"salt": trial.salt, "earned": trial.verdict.earned, "points": trial.verdict.points,
                    "not_attempted": trial.verdict.not_attempted, "measured": trial.verdict.measured,
                    "findings": [finding._asdict() for finding in trial.verdict.findings]} for trial in row.trials],
        "surprises": row.surprises,
    }
