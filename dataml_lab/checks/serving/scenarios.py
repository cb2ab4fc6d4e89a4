"""The worlds of `serving_pattern`: pairs of scenarios that want two patterns, and scenarios in which a slip shows."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.serving.daily_bill import (
    BUSY,
    CASES,
    DAY_S,
    FIELDS,
    LEAST,
    PATTERNS,
    RUNS,
    Scenario,
    Table,
    bills,
    fresh,
    instances,
    known,
    lead,
    load,
    overpaid,
    scored,
)
from dataml_lab.checks.streaming.bill import rounded

SHOWS, STEADY = 1.06, 1.01  # what a choice by a wrong bill costs where its mistake shows, and where it doesn't
FLIPS = 1.3  # how many times as dear the next pattern is, in both scenarios of a pair
CANDIDATES, NEAR = 5_000, 5_000  # scenarios of which those of a world are picked
PAIRS = 2  # for each field, of different patterns
WORDS = ("a score for a page of the shop", "a model of the logistics team", "a number for partners")
NAMES = ("live scoring at the till", "the nightly job of the shop", "instant recommendations",
         "a score that is precomputed", "the weekly list of the branches", "an online service")
TOPICS = {  # the fields of a property, and thereby what its pairs differ in
    "ready": ("peak_per_s", "answer_ms"),
    "rows": ("keys", "changes_per_day"),
    "unknown": ("unknown",),
    "age": ("fresh_s",),
    "wait": ("allowed_ms",),
    "worth": ("worth", "requests_per_day"),
}

NO_SAY = {"unknown": 0.0, "fresh_s": 259_200.0, "allowed_ms": 3_000.0}  # values with which nothing is lost
HAS_SAY = {  # in which part of the scenarios of a topic a field has another value
    "ready": {}, "rows": {"fresh_s": 0.5}, "unknown": {"unknown": 0.5, "fresh_s": 0.5},
    "age": {"fresh_s": 0.9, "allowed_ms": 0.3},  # more than one thing is lost in those of
    "wait": {"allowed_ms": 1.0, "unknown": 1.0, "fresh_s": 1.0}, "worth": {"unknown": 1.0, "fresh_s": 1.0},
}


def as_drawn(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """The scenarios as they are."""
    return drawn


class Slip(NamedTuple):
    """A single mistake in the bill: the topic in which it is told, what it is about, the bill with it, the other topics
    in which it shows, too, and what to make of scenarios near a tipping point so that it can show."""

    topic: str
    about: str
    table: Table
    also: tuple[str, ...] = ()
    where: Callable[[np.random.Generator, Scenario], Scenario] = as_drawn


def mean_load(scenario: Scenario) -> np.ndarray:
    """Instances for as many requests a second as there are on average."""
    return instances(scenario.at("peak_per_s", scenario.requests_per_day / DAY_S))


def asked_only(scenario: Scenario, pattern: str) -> np.ndarray:
    """The rows if a batch scores a row for each request at most."""
    return np.minimum(scored(scenario, pattern), scenario.requests_per_day if pattern == "batch" else np.inf)


def mean_age(scenario: Scenario, pattern: str, rows: np.ndarray) -> np.ndarray:
    """All stored answers if the mean one is young enough, else none."""
    return np.where(fresh(scenario, pattern, rows) >= 0.5, 1.0, 0.0)


def from_the_end(of: str) -> Callable:
    """The share of young answers if for this pattern their age counts from the end of their run."""
    return lambda scenario, pattern, rows: fresh(scenario, pattern, rows * (pattern != of))


def whole_day(scenario: Scenario, pattern: str, rows: np.ndarray) -> np.ndarray:
    """The share of young answers if each run is as long as those of a day together."""
    return fresh(scenario, pattern, rows * RUNS[pattern])


def lost_twice(scenario: Scenario, pattern: str, rows: np.ndarray) -> np.ndarray:
    """The share of requests that is left if both shares that are lost are taken from all requests; below 0 where they
    are more than all."""
    return fresh(scenario, pattern, rows) - scenario.unknown


def lost_twice_at_most(*given: Any) -> np.ndarray:
    """The same, but never below 0."""
    return np.maximum(0, lost_twice(*given))


def ruled_out(scenario: Scenario) -> np.ndarray:
    """The share of online answers that come in time, if no worth makes up for those that come too late."""
    return np.where(scenario.answer_ms <= scenario.allowed_ms, 1.0, -1e9)


def partly_old(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios in which about half of a batch's answers are too old, and many keys unknown."""
    return within(random, drawn, (1.1, 1.8), (24, 36), changes_per_day=(1.5e7, 2e7), unknown=(0.35, 0.5),
                  keys=(1e4, 5e4), fresh_s=(0.45 * DAY_S, 0.6 * DAY_S))


