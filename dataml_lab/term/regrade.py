"""Grading again what was judged by other checks, or against another release, than there are now: who moves, by which
property, and why.

What moved is read from the attempts that are kept. So a command that was stopped, and typed again, says the same of all
submissions as one that wasn't.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dataml_lab.checks.exercise import Finding, Outcome
from dataml_lab.grading.assess import is_current
from dataml_lab.grading.attempts import Attempt, AttemptError, alone, attempts, last_attempt
from dataml_lab.grading.grade import assessed, entered, kept
from dataml_lab.grading.gradebook import ScoreBook, words_in
from dataml_lab.grading.submissions import Submission, handed_in, misnamed, submissions
from dataml_lab.term.scores import ESSAY


class Change(NamedTuple):
    """What two gradings found of a property: its outcome, empty where it wasn't there, and the points that it earned;
    and the sentence that says what fails."""

    exercise: str
    property: str
    before: Outcome | Literal[""]
    after: Outcome | Literal[""]
    points: float
    why: str

    @property
    def way(self) -> str:
        """From which outcome to which."""
        return f"{self.before or 'not there'} → {self.after or 'not there'}"

    def __str__(self) -> str:
        return f"{self.exercise}, “{self.property}”: {self.way}, {self.points:+g}" + (f": {self.why}" * bool(self.why))


class Regraded(NamedTuple):
    """What came of a submission: whether it was judged again now, its attempts by the checks before and after, of which
    the first is missing where all of its attempts were judged by the same; what a person should look at again, a
    sentence each; and what is in the way, if anything is."""

    submission: Submission
    again: bool = False
    before: Attempt | None = None
    after: Attempt | None = None
    stale: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def moved(self) -> float:
        """The points that the submission won, or lost."""
        return round(points(self.after) - points(self.before), 4) if self.before and self.after else 0.0

    @property
    def changes(self) -> list[Change]:
        """What changed, property by property."""
        return changes(self.before, self.after) if self.before and self.after else []

    def lines(self) -> Iterator[str]:
        """What the instructor should know of it; nothing where nothing changed."""
        if self.trouble:
            yield f"{self.submission}: {self.trouble.splitlines()[0]}"
        if found := self.changes:
            yield f"{self.submission}: {points(self.before):g} → {points(self.after):g} points"
            yield from (f"  {change}" for change in found)
        yield from (f"{self.submission}: {sentence}" for sentence in self.stale)

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        sides = {"before": self.before, "after": self.after}
        return {"student": self.submission.student, "lesson": self.submission.lesson, "again": self.again,
                "trouble": self.trouble, "moved": self.moved, "stale": self.stale,
                **{name: one and {"points": points(one), "checks": one.checks, "release": one.release}
                   for name, one in sides.items()},
                "changes": [change._asdict() for change in self.changes]}


def points(attempt: Attempt) -> float:
    """What an attempt earned, without what a person gives."""
    return round(sum(filter(None, attempt.scores.values())), 4)


def changes(before: Attempt, after: Attempt) -> list[Change]:
    """The properties of which two attempts found something else, in the order of the exercises."""
    first, second = _findings(before), _findings(after)
    found = (_change(*name, first.get(name), second.get(name)) for name in second | first)
    return [one for one in found if one.before != one.after or one.points]


def _findings(attempt: Attempt) -> dict[tuple[str, str], Finding]:
    return {(name, one.property): one for name, verdict in attempt.verdicts.items() for one in verdict.findings}


def _change(exercise: str, name: str, before: Finding | None, after: Finding | None) -> Change:
    why = next((one.parts[0] for one in (after, before) if one and one.sentence), "")
    return Change(exercise, name, before.outcome if before else "", after.outcome if after else "",
                  (after.earned if after else 0.0) - (before.earned if before else 0.0), why)


def regrade(course: Path, parts: list[str], students: list[str] | None = None, isolated: bool = True,
            workers: int = 1, dry_run: bool = False) -> Iterator[tuple[int, Regraded]]:
    """Judges again what was judged by other checks than there are now, and enters it unless it is a `dry_run`. Yields
    how many submissions there are, and what came of each, as it comes."""
    found, todo = submissions(course, parts, students), {}
    if not found:
        return
    with ScoreBook(course) as book, alone(course):
        for part in sorted({submission.lesson for submission in found}):
            book.require(part)
        for submission in found:
            last, trouble = _last(submission)
            if trouble:
                yield len(found), Regraded(submission, trouble=trouble)
            elif is_current(submission, last):
                yield len(found), _before_now(book, submission, last, dry_run)
            else:
                todo[submission] = last
        for submission, attempt in assessed([*todo], isolated, workers):
            yield len(found), _now(book, submission, todo[submission], attempt, dry_run)


def _last(submission: Submission) -> tuple[Attempt | None, str]:
    """The last attempt at what is handed in, and why it can't be judged again; empty if it can."""
    try:
        last = None if misnamed(submission) else last_attempt(submission)
        if last and last.digest == handed_in(submission).digest:
            return last, ""
        return None, "what is handed in is not graded yet: dataml-lab grade does that"
    except (OSError, AttemptError) as error:
        return None, f"its files can't be read: {error}"


