"""Which published days a late purchase makes wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

DAY = timedelta(days=1)
WINDOW = 30  # days that a table of purchases looks back on, its own among them


class Purchase(NamedTuple):
    """A purchase, the day on which the pipeline received it, and the days whose tables were published without it."""

    event_day: date
    arrived_on: date
    wrong: frozenset[date]

    def __str__(self) -> str:
        late = (self.arrived_on - self.event_day).days
        return f"A purchase of {self.event_day} that came on {self.arrived_on}, {late} day{'s' * (late != 1)} later,"


@dataclass(frozen=True)
class Purchases:
    """Purchases that came in time, some days late, and so late that windows have moved past them."""

    in_time: list[Purchase]
    late: list[Purchase]
    very_late: list[Purchase]
    seed: int


def purchases(seed: int) -> Purchases:
    """Purchases of 2023 to 2025, some of them around the ends of months and of February 2024."""
    random = np.random.default_rng(seed)
    days = (date(2023, 1, 10) + DAY * int(back) for back in random.integers(0, 1_000, 40))
    edges = [date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2025, 3, 30)]

    def delayed(*delays: int) -> list[Purchase]:
        return [bought(day, delay) for delay in delays for day in (*edges[delay % 3:][:2], next(days))]

    some, many = int(random.integers(3, 28)), int(random.integers(32, 90))
    return Purchases(delayed(0), delayed(some, 1, 2, 29), delayed(many, 30, 31), seed)


def bought(day: date, delay: int) -> Purchase:
    """A purchase that came so many days late: each night one table more was made without it, 30 at most."""
    return Purchase(day, day + DAY * delay, frozenset(day + DAY * night for night in range(min(delay, WINDOW))))


affected = Exercise("affected", purchases, function("affected"))


@affected.scene
def days(affected: Answer, world: Purchases) -> Replies:
    """The days that the answer names for each purchase."""
    return Replies(partial(named, affected), world.in_time + world.late + world.very_late, world.seed)


def named(affected: Answer, bought: Purchase) -> set[date]:
    """The days that the answer names; Failed, with a sentence, where they are no days."""
    days = affected(bought.event_day, bought.arrived_on)
    if not isinstance(days, set | frozenset | list | tuple):
        raise Failed(f"affected returned {shown(days)}, where a set of dates was expected.")
    odd = [day for day in days if isinstance(day, datetime) or not isinstance(day, date)]
    if odd:
        raise Failed(f"affected returned a {type(days).__name__} with {shown(odd[0])} in it, which is no "
                     "`datetime.date`.")
    return set(days)


def told(days: set[date]) -> str:
    """Days in a sentence, a long row of them by its ends."""
    ordered = sorted(days)
    if len(ordered) > 2:
        return f"{len(ordered)} days from {ordered[0]} to {ordered[-1]}"
    return " and ".join(map(str, ordered)) or "no day"


@affected.demands("names every published day that lacks the purchase", points=1, call="""\
for bought in world.late + world.very_late:
    named = set(affected(bought.event_day, bought.arrived_on))
    if named != bought.wrong:
        print(bought, "lacking:", *sorted(bought.wrong - named))""")
def _(days: Replies, world: Purchases) -> str | None:
    for bought in world.late + world.very_late:
        forgotten = bought.wrong - days[bought]
        if forgotten:
            return (f"{bought} is missing in more tables than you named: {told(forgotten)}. A table of 30 days is "
                    "wrong on each day whose window holds the purchase and that was made before it came.")
    return None


@affected.demands("names no day that is right as it is", points=1, call="""\
for bought in world.late + world.very_late:
    named = set(affected(bought.event_day, bought.arrived_on))
    if named != bought.wrong:
        print(bought, "too many:", *sorted(named - bought.wrong))""")
def _(days: Replies, world: Purchases) -> str | None:
    for bought in world.late + world.very_late:
        surplus = days[bought] - bought.wrong
        if surplus:
            return f"{bought} changes nothing on {told(surplus)}: {_reason(surplus, bought)}."
    return None if any(days[bought] for bought in world.late) else "It names no days at all."


def _reason(surplus: set[date], bought: Purchase) -> str:
    """Why a table that was named is right."""
    if min(surplus) < bought.event_day:
        return "that is before the purchase"
    if min(surplus) >= bought.arrived_on:
        return ("the table of a day is made after midnight, when the day is over, and by then the purchase "
                "was there")
    return "the 30 days of a table, its own day among them, begin after the purchase there"


@affected.demands("names none for a purchase that came in time", points=1, call="""\
for bought in world.in_time + world.late[-1:]:
    print(bought, "right:", len(bought.wrong), "days, named:", affected(bought.event_day, bought.arrived_on))""")
def _(days: Replies, world: Purchases) -> str | None:
    for bought in world.in_time:
        if days[bought]:
            return (f"A purchase of {bought.event_day} that came on the same day is in that day's table, which is made "
                    f"after midnight; you named {told(days[bought])}.")
    late = world.late[-1]
    return None if days[late] else f"{late} makes tables wrong, and you name no day for that, either."
