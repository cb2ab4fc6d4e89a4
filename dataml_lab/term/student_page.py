"""A student's page of feedback on a part: points, what was lost and why, and what a person wrote.

The page stands alone: it loads nothing and runs no program. It shows what verdicts say, which is fit for students: of
what was found only by the grader (signs of an attack, tracebacks of checks) it shows nothing.
"""

import math
from collections.abc import Iterable, Iterator
from html import escape

from dataml_lab.checks import report
from dataml_lab.checks.exercise import Verdict, worth
from dataml_lab.grading.attempts import Attempt
from dataml_lab.grading.results import happened, repairs
from dataml_lab.pipeline.page import page, scrolled
from dataml_lab.term.marks import Mark, Marks
from dataml_lab.term.scores import ESSAY

STYLE = """
.drift{max-width:52rem}.drift td,.drift h1,.drift h2{overflow-wrap:anywhere}
.drift section td:first-child,.drift section th:first-child{padding-left:.4rem}
.drift .total{font-size:1.2rem;margin:.6rem 0}.drift h2{border-top:2px solid var(--rule);padding-top:.8rem}
.drift blockquote{margin:.4rem 0;padding:.3rem .8rem;border-left:4px solid var(--line);white-space:pre-line}
.drift pre,.drift code{font-size:.9rem}.drift details{margin:.6rem 0}
"""
ANSWER = "-answer"  # ends the name of the cell with an exercise's code


def student_page(attempt: Attempt, marks: Marks) -> str:
    """The page as HTML."""
    exercises = "".join(_exercise(name, verdict, attempt, marks) for name, verdict in attempt.verdicts.items())
    return page(f"{attempt.lesson}: {marks.name}", "".join([
        _handed_in(attempt), _total(marks), _problem(attempt), _overview(attempt, marks),
        exercises if not attempt.problem else "", *_lists(attempt)]), STYLE)


def _handed_in(attempt: Attempt) -> str:
    moment = attempt.timestamp and f" on {attempt.timestamp.partition('.')[0]} UTC"
    file = attempt.file and f", as {attempt.file}"
    return f'<p class="quiet">Feedback on what you handed in{escape(moment + file)}.</p>'


def _total(marks: Marks) -> str:
    """All points of the part, what is open, and what being late costs."""
    earned = math.fsum(mark.points for mark in marks.cells.values()) - marks.penalty
    most = math.fsum(mark.most for mark in marks.cells.values())
    unmarked = math.fsum(mark.most for mark in marks.cells.values() if _is_open(mark))
    said = [f"<strong>{earned:g} of {worth(most)}{' so far' * bool(unmarked)}.</strong>"]
    if marks.penalty:
        said.append(f"It was late: {worth(marks.penalty)} less, which is counted here.")
    if unmarked:
        said.append(f"Words worth {worth(unmarked)} are not marked yet.")
    return f'<p class="total">{" ".join(said)}</p>'


def _is_open(mark: Mark) -> bool:
    """Whether nobody has marked the words yet."""
    return mark.waits and not mark.by_hand


def _problem(attempt: Attempt) -> str:
    if not attempt.problem:
        return ""
    return (f"<p><strong>Nothing could be graded:</strong> {escape(attempt.problem)}.</p>"
            "<p>Ask your teacher whether you may hand in again.</p>")


def _of(exercise: str, marks: Marks) -> list[Mark]:
    """The marks of an exercise: of its code, and of its words if it asks for some."""
    return [marks.cells[cell] for cell in (exercise, exercise + ESSAY) if cell in marks.cells]


def _overview(attempt: Attempt, marks: Marks) -> str:
    """A table of the exercises, each a link to what is said of it; left out where there is one."""
    if len(attempt.verdicts) < 2 or attempt.problem:
        return ""
    rows = "".join(f'<tr><th scope="row"><a href="#{escape(name)}">{escape(name)}</a></th>'
                   f'<td>{_points(_of(name, marks))}</td></tr>' for name in attempt.verdicts)
    return scrolled("Points by exercise", '<table><thead><tr><th scope="col">exercise</th><th scope="col">points</th>'
                    f"</tr></thead><tbody>{rows}</tbody></table>")


def _points(found: list[Mark]) -> str:
    """The points of an exercise, in words."""
    said = f"{math.fsum(mark.points for mark in found):g} of {worth(math.fsum(mark.most for mark in found))}"
    return said + " so far" * any(map(_is_open, found))


def _exercise(name: str, verdict: Verdict, attempt: Attempt, marks: Marks) -> str:
    """What is said of an exercise."""
    essay = marks.cells.get(name + ESSAY)
    words = _words(essay, name + ESSAY in attempt.untouched) if essay else ""
    return (f'<section aria-labelledby="{escape(name)}"><h2 id="{escape(name)}">{escape(name)}: '
            f"{_points(_of(name, marks))}</h2>{_by_hand(marks.cells.get(name), verdict)}{_lost(verdict)}"
            f"{report.html(verdict._replace(measured=''))}{_comment(marks, name + ANSWER)}{words}"
            f"{_comment(marks, name + ESSAY)}{_measured(verdict)}</section>")


def _by_hand(mark: Mark | None, verdict: Verdict) -> str:
    """Whether a person gave other points for the code than the check."""
    if not mark or not mark.by_hand or mark.points == verdict.score:
        return ""
    return f"<p>Your teacher gave {worth(mark.points)} for the code, in place of {verdict.score:g}.</p>"


def _lost(verdict: Verdict) -> str:
    """What the code lost, in a sentence; nothing where nothing was tried."""
    if verdict.not_attempted:
        return ""
    failed = [f"{worth(one.points)} for “{escape(one.property)}”" for one in verdict.findings
              if one.outcome == "fails" and one.points]
    behind = math.fsum(one.points for one in verdict.findings if one.outcome == "not judged")
    behind = [f"{worth(behind)} for what could not be judged before the rest holds"] if behind else []
    return f"<p>Lost: {'; '.join([*failed, *behind])}.</p>" if failed or behind else "<p>Nothing was lost.</p>"


def _words(mark: Mark, untouched: bool) -> str:
    """How the written answer stands."""
    given = f"{mark.points:g} of {worth(mark.most)}"
    if _is_open(mark):
        said = f"not marked yet. A person will give up to {worth(mark.most)} for them."
    elif mark.waits:
        said = f"{given}, given for what you handed in before: a person will look at them again."
    elif untouched and not mark.by_hand:
        said = f"none were handed in, {given}."
    else:
        said = f"{given}."
    return f"<p><b>Your words:</b> {said}</p>"


def _comment(marks: Marks, cell: str) -> str:
    """What a person wrote about a cell."""
    written = marks.comments.get(cell)
    return f"<p>Your teacher wrote:</p><blockquote>{escape(written)}</blockquote>" if written else ""


def _measured(verdict: Verdict) -> str:
    """Lines of numbers that were measured, folded."""
    if not verdict.measured:
        return ""
    lines = scrolled(f"Measured of {verdict.exercise}", f"<pre>{escape(verdict.measured)}</pre>")
    return f"<details><summary>What was measured of {escape(verdict.exercise)}, in one world</summary>{lines}</details>"


def _lists(attempt: Attempt) -> Iterator[str]:
    """What was repaired in the notebook, and what else happened when it ran."""
    yield _list("What was repaired in your notebook", repairs(attempt), "This cost nothing by itself.")
    yield _list("What else happened", happened(attempt), "")


def _list(title: str, lines: Iterable[str], more: str) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<section><h2>{title}</h2>{more and f'<p>{more}</p>'}<ul>{items}</ul></section>" if items else ""
