"""Exercise `without_gaps`: what the model is to score for a payment, in which values may be missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.serving.payments import GAPS, METHODS, Row, Version, payment, version
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import shown


class Case(NamedTuple):
    """A payment, what is known of the data that a version was trained on, and what that version is to score."""

    payment: Row
    known: Row
    right: Row | None


@dataclass(frozen=True)
class Cases:
    """Payments in which something is missing or new, and complete ones."""

    gaps: list[Case]
    complete: list[Case]
    seed: int


def cases(seed: int) -> Cases:
    """Payments for two versions, each of which was trained without the method that the other's payments have."""
    random = np.random.default_rng(seed)
    first, second = random.permutation(METHODS)[:2].tolist()
    found = [*changed(random, version(random, first, -1.0, (90, 150)), second, first),
             *changed(random, version(random, second, -1.0, (15, 60)), first, second)]
    return Cases([case for case in found if case.right != case.payment],
                 [case for case in found if case.right == case.payment], seed)


def changed(random: np.random.Generator, trained: Version, method: str, unknown: str) -> Iterator[Case]:
    """Payments of a method: for each gap, each 0 and a method that the version doesn't know one, and a complete one."""
    known = {"median_days": trained.median_days, "methods": list(trained.methods)}
    for number, change in enumerate((*GAPS, {"method": unknown}, {"amount": 0.0}, {"account_days": 0}, {})):
        row = payment(random, 101 + number) | {"method": method} | change
        yield Case(row, known, None if row["amount"] is None else trained.filled(row))


def why(case: Case, found: Row | None) -> str:
    """What decides about the first field that an answer has otherwise, in words."""
    payment, known, right = case
    if right is None:
        return "without an amount nothing is scored"
    name = "amount" if found is None else next((name for name in right if found.get(name) != right[name]), "")
    if name == "account_days" and payment[name] is None:
        return f"days that are missing are those of the median, {known['median_days']}"
    if name == "method" and payment[name] != right[name]:
        return f"{payment[name]} is none of this version's methods"
    return f"{name} {payment[name]} is a value, which stays" if name else "these are all fields"


without_gaps = Exercise("without_gaps", cases, function("without_gaps"))


@without_gaps.scene
def said(without_gaps: Answer, world: Cases) -> Replies:
    """What the answer makes of each payment."""
    return Replies(lambda case: row_or_none(without_gaps, case), [*world.gaps, *world.complete], world.seed)


def row_or_none(without_gaps: Answer, case: Case) -> Call:
    """What the answer makes of a payment, and of the dict that it was given; Failed where it returns neither a dict nor
    None."""
    call = without_gaps.call(case.payment, case.known)
    if call.result is not None and not isinstance(call.result, dict):
        raise Failed(f"without_gaps({shown(case.payment)}, {shown(case.known)}) returned {shown(call.result, 60)}, "
                     "where a dict or None was expected.")
    return call


def demand(kind: str, text: str) -> None:
    """Makes it a property that the answer is right about each payment of a kind."""
    @without_gaps.demands(text, points=1, call=f"""\
for case in world.{kind}:
    given = {{**case.payment}}
    if without_gaps(given, case.known) != case.right or given != case.payment:
        print(case, given)""")
    def _(said: Replies, world: Cases) -> str | None:
        for case in getattr(world, kind):
            found, (left, _) = said[case]
            asked = f"without_gaps({shown(case.payment, 120)}, {shown(case.known, 120)})"
            if found != case.right:
                return (f"{asked} returned {shown(found, 120)}, where {shown(case.right, 120)} was expected: "
                        f"{why(case, found)}.")
            if left != case.payment:
                return f"{asked} changed the payment that it was given to {shown(left, 120)}: change a copy."
        return None


demand("gaps", "fills what is missing, and what is new")
demand("complete", "leaves what is there")
