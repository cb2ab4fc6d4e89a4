"""Exercise of 05b: four metrics from first principles, each of which differs from a library's in what is stated."""

import math
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from dataml_lab.checks.evaluation.metric_cases import Case, Cases, cases
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, function
from dataml_lab.runtime.shown import digits, shown

TOLERANCE = 1e-9
MOST_SHOWN = 120  # characters of arguments in a sentence
FUNCTIONS = ("macro_f1", "auc_within_days", "capped_mape", "average_precision")
SEE = """\
for case in world.{kind}:
    print(case.what, case.asked, {function}(*case.asked), f"right: {{case.right:.4f}}", sep="\\n")"""


def written(names: Mapping[str, Any]) -> dict[str, Answer]:
    """The functions of the four that there are, by name; NotAttempted where there is none."""
    found = {}
    for name in FUNCTIONS:
        with suppress(NotAttempted):
            found[name] = function(name)(names)
    return found or {FUNCTIONS[0]: function(FUNCTIONS[0])(names)}


four_metrics = Exercise("four_metrics", cases, written)


@four_metrics.scene
def found(four_metrics: dict[str, Answer], world: Cases) -> Replies:
    """What the functions return for each case, or NotAttempted; the latter is raised where all do that."""
    replies = Replies(partial(reply, four_metrics), world.planned, world.seed)
    untouched = [unlike for case in world.planned if isinstance(unlike := quiet(replies, case), NotAttempted)]
    if len(untouched) == len(world.planned):
        raise untouched[0]
    return replies


def reply(answers: dict[str, Answer], case: Case) -> object:
    """What a function returns for a case; NotAttempted where it isn't written yet."""
    if case.function not in answers:
        return NotAttempted(f"there is no function `{case.function}` yet")
    try:
        return answers[case.function](*case.asked)
    except NotAttempted as reason:
        return reason
    except Failed as failure:
        words, *code = str(failure).split("\n")
        raise type(failure)("\n".join([f"Given {case.what}: {words}", *code])) from None


def quiet(replies: Replies, case: Case) -> object:
    """What came of a case; None where it failed, which is told later."""
    try:
        return replies[case]
    except Failed:
        return None


def number(case: Case, value: object) -> float:
    """What was returned for a case, as a float; Failed where it is no number, or not there yet."""
    if isinstance(value, NotAttempted):
        raise Failed(f"{case.function} isn't written: {value}.")
    with suppress(OverflowError):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    raise Failed(f"Given {case.what}: {case.function} returned {shown(value)}, where a number is needed.")


def wrong(case: Case, value: object) -> str | None:
    """What is wrong with what was returned for a case, in a sentence; None where it is right."""
    value = number(case, value)
    if same(value, case.right):
        return None
    words = next((f" That is what comes out {words}." for words, other in case.instead if same(value, other)), "")
    given = f"Given {case.what}{short(case)}, {case.function} returned"
    return f"{given} {told(value)}, where {told(case.right)} is right.{words}"


def short(case: Case) -> str:
    """What a function was asked, in brackets; empty where it is too long for a sentence."""
    text = ", ".join(shown(argument, MOST_SHOWN) for argument in case.asked)
    return f" ({text})" if len(text) <= MOST_SHOWN else ""


def same(one: float, other: float) -> bool:
    """Whether two numbers are equal up to rounding, or both are NaN."""
    return abs(one - other) <= TOLERANCE or (math.isnan(one) and math.isnan(other))


def told(value: float) -> str:
    """A number in four digits."""
    return "NaN" if math.isnan(value) else digits(value, 4)


def demand(kind: str, text: str) -> None:
    """Makes it a property, worth a point, that the answer is right in each case of a kind. Its text begins with the
    name of the function."""
    see = SEE.format(kind=kind, function=text.split()[0])

    @four_metrics.demands(text, points=1, call=see)
    def _(found: Replies, world: Cases) -> str | None:
        return next(filter(None, (wrong(case, found[case]) for case in getattr(world, kind))), None)


demand("alike", "macro_f1 counts each class the same")
demand("never", "macro_f1 counts a class that is never predicted as 0")
demand("no_class", "macro_f1 takes its classes from truth, and None for no label")
demand("days", "auc_within_days compares rows of one day")
demand("ties", "auc_within_days counts a tie as half a pair")
demand("pairs", "auc_within_days is a share of pairs, and NaN of none")
demand("at_most", "capped_mape divides by the size of the truth, and cuts each error at 1")
demand("zeros", "capped_mape judges a truth of 0, and leaves out NaN")
demand("relevant", "average_precision divides by all relevant products")
demand("repeated", "average_precision counts a product once, and each place")


@four_metrics.compares
def _(four_metrics: dict[str, Answer], world: Cases, oracle: object) -> str | None:
    for case in world.mixed:
        sentence = wrong(case._replace(right=oracle(case.function, *case.asked)), reply(four_metrics, case))
        if sentence:
            return sentence
    return None
