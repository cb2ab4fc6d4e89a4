"""Exercise `tips_at`: where the choice between batch and stream tips, field by field."""

from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.checks.streaming.bill import (
    CASES,
    FIELDS,
    STREAM,
    TABLE,
    WORDS,
    Scenario,
    Table,
    bill,
    bills,
    draw,
    kept,
    margin,
    one_of,
)
from dataml_lab.checks.streaming.choices import SLIPS, waiting
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import digits, shown

RANGE = 100.0  # a tipping point is looked for from a hundredth of the present value to a hundred times it
FAR = 12.0  # by what factor at least one case of each field tips off its present value
ENDLESS = 1e300  # beyond what a bill can be made of
NEAR = 1.05  # an answer is tried just below and just above
SAME = 1.01  # within this factor, a value is where a bill with a mistake tips
STEPS = 401
LIKE = [  # bills that hold in `choose`: means over a few waits, or over the waits of whole seconds
    waiting(lambda lives: (0.5 ** (lives / 4) + 0.5 ** (lives * 3 / 4)) / 2),
    waiting(lambda lives: (1 - 0.5 ** lives) / (60 * (1 - 0.5 ** (lives / 60)))),
    Table(kept=lambda half_life_s, every: (1 - 0.5 ** (every / half_life_s)) / (every * (1 - 0.5 ** (1 / half_life_s)))
          if every else kept(half_life_s, every)),
]
CANDIDATES = 100


class Case(NamedTuple):
    """A scenario, a field of it, and the values of that field within RANGE at which the choice tips."""

    what: str
    scenario: Scenario
    field: str
    tips: tuple[float, ...]

    @property
    def now(self) -> float:
        """The present value of the field."""
        return getattr(self.scenario, self.field)


def case(what: str, scenario: Scenario, field: str) -> Case:
    """A case with its tipping points."""
    return Case(what, scenario, field, tipping_points(scenario, field))


def tipping_points(scenario: Scenario, field: str, table: Table = TABLE) -> tuple[float, ...]:
    """The values of a field within RANGE at which the choice tips by a bill, to a ten-thousandth."""
    def turns(low: float, high: float) -> list[tuple[float, float]]:
        """Neighbours on a grid, on whose sides different ways are cheaper."""
        values = np.geomspace(low, high, STEPS)
        places = np.flatnonzero(np.diff(np.sign(margin(scenario.at(field, values), table))))
        return [(float(values[place]), float(values[place + 1])) for place in places]

    now = getattr(scenario, field)
    near = turns(now / RANGE, now * RANGE)
    return tuple((low * high) ** 0.5 for cell in near for low, high in turns(*cell))


@dataclass(frozen=True)
class Cases:
    """For each field cases in which the choice tips at one value of it; and some in which it never does."""

    tipping: dict[str, list[Case]]
    never: list[Case]
    seed: int

    @property
    def all(self) -> list[Case]:
        """All cases."""
        return [*chain(*self.tipping.values()), *self.never]


def cases(seed: int) -> Cases:
    """Two cases a field that tip, and one a field that doesn't."""
    random = np.random.default_rng(seed)
    drawn = {field: drawn_cases(random, field) for field in FIELDS}
    return Cases({field: tipping for field, (tipping, _) in drawn.items()},
                 [case for _, never in drawn.values() for case in never], seed)


def drawn_cases(random: np.random.Generator, field: str) -> tuple[list[Case], list[Case]]:
    """Two cases that tip once, one of them far off, and one that never does: clear at both ends of the range, and
    nowhere so by a hair."""
    factors = np.geomspace(1 / RANGE, RANGE, STEPS)
    scenarios = draw(random, CANDIDATES, reruns=field == "reruns_per_day")
    now, all_ = getattr(scenarios, field), Scenario(*(values[:, None] for values in scenarios))
    found = margin(all_.at(field, now[:, None] * factors))
    clear = abs(found[:, [0, -1]]).min(axis=1) > 0.2
    if field == "half_life_s":
        clear &= found[:, 0] > 0  # else the two seconds of a stream are too long, at times
    turns = np.diff(np.sign(found)) != 0
    near = turns[:, abs(np.log(factors[1:])) < np.log(FAR)].any(axis=1)
    once, never = clear & (turns.sum(axis=1) == 1), clear & ~turns.any(axis=1) & (abs(found).min(axis=1) > 0.1)
    made = ((case(str(random.choice(WORDS)), one_of(scenarios, number), field) for number in np.flatnonzero(fits))
            for fits in (once & near, once & ~near, never))
    by, far, never = (list(islice(filter(steady, cases), 1)) for cases in made)
    return by + far, never


def steady(case: Case) -> bool:
    """Whether bills that are a little off, as `choose` lets them be, tip as the right one does."""
    found = [tipping_points(case.scenario, case.field, table) for table in LIKE]
    return all(len(points) == len(case.tips) and all(right / 1.02 < point < right * 1.02 for point, right in
                                                     zip(points, case.tips, strict=True)) for points in found)


def fair(world: Cases) -> bool:
    """Whether there are enough cases for each field."""
    return all(len(found) == 2 for found in world.tipping.values()) and len(world.never) >= 3


def measured(tips_at: Answer) -> str:
    """What the cases of the lesson cost in both ways, and where the answer says that they tip."""
    lines = []
    for what, scenario in CASES.items():
        lines.append(f"{what}: stream {bill(scenario, STREAM):,.0f} EUR a day, "
                     f"batches {bills(scenario)[1:].min():,.0f}")
        for field in ("half_life_s", "worth", "stream_day"):
            asked = case(what, scenario, field)
            lines.append(f"    {field:<11}  {digits(asked.now):>9} -> {said(tips_at, asked)}")
    return "\n".join(lines)


