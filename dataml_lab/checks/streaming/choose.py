"""Exercise 3: batch or stream, and how often, judged by the bill of a day."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.shown import digits, shown
from dataml_lab.checks.streaming.bill import (
    CASES,
    EVERY,
    FIELDS,
    STREAM,
    Scenario,
    bill,
    bills,
    draw,
    margin,
    one_of,
    told,
)
from dataml_lab.runtime.answers import Answer, Failed, function

DEAR = 1.1  # how many times the cheapest bill a choice may cost
FLIPS = 1.7  # how many times as dear the wrong side is, in both scenarios of a pair
CANDIDATES = 4_000
PAIRS = 3  # for each field
FACTORS = {"stream_day": 10.0}  # by which the scenarios of a pair differ in a field; 20 where nothing is said
RERUNS = (6.0, 12.0)
WORDS = ("the real-time feed of the shop", "the nightly report of the shop", "live tracking of deliveries",
         "a batch export for partners", "instant recommendations", "the weekly figures of the branches")


class Pair(NamedTuple):
    """Two scenarios that differ in one field, and of which one wants a stream."""

    what: str
    first: Scenario
    second: Scenario


@dataclass
class Choices:
    """Pairs for each field, and for either side a scenario to which two names can be given."""

    pairs: dict[str, list[Pair]]
    either: list[Scenario]
    oracle: Callable | None = None


def choices(seed: int) -> Choices:
    """Pairs of scenarios, drawn until both sides of each are clear."""
    random = np.random.default_rng(seed)
    found = {name: pairs(random, name) for name in FIELDS}
    return Choices(found, [scenario for pair in found["half_life_s"][:1] for scenario in pair[1:]])


def pairs(random: np.random.Generator, name: str) -> list[Pair]:
    """Pairs that differ in this field."""
    first = draw(random, CANDIDATES)
    factor = FACTORS.get(name, 20.0) ** random.choice([-1, 1], CANDIDATES)
    value = random.choice(RERUNS, CANDIDATES) if name == "reruns_per_day" else getattr(first, name) * factor
    second = first._replace(**{name: value})
    clear = np.minimum(abs(margin(first)), abs(margin(second))) > np.log(FLIPS)
    flips = np.flatnonzero(clear & (margin(first) * margin(second) < 0))[:PAIRS]
    return [Pair(str(random.choice(WORDS)), one_of(first, place), one_of(second, place)) for place in flips]


def fair(world: Choices) -> bool:
    """Whether there are pairs enough for each field."""
    return all(len(found) == PAIRS for found in world.pairs.values())


def chosen(choose: Answer, what: str, scenario: Scenario) -> int:
    """What the answer chooses for a scenario of this name; Failed where it is no choice."""
    found = choose(told(what, scenario))
    if isinstance(found, bool) or not isinstance(found, int | float) or found not in EVERY:
        raise Failed(f"choose returned {shown(found)}, where one of {', '.join(map(str, EVERY))} is needed.")
    return int(found)


def too_dear(choose: Answer, what: str, scenario: Scenario) -> str | None:
    """That a choice costs much more than the cheapest, in words; None where it doesn't."""
    every, least = chosen(choose, what, scenario), float(bills(scenario).min())
    comes_to = float(bill(scenario, every))
    if comes_to <= DEAR * least:
        return None
    return f"you chose {way(every)}, which comes to {comes_to:,.2f} EUR a day where {least:,.2f} are possible"


def try_it(scenario: Scenario, *whats: str) -> str:
    """The code that asks for a scenario under each of these names, each on a line of its own."""
    return "\n".join(["Try it:", *(f"choose({told(what, scenario)})" for what in whats)])


def way(every: int) -> str:
    """A choice in words.

    >>> way(0), way(900)
    ('a stream', 'a run every 900 s')
    """
    return "a stream" if every == STREAM else f"a run every {every} s"


choose = Exercise("choose", choices, function("choose"), fair)


@choose.demands("settles the cases of the lesson", points=2)
def _settles_the_cases(choose: Answer, world: Choices) -> str | None:
    for what, scenario in CASES.items():
        wrong = too_dear(choose, what, scenario)
        if wrong:
            return f"For {what}, {wrong}. {try_it(scenario, what)}"
    return None


@choose.demands("goes by numbers, not by names", points=1)
def _goes_by_numbers(choose: Answer, world: Choices) -> str | None:
    for scenario in world.either:
        found = {what: chosen(choose, what, scenario) for what in WORDS}
        if len(set(found.values())) > 1:
            names = {found[what]: what for what in WORDS}
            named = [f"{way(every)} for “{what}”" for every, what in names.items()]
            return (f"The same numbers were judged under {len(WORDS)} names, and you chose {', '.join(named)}. What it "
                    f"is called changes no bill. {try_it(scenario, *names.values())}")
    return None


def demand(name: str, text: str) -> None:
    """Makes it a property that both scenarios of each pair for this field are settled."""
    def broken(choose: Answer, world: Choices) -> str | None:
        for what, *both in world.pairs[name]:
            for scenario, other in (both, both[::-1]):
                wrong = too_dear(choose, what, scenario)
                if wrong:
                    value, instead = digits(getattr(scenario, name)), digits(getattr(other, name))
                    return (f"Two briefs differ only in {name}, {value} and {instead}, and only one of them wants a "
                            f"stream. For that with {value}, {wrong}. {try_it(scenario, what)}")
        return None

    choose.demands(text, points=1)(broken)


TEXTS = {
    "half_life_s": "weighs how fast a result loses its worth",
    "worth": "weighs what a fresh result is worth",
    "events_per_day": "weighs how many events there are",
    "reruns_per_day": "weighs how often history is computed again",
    "run_cost": "weighs what a run costs",
    "stream_day": "weighs what a day of streaming costs",
}
for field, text in TEXTS.items():
    demand(field, text)
