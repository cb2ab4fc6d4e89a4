"""The worlds of `choose`: pairs of scenarios that want a stream and a batch, and scenarios in which a slip shows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.streaming.bill import (
    CASES,
    DAY_S,
    FIELDS,
    WORDS,
    Scenario,
    Table,
    bills,
    draw,
    kept,
    margin,
    one_of,
    rounded,
)

SHOWS, STEADY = 1.04, 1.01  # what a choice by a wrong bill costs where its mistake shows, and where it doesn't
FLIPS = 1.7  # how many times as dear the wrong side is, in both scenarios of a pair
CANDIDATES, NEAR = 1_000, 12_000  # scenarios of which those of a world are picked
PAIRS = 3  # for each field
FACTORS = {"stream_day": 10.0}  # by which the scenarios of a pair differ in a field; 20 where nothing is said
RERUNS = (6.0, 12.0)
NAMES = ("the real-time feed of the shop", "the nightly report of the shop", "live tracking of deliveries",
         "a batch export for partners", "instant recommendations", "the weekly figures of the branches")


class Slip(NamedTuple):
    """A single mistake in the bill: in which property it shows, what it is about, and the bill with it."""

    field: str
    about: str
    table: Table


def waiting(decay: Callable[[Any], Any]) -> Table:
    """A bill in which this is kept of an event's worth between two runs, so many half-lives apart."""
    return Table(kept=lambda half_life_s, every: decay(every / half_life_s) if every else kept(half_life_s, every))


AVERAGE = ("what an event loses on average, over all waits from 0 to the time between two runs: half of its worth in "
           "one half-life, three quarters in two")
