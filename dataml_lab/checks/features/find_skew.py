"""A case in which two functions differ that should compute the same features."""

import math
import re
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

from dataml_lab.checks.exercise import Exercise, NotYet
from dataml_lab.checks.features.pairs import Case, Features, Function, Pair, Skews, outcome, skews
from dataml_lab.checks.scenes import Replies
from dataml_lab.runtime.answers import Answer, Failed, OutOfTime, function
from dataml_lab.runtime.deadline import Stopped, TimeOut
from dataml_lab.runtime.shown import shown

NEAR = 1e-9  # how far numbers may be apart, in units of the larger of 1 and their sizes
CALLS = 500  # of each function of a pair in a search
MOST = 50  # events in a case
FIELDS = {"occurred_at", "amount", "category"}
BEGIN, LOOKED_AT, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2026))


def differ(pair: Pair, case: Case) -> bool:
    """Whether the functions of a pair differ on a case."""
    train, serve = outcome(pair.train, case), outcome(pair.serve, case)
    if train.raised or serve.raised:
        return not (train.raised and serve.raised)
    return train.features.keys() != serve.features.keys() or any(
        apart(value, serve.features[name]) for name, value in train.features.items())


def apart(one: float | None, other: float | None) -> bool:
    """Whether two features differ.

    >>> apart(None, float("nan")), apart(3, 3.0), apart(0.1 + 0.2, 0.3), apart(0, None), apart(1e6, 1e6 + 0.002)
    (False, False, False, True, True)
    """
    missing = [value is None or math.isnan(value) for value in (one, other)]
    if any(missing):
        return not all(missing)
    return abs(one - other) > NEAR * max(1, abs(one), abs(other))


def wrong_with(case: Any) -> str | None:
    """Which rule something returned as a case breaks, in words; None where it is one that may come up."""
    if not isinstance(case, dict) or case.keys() != {"as_of", "events"}:
        return f'is {outlined(case)}, where a dict with "as_of" and "events" is needed'
    if not within(case["as_of"], LOOKED_AT):
        return f"has as_of {shown(case['as_of'])}, where a moment of 2025 with its time zone is needed"
    if case["as_of"].utcoffset():
        return f"has as_of {case['as_of']}, which isn't in UTC"
    if not isinstance(case["events"], list) or len(case["events"]) > MOST:
        return f"has events {shown(case['events'])}, where a list of 0 to {MOST} is needed"
    return next(filter(None, map(wrong_with_event, case["events"])), None)


def wrong_with_event(event: Any) -> str | None:
    """Which rule something in the list of events breaks, in words; None where it is an event."""
    if not isinstance(event, dict) or event.keys() != FIELDS:
        return (f'has an event that is {outlined(event)}, where a dict with "occurred_at", "amount" and "category" '
                "is needed")
    if not within(event["occurred_at"], BEGIN):
        return (f"has an event that occurred_at {shown(event['occurred_at'])}, where a moment of 2024 or 2025, "
                "in UTC, with its time zone is needed")
    amount = event["amount"]
    if amount is not None and (type(amount) not in (int, float) or not 0.01 <= amount <= 10_000):
        return f"has an event with the amount {shown(amount)}, where None or 0.01 to 10,000 EUR is needed"
    if not isinstance(event["category"], str) or not event["category"]:
        return f"has an event with the category {shown(event['category'])}, where a text is needed that isn't empty"
    return None


def outlined(value: Any) -> str:
    """A value as Python writes it, of a dict the keys alone."""
    return f"a dict with {shown(list(value))}" if isinstance(value, dict) else shown(value)


def within(moment: Any, begin: datetime) -> bool:
    """Whether something is a moment, with its time zone, from this one to the end of 2025."""
    return isinstance(moment, datetime) and moment.utcoffset() is not None and begin <= moment < END


find_skew = Exercise("find_skew", skews, function("find_skew"))


@find_skew.scene
def cases(find_skew: Answer, world: Skews) -> Replies:
    """The case that the answer returns for each pair."""
    return Replies(lambda pair: searched(find_skew, pair, world), world.pairs, world.seed)


@find_skew.scene
def found(cases: Replies, world: Skews) -> list[tuple[Pair, Case]]:
    """The pairs for which the answer returns a case in which they differ, with that case."""
    return [(pair, case) for pairs in world.differing.values() for pair in pairs
            if (case := returned(cases, pair)) is not None and differ(pair, case)]


def returned(cases: Replies, pair: Pair) -> Case | None:
    """The case that was returned for a pair; None, too, where that was none."""
    try:
        return cases[pair]
    except OutOfTime:
        raise
    except Failed:
        return None


