"""Stories of calls about all that `predict_with_fallback` must do, each about deliveries of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataml_lab.checks.serving.estimates import DEADLINE, Event, Right, Row, Step, Story

TRIES = 3  # questions to the model in a call
DROPPED = 3_600.0  # seconds after which a question without a limit ends


@dataclass(frozen=True)
class Shop:
    """Stories of calls, each on a clock and a cache of its own."""

    stories: tuple[Story, ...]
    began: float
    seed: int

    def about(self, name: str) -> list[Story]:
        """The stories about something."""
        return [story for story in self.stories if story.about == name]


def answers(minutes: Any, version: str, seconds: float = 0.05) -> Event:
    """The model replies."""
    return Event(seconds, minutes, version)


def breaks(seconds: float = 0.05) -> Event:
    """The connection breaks."""
    return Event(seconds, raises=ConnectionError, says="the connection was closed")


def refuses(says: str) -> Event:
    """The model says that nobody can score the row."""
    return Event(0.05, raises=ValueError, says=says)


HANGS = Event(DROPPED, raises=TimeoutError, says="the connection was dropped after an hour")
DOWN = (breaks(),) * TRIES


BY_DEFAULT = Right("default", 60)


def shop(seed: int) -> Shop:
    """Stories about all that an answer must do, each about deliveries of its own."""
    random = np.random.default_rng(seed)
    made = Deliveries(random)
    stories = [Story(about, tuple(steps)) for about, plan in STORIES for steps in plan(made)]
    return Shop(tuple(stories), float(random.integers(100_000, 1_000_000)), seed)


class Deliveries:
    """Makes rows, minutes and versions, none of which it makes twice."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.order = int(random.integers(1_000, 5_000))
        self.version = str(int(random.integers(5, 40)))
        self.other = str(int(self.version) + 1)

    def row(self, **fields: Any) -> Row:
        """A delivery, with these fields."""
        self.order += int(self.random.integers(1, 9))
        weather = ["dry", "rain", "storm", "snow"][self.random.integers(4)]
        row = {"order_id": self.order, "zone": int(self.random.integers(1, 9)),
               "distance_m": int(self.random.integers(500, 20_000)), "weather": weather}
        return row | fields

    def again(self, row: Row, **fields: Any) -> Row:
        """The same delivery for another order, with these fields."""
        return row | {"order_id": self.row()["order_id"]} | fields

    def minutes(self) -> float:
        """Minutes that are nobody's default."""
        return round(float(self.random.uniform(15, 55)), 1)

    def good(self, minutes: float, seconds: float = 0.05) -> Event:
        """The expected version replies."""
        return answers(minutes, self.version, seconds)

    def step(self, row: Row, *events: Event, **more: Any) -> Step:
        """A call that expects the usual version."""
        return Step(row, self.version, events, **more)

    def kept(self, row: Row, minutes: float) -> Step:
        """A call that the model answers at once, which is not judged."""
        return self.step(row, self.good(minutes))


Plan = Iterator[list[Step]]


def working(made: Deliveries) -> Plan:
    """The model answers, quickly, slowly, and anew."""
    row, minutes, newer = made.row(), made.minutes(), made.minutes()
    yield [made.step(row, made.good(minutes), right=Right("model", minutes), most=1),
           made.step(made.again(row), made.good(newer), right=Right("model", newer), most=1, after=20,
                     why="The cache is for when the model doesn't answer.")]
    minutes = made.minutes()
    yield [made.step(made.row(), made.good(minutes, 0.45), right=Right("model", minutes),
                     why=f"A question may take all the time that is left of the {DEADLINE} s.")]


def hanging(made: Deliveries) -> Plan:
    """The model hangs: at once, where an answer is kept, and after connections that broke."""
    row, minutes = made.row(), made.minutes()
    yield [made.step(made.row(), HANGS, right=BY_DEFAULT)]
    yield [made.kept(row, minutes), made.step(row, HANGS, right=Right("cache", minutes, 60.5), after=60,
                                              why="An answer is kept for this delivery, a minute old.")]
    yield [made.step(made.row(), made.good(minutes, 0.7), right=BY_DEFAULT)]
    yield [made.step(made.row(), breaks(0.2), HANGS, right=BY_DEFAULT)]
    yield [made.step(made.row(), breaks(0.2), breaks(0.2), made.good(minutes, 0.3), right=BY_DEFAULT)]


def breaking(made: Deliveries) -> Plan:
    """The connection breaks once, twice, and each time."""
    minutes = made.minutes()
    more = {"right": Right("model", minutes), "why": f"After a broken connection a question is worth asking again, "
                                                     f"with all that is left of the {DEADLINE} s."}
    yield [made.step(made.row(), breaks(), made.good(minutes), most=2, **more)]
    yield [made.step(made.row(), breaks(), breaks(), made.good(minutes), most=3, **more)]
    yield [made.step(made.row(), breaks(), made.good(minutes, 0.4), **more)]
    yield [made.step(made.row(), *DOWN, right=BY_DEFAULT, most=TRIES, why="A service that is down needs no more load.")]


def refused(made: Deliveries) -> Plan:
    """The model refuses a row: at the first question, at the second, and one for which an answer is kept."""
    row, minutes = made.row(), made.minutes()
    gone = refuses(f"zone: {row['zone']} is not served any more")
    why = "A `ValueError` is about the row: nothing else answers in its place."
    more = {"right": Right("refused", None), "why": why}
    below = made.row(distance_m=-int(made.random.integers(5, 90)))
    yield [made.step(below, refuses(f"distance_m: {below['distance_m']} is below 0"), most=1, **more)]
    nowhere = made.row(zone=0)
    yield [made.step(nowhere, breaks(), refuses("zone: there is no zone 0"), most=2, **more)]
    yield [made.kept(row, minutes), made.step(made.again(row), gone, most=1, after=30, **more)]