def said(tips_at: Answer, case: Case) -> str:
    """Where the answer says that a case tips, and whether that is so: then on which side a stream is cheaper. Where a
    bill that is a little off moves the value, the right one stands beside it. Nothing is asked where it tips twice."""
    if len(case.tips) > 1:
        return "twice"
    value, right = named(tips_at, case), next(iter(case.tips), None)
    words = digits(value) if value else "never"
    if fault(value, case):
        if not value or not all_but_equal(value, case):
            return f"{words} (wrong)"
        words = f"{words} (exactly: {digits(right) if right else 'never'})"
    return f"{words}, stream cheaper {side(right, case)}" if right else words


def all_but_equal(value: float, case: Case) -> bool:
    """Whether stream and batches cost nearly the same at a value in the range, so that a bill that holds in `choose`
    may tip there."""
    low, high = ends(case)
    return low <= value <= high and abs(margin(case.scenario.at(case.field, value))) < np.log(NEAR)


def side(right: float, case: Case) -> str:
    """On which side of its tipping point a stream is cheaper."""
    return "above" if margin(case.scenario.at(case.field, right * NEAR)) > 0 else "below"


tips_at = Exercise("tips_at", cases, function("tips_at"), fair, essay=3, measured=measured)


@tips_at.scene
def values(tips_at: Answer, world: Cases) -> Replies:
    """What the answer names for each case."""
    return Replies(partial(named, tips_at), world.all, world.seed)


def named(tips_at: Answer, case: Case) -> float | None:
    """The value that the answer names, or None; Failed where that is neither."""
    value = tips_at(case.scenario.brief(case.what), case.field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < ENDLESS:
        raise Failed(f"tips_at returned {shown(value)} for {case.field}, where a number above 0 or None is needed. "
                     f"{try_it(case)}")
    return float(value)


def fault(value: float | None, case: Case) -> str | None:
    """That the choice doesn't tip where the answer says, in words; None where it does."""
    wrong = unfounded(case) if value is None else misplaced(value, case)
    return wrong and (f"For {case.what} with {case.field} = {digits(case.now)}, tips_at {wrong} {whose(value, case)} "
                      f"{try_it(case)}")


def try_it(case: Case) -> str:
    """The code that asks about a case."""
    return f'To see it:\nprint(tips_at({case.scenario.brief(case.what)}, "{case.field}"))'


def whose(value: float | None, case: Case) -> str:
    """Whether a wrong value may come from the bill and not from the search, in words."""
    for slip in SLIPS if value else ():
        if any(point / SAME < value < point * SAME for point in tipping_points(case.scenario, case.field, slip.table)):
            return ("It does tip there by a bill with a mistake in one part: compare yours with these numbers before "
                    f"you search for a mistake in `tips_at`, and look at {slip.about}.")
    return "If your bill says otherwise, mend that first."


def unfounded(case: Case) -> str | None:
    """That the choice tips where the answer found nothing, in words; None where it doesn't."""
    return f"found no tipping point: {compared(case, *ends(case))}." if case.tips else None


def misplaced(value: float, case: Case) -> str | None:
    """That the choice doesn't tip at a value, in words; None where it does."""
    low, high = ends(case)
    if not case.tips:
        return f"returned {digits(value)}, and the choice never tips: {compared(case, low, high)}."
    if not low <= value <= high:
        return f"returned {digits(value, 6)}, which is not between {digits(low)} and {digits(high)}."
    if value / NEAR <= case.tips[0] < value * NEAR:
        return None
    return (f"returned {digits(value)}: {compared(case, value / NEAR, value * NEAR)}. The same way is cheaper on both "
            "sides.")


def ends(case: Case) -> tuple[float, float]:
    """Where the range begins and ends in which a tipping point is looked for."""
    return case.now / RANGE, case.now * RANGE


def compared(case: Case, *values: float) -> str:
    """What a day costs in both ways at each of these values of the field."""
    by_value = {value: bills(case.scenario.at(case.field, value)) for value in values}
    return "; ".join(f"at {digits(value)} a day costs {found[0]:,.2f} EUR as a stream and {found[1:].min():,.2f} in "
                     "the best batches" for value, found in by_value.items())


def demand(text: str, *fields: str) -> None:
    """Makes it a property that the tipping points of these fields are found."""
    @tips_at.demands(text, points=1)
    def _(values: Replies, world: Cases) -> str | None:
        return first_fault(values, [case for field in fields for case in world.tipping[field]])


def first_fault(values: Replies, cases: list[Case]) -> str | None:
    """The first case in which the choice doesn't tip where the answer says, in words."""
    return next(filter(None, (fault(values[case], case) for case in cases)), None)


demand("finds how fast the worth must fade", "half_life_s")
demand("finds how much there must be to earn", "worth", "events_per_day")
demand("finds what batches and streams may cost", "run_cost", "stream_day")
demand("finds how often history may be computed again", "reruns_per_day")


@tips_at.demands("says where nothing tips", points=1)
def _(values: Replies, world: Cases) -> str | None:
    tipping = [case for case in world.all if case.tips]
    if all(values[case] is None for case in tipping):
        return (f"tips_at returned None for each of {len(tipping)} briefs, and in all of them the choice tips. "
                f"{try_it(tipping[0])}")
    return first_fault(values, world.never)