def _before_now(book: ScoreBook, submission: Submission, last: Attempt, dry_run: bool) -> Regraded:
    """Of a submission whose last attempt was judged by the checks that there are: what that changed. A command that was
    stopped may have kept the attempt and not entered it."""
    graded = None if dry_run else entered(book, submission, last, "unchanged")
    before = _by_other_checks(submission, last)
    return Regraded(submission, False, before, last, tuple(_stale(book.marked(submission), before, last)),
                    graded.trouble if graded else "")


def _by_other_checks(submission: Submission, last: Attempt) -> Attempt | None:
    """The newest attempt at the same files that was judged otherwise."""
    for number in range(1, len(attempts(submission))):
        found = last_attempt(submission, number)
        if found and found.digest == last.digest and (found.checks, found.release) != (last.checks, last.release):
            return found
    return None


def _now(book: ScoreBook, submission: Submission, before: Attempt, after: Attempt | str, dry_run: bool) -> Regraded:
    """What came of judging a submission again, which is kept and entered unless it is a dry run."""
    if isinstance(after, str):
        return Regraded(submission, True, trouble=after)
    trouble = "" if dry_run else kept(book, submission, after).trouble
    marked = {cell: waits or (dry_run and _asks(cell, before, after))
              for cell, waits in book.marked(submission).items()}
    return Regraded(submission, True, before, after, tuple(_stale(marked, before, after)), trouble)


def _asks(cell: str, before: Attempt, after: Attempt) -> bool:
    """Whether the gradebook asks a person to look at a mark again, once an attempt follows on another."""
    return (before.scores.get(cell), words_in(before).get(cell)) != (after.scores.get(cell), words_in(after).get(cell))


def _stale(marked: dict[str, bool], before: Attempt | None, after: Attempt) -> Iterator[str]:
    """A sentence for each mark of a person that was given to something else, or beside something else."""
    for cell, waits in marked.items():
        if waits:
            yield f"{cell} has a mark of a person, and its score or its words are others now: confirm it in formgrader"
        elif before and _measured(before, cell) != _measured(after, cell):
            yield f"{cell} has a mark of a person, and what was measured beside it has changed: look at it again"


def _measured(attempt: Attempt, cell: str) -> str:
    """What a person sees beside the words of a cell."""
    verdict = attempt.verdicts.get(cell.removesuffix(ESSAY)) if cell.endswith(ESSAY) else None
    return verdict.measured if verdict else ""


def summary(found: list[Regraded], dry_run: bool) -> str:
    """What moved, in some lines for each part."""
    if not found:
        return "Nothing is handed in."
    lines = [line for part in dict.fromkeys(one.submission.lesson for one in found)
             for line in _lines(part, [one for one in found if one.submission.lesson == part])]
    return "\n".join([*lines, *(["Nothing was written; without --dry-run, it is."] * dry_run)])


def _lines(part: str, found: list[Regraded]) -> Iterator[str]:
    again, moved = sum(one.again and not one.trouble for one in found), [one for one in found if one.before]
    yield (f"{part}: {again} graded again, {sum(not one.again and not one.trouble for one in found)} judged by these "
           f"checks before, {sum(bool(one.trouble) for one in found)} not graded.")
    if moved:
        ups, downs = sum(one.moved > 0 for one in moved), sum(one.moved < 0 for one in moved)
        first, second = (sum(points(side) for side in sides) / len(moved) for sides in
                         ([one.before for one in moved], [one.after for one in moved]))
        yield (f"  By other checks, {ups} won points, {downs} lost some, {len(moved) - ups - downs} have the same; on "
               f"average {first:.1f} → {second:.1f} points.")
        yield f"  {', '.join(sorted({_versions(one) for one in moved}))}"
    count = Counter((one.exercise, one.property, one.way) for each in found for one in each.changes)
    yield from (f"  {exercise}, “{name}”: {many} {way}" for (exercise, name, way), many in count.most_common())
    if stale := sum(len(one.stale) for one in found):
        yield f"  {stale} marks of a person to look at again."


def _versions(one: Regraded) -> str:
    """The checks and the releases before and after, as far as they differ."""
    pairs = (("checks", one.before.checks, one.after.checks), ("release", one.before.release, one.after.release))
    return "; ".join(f"{what} {first or 'unknown'} → {second}" for what, first, second in pairs if first != second)
