"""The bill of `choose` and `tips_at`: what a day costs that is worked off in batches, or as a stream."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

DAY_S = 86_400
STREAM = 0
EVERY = (STREAM, 60, 300, 900, 3_600, 6 * 3_600, DAY_S, 7 * DAY_S)  # seconds between two runs, or a stream
STREAM_WAIT_S = 2

WORDS = ("a feed of the shop", "a report of the shop", "a service for partners")  # names that suggest nothing

Brief = dict[str, Any]


class Scenario(NamedTuple):
    """What determines a bill; each may be an array of as many scenarios."""

    events_per_day: Any
    worth: Any  # EUR that an event earns if it is used at once
    half_life_s: Any  # seconds after which half of that is lost
    reruns_per_day: Any  # how often a day the whole history is computed again
    run_cost: Any  # EUR of one batch run
    stream_day: Any  # EUR of a day on which a stream runs

    def at(self, field: str, value: Any) -> "Scenario":
        """The scenario with another value of a field."""
        return self._replace(**{field: value})

    def brief(self, what: str) -> Brief:
        """The brief that an answer gets."""
        return {"what": what, **{name: float(value) for name, value in self._asdict().items()}}


FIELDS = Scenario._fields


def kept(half_life_s: Any, every: float) -> Any:
    """The share of its worth that an event keeps on average, when it may come at any moment between two runs."""
    if every == STREAM:
        return 0.5 ** (STREAM_WAIT_S / half_life_s)
    decay = np.log(2) * every / half_life_s
    return -np.expm1(-decay) / decay  # the mean of 0.5 ** (wait / half life) over waits from 0 to every


class Table(NamedTuple):
    """How a bill is made up: as the prompt says, or with a mistake in it. Of two numbers the second is the stream's."""

    runs: Callable[[float], float] = lambda every: DAY_S / every
    event: tuple[float, float] = (2e-6, 2e-5)  # EUR to process one event
    rerun: tuple[float, float] = (2.0, 40.0)  # EUR to compute the history again
    kept: Callable[[Any, float], Any] = kept


TABLE = Table()


def rows(scenario: Scenario, every: float, table: Table = TABLE) -> tuple:
    """EUR a day if one runs every so many seconds (0: as a stream): to run at all, for the events, to compute the
    history again, and lost by waiting."""
    stream = every == STREAM
    return (scenario.stream_day if stream else table.runs(every) * scenario.run_cost,
            table.event[stream] * scenario.events_per_day,
            table.rerun[stream] * scenario.reruns_per_day,
            scenario.events_per_day * scenario.worth * (1 - table.kept(scenario.half_life_s, every)))


def bill(scenario: Scenario, every: float) -> Any:
    """EUR a day, all in all."""
    return sum(rows(scenario, every))


def bills(scenario: Scenario, table: Table = TABLE) -> np.ndarray:
    """The bill for each of EVERY, one row for each."""
    return np.array(np.broadcast_arrays(*(sum(rows(scenario, every, table)) for every in EVERY)))


def margin(scenario: Scenario, table: Table = TABLE) -> Any:
    """The logarithm of the cheapest batch's bill over the stream's: above 0 a stream is cheaper, below 0 a batch."""
    by_choice = bills(scenario, table)
    return np.log(by_choice[1:].min(axis=0) / by_choice[0])


def draw(random: np.random.Generator, count: int, reruns: float = 0) -> Scenario:
    """So many scenarios at once, of about as many that want a stream as want batches."""
    return Scenario(
        events_per_day=rounded(10 ** random.uniform(4, 7, count)),
        worth=rounded(10 ** random.uniform(-4.5, -2, count)),
        half_life_s=rounded(10 ** random.uniform(0.7, 6.3, count)),
        reruns_per_day=np.full(count, float(reruns)),
        run_cost=rounded(0.4 * 10 ** random.uniform(-0.5, 0.5, count)),
        stream_day=rounded(60 * 10 ** random.uniform(-0.5, 0.5, count)),
    )


def rounded(values: np.ndarray) -> np.ndarray:
    """Positive numbers in three digits, so that a brief can be read.

    >>> rounded(np.array([0.00043251, 1.5, 1234567.0])).tolist()
    [0.000433, 1.5, 1230000.0]
    """
    places = np.floor(np.log10(values)) - 2
    whole = np.round(values / 10 ** places)
    return np.where(places < 0, whole / 10 ** -places, whole * 10 ** places)


def one_of(scenarios: Scenario, number: int) -> Scenario:
    """One of many scenarios."""
    return Scenario(*(float(field[number]) for field in scenarios))


CASES = {  # the four of the lesson, and the fifth that it warns of
    "a weekly e-mail of recommendations": Scenario(2e5, 0.0002, 60 * DAY_S, 0.1, 8.0, 60.0),
    "finding fraudulent card payments": Scenario(3e6, 0.004, 30.0, 0.0, 0.4, 60.0),
    "the daily revenue report": Scenario(4e5, 0.00015, 10 * DAY_S, 1.0, 2.0, 60.0),
    "the leaderboard of an online game": Scenario(8e6, 0.0005, 8.0, 0.0, 0.4, 60.0),
    "a “real-time” warehouse dashboard": Scenario(4e5, 0.0006, 3_600.0, 0.0, 0.4, 60.0),
}