def searched(find_skew: Answer, pair: Pair, world: Skews) -> Case | None:
    """The case that an answer returns for a pair; Failed where it is none that may come up."""
    watched = Watched(pair)
    try:
        case = find_skew(watched.train, watched.serve, world.sampler)
    except (TimeOut, OutOfTime):
        raise
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    except Failed as failure:
        # A call with functions, which follows the words, is one that nobody can repeat.
        words = re.sub(r"(?s)(?<=\.)\s+find_skew\(.*", "", str(failure))
        raise Failed(watched.uncaught(words) or words) from None
    wrong = None if case is None else wrong_with(case)
    if wrong:
        raise Failed(f"find_skew returned something that may not come up: it {wrong}.")
    return case


class Raised(NamedTuple):
    """An exception of a pair's function: which function raised what, and whether the other raises on that case too."""

    name: str
    error: str
    both: bool


class Watched:
    """The functions of a pair, which end a search that calls one of them too often. What was raised last is kept."""

    def __init__(self, pair: Pair) -> None:
        self.raised: Raised | None = None
        self.train = self.counted("train_fn", pair.train, pair.serve)
        self.serve = self.counted("serve_fn", pair.serve, pair.train)

    def counted(self, name: str, function: Function, other: Function) -> Function:
        """One of the functions, as a search is given it."""
        calls = count(1)

        def call(case: Case) -> Features:
            if next(calls) > CALLS:
                raise Stopped(f"find_skew called {name} more than {CALLS:,} times for a pair, and was stopped.")
            try:
                return function(case)
            except Exception as error:
                message = " ".join(str(error).split())[:200]
                words = f"{type(error).__name__}{': ' if message else ''}{message}"
                self.raised = Raised(name, words, bool(outcome(other, case).raised))
                raise

        return call

    def uncaught(self, words: str) -> str | None:
        """What is wrong with a search that ended, as these words say, with an exception of one of the functions."""
        if not self.raised:
            return None
        name, error, both = self.raised
        escaped = re.fullmatch(rf"find_skew raised {re.escape(error)}( \(line \d+ of its cell\))?\.", words)
        if not escaped:
            return None
        other = "serve_fn" if name == "train_fn" else "train_fn"
        rule = (f"{other} raises on this case as well: a call that raises on both sides is no difference." if both else
                f"{other} doesn't raise on this case: where exactly one of them raises, they differ.")
        return f"{name} raised {error}, and find_skew didn't catch it{escaped[1] or ''}. {rule}"


def agreed(pair: Pair, case: Case) -> str:
    """That the functions of a pair don't differ on a case, and what they return, in words."""
    return (f"returned a case of {len(case['events'])} events on which they don't differ. train_fn "
            f"{outcome(pair.train, case)}, and serve_fn {outcome(pair.serve, case)}. Numbers are equal up to {NEAR:g} "
            "times the larger of 1 and their sizes, and None is NaN.")


def spare(pair: Pair, case: Case) -> dict | None:
    """An event of a case without which the functions still differ; None where each is needed."""
    events = case["events"]
    return next((event for place, event in enumerate(events)
                 if differ(pair, {**case, "events": events[:place] + events[place + 1:]})), None)


def demand(matter: str, text: str) -> None:
    """Makes it a property that a case is found for each pair that differs in this matter."""
    @find_skew.demands(text, points=1, call=f'''\
for pair in world.differing["{matter}"]:
    print(pair.told(find_skew(pair.train, pair.serve, world.sampler)))''')
    def _(cases: Replies, world: Skews) -> str | None:
        for pair in world.differing[matter]:
            case = cases[pair]
            if case is None or not differ(pair, case):
                what = "returned None." if case is None else agreed(pair, case)
                return f"train_fn and serve_fn differ where {pair.where}, and find_skew {what}"
        return None


for matter, text in {
    "missing": "finds what a missing amount counts for",
    "days": "finds how many days the window has",
    "zone": "finds in which time zone the hour is told",
    "rounded": "finds what is rounded",
    "unseen": "finds what becomes of a category that nobody has seen",
    "last": "finds what the last event is",
}.items():
    demand(matter, text)

NOTHING_FOUND = NotYet("Judged once find_skew finds a case on which train_fn and serve_fn differ.")


@find_skew.demands("returns no event that isn't needed", points=2, call="""\
for pair in world.pairs:
    case = find_skew(pair.train, pair.serve, world.sampler)
    print(case and len(case["events"]), "events, where", pair.where or "nothing differs")""")
def _(found: list[tuple[Pair, Case]]) -> str | None:
    for pair, case in found:
        event = spare(pair, case)
        if event:
            return (f"train_fn and serve_fn differ where {pair.where}. find_skew returned a case of "
                    f"{len(case['events'])} events, and they differ as well without that of {event['occurred_at']}.")
    return None if found else NOTHING_FOUND


@find_skew.demands("returns None where nothing differs", points=2,
                   call="print(world.equal.told(find_skew(world.equal.train, world.equal.serve, world.sampler)))")
def _(cases: Replies, found: list[tuple[Pair, Case]], world: Skews) -> str | None:
    case = cases[world.equal]
    if case is not None:
        return f"train_fn and serve_fn never differ, and find_skew {agreed(world.equal, case)}"
    return None if found else NOTHING_FOUND
