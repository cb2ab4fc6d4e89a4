"""Exercise 5: which published days a late purchase makes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.answers import Answer, Failed, answer
from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.replies import Replies, by_id, replies
from dataml_lab.checks.shown import shown

DAY = timedelta(days=1)
WINDOW = 30  # days that a table of purchases looks back on, its own among them


class Purchase(NamedTuple):
    """A purchase, and the day on which the pipeline received it."""

    event_day: date
    arrived_on: date

    def __str__(self) -> str:
        late = (self.arrived_on - self.event_day).days
        return f"A purchase of {self.event_day} that came on {self.arrived_on}, {late} day{'s' * (late != 1)} later,"


@dataclass
class Purchases:
    """Purchases that came in time, some days late, and so late that windows have moved past them."""

    in_time: list[Purchase]
    late: list[Purchase]
    very_late: list[Purchase]
    order: int = 0  # the seed of the order in which they are asked
    oracle: Callable | None = None
    replies: Replies | None = None


def purchases(seed: int) -> Purchases:
    """Purchases of 2023 to 2025, some of them around the ends of months and of February 2024."""
    random = np.random.default_rng(seed)
    days = (date(2023, 1, 10) + DAY * int(back) for back in random.integers(0, 1_000, 40))
    edges = [date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2025, 3, 30)]

    def delayed(*delays: int) -> list[Purchase]:
        return [Purchase(day, day + DAY * delay) for delay in delays for day in (*edges[delay % 3:][:2], next(days))]

    some, many = int(random.integers(3, 28)), int(random.integers(32, 90))
    return Purchases(delayed(0), delayed(some, 1, 2, 29), delayed(many, 30, 31), seed)


def table(day: date, bought: Purchase, made_on: date) -> int:
    """What the table of a day, made just after midnight of a date, holds of a user who bought nothing else."""
    known, age = bought.arrived_on < made_on, (day - bought.event_day).days
    return int(known and 0 <= age < WINDOW)


def wrong_days(bought: Purchase) -> Iterator[date]:
    """The days whose tables hold another number when they are made again than when they were made first."""
    for day in (bought.event_day + DAY * shift for shift in range(-40, 200)):
        if table(day, bought, made_on=day + DAY) != table(day, bought, made_on=date.max):
            yield day


affected = Exercise("affected", purchases, lambda names: answer(names, "affected"))


def named(affected: Answer, bought: Purchase) -> set[date]:
    """The days that the answer names; Failed, with a sentence, where they are no days."""
    days = affected(*bought)
    if not isinstance(days, set | frozenset | list | tuple):
        raise Failed(f"affected returned {shown(days)}, where a set of dates was expected.")
    odd = [day for day in days if isinstance(day, datetime) or not isinstance(day, date)]
    if odd:
        raise Failed(f"affected returned a {type(days).__name__} with {shown(odd[0])} in it, which is no "
                     "`datetime.date`.")
    return set(days)


def replied(affected: Answer, world: Purchases) -> Replies:
    """The days that the answer names for each purchase of the world."""
    return replies(world, affected, partial(named, affected),
                   lambda: by_id(*world.in_time, *world.late, *world.very_late), world.order)


def told(days: set[date]) -> str:
    """Days in a sentence, a long row of them by its ends."""
    ordered = sorted(days)
    if len(ordered) > 2:
        return f"{len(ordered)} days from {ordered[0]} to {ordered[-1]}"
    return " and ".join(map(str, ordered)) or "no day"


@affected.demands("names every published day that lacks the purchase", points=1)
def _names_every_wrong_day(affected: Answer, world: Purchases) -> str | None:
    days = replied(affected, world)
    for bought in world.late + world.very_late:
        forgotten = set(wrong_days(bought)) - days[id(bought)]
        if forgotten:
            return (f"{bought} is missing in more tables than you named: {told(forgotten)}. A table of 30 days is "
                    "wrong on each day whose window holds the purchase and that was made before it came.")
    return None


@affected.demands("names no day that is right as it is", points=1)
def _names_no_right_day(affected: Answer, world: Purchases) -> str | None:
    days = replied(affected, world)
    for bought in world.late + world.very_late:
        surplus = days[id(bought)] - set(wrong_days(bought))
        if surplus:
            return f"{bought} changes nothing on {told(surplus)}: {_reason(surplus, bought)}."
    return None if any(days[id(bought)] for bought in world.late) else "It names no days at all."


def _reason(surplus: set[date], bought: Purchase) -> str:
    """Why a table that was named is right."""
    if min(surplus) < bought.event_day:
        return "that is before the purchase"
    if min(surplus) >= bought.arrived_on:
        return ("the table of a day is made after midnight, when the day is over, and by then the purchase "
                "was there")
    return "the 30 days of a table, its own day among them, begin after the purchase there"


@affected.demands("names none for a purchase that came in time", points=1)
def _names_none_in_time(affected: Answer, world: Purchases) -> str | None:
    days = replied(affected, world)
    for bought in world.in_time:
        if days[id(bought)]:
            return (f"A purchase of {bought.event_day} that came on the same day is in that day's table, which is made "
                    f"after midnight; you named {told(days[id(bought)])}.")
    late = world.late[-1]
    return None if days[id(late)] else f"{late} makes tables wrong, and you name no day for that, either."
