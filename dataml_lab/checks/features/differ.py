"""The core of a test for skew: whether two functions that compute the same features gave the same."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

Features = dict[str, float | None]
NAMES = ("orders_30d", "spend_90d", "mean_total", "night_orders", "share_toys", "days_since_last")


class Both(NamedTuple):
    """The features that two functions gave, whether these differ, and in words why."""

    one: Features
    other: Features
    apart: bool
    why: str


@dataclass(frozen=True)
class Results:
    """What functions gave: where all have a number, and where something is missing."""

    numbers: list[Both]
    missing: list[Both]
    seed: int


def results(seed: int) -> Results:
    """Results of a seed: three features with numbers from 1 to 99, and what becomes of them in the other function."""
    random = Random(seed)
    names = random.sample(NAMES, 3)
    features = {name: random.randint(100, 9_900) / 100 for name in names}
    return Results(list(numbers(features, names)), list(missing(features, names)), seed)


def numbers(features: Features, names: list[str]) -> Iterator[Both]:
    """Features of which each is a number: each alone differs once, and the last in all ways."""
    first, middle, last = names
    value, limit_said = features[last], "1e-9 times the larger of 1 and their sizes"
    yield Both(features, dict(features), False, "they are the same")
    yield Both(features, {name: features[name] for name in reversed(names)}, False, "only their order differs")
    yield Both({}, {}, False, "neither has any feature")
    yield Both(features | {last: 3}, features | {last: 3.0}, False, "3 is 3.0")
    for size in (1e-9, value, value * 10_000):
        one, limit = features | {last: size}, 1e-9 * max(1, size)
        yield Both(one, features | {last: size + limit / 2}, False, f"{last} is within {limit_said}")
        yield Both(one, features | {last: size + limit * 3}, True, f"{last} is further apart than {limit_said}")
    for name, step in ((first, 1), (first, -1), (middle, 1), (last, 1), (last, -1)):
        yield Both(features, features | {name: features[name] + step}, True, f"{name} is {abs(step)} apart")
    fewer = {name: features[name] for name in names if name != last}
    yield Both(features, fewer, True, f"the other has no {last}")
    yield Both(fewer, features, True, f"the one has no {last}")
    yield Both(features, fewer | {"other": value}, True, f"the other has another name for {last}")


def missing(features: Features, names: list[str]) -> Iterator[Both]:
    """Features of which one is missing in one result, or in both, as None or as NaN."""
    for name in names:
        for one in (None, math.nan):
            for other in (None, math.nan):
                yield Both(features | {name: one}, features | {name: other}, False, f"{name} is missing in both")
            for number in (0.0, features[name]):
                gap, filled = features | {name: one}, features | {name: number}
                yield Both(gap, filled, True, f"{name} is missing in the one alone")
                yield Both(filled, gap, True, f"{name} is missing in the other alone")


differ = Exercise("differ", results, function("differ"))


def truth(differ: Answer, both: Both) -> bool:
    """What the answer says of two results; Failed, with a sentence, where that is neither True nor False."""
    found = differ(both.one, both.other)
    if not isinstance(found, bool):
        raise Failed(f"differ({shown(both.one)}, {shown(both.other)}) returned {shown(found)}, where True or False was "
                     f"expected.{' Does it end in `return`?' if found is None else ''}")
    return found


@differ.scene
def said(differ: Answer, world: Results) -> Replies:
    """What the answer says of each two results."""
    return Replies(lambda both: truth(differ, both), [*world.numbers, *world.missing], world.seed)


def demand(kind: str, text: str) -> None:
    """Makes it a property that the answer is right about each two results of a kind."""
    @differ.demands(text, points=1, call=f"""\
for both in world.{kind}:
    if differ(both.one, both.other) != both.apart:
        print(both)""")
    def _(said: Replies, world: Results) -> str | None:
        for both in getattr(world, kind):
            if said[both] != both.apart:
                return (f"differ({shown(both.one, 120)}, {shown(both.other, 120)}) returned {said[both]}, where "
                        f"{both.apart} was expected: {both.why}.")
        return None


demand("numbers", "compares names and numbers")
demand("missing", "compares what is missing")
