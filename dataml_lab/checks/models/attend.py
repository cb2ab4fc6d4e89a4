"""Exercise of 04d: attention over events, of which a question may look at those only that occurred before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, function
from dataml_lab.runtime.shown import shown

RETURNS = "returns a row of numbers for each question"
SOFTMAX = "weighs each event by the softmax of a question's scores"
TOLERANCE = 1e-9  # of numbers below 10
ARGUMENTS = ("queries", "keys", "values", "asked_at", "occurred_at")
NEARLY = 1e-4  # apart, as numbers are that aren't computed exactly enough
SEE = """\
for case in world.{cases}:
    print(case.what, case.wrong(attend(*case.asked)), sep="\\n")"""


class Case(NamedTuple):
    """What is asked, in words and as an answer gets it; what is right; and what some mistakes return, in words."""

    what: str
    asked: tuple[np.ndarray, ...]
    right: np.ndarray
    instead: tuple[tuple[str, np.ndarray], ...] = ()

    def wrong(self, found: np.ndarray) -> str:
        """The first row that isn't right, beside the right one."""
        return first_wrong(np.asarray(found, float), self) or "all right"


@dataclass(frozen=True)
class Cases:
    """Cases with one matter in each. In all but `wide` a query is a single number, and no division by the root of the
    width can be seen. The last column of the values is 1 throughout: it becomes the sum of the weights. `mixed` has
    everything at once, and what is right for it isn't known."""

    narrow: list[Case]
    wide: list[Case]
    later: list[Case]
    edge: list[Case]
    none: list[Case]
    large: list[Case]
    mixed: tuple[np.ndarray, ...]
    seed: int

    @property
    def all(self) -> list[Case]:
        """Every case of which it is known what is right."""
        return [*self.narrow, *self.wide, *self.later, *self.edge, *self.none, *self.large]


def cases(seed: int) -> Cases:
    """Cases of a seed. An event has a count from 1 to 9: of the weight of a question it gets that share."""
    random = np.random.default_rng(seed)
    return Cases(*(list(kind(random)) for kind in (narrow, wide, later, edge, none, large)), mixed(random), seed)


def values_of(random: np.random.Generator, events: int) -> np.ndarray:
    """Two numbers from -9 to 9 for each event, and a 1."""
    return np.column_stack([random.integers(-90, 90, (events, 2)) / 10, np.ones(events)])


def counts_of(random: np.random.Generator, events: int) -> np.ndarray:
    """A count for each event, each another from 1 to 9."""
    return random.permutation(np.arange(1, 10))[:events]


