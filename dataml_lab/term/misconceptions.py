"""Which mistake of the catalogue an answer shows: the one that loses the same properties and is told the same."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import exercises, part_of
from dataml_lab.checks.exercise import Verdict
from dataml_lab.grading.attempts import Attempt
from dataml_lab.grading.catalogue import CatalogueError, Entry, entries

OTHER = "other"


class Misconception(NamedTuple):
    """What goes wrong in an answer, in words (several sentences where the verdict doesn't tell them apart), and who
    has it."""

    exercise: str
    mistake: str
    students: tuple[str, ...]


def catalogued(course: Path, lesson: str) -> list[Entry]:
    """The catalogue's answers to the exercises of a lesson; none where the course has no catalogue."""
    found = []
    for part in dict.fromkeys(map(part_of, exercises(lesson))):
        try:
            found += entries(course / "solutions" / part / "answers", exercises(part))
        except CatalogueError:
            continue
    return found


def mistake(verdict: Verdict, known: Iterable[Entry]) -> str:
    """The mistakes that an answer shows, by what it loses and by the words that it is told; "other" where none fits."""
    fit = [entry.mistake for entry in known if entry.exercise == verdict.exercise and _shows(verdict, entry)]
    return " Or: ".join(dict.fromkeys(fit)) or OTHER


def _shows(verdict: Verdict, entry: Entry) -> bool:
    """Whether a verdict is what a catalogued answer states: properties that are lost, points or both, and words.
    Points alone, without words, tell no mistake from another."""
    lost = {finding.property for finding in verdict.findings if finding.outcome != "holds"}
    told = " ".join(finding.sentence for finding in verdict.findings).lower()
    if entry.fails is None and not entry.says:
        return False
    return (entry.fails in (None, lost) and entry.points in (None, verdict.score) and entry.says.lower() in told)


def misconceptions(attempts: Iterable[Attempt], known: list[Entry]) -> list[Misconception]:
    """The misconceptions in attempts at a part, by exercise; what most have comes first, what is of no kind last."""
    who: dict[tuple[str, str], list[str]] = {}
    for attempt in attempts:
        for name, verdict in attempt.verdicts.items():
            if not attempt.problem and not verdict.not_attempted and verdict.earned < verdict.points:
                who.setdefault((name, mistake(verdict, known)), []).append(attempt.student)
    order = list(dict.fromkeys(name for name, _ in who))
    return sorted((Misconception(*which, tuple(students)) for which, students in who.items()),
                  key=lambda one: (order.index(one.exercise), one.mistake == OTHER, -len(one.students)))
