"""Exercise 4: where the choice between batch and stream tips, field by field."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.replies import Replies, by_id, replies
from dataml_lab.checks.shown import digits, shown
from dataml_lab.checks.streaming.bill import CASES, FIELDS, STREAM, Scenario, bill, bills, draw, margin, one_of, told
from dataml_lab.runtime.answers import Answer, Failed, function

RANGE = 100.0  # a tipping point is looked for from a hundredth of the present value to a hundred times it
ENDLESS = 1e300  # beyond what a bill can be made of
NEAR = 1.05  # an answer is tried just below and just above
GRID = RANGE ** np.linspace(-1, 1, 401)
CANDIDATES = 300
WORDS = ("a feed of the shop", "a report of the shop", "a service for partners")


class Case(NamedTuple):
    """A scenario, a field of it, and whether there is a value of that field at which the choice tips."""

    what: str
    scenario: Scenario
    field: str
    tips: bool

    @property
    def brief(self) -> dict:
        """What the answer gets."""
        return told(self.what, self.scenario)

    @property
    def now(self) -> float:
        """The present value of the field."""
        return getattr(self.scenario, self.field)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the range begins and ends in which a tipping point is looked for."""
        return self.now / RANGE, self.now * RANGE

    def at(self, value: float) -> Scenario:
        """The scenario with this value of the field."""
        return self.scenario._replace(**{self.field: value})


@dataclass
class Cases:
    """For each field scenarios in which the choice tips at one value of it; and some in which it never does."""

    tipping: dict[str, list[Case]]
    never: list[Case]
    order: int = 0  # the seed of the order in which they are asked
    oracle: Callable | None = None
    replies: Replies | None = None

    @property
    def tips(self) -> list[Case]:
        """All scenarios in which the choice tips."""
        return [case for cases in self.tipping.values() for case in cases]


def cases(seed: int) -> Cases:
    """Two scenarios a field that tip, and one a field that doesn't."""
    random = np.random.default_rng(seed)
    tipping = {name: drawn(random, name, flips=1) for name in FIELDS}
    return Cases(tipping, [case for name in FIELDS for case in drawn(random, name, flips=0)[:1]], seed)


def drawn(random: np.random.Generator, name: str, flips: int) -> list[Case]:
    """Up to two scenarios in which the choice tips so many times within the range of a field, clearly."""
    found, scenarios = [], draw(random, CANDIDATES, reruns=1)
    for number in range(CANDIDATES):
        case = Case(str(random.choice(WORDS)), one_of(scenarios, number), name, tips=flips > 0)
        if len(found) < 2 and flipped(case) == flips and clear(case):
            found.append(case)
    return found


def margins(case: Case) -> np.ndarray:
    """The margin over the range of the case's field."""
    return margin(case.at(case.now * GRID))


def flipped(case: Case) -> int:
    """How many times the choice tips within the range."""
    return int((np.diff(np.sign(margins(case))) != 0).sum())


def clear(case: Case) -> bool:
    """Whether the choice is clear at both ends of the range, and is nowhere so by a hair where it doesn't tip."""
    found = abs(margins(case))
    return min(found[0], found[-1]) > 0.2 and (case.tips or found.min() > 0.1)


def fair(world: Cases) -> bool:
    """Whether there are enough scenarios for each field."""
    return all(len(found) == 2 for found in world.tipping.values()) and len(world.never) >= 3