def short_runs(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios in which precomputed answers are young enough, because a run takes a few seconds."""
    return within(random, drawn, (1.1, 1.8), (30, 60), changes_per_day=(1.5e5, 3e5), keys=(1_000, 2_500),
                  fresh_s=(905, 1_000))


def long_nights(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios in which a batch's answers are too old for the last hours before the next ones come."""
    return within(random, drawn, (13.1, 14.9), (2_000, 3_000), changes_per_day=(2e7, 2.5e7), keys=(8e6, 1.3e7),
                  fresh_s=(DAY_S, DAY_S + 1_000), requests_per_day=(1.6e7, 2e7))


def two_and_a_bit(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios whose load is a little more than two instances, which a batch costs, too."""
    return within(random, drawn, (2.25, 2.45), (30, 60), changes_per_day=(3e6, 1e7), keys=(2.45e6, 2.6e6),
                  fresh_s=(200_000, 250_000), requests_per_day=(3e6, 6e6))


def late_and_cheap(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios in which all online answers come too late, which loses less than runs cost."""
    return within(random, drawn, (1.1, 1.8), (4, 16), changes_per_day=(6e6, 1.2e7), keys=(6e6, 1e7),
                  requests_per_day=(1.1e7, 1.5e7), allowed_ms=(0.4, 0.9))


def answered_or_lost(random: np.random.Generator, drawn: Scenario) -> Scenario:
    """Scenarios in which online answers come in time, much is lost without them, and all that is precomputed counts."""
    found = within(random, drawn, (1.1, 1.8), (7_000, 9_000), changes_per_day=(1e6, 1.4e6), keys=(3.5e6, 3.8e6),
                   requests_per_day=(4e6, 6e6), fresh_s=(5_500, 8_000), unknown=(0.3, 0.35))
    return found.at("allowed_ms", rounded(found.answer_ms * random.uniform(1.5, 10, len(found.keys))))


def within(random: np.random.Generator, drawn: Scenario, instances: tuple, value: tuple, **ranges: tuple) -> Scenario:
    """Twenty scenarios with fields, the load in instances, and the worth of all requests of a day, within ranges. No
    answer comes too late unless `ranges` say so, and there are as many requests as keys or more."""
    drawn = drawn.of(slice(20))

    def between(low: float, high: float) -> np.ndarray:
        return rounded(random.uniform(low, high, len(drawn.keys)))

    given = {"requests_per_day": (1e5, 1e6), "allowed_ms": (2_000, 3_000)} | ranges
    found = drawn._replace(**{name: between(*limits) for name, limits in given.items()})
    peak = rounded(found.requests_per_day / DAY_S * between(2, 3))
    return found._replace(peak_per_s=peak, answer_ms=rounded(between(*instances) * BUSY * 1_000 / peak),
                          worth=rounded(between(*value) / found.requests_per_day))


SLIPS = [  # of a topic, those that are further off come first: a later one doesn't show where an earlier one is told
    Slip("ready", "what stands ready online: there are instances enough for the busiest second, not for a mean one",
         Table(instances=mean_load)),
    Slip("ready", f"what stands ready online: {LEAST} instances at least",
         Table(instances=lambda scenario: np.ceil(load(scenario)))),
    Slip("ready", f"what stands ready online: an instance works for {BUSY:.0%} of the busiest second, not all of it",
         Table(instances=lambda scenario: np.maximum(LEAST, np.ceil(load(scenario) * BUSY)))),
    Slip("ready", "what stands ready online: a part of an instance more needs one more, however small it is",
         Table(instances=lambda scenario: np.maximum(LEAST, np.round(load(scenario)))), where=two_and_a_bit),
    Slip("ready", "what stands ready online: instances are whole",
         Table(instances=lambda scenario: np.maximum(LEAST, load(scenario)))),
    Slip("rows", "the rows that a batch scores: all keys, also those that nobody asks for", Table(scored=asked_only)),
    Slip("rows", "the rows that precomputing scores: only those that changed", Table(
        scored=lambda scenario, pattern: scenario.keys * RUNS[pattern])),
    Slip("rows", "the rows that precomputing scores: changes_per_day in all runs of a day together", Table(
        scored=lambda scenario, pattern: scored(scenario, pattern) * RUNS[pattern]), also=("age",)),
    Slip("rows", "what it costs to start the runs of a day", Table(start=0.0)),
    Slip("unknown", "requests whose key no run has seen: what is stored has no answer to them",
         Table(known=lambda scenario, pattern: 1.0)),
    Slip("unknown", "requests whose key no run has seen: neither has one of the 96 runs", Table(
        known=lambda scenario, pattern: known(scenario, pattern) if pattern == "batch" else 1.0)),
    Slip("unknown", "requests whose key no run has seen: one whose answer would be too old as well is lost once, not "
         "twice", Table(known=lambda scenario, pattern: 1.0, fresh=lost_twice), where=partly_old),
    Slip("age", "answers that are too old: what is stored gets older until the next run has ended",
         Table(fresh=lambda scenario, pattern, rows: 1.0)),
    Slip("age", "answers that are too old: what is precomputed gets older, too", Table(
        fresh=lambda scenario, pattern, rows: fresh(scenario, pattern, rows) if pattern == "batch" else 1.0)),
    Slip("age", "answers that are too old: a part of them is, wherever the mean or the oldest age lies",
         Table(fresh=mean_age)),
    Slip("age", "answers that are too old: a part of them is, wherever the mean or the oldest age lies",
         Table(fresh=lambda *given: np.floor(fresh(*given))), also=("unknown",)),
    Slip("age", "answers that are too old: a run takes its time for its own rows, not for those of the whole day",
         Table(fresh=whole_day), where=short_runs),
    *(Slip("age", "answers that are too old: an answer's age counts from the start of its run, which takes its time",
           Table(fresh=from_the_end(pattern)), where=where)
      for pattern, where in (("batch", long_nights), ("precomputed", as_drawn))),
    Slip("wait", "online answers that take longer than their caller waits", Table(in_time=lambda scenario: True)),
    Slip("wait", "online answers that take exactly as long as their caller waits: these come in time",
         Table(in_time=lambda scenario: scenario.answer_ms < scenario.allowed_ms)),
    Slip("wait", "online answers that come too late: no more than their worth is lost, so the endpoint isn't ruled out",
         Table(in_time=ruled_out), where=late_and_cheap),
    Slip("worth", "what is lost where a request gets no answer", Table(worth=lambda scenario: 0.0),
         also=("unknown", "age", "wait")),
]


TOLD_BY_ANOTHER = [Slip("unknown", "", Table(known=lambda scenario, pattern: 1.0, fresh=lost_twice_at_most))]


def sampled(shift: float) -> Slip:
    """A share of young answers that is so far off, where it is a part: no mistake, and nobody loses by it."""
    def share(scenario: Scenario, pattern: str, rows: np.ndarray) -> np.ndarray:
        exact = fresh(scenario, pattern, rows)
        return np.where(exact % 1 > 0, np.clip(exact + shift, 0, 1), exact)

    return Slip("", "", Table(fresh=share))


SAMPLED = [sampled(-0.01), sampled(0.01)]


class Question(NamedTuple):
    """A scenario under a name, its bill for each pattern, and what decides it, if that is known."""

    what: str
    scenario: Scenario
    bills: tuple[float, ...]
    about: str = ""

    @property
    def pattern(self) -> str:
        """The cheapest pattern."""
        return PATTERNS[self.bills.index(min(self.bills))]


def question(what: str, scenario: Scenario, about: str = "") -> Question:
    """A question with its bills."""
    return Question(what, scenario, tuple(bills(scenario).tolist()), about)


@dataclass(frozen=True)
class Patterns:
    """The cases of the lesson; scenarios under several names; and by topic pairs that differ in one field and want two
    patterns, and scenarios in which a slip shows that is about it."""

    cases: list[Question]
    renamed: list[list[Question]]
    pairs: dict[str, list[tuple[str, Question, Question]]]
    telling: dict[str, list[Question]]
    seed: int

    @property
    def questions(self) -> list[Question]:
        """All of them."""
        pairs = [pair for _, *pair in chain(*self.pairs.values())]
        return list(chain(self.cases, *self.renamed, *pairs, *self.telling.values()))


def patterns(seed: int) -> Patterns:
    """Pairs of scenarios, and scenarios near a tipping point; in each, slips about another topic don't show."""
    random = np.random.default_rng(seed)
    cases = [question(what, scenario) for what, scenario in CASES.items()]
    pairs = {topic: list(chain.from_iterable(drawn_pairs(random, topic, field) for field in fields))
             for topic, fields in TOPICS.items()}
    renamed = [[asked._replace(what=what) for what in NAMES] for _, *pair in pairs["worth"][:1] for asked in pair]
    return Patterns(cases, renamed, pairs, {topic: drawn_telling(random, topic) for topic in TOPICS}, seed)


def draw(random: np.random.Generator, topic: str, count: int) -> Scenario:
    """So many scenarios for a topic, in which other limits than its own have no say, or not alone."""
    def power(low: float, high: float) -> np.ndarray:
        return rounded(10 ** random.uniform(low, high, count))

    ready = topic == "ready"
    requests, answer = np.round(power(6, 6.8) if ready else power(3.5, 6.5)), power(0.8, 2.3)
    keys = np.round(power(6, 7.3) if ready else power(4, 7.3))
    return Scenario(
        requests_per_day=requests,
        peak_per_s=rounded(np.maximum(1, requests / DAY_S * 10 ** random.uniform(0.3, 2, count))),
        keys=np.minimum(keys, requests) if ready else keys,  # there each key is asked for
        changes_per_day=np.round(power(4, 7.3)),
        answer_ms=answer, worth=power(-5, -2), **limits(random, topic, answer))


def limits(random: np.random.Generator, topic: str, answer: np.ndarray) -> dict[str, np.ndarray]:
    """The fields by which answers are lost, for online answers that take so long."""
    count = len(answer)
    some = {"unknown": np.round(random.uniform(0.1, 0.5, count), 2), "fresh_s": fresh_for(random, count),
            "allowed_ms": np.where(random.random(count) < 0.5, answer, rounded(10 ** random.uniform(1, 3, count)))}
    if topic in ("wait", "worth"):
        some["fresh_s"] = np.minimum(some["fresh_s"], 1_800.0)
    return {name: np.where(random.random(count) < HAS_SAY[topic].get(name, 0.0), values, NO_SAY[name])
            for name, values in some.items()}


def fresh_for(random: np.random.Generator, count: int) -> np.ndarray:
    """Seconds, for half of the scenarios those in which the last answers of a run are just too old, or just not."""
    just = random.choice([DAY_S / runs for runs in RUNS.values()], count) * random.uniform(0.9, 1.2, count)
    return np.round(rounded(np.where(random.random(count) < 0.5, just, 10 ** random.uniform(1.7, 5.3, count))))


def changed(random: np.random.Generator, scenario: Scenario, field: str) -> Scenario:
    """The scenarios with another value of a field: 20 times or a twentieth of it, and a share of 0 or 0.3."""
    value = getattr(scenario, field)
    if field == "unknown":
        return scenario.at(field, np.where(value > 0, 0.0, 0.3))
    return scenario.at(field, rounded(value * 20.0 ** random.choice([-1, 1], len(value))))


def drawn_pairs(random: np.random.Generator, topic: str, field: str) -> list[tuple[str, Question, Question]]:
    """A field, and two scenarios that differ in it and want two patterns clearly; no two pairs want the same two."""
    first = draw(random, topic, CANDIDATES)
    if topic == "wait":
        first = Scenario(*map(np.concatenate, zip(answered_or_lost(random, first), first, strict=True)))
    second = changed(random, first, field)
    wanted = np.array([bills(scenario).argmin(axis=0) for scenario in (first, second)])
    possible = second.peak_per_s >= np.maximum(1, second.requests_per_day / DAY_S)
    flips = np.flatnonzero((wanted[0] != wanted[1]) & possible)
    for scenario in (first, second):
        flips = flips[clear(scenario.of(flips), topic)]
    _, places = np.unique(wanted[:, flips].sum(axis=0), return_index=True)  # 1, 2 and 3: each sum is of one pair
    return [(field, *(question(str(what), scenario.of(number)) for scenario in (first, second)))
            for number, what in zip(flips[np.sort(places)[:PAIRS]], random.choice(WORDS, PAIRS), strict=False)]


def clear(scenarios: Scenario, topic: str) -> np.ndarray:
    """Whether the cheapest pattern is so by far, and no slip about another topic shows."""
    return silent(scenarios, strangers(topic), (lead(bills(scenarios)) > FLIPS) & unrounded(scenarios))


def unrounded(scenarios: Scenario) -> np.ndarray:
    """Whether the load is no whole number, nor so near to one that a computer's rounding could count."""
    part = load(scenarios) % 1
    return (part > 0.01) & (part < 0.99)


def silent(scenarios: Scenario, slips: list[Slip], among: np.ndarray) -> np.ndarray:
    """Whether none of these slips shows, nor that ages are tried at a hundred moments, for those scenarios that a mask
    names; of the others False."""
    found, right = among.copy(), bills(scenarios)
    for slip in [*slips, *SAMPLED]:
        found[found] = overpaid(right[:, found], scenarios.of(found), slip.table) < STEADY
    return found


def strangers(topic: str) -> list[Slip]:
    """The slips that may not show in a topic."""
    return [slip for slip in [*SLIPS, *TOLD_BY_ANOTHER] if topic not in (slip.topic, *slip.also)]


def drawn_telling(random: np.random.Generator, topic: str) -> list[Question]:
    """For each slip about a topic a scenario in which that slip shows, none about another topic, and none of those that
    are told later."""
    drawn, own, found = near_tipping(random, topic), [slip for slip in SLIPS if slip.topic == topic], []
    for place, slip in enumerate(own):
        near = slip.where(random, drawn)
        right = bills(near)
        shows = (overpaid(right, near, slip.table) > SHOWS) & (lead(right) > SHOWS) & unrounded(near)
        fit = np.flatnonzero(silent(near, own[place + 1:] + strangers(topic), shows))
        found += [question(str(random.choice(WORDS)), near.of(number), slip.about) for number in fit[:1]]
    return found


def near_tipping(random: np.random.Generator, topic: str) -> Scenario:
    """Scenarios for a topic whose two cheapest patterns are less than three times apart."""
    scenarios = draw(random, topic, NEAR)
    return scenarios.of(lead(bills(scenarios)) < 3)


def fair(world: Patterns) -> bool:
    """Whether there are pairs for each field, and something for each slip."""
    fields = {field for pairs in world.pairs.values() for field, *_ in pairs}
    return fields == set(FIELDS) and sum(map(len, world.telling.values())) == len(SLIPS)
