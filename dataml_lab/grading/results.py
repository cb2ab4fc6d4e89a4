"""What came of grading, in lines for people and as data for programs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.grading.attempts import Attempt
from dataml_lab.grading.engine.remote import SENSELESS
from dataml_lab.grading.strays import Stray
from dataml_lab.grading.submissions import Submission

FIELDS = ("scores", "problem", "damage", "endings", "stopped", "stopped_at_first", "broken", "integrity", "release",
          "seconds")  # for programs


class Graded(NamedTuple):
    """What came of a submission: `new` if it was graded now, `unchanged` if it was before, `failed` if that could not
    be done for a trouble that is not the student's. An attempt may be there although entering it failed."""

    submission: Submission
    state: Literal["new", "unchanged", "failed"]
    attempt: Attempt | None
    trouble: str = ""
    penalty: float = 0.0  # points that being late costs
    outdated: str = ""  # the version of the checks that judged it, where it is another than there is now

    def problems(self) -> list[str]:
        """What the instructor should know of it, a line each; of what is unchanged, only what it lost
        without being judged."""
        if self.trouble:
            return [f"not graded: {self.trouble.splitlines()[0]}"]
        unreadable = [f"0 points: {self.attempt.problem}"] if self.attempt.problem else []
        late = [f"it was late, which costs {self.penalty:g} points"] if self.penalty else []
        return [*unreadable, *late, *([] if self.state == "unchanged" else _findings(self.attempt))]

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        return {"student": self.submission.student, "lesson": self.submission.lesson, "state": self.state,
                "trouble": self.trouble, "penalty": self.penalty, "outdated": self.outdated,
                **{name: getattr(self.attempt, name, None) for name in FIELDS}}


def misplaced(stray: Stray) -> dict[str, Any]:
    """What was handed in and is not graded, as data of each `Graded`."""
    return {"student": stray.student, "lesson": stray.lesson, "state": "misplaced", "trouble": str(stray),
            "penalty": 0.0, "outdated": "", **dict.fromkeys(FIELDS)}


def _findings(attempt: Attempt) -> Iterator[str]:
    """Lines about damage, processes, checks that failed, and what should be looked at."""
    yield from (f"repaired: {what}" for what in repairs(attempt))
    yield from _time_outs(attempt)
    yield from happened(attempt)
    yield from (f"the check of {name} failed: {where}" for name, where in attempt.broken.items())
    yield from (f"{name}: {finding.sentence}" for name, verdict in attempt.verdicts.items()
                for finding in verdict.findings if finding.sentence.startswith(UNJUDGED))
    yield from (f"look at it: {sign}" for sign in _by_kind(attempt.integrity))


def happened(attempt: Attempt) -> list[str]:
    """How the student's processes ended, and what was left out, each once; without what is said elsewhere: how an
    exercise was stopped, and messages that make no sense."""
    return list(dict.fromkeys(end for end in attempt.endings
                              if SENSELESS not in end and end not in attempt.stopped.values()))


def repairs(attempt: Attempt) -> Iterator[str]:
    """What was repaired, without what a person should look at."""
    return _by_kind([what for _, what in attempt.damage if what not in attempt.integrity])


def _by_kind(found: list[str]) -> Iterator[str]:
    """Of what was found of several cells in the same words, the first, and how many more there are."""
    kinds = defaultdict(list)
    for what in found:
        kinds[re.sub(r"the \w+ cell of \w+", "", what)].append(what)
    yield from (f"{what}; the same of {len(more)} more" if more else what for what, *more in kinds.values())


def _time_outs(attempt: Attempt) -> Iterator[str]:
    """Lines about what ran out of time or lost its process, and whether it did so by itself, too."""
    for name, how in (attempt.stopped_at_first | attempt.stopped).items():
        first = attempt.stopped_at_first.get(name)
        if first is None:
            yield f"{name} was stopped: {how}"
        elif name in attempt.stopped:
            yield f"{name} was stopped, and again by itself: {how}"
        else:
            yield f"{name} was stopped beside others, and judged again by itself, in time. At first: {how}"


def summary(found: list[dict[str, Any]], course: Path) -> str:
    """What came of a batch, as data of each `Graded`, in a line for each lesson, and for what lies elsewhere."""
    if not found:
        return f"Nothing is handed in: submissions belong into {course / 'submitted'}/<student>/<lesson>/."
    graded = [one for one in found if one["state"] != "misplaced"]
    lines = [_line(lesson, [one for one in graded if one["lesson"] == lesson])
             for lesson in sorted({one["lesson"] for one in graded})]
    if elsewhere := len(found) - len(graded):
        lines.append(f"Not graded for the place in which it lies: {elsewhere}, named above.")
    return "\n".join(lines)


def _line(lesson: str, found: list[dict[str, Any]]) -> str:
    count = Counter(one["state"] for one in found)
    earned = [sum(filter(None, one["scores"].values())) for one in found if one["scores"]]
    points = sum(exercise.points for exercise in exercises(lesson).values())
    mean = f"; on average {sum(earned) / len(earned):.1f} of {points:g} points" if earned else ""
    outdated = sum(bool(one["outdated"]) for one in found)
    advice = (f" Of the unchanged, {outdated} were judged by other checks than there are now: "
              f"`dataml-lab regrade {lesson}` judges them by these, and says who moves." if outdated else "")
    return (f"{lesson}: {count['new']} graded, {count['unchanged']} unchanged, {count['failed']} not graded{mean}."
            f"{advice}")