def found(tips_at: Answer, case: Case) -> float | None:
    """The value that the answer names, or None; Failed where that is neither."""
    value = tips_at(case.brief, case.field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < ENDLESS:
        raise Failed(f"tips_at returned {shown(value)} for {case.field}, where a number above 0 or None is needed.")
    return float(value)


def replied(tips_at: Answer, world: Cases) -> Replies:
    """What the answer names for each case of the world."""
    return replies(world, tips_at, partial(found, tips_at), lambda: by_id(*world.tips, *world.never), world.order)


def amiss(value: float | None, case: Case) -> str | None:
    """That the choice doesn't tip where the answer says, in words; None where it does."""
    wrong = unfounded(case) if value is None else misplaced(case, value)
    return wrong and (f"For {case.what} with {case.field} = {digits(case.now)}, tips_at {wrong} Try it:\n"
                      f'tips_at({case.brief}, "{case.field}")')


def unfounded(case: Case) -> str | None:
    """That the choice tips where the answer found nothing, in words; None where it doesn't."""
    return f"found no tipping point: {compared(case, *case.ends)}." if case.tips else None


def misplaced(case: Case, value: float) -> str | None:
    """That the choice doesn't tip at a value, in words; None where it does."""
    low, high = case.ends
    if not case.tips:
        return f"returned {digits(value)}, and the choice never tips: {compared(case, low, high)}."
    if not low <= value <= high:
        return f"returned {digits(value, 6)}, which is not between {digits(low)} and {digits(high)}."
    if streams(case, value / NEAR) != streams(case, value * NEAR):
        return None
    return (f"returned {digits(value)}: {compared(case, value / NEAR, value * NEAR)}. The same way is cheaper on both "
            "sides.")


def streams(case: Case, value: float) -> bool:
    """Whether a stream is cheaper at a value of the field."""
    return bool(margin(case.at(value)) > 0)


def compared(case: Case, low: float, high: float) -> str:
    """What a day costs in both ways at two values of the field."""
    return "; ".join(f"at {digits(value)} a day costs {bill(case.at(value), STREAM):,.2f} EUR as a stream and "
                     f"{bills(case.at(value))[1:].min():,.2f} in the best batches" for value in (low, high))


def measured(tips_at: Answer, world: Cases) -> str:
    """What the cases of the lesson cost in both ways, and where the answer says that they tip."""
    lines = []
    for what, scenario in CASES.items():
        lines.append(f"{what}: stream {bill(scenario, STREAM):,.0f} EUR a day, "
                     f"batches {bills(scenario)[1:].min():,.0f}")
        for name in ("half_life_s", "worth", "stream_day"):
            case = Case(what, scenario, name, tips=True)
            lines.append(f"    {name:<11}  {digits(case.now):>9} -> {tipping(tips_at, case)}")
    return "\n".join(lines)


def tipping(tips_at: Answer, case: Case) -> str:
    """Where the answer says that a case tips, and whether that is so: then on which side a stream is cheaper. Nothing
    is asked where it tips twice."""
    if flipped(case) > 1:
        return "twice"
    case = case._replace(tips=flipped(case) > 0)
    value = found(tips_at, case)
    said = "never" if value is None else digits(value)
    if amiss(value, case):
        return f"{said} (wrong)"
    if value is None:
        return said
    return f"{said}, stream cheaper {'above' if streams(case, value * NEAR) else 'below'}"


tips_at = Exercise("tips_at", cases, function("tips_at"), fair, essay=3, measured=measured)


def demand(text: str, *names: str) -> None:
    """Makes it a property that the tipping points of these fields are found."""
    def broken(tips_at: Answer, world: Cases) -> str | None:
        values, cases = replied(tips_at, world), [case for name in names for case in world.tipping[name]]
        return next(filter(None, (amiss(values[id(case)], case) for case in cases)), None)

    tips_at.demands(text, points=1)(broken)


demand("finds how fast the worth must fade", "half_life_s")
demand("finds how much there must be to earn", "worth", "events_per_day")
demand("finds what batches and streams may cost", "run_cost", "stream_day")
demand("finds how often history may be computed again", "reruns_per_day")


@tips_at.demands("says where nothing tips", points=1)
def _says_where_nothing_tips(tips_at: Answer, world: Cases) -> str | None:
    values = replied(tips_at, world)
    if all(values[id(case)] is None for case in world.tips):
        return f"tips_at returned None for each of {len(world.tips)} briefs, and in all of them the choice tips."
    return next(filter(None, (amiss(values[id(case)], case) for case in world.never)), None)