EVENTS = "what it costs to process the events, in batches and as a stream"
HISTORY = "what it costs to compute the history again, each time, in batches and as a stream"
RUNS = "how many runs there are in a day, which may be less than one"
SLIPS = [
    Slip("half_life_s", AVERAGE, waiting(lambda lives: 0.5 ** (lives / 2))),  # what is lost at the average wait
    Slip("half_life_s", AVERAGE, waiting(lambda lives: 0.5 ** lives)),  # each event waits for the longest
    Slip("half_life_s", AVERAGE, Table(kept=lambda half_life_s, every: kept(half_life_s * np.log(2), every))),  # base e
    Slip("half_life_s", AVERAGE, waiting(lambda lives: np.where(lives < 2, 1 - lives / 4, 1 / lives))),  # a line
    Slip("half_life_s", "the 2 seconds that an event waits in a stream",
         Table(kept=lambda half_life_s, every: kept(half_life_s, every) if every else 1.0)),
    Slip("events_per_day", EVENTS, Table(event=(0.0, 0.0))),
    Slip("events_per_day", EVENTS, Table(event=(2e-5, 2e-5))),
    Slip("events_per_day", EVENTS, Table(event=(0.0, 2e-5))),
    Slip("reruns_per_day", HISTORY, Table(rerun=(0.0, 40.0))),
    Slip("reruns_per_day", HISTORY, Table(rerun=(2.0, 20.0))),
    Slip("reruns_per_day", HISTORY, Table(rerun=(2.0, 80.0))),
    Slip("run_cost", RUNS, Table(runs=lambda every: DAY_S // every)),
    Slip("run_cost", RUNS, Table(runs=lambda every: math.ceil(DAY_S / every))),
]


class Question(NamedTuple):
    """A scenario under a name, its bill for each of EVERY, and what decides it, if that is known."""

    what: str
    scenario: Scenario
    bills: tuple[float, ...]
    about: str = ""


def question(what: str, scenario: Scenario, about: str = "") -> Question:
    """A question with its bills."""
    return Question(what, scenario, tuple(bills(scenario).tolist()), about)


@dataclass(frozen=True)
class Choices:
    """The cases of the lesson; scenarios under several names; pairs for each field, of which one wants a stream and
    which differ in nothing else; and for each field scenarios in which a slip shows that is about it."""

    cases: list[Question]
    renamed: list[list[Question]]
    pairs: dict[str, list[tuple[Question, Question]]]
    telling: dict[str, list[Question]]
    seed: int

    @property
    def questions(self) -> list[Question]:
        """All of them."""
        groups = [self.cases, *self.renamed, *self.telling.values(), *chain(*self.pairs.values())]
        return list(chain(*groups))


def choices(seed: int) -> Choices:
    """Pairs of scenarios, and scenarios near their tipping point; in each, slips about another field don't show."""
    random = np.random.default_rng(seed)
    cases = [question(what, scenario) for what, scenario in CASES.items()]
    pairs = {field: drawn_pairs(random, field) for field in FIELDS}
    renamed = [[asked._replace(what=what) for what in NAMES] for pair in pairs["half_life_s"][:1] for asked in pair]
    return Choices(cases, renamed, pairs, drawn_telling(random), seed)


def drawn_pairs(random: np.random.Generator, field: str) -> list[tuple[Question, Question]]:
    """Pairs that differ in this field, and want a stream and a batch clearly."""
    first = draw(random, CANDIDATES)
    factor = FACTORS.get(field, 20.0) ** random.choice([-1, 1], CANDIDATES)
    second = first.at(field, random.choice(RERUNS, CANDIDATES) if field == "reruns_per_day" else
                      rounded(getattr(first, field) * factor))
    one, other = margin(first), margin(second)
    flips = np.flatnonzero((np.minimum(abs(one), abs(other)) > np.log(FLIPS)) & (one * other < 0))
    both = [Scenario(*(values[flips] for values in scenarios)) for scenarios in (first, second)]
    fit = np.flatnonzero(steady(both[0]) & steady(both[1]))[:PAIRS]
    return [(question(what, one_of(both[0], number)), question(what, one_of(both[1], number)))
            for number, what in zip(fit, random.choice(WORDS, len(fit)).tolist(), strict=True)]


def near_tipping(random: np.random.Generator) -> Scenario:
    """Scenarios in which a stream costs about as much as the best batches; in half of them mostly for the history."""
    scenarios = draw(random, NEAR)._replace(
        events_per_day=rounded(10 ** random.uniform(5, 8, NEAR)),
        worth=rounded(10 ** random.uniform(-6, -3, NEAR)),
        run_cost=rounded(10 ** random.uniform(-1, 2, NEAR)))
    reruns = bills(scenarios)[1:].min(axis=0) / random.uniform(39, 46, NEAR)  # each costs a stream 40 EUR
    scenarios = scenarios.at("reruns_per_day", np.where(random.random(NEAR) < 0.5, rounded(reruns), 0.0))
    stream, *batches = bills(scenarios)
    day = np.min(batches, axis=0) * random.uniform(0.9, 1.1, NEAR) - (stream - scenarios.stream_day)
    return Scenario(*(values[day > 1] for values in scenarios.at("stream_day", rounded(np.maximum(day, 1)))))


def drawn_telling(random: np.random.Generator) -> dict[str, list[Question]]:
    """By field, for each slip about it a scenario near its tipping point in which that slip shows, and none about
    another field."""
    near, found = near_tipping(random), {field: [] for field in FIELDS}
    costs = np.array([overpaid(near, slip.table) for slip in SLIPS])
    for slip, cost in zip(SLIPS, costs, strict=True):
        others = [other.about != slip.about for other in SLIPS]
        fit = np.flatnonzero((cost > SHOWS) & (costs[others] < STEADY).all(axis=0))
        found[slip.field] += [question(str(random.choice(WORDS)), one_of(near, number), slip.about)
                              for number in fit[:1]]
    return found


def steady(scenarios: Scenario) -> np.ndarray:
    """Whether no slip shows."""
    return np.all([overpaid(scenarios, slip.table) < STEADY for slip in SLIPS], axis=0)


def overpaid(scenarios: Scenario, table: Table) -> np.ndarray:
    """How many times as dear as the cheapest the choice is that this bill suggests."""
    right, chosen = bills(scenarios), bills(scenarios, table).argmin(axis=0)
    return right[chosen, np.arange(len(chosen))] / right.min(axis=0)


def fair(world: Choices) -> bool:
    """Whether there are pairs enough for each field, and something for each slip."""
    return (all(len(found) == PAIRS for found in world.pairs.values())
            and sum(map(len, world.telling.values())) == len(SLIPS))
