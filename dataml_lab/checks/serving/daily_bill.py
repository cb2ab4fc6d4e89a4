"""The bill of `serving_pattern`: what a day costs on which a model answers online, in batch or precomputed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

DAY_S = 86_400
RUNS = {"batch": 1, "precomputed": 96}  # a day
PATTERNS = ("online", *RUNS)
INSTANCE = 12.0  # EUR for a day on which an instance of the endpoint stands ready
BUSY, LEAST = 0.6, 2  # the part of the busiest second that an instance works at most; the least number of instances
RUN, ROW, ROW_S = 0.2, 1e-5, 1e-3  # EUR to start a run, EUR and seconds to score one of its rows

Brief = dict[str, Any]


class Scenario(NamedTuple):
    """What determines a bill; each may be an array of as many scenarios."""

    requests_per_day: Any
    peak_per_s: Any  # requests in the busiest second
    keys: Any  # that are known when a batch starts
    changes_per_day: Any  # rows that the refreshes of a day score together
    unknown: Any  # share of the requests whose key no run has seen
    fresh_s: Any  # seconds; an older answer is worth nothing
    answer_ms: Any  # how long an online answer takes
    allowed_ms: Any  # how long a caller waits
    worth: Any  # EUR that an answer earns

    def at(self, field: str, value: Any) -> "Scenario":
        """The scenario with another value of a field."""
        return self._replace(**{field: value})

    def of(self, which: Any) -> "Scenario":
        """One of many scenarios by its number, or those that a mask or numbers name."""
        return Scenario(*(values[which] for values in self))

    def brief(self, what: str) -> Brief:
        """What an answer is given."""
        return {"what": what, **{name: float(value) for name, value in self._asdict().items()}}


FIELDS = Scenario._fields


def load(scenario: Scenario) -> Any:
    """How many instances would be busy in the busiest second, with parts of one."""
    return scenario.peak_per_s * scenario.answer_ms / 1_000 / BUSY


def instances(scenario: Scenario) -> Any:
    """How many instances stand ready."""
    return np.maximum(LEAST, np.ceil(load(scenario)))


def scored(scenario: Scenario, pattern: str) -> Any:
    """The rows that the runs of a day score."""
    return scenario.keys if pattern == "batch" else scenario.changes_per_day


def known(scenario: Scenario, pattern: str) -> Any:
    """The share of requests whose key a run has seen."""
    return 1 - scenario.unknown


def fresh(scenario: Scenario, pattern: str, scored: Any) -> Any:
    """The share of stored answers that are young enough, if the runs of a day score so many rows: ages run evenly from
    the seconds that a run takes to these and the time between two runs."""
    takes, between = scored / RUNS[pattern] * ROW_S, DAY_S / RUNS[pattern]
    return np.clip((scenario.fresh_s - takes) / between, 0, 1)


def in_time(scenario: Scenario) -> Any:
    """Whether an online answer comes while its caller waits."""
    return scenario.answer_ms <= scenario.allowed_ms


class Table(NamedTuple):
    """How a bill is made up: as the prompt says, or with a mistake in it."""

    instances: Callable[[Scenario], Any] = instances
    scored: Callable[[Scenario, str], Any] = scored
    start: float = RUN
    known: Callable[[Scenario, str], Any] = known
    fresh: Callable[[Scenario, str, Any], Any] = fresh
    in_time: Callable[[Scenario], Any] = in_time
    worth: Callable[[Scenario], Any] = lambda scenario: scenario.worth


TABLE = Table()


def rows(scenario: Scenario, pattern: str, table: Table = TABLE) -> tuple[Any, Any, Any]:
    """EUR a day: for what stands ready or is started, for the rows that runs score, and lost for want of an answer."""
    if pattern == "online":
        ready, count, answered = table.instances(scenario) * INSTANCE, 0.0, table.in_time(scenario)
    else:
        ready, count = table.start * RUNS[pattern], table.scored(scenario, pattern)
        answered = table.known(scenario, pattern) * table.fresh(scenario, pattern, count)
    return ready, count * ROW, scenario.requests_per_day * table.worth(scenario) * (1 - answered)


def bills(scenario: Scenario, table: Table = TABLE) -> np.ndarray:
    """The bill of each of PATTERNS, one row for each."""
    return np.array(np.broadcast_arrays(*(sum(rows(scenario, pattern, table)) for pattern in PATTERNS)))


def overpaid(right: np.ndarray, scenario: Scenario, table: Table) -> np.ndarray:
    """How many times as dear as the cheapest the pattern is that this bill suggests; `right` are the bills."""
    chosen = bills(scenario, table).argmin(axis=0)
    return np.take_along_axis(right, chosen[None], axis=0)[0] / right.min(axis=0)


def lead(right: np.ndarray) -> np.ndarray:
    """By bills, how many times as dear as the cheapest pattern the next one is."""
    first, second, _ = np.sort(right, axis=0)
    return second / first


CASES = {
    "fraud at the checkout": Scenario(200_000, 12, 2e6, 400_000, 0.1, 30, 40, 200, 0.01),
    "products in the nightly e-mail": Scenario(500_000, 2_000, 600_000, 900_000, 0.0, 172_800, 62, 5_000, 0.002),
    "products on the front page": Scenario(5e6, 310, 800_000, 3e6, 0.02, 3_600, 80, 100, 0.0005),
    "fraud among transfers, read next morning": Scenario(30_000, 500, 30_000, 30_000, 0.0, 129_600, 40, 10_000, 0.05),
    "a “real-time” churn score for support": Scenario(3_000, 2, 400_000, 100_000, 0.01, 172_800, 50, 1_000, 0.02),
    "the delivery time of a basket": Scenario(60_000, 7, 100_000, 60_000, 0.9, 604_800, 120, 800, 0.003),
    "the order of search results": Scenario(2e6, 91, 300_000, 300_000, 0.02, 7_200, 400, 150, 0.001),
}
