"""What came of a class, part by part, and a list of what a person should look at."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import worth
from dataml_lab.grading.attempts import Attempt, AttemptError, last_attempt
from dataml_lab.grading.catalogue import Entry, without_docstring
from dataml_lab.grading.results import repairs
from dataml_lab.grading.submissions import Submission, submissions
from dataml_lab.term.alike import Pair, alike
from dataml_lab.term.marks import Marks, marks
from dataml_lab.term.misconceptions import Misconception, catalogued, misconceptions
from dataml_lab.term.roster import Student, missing
from dataml_lab.term.scores import ESSAY
from dataml_lab.term.student_page import ANSWER

FEW = 1 / 3  # of the points of a part: who has less may need help
WITHOUT_WORK = ("can't be read", "nothing tried")  # kinds of what is to be looked at that say why there are no points


class Look(NamedTuple):
    """Something that a person should look at: whose, of which part, of what kind, and what it is."""

    student: str
    part: str
    kind: str
    what: str


class Share(NamedTuple):
    """In how many of the answers that were tried a property holds."""

    exercise: str
    property: str
    holds: int
    tried: int


class PartReport(NamedTuple):
    """What came of a part: the points of each student and the most that there are, how many wait for marks, and what
    answers show."""

    part: str
    points: dict[str, float]
    most: float
    waiting: int
    shares: list[Share]
    misconceptions: list[Misconception]
    alike: list[Pair]
    looks: list[Look]


def report(course: Path, parts: list[str], students: tuple[Student, ...]) -> list[PartReport]:
    """What came of each of these parts, of which somebody has handed in; GradebookError if there is no gradebook. Who
    handed in nothing is known by the roster, which may be empty."""
    absent = {one.part: one.students for one in missing(course, students)} if students else {}
    return [_part(course, part, absent.get(part, ())) for part in parts if submissions(course, [part])]


def _part(course: Path, part: str, absent: tuple[str, ...]) -> PartReport:
    attempts, ungraded = _attempts(course, part)
    entered, known = marks(course, part), catalogued(course, part)
    pairs = [pair for name in exercises(part) for pair in alike(name, _answers(attempts, name), _right(known, name))]
    looks = [*(Look(student, part, "not handed in", "nothing is handed in") for student in absent), *ungraded,
             *(look for attempt in attempts for look in _looks(attempt)), *(_look_at(pair, part) for pair in pairs)]
    looks += _few_points(part, entered, {look.student for look in looks if look.kind in WITHOUT_WORK})
    return PartReport(part, {student: _points(one) for student, one in entered.items()}, _most(entered),
                      sum(any(mark.waits for mark in one.cells.values()) for one in entered.values()),
                      _shares(attempts), misconceptions(attempts, known), pairs, looks)


def _right(known: list[Entry], exercise: str) -> list[str]:
    """The code of the catalogue's right answers to an exercise."""
    return [without_docstring(one.source) for one in known
            if one.exercise == exercise and one.name.startswith("right_")]


def _attempts(course: Path, part: str) -> tuple[list[Attempt], list[Look]]:
    """The last attempts at a part, and what is handed in without one."""
    attempts, ungraded = [], []
    for submission in submissions(course, [part]):
        found = _last(submission)
        (attempts if isinstance(found, Attempt) else ungraded).append(found)
    return attempts, ungraded


def _last(submission: Submission) -> Attempt | Look:
    try:
        found, why = last_attempt(submission), "it is handed in, and not graded yet"
    except (AttemptError, OSError) as error:
        found, why = None, str(error)
    return found or Look(submission.student, submission.lesson, "not graded", why)


def _points(found: Marks) -> float:
    return sum(mark.points for mark in found.cells.values()) - found.penalty


def _most(entered: dict[str, Marks]) -> float:
    return max((sum(mark.most for mark in one.cells.values()) for one in entered.values()), default=0.0)


def _answers(attempts: list[Attempt], exercise: str) -> dict[str, str]:
    """The code of an exercise by student, of those who tried it."""
    return {attempt.student: cell.source for attempt in attempts for cell in attempt.notebook.cells
            if cell.get("id") == exercise + ANSWER and _tried(attempt, exercise)}


def _tried(attempt: Attempt, exercise: str) -> bool:
    return not attempt.problem and exercise in attempt.verdicts and not attempt.verdicts[exercise].not_attempted


def _shares(attempts: list[Attempt]) -> list[Share]:
    """In how many answers each property holds, the rarest first; without those that hold in all."""
    count: dict[tuple[str, str], list[int]] = {}
    for attempt in attempts:
        for name, verdict in attempt.verdicts.items():
            for finding in verdict.findings if _tried(attempt, name) else ():
                count.setdefault((name, finding.property), []).append(finding.outcome == "holds")
    found = [Share(*which, sum(holds), len(holds)) for which, holds in count.items()]
    return sorted((one for one in found if one.holds < one.tried), key=lambda one: one.holds / one.tried)


def _looks(attempt: Attempt) -> Iterator[Look]:
    """What a person should look at in a submission."""
    def look(kind: str, what: str) -> Look:
        return Look(attempt.student, attempt.lesson, kind, what)

    essays = {name + ESSAY for name, exercise in exercises(attempt.lesson).items() if exercise.essay}
    if attempt.problem:
        yield look("can't be read", attempt.problem)
    elif attempt.verdicts and essays <= {*attempt.untouched} and not any(
            _tried(attempt, name) for name in attempt.verdicts):
        yield look("nothing tried", "0 points: every answer is as it was released")
    yield from (look("integrity", sign) for sign in attempt.integrity)
    yield from (look("repaired", what) for what in repairs(attempt))
    yield from (look("check failed", f"the check of {name} failed itself") for name in attempt.broken)


def _few_points(part: str, entered: dict[str, Marks], listed: set[str]) -> Iterator[Look]:
    """Students who have less than a third of the points of a part, without words that wait for a person, and who aren't
    listed yet."""
    for student, one in entered.items():
        marked = [mark for mark in one.cells.values() if not mark.waits]
        earned, most = sum(mark.points for mark in marked), sum(mark.most for mark in marked)
        if earned < FEW * most and student not in listed:
            yield Look(student, part, "few points", f"{earned:g} of {worth(most)}")


def _look_at(pair: Pair, part: str) -> Look:
    first, second = pair.students
    return Look(first, part, "alike", f"{pair.exercise}, and that of {second}: {pair.sameness}")


def as_csv(looks: list[Look]) -> str:
    """The list for a table of one's own. What a student may have written is no formula there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Look._fields)
    writer.writerows([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in look] for look in looks)
    return text.getvalue()