def bugs(made: Deliveries) -> Plan:
    """The client of the model has a bug."""
    row, why = made.row(), "A bug that is answered by a fallback is never mended."
    yield [made.step(made.row(), Event(0.0, raises=KeyError, says="rush"), right="KeyError: 'rush'", why=why)]
    yield [made.kept(row, made.minutes()),
           made.step(made.again(row), Event(0.0, raises=TypeError, says="unsupported operand"), after=30,
                     right="TypeError: unsupported operand", why=why)]


def fresh(made: Deliveries) -> Plan:
    """The model is down, and an answer is kept: for another order, one of two, one near the limit; or not for this."""
    row, first, last = made.row(), made.minutes(), made.minutes()
    yield [made.kept(row, first), made.step(row, *DOWN, right=Right("cache", first, 300), after=300)]
    row = made.row()
    yield [made.kept(row, first), made.step(
        made.again(row), *DOWN, right=Right("cache", first, 120), after=120,
        why="Another order for the same zone, distance and weather has the same answer.")]
    row = made.row()
    yield [made.kept(row, first), made.kept(made.again(row), last),
           made.step(made.again(row), *DOWN, right=Right("cache", last, 40), after=40, why="The newest answer counts.")]
    row = made.row()
    yield [made.kept(row, first), made.step(row, *DOWN, right=Right("cache", first, 595), after=595)]
    yield from strangers(made)


def strangers(made: Deliveries) -> Plan:
    """An answer is kept for a delivery that differs in one field, or in another cache."""
    for fields in ({"zone": 9}, {"distance_m": 20_007}, {"weather": "fog"}):
        row = made.row()
        yield [made.kept(row, made.minutes()), made.step(made.again(row, **fields), *DOWN, right=BY_DEFAULT, after=10,
                                                         why=f"The {next(iter(fields))} is another one.")]
    row = made.row()
    yield [made.kept(row, made.minutes()), made.step(
        made.again(row), *DOWN, right=BY_DEFAULT, after=10, cache="another",
        why="All that is remembered has to be in `cache`.")]


def stale(made: Deliveries) -> Plan:
    """The model is down, and the kept answer is older than ten minutes: at once, and after it was given in between."""
    row, minutes = made.row(), made.minutes()
    why = "The kept answer is older than 600 s."
    yield [made.kept(row, minutes), made.step(row, *DOWN, right=BY_DEFAULT, after=605, why=why)]
    row = made.row()
    yield [made.kept(row, minutes), made.step(row, *DOWN, after=300), made.step(
        row, *DOWN, right=BY_DEFAULT, after=400,
        why="The model's answer is 700 s old: to give it in between did not make it younger.")]


def versions(made: Deliveries) -> Plan:
    """An answer of another version is kept, or comes."""
    row, minutes, newer = made.row(), made.minutes(), made.minutes()
    why = f"An answer of version {made.other} is none of version {made.version}."
    yield [Step(row, made.other, (answers(newer, made.other),)),
           made.step(row, *DOWN, right=BY_DEFAULT, after=30, why=why)]
    row = made.row()
    yield [made.step(row, answers(newer, made.other), right=BY_DEFAULT, most=1, why=why),
           made.step(row, *DOWN, right=BY_DEFAULT, after=30, why=why)]
    row = made.row()
    yield [made.kept(row, minutes), made.step(row, answers(newer, made.other), right=Right("cache", minutes, 30),
                                              most=1, after=30, why=why)]


def good_only(made: Deliveries) -> Plan:
    """The model replies with what is no number of minutes; and a default was given before."""
    for minutes in (float("nan"), None, -4.0, float("inf")):
        row = made.row()
        yield [made.step(row, made.good(minutes), right=BY_DEFAULT, most=1, why=f"{minutes} is no number of minutes."),
               made.step(made.again(row), *DOWN, right=BY_DEFAULT, after=30, why="A reply that isn't good isn't kept.")]
    row, minutes = made.row(), made.minutes()
    yield [made.kept(row, minutes), made.step(row, made.good(None), after=20), made.step(
        row, *DOWN, right=Right("cache", minutes, 40), after=20, why="A bad reply doesn't take a good one's place.")]
    row = made.row()
    yield [made.step(row, *DOWN), made.step(row, *DOWN, right=BY_DEFAULT, after=10,
                                            why="The default is no answer of the model's: it isn't kept.")]


def without_cache(made: Deliveries) -> Plan:
    """The cache is down: while the model answers, while it doesn't, and until it is up again."""
    row, minutes = made.row(), made.minutes()
    why = "A cache that is down is as good as an empty one."
    yield [made.step(made.row(), made.good(minutes), right=Right("model", minutes), most=1, cache="down", why=why)]
    yield [made.kept(row, minutes), made.step(row, *DOWN, right=BY_DEFAULT, after=20, cache="down", why=why),
           made.step(row, *DOWN, right=Right("cache", minutes, 40), after=20)]


STORIES: tuple[tuple[str, Callable[[Deliveries], Plan]], ...] = (
    ("working", working), ("hanging", hanging), ("breaking", breaking), ("refused", refused), ("bugs", bugs),
    ("fresh", fresh), ("stale", stale), ("versions", versions), ("good only", good_only),
    ("without cache", without_cache))