def weighted(counts: np.ndarray, allowed: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each question the mean of the allowed values, each as often as its count says; zeros for none."""
    shares = counts * allowed
    total = shares.sum(axis=1, keepdims=True)
    return shares @ values / np.where(total, total, 1)


def planned(random: np.random.Generator, what: str, asked_at: np.ndarray, occurred_at: np.ndarray) -> Case:
    """A case in which a query is a 1, and the key of an event is the logarithm of its count."""
    events = len(occurred_at)
    counts, values = counts_of(random, events), values_of(random, events)
    order = random.permutation(events)
    occurred_at = occurred_at[order]
    asked = (np.ones((len(asked_at), 1)), np.log(counts)[:, None], values, asked_at, occurred_at)
    before, until = occurred_at < asked_at[:, None], occurred_at <= asked_at[:, None]
    every, right = np.ones_like(before), weighted(counts, before, values)
    hours = np.floor(occurred_at) < np.floor(asked_at)[:, None]
    first = np.arange(events) < before.sum(axis=1, keepdims=True)
    instead = (("if later events count, too", weighted(counts, every, values)),
               ("if an event at the very moment counts, too", weighted(counts, until, values)),
               ("if whole hours are compared", weighted(counts, hours, values)),
               ("if the first events are taken, though they come in no order", weighted(counts, first, values)),
               ("if the softmax is over all events, and those that don't count are removed after it",
                (counts * before) @ values / counts.sum()))
    return Case(what, asked, right, instead)


def narrow(random: np.random.Generator) -> Iterator[Case]:
    """Queries of one number each, long after all events: 2 makes of counts their squares, 0 makes all weights equal."""
    counts, values, times = counts_of(random, 5), values_of(random, 5), 100 + random.random(4).round(2)
    queries = np.array([[1.0], [2.0], [0.0], [-1.0]])
    asked = (queries, np.log(counts)[:, None], values, times, random.integers(0, 90, 5) + 0.5)
    yield Case("four questions long after five events", asked, weighted(counts ** queries, np.ones((4, 5)), values))


def wide(random: np.random.Generator) -> Iterator[Case]:
    """Queries of 4, 9 and 16 numbers, of which one is not 0."""
    for width in (4, 9, 16):
        counts = np.array([counts_of(random, 6) for _ in range(4)])
        keys, values = random.normal(size=(6, width)), values_of(random, 6)
        keys[:, :4] = np.log(counts).T
        queries = np.eye(4, width) * np.sqrt(width)
        every, root = np.ones((4, 6)), int(np.sqrt(width))
        instead = ((f"if the scores aren't divided by {root}, the root of the width",
                    weighted(counts**root, every, values)),
                   (f"if the scores are divided by {width}, the width, instead of its root",
                    weighted(counts ** (1 / root), every, values)))
        asked = (queries, keys, values, 100 + random.random(4).round(2), random.integers(0, 90, 6) + 0.5)
        yield Case(f"queries and keys of {width} numbers", asked, weighted(counts, every, values), instead)


def later(random: np.random.Generator) -> Iterator[Case]:
    """Questions after four, two, five and six of seven events."""
    start = int(random.integers(10, 50))
    yield planned(random, "questions between events", start + np.array([12.5, 3.5, 24.5, 30.5]),
                  start + np.array([1.0, 2.0, 7.0, 9.0, 20.0, 27.0, 90.0]))


def edge(random: np.random.Generator) -> Iterator[Case]:
    """Events at the moment of a question, a quarter of an hour before it in the same hour, and just after it."""
    hour = int(random.integers(10, 50)) + 0.5
    yield planned(random, "events close to the moments of questions", np.array([hour, hour + 24]),
                  np.array([hour - 2, hour - 0.25, hour, hour + 0.001, hour + 24, hour + 24.25]))


def none(random: np.random.Generator) -> Iterator[Case]:
    """A question before all events, between two others, and questions where there are no events."""
    hour = int(random.integers(30, 50)) + 0.25
    yield planned(random, "a question before all events, among others", hour + np.array([50.0, 0, 60, 70]),
                  hour + np.array([5.0, 9.0, 12.0, 30.0, 40.0]))
    asked_at = hour + np.arange(4)
    yield Case("no event at all", (np.ones((4, 1)), np.ones((0, 1)), np.ones((0, 3)), asked_at, np.ones(0)),
               np.zeros((4, 3)))


def large(random: np.random.Generator) -> Iterator[Case]:
    """Scores near 90,000 and near -90,000, and a later event whose score is far above those of the earlier ones; and
    earlier ones far below whatever stands in for those of later ones, if that is a score at all."""
    counts, values = counts_of(random, 5), values_of(random, 5)
    keys = 90_000 + np.log(counts)[:, None]
    queries = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    asked = (queries, keys, values, 100 + random.random(4).round(2), random.integers(0, 90, 5) + 0.5)
    every = np.ones((4, 5))
    yield Case("scores near 90,000 and near -90,000", asked, weighted(counts ** queries, every, values),
               (("if all scores are cut to the same number", weighted(every, every, values)),))
    small = planned(random, "a later event whose score is 90,000, beside earlier ones whose scores are below 3",
                    np.array([50.5, 60.5]), np.array([3.0, 8.0, 12.0, 40.0, 90.0]))
    keys = np.where(small.asked[4] == 90, 90_000, small.asked[1][:, 0])[:, None]
    yield small._replace(asked=(small.asked[0], keys, *small.asked[2:]), instead=())
    low = planned(random, "scores near -90,000, of earlier events and of later ones", np.array([50.5, 60.5]),
                  np.array([3.0, 8.0, 12.0, 40.0, 90.0]))
    after = low.asked[4] >= low.asked[3][:, None]
    yield low._replace(asked=(low.asked[0], low.asked[1] - 90_000, *low.asked[2:]), instead=(
        ("if later events get a score that isn't far below those of the earlier ones",
         weighted(np.ones(after.shape), after, low.asked[2])), *low.instead))


def mixed(random: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Forty questions about sixty events in no order, of which some occur at the moments of questions."""
    asked_at, occurred_at = random.integers(0, 50, 40) / 2, random.integers(4, 50, 60) / 2
    return (random.normal(size=(40, 6)) * 3, random.normal(size=(60, 6)), random.normal(size=(60, 4)), asked_at,
            occurred_at)


attend = Exercise("attend", cases, function("attend"))


class Found(NamedTuple):
    """What was returned for a case, as floats; and which of its arguments an answer changed, if it changed one."""

    rows: np.ndarray
    changed: str | None


@attend.scene
def found(attend: Answer, world: Cases) -> Replies:
    """What comes of each case."""
    return Replies(partial(called, attend), world.all, world.seed)


def called(answer: Answer, case: Case) -> Found:
    """What comes of a case; Failed where no array of numbers with a row for each question was returned."""
    try:
        result, left = answer.call(*case.asked)
    except Failed as failure:
        words, *_ = str(failure).split(" To see it:\n")
        raise type(failure)(f"Given {case.what}: {words}") from None
    changed = (name for name, before, after in zip(ARGUMENTS, case.asked, left, strict=True)
               if not np.array_equal(before, after))
    return Found(table(result, case.right.shape, case.what), next(changed, None))


def table(value: object, shape: tuple[int, int], what: str) -> np.ndarray:
    """What was returned, as floats; Failed where it is no array of numbers of this shape."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        raise Failed(f"Given {what}, attend returned {shown(value)}, where an array of numbers was expected.")
    if value.shape != shape:
        raise Failed(f"Given {what}, attend returned an array of shape {value.shape}, where {shape} was expected: a "
                     "row for each question, and a column for each column of values.")
    return value.astype(float)


def first_wrong(found: np.ndarray, case: Case) -> str | None:
    """The first row of a result that isn't right, in a sentence."""
    for number, (row, right) in enumerate(zip(found, case.right, strict=True)):
        if not close(row, right):
            places = 12 if np.abs(row - right).max() < NEARLY else 4
            return (f"Given {case.what}, for question {number} it returned {told(row, places)}, where "
                    f"{told(right, places)} is right.{hint(found, number, case)}")
    return None


def close(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rows are equal, up to rounding."""
    return bool(np.isfinite(one).all() and (abs(one - other) <= TOLERANCE).all())


def told(row: np.ndarray, places: int = 4) -> str:
    """A row of numbers, with so many digits after the point."""
    return f"[{', '.join(f'{number:.{places}f}' for number in row)}]"


def hint(found: np.ndarray, number: int, case: Case) -> str:
    """What a wrong row may come from, in words; empty where nothing points to it."""
    for words, rows in case.instead:
        if close(found[number], rows[number]):
            return f" That is what comes out {words}."
    row, right, total = found[number], case.right[number], found[number, -1]
    if np.abs(row - right).max() < NEARLY:
        return (f" They differ by {np.abs(row - right).max():.0e}, and 1e-9 is allowed: float32 isn't exact enough, "
                "nor is a sum to which a small number was added.")
    if np.isnan(row).any():
        return " nan is what 0 / 0 gives, and what an infinite number divided by another gives."
    if right[-1] == 1 and total == 0:
        return (" All its weights are 0: what was subtracted from its scores is far above all of them. Subtract the "
                "largest score of the events that this question may look at.")
    if right[-1] == 1 and np.isfinite(total) and abs(total - 1) > TOLERANCE:
        return f" The last column of values is 1 throughout, so that its weights add up to {total:.4f}."
    return ""


@attend.demands(RETURNS, points=0, call=SEE.format(cases="narrow"))
def _(found: Replies, world: Cases) -> str | None:
    rows = found[world.narrow[0]].rows
    same = (rows == rows[0]).all()
    return f"For each of {len(rows)} questions it returned the same, {told(rows[0])}." if same else None


def demand(cases: str, text: str, after: str = RETURNS) -> None:
    """Makes it a property that the answer is right in each case of a kind."""
    @attend.demands(text, points=1, after=after, call=SEE.format(cases=cases))
    def _(found: Replies, world: Cases) -> str | None:
        return next(filter(None, (first_wrong(found[case].rows, case) for case in getattr(world, cases))), None)


demand("narrow", SOFTMAX)
demand("wide", "divides the scores by the root of the width")
demand("later", "uses only what occurred before the question")
demand("edge", "leaves out what occurs at the very moment")
demand("none", "gives zeros where nothing occurred before")


@attend.demands("leaves its arguments as they were", points=1, after=SOFTMAX, call="""\
import copy
for case in world.narrow + world.wide + world.later:
    given = copy.deepcopy(case.asked)
    attend(*given)
    print([bool((one == other).all()) for one, other in zip(given, case.asked)])""")
def _(found: Replies, world: Cases) -> str | None:
    for case in (*world.narrow, *world.wide, *world.later):
        if found[case].changed:
            return f"Given {case.what}: it changed {found[case].changed}, which belongs to the caller."
    return None


demand("large", "computes with scores up to 100,000 in size")


@attend.compares
def _(attend: Answer, world: Cases, oracle: object) -> str | None:
    right = oracle(*world.mixed)
    case = Case("40 questions about 60 events, compared with slow and obvious sums", world.mixed, right)
    return first_wrong(called(attend, case).rows, case)
