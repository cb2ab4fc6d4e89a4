"""Pairs of functions that compute the same features, or differ in one matter, and a sampler of everyday cases."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import index
from random import Random
from typing import Any, Literal, NamedTuple

from dataml_lab.runtime.shown import shown

Case = dict[str, Any]
Features = dict[str, float | None]
Function = Callable[[Case], Features]

CATEGORIES = ("books", "toys", "garden", "music", "tools", "food", "sports", "shoes", "games", "pets")
REACH_S = 100 * 86_400  # how long before `as_of` the events of an everyday case begin
MOST = 12  # events in an everyday case
DAY = timedelta(days=1)


class Meaning(NamedTuple):
    """What the features of a function are: which there are, and what may be meant by them."""

    features: tuple[str, ...]
    known: tuple[str, ...]  # the categories
    days: int  # of the window
    at_least: int = 1  # orders in the window, for a mean
    missing: float | None = None  # EUR that a missing amount counts for; None where it isn't counted
    zone: Literal["UTC", "its own"] = "UTC"
    rounded: Literal["nothing", "amounts", "total", "both"] = "nothing"
    digits: int = 2
    unseen: Literal["ignored", "counted", "first", "column", "raises"] = "ignored"
    last: Literal["in time", "in place"] = "in time"
    empty: Literal["missing", "raises"] = "missing"


class Event(NamedTuple):
    """An event of a history, as a meaning reads it. By time, category and hour one event is the last in time, whichever
    of simultaneous ones is found first."""

    at: datetime  # in UTC
    category: str
    hour: int
    price: float | None  # EUR


class History:
    """A customer's events up to the moment at which they are looked at; each feature is a method."""

    def __init__(self, meaning: Meaning, case: Case) -> None:
        self.meaning, self.as_of = meaning, case["as_of"]
        self.past = [event for event in map(self.event, case["events"]) if event.at <= self.as_of]
        if meaning.empty == "raises" and not self.past:
            raise LookupError("no order yet")
        self.window = [event for event in self.past if self.as_of - event.at < meaning.days * DAY]
        self.last_event = max(self.past, default=None, key=lambda event: event[:3])
        if meaning.last == "in place" and self.past:
            self.last_event = self.past[-1]

    def event(self, event: dict[str, Any]) -> Event:
        """An event of a case."""
        at, meaning = event["occurred_at"].astimezone(UTC), self.meaning
        amount = meaning.missing if event["amount"] is None else float(event["amount"])  # other numbers round otherwise
        if amount and meaning.rounded in ("amounts", "both"):
            amount = round(amount, meaning.digits)
        return Event(at, event["category"], (at if meaning.zone == "UTC" else event["occurred_at"]).hour, amount)

    def features(self) -> Features:
        """The features by name."""
        return {name: value for feature in self.meaning.features for name, value in getattr(self, feature)().items()}

    def orders(self) -> Features:
        return {"orders": len(self.window)}

    def night(self) -> Features:
        return {"night_orders": sum(event.hour < 6 for event in self.window)}

    def spent(self) -> Features:
        return {"spent": self.total(self.prices())}

    def mean(self) -> Features:
        prices = self.prices()
        enough = prices and len(self.window) >= self.meaning.at_least
        return {"mean_amount": self.total(prices) / len(prices) if enough else None}

    def prices(self) -> list[float]:
        """The prices in the window."""
        return [event.price for event in self.window if event.price is not None]

    def total(self, prices: list[float]) -> float:
        """The sum of prices, in EUR."""
        found = self.added(prices)
        return round(found, self.meaning.digits) if self.meaning.rounded in ("total", "both") else found

    def added(self, prices: list[float]) -> float:
        """The sum of prices, whatever their order."""
        return math.fsum(prices)

    def share(self) -> Features:
        counts = self.counted(event.category for event in self.window)
        whole = sum(counts.values()) or 1
        return {f"share_{category}": counts[category] / whole for category in self.columns(counts)}

    def last(self) -> Features:
        counts = self.counted(event.category for event in [self.last_event] if event)
        return {f"last_is_{category}": counts[category] for category in self.columns(counts)}

    def counted(self, categories: Iterable[str]) -> Counter:
        """How often each category occurs."""
        found, unseen = Counter(categories), self.meaning.unseen
        new = {category: found.pop(category) for category in found.keys() - set(self.meaning.known)}
        if new and unseen == "raises":
            raise KeyError(f"unknown categories: {', '.join(sorted(new))}")
        if unseen == "first":
            found[self.meaning.known[0]] += sum(new.values())
        return found if unseen in ("ignored", "first") else found + Counter(new)

    def columns(self, counts: Counter) -> list[str]:
        """The categories that have a column."""
        return sorted({*self.meaning.known, *(counts if self.meaning.unseen == "column" else ())})

    def last_hour(self) -> Features:
        return {"last_hour": self.last_event and self.last_event.hour}

    def days_since(self) -> Features:
        return {"days_since_last": self.last_event and (self.as_of - self.last_event.at) / DAY}


class InFloats(History):
    """The same, as other code may have it: floats, NaN for what is missing, names in another order, and the rounding
    errors of sums one by one, and of days by way of seconds."""

    def features(self) -> Features:
        found = super().features()
        return {name: math.nan if found[name] is None else float(found[name]) for name in reversed(found)}

    def added(self, prices: list[float]) -> float:
        found = 0.0
        for price in reversed(prices):
            found += price
        return found

    def days_since(self) -> Features:
        return {"days_since_last": self.last_event and (self.as_of - self.last_event.at).total_seconds() / 86_400}


def function(kind: type[History], meaning: Meaning) -> Function:
    """The features of this meaning, as this kind of code has them. What it is given it only reads."""
    return lambda case: kind(meaning, case).features()


class Outcome(NamedTuple):
    """What a function does with a case: the features that it returns, or in words the exception that it raises."""

    features: Features
    raised: str = ""

    def __str__(self) -> str:
        if self.raised:
            return f"raises {self.raised}"
        return "returns " + shown({name: self.features[name] for name in sorted(self.features)}, 400)


def outcome(function: Function, case: Case) -> Outcome:
    """What a function does with a case."""
    try:
        return Outcome(function(case))
    except Exception as error:
        return Outcome({}, f"{type(error).__name__}: {error}"[:200])


class Pair(NamedTuple):
    """Two functions, and in words where they differ; no words where they don't."""

    where: str
    train: Function
    serve: Function

    def told(self, case: Any) -> str:
        """What a search found, and what the functions do with it, in lines."""
        if case is None:
            return "None"
        return f"{case}\ntrain_fn {outcome(self.train, case)}\nserve_fn {outcome(self.serve, case)}"


@dataclass(frozen=True)
class Skews:
    """A shop: its everyday cases, by matter the pairs that differ in it, and a pair that doesn't differ."""

    sampler: Callable[[int], Case]
    differing: dict[str, list[Pair]]
    equal: Pair
    seed: int

    @property
    def pairs(self) -> list[Pair]:
        """All pairs."""
        return [*(pair for pairs in self.differing.values() for pair in pairs), self.equal]


def skews(seed: int) -> Skews:
    """The shop of a seed."""
    random = Random(seed)
    known = tuple(random.sample(CATEGORIES, 4))
    differing: dict[str, list[Pair]] = {}
    for matter, where, name, values, meaning in differences(random, known):
        one, another = (function(History, meaning._replace(**{name: value})) for value in random.sample(values, 2))
        differing.setdefault(matter, []).append(Pair(where, one, another))
    meaning = alike(random, known)
    equal = Pair("", *random.sample([function(History, meaning), function(InFloats, meaning)], 2))
    return Skews(everyday(seed, known), differing, equal, seed)


def differences(random: Random, known: tuple[str, ...]) -> Iterable[tuple[str, str, str, list, Meaning]]:
    """What pairs differ in: the matter, in words where they differ, the field of their meanings that differs, its two
    values, and what both mean otherwise."""
    def drawn(*features: str, **fields: Any) -> Meaning:
        """Some meaning of these features, and of others beside them that no matter but its own touches."""
        beside = random.sample(["last", "last_hour", "days_since"], random.randint(0, 2))
        return Meaning(tuple(sorted({*features, *beside})), known, days=random.randint(20, 60),
                       missing=random.choice([None, 0.0]), zone=random.choice(["UTC", "its own"]),
                       digits=random.choice([2, 3]), unseen=random.choice(["ignored", "counted"]))._replace(**fields)

    yield ("missing", "an amount is missing", "missing", [random.choice([None, 0.0]), float(random.randint(5, 60))],
           drawn("mean", "share", at_least=2, days=random.randint(40, 60)))
    long = random.randint(110, 200)  # than everyday histories are
    yield ("days", "an event lies inside the window of one of them and outside that of the other", "days",
           [long, long + random.randint(5, 9)], drawn("mean", at_least=random.randint(2, 3)))
    yield "zone", "an event has a time zone other than UTC", "zone", ["UTC", "its own"], drawn("night", "spent")
    yield "rounded", "amounts are not in whole cents", "rounded", ["both", "total"], drawn("spent")
    unseen = "a category is none of the four of a normal day"
    yield ("unseen", f"{unseen}, and one of them raises an exception", "unseen",
           ["raises", random.choice(["ignored", "counted", "first"])], drawn("last", "orders"))
    yield "unseen", f"{unseen}, and one of them has a column for it", "unseen", ["column", "counted"], drawn("share")
    yield ("last", "events don't come in order", "last", ["in time", "in place"],
           drawn(*random.choice([("days_since", "orders"), ("last", "last_hour", "spent")])))


def alike(random: Random, known: tuple[str, ...]) -> Meaning:
    """What both functions of a pair mean that doesn't differ: any feature, and both raise exceptions."""
    return Meaning(
        ("orders", "night", "spent", "mean", "share", "last", "last_hour", "days_since"), known,
        days=random.randint(20, 60), at_least=random.randint(2, 3), missing=random.choice([None, 0.0, 20.0]),
        zone=random.choice(["UTC", "its own"]), rounded=random.choice(["nothing", "amounts"]), unseen="raises",
        last=random.choice(["in time", "in place"]), empty="raises")


def everyday(seed: int, known: tuple[str, ...]) -> Callable[[int], Case]:
    """The sampler of a shop: events in order, at moments of their own, in UTC and whole cents, of known categories."""
    def sampler(number: int) -> Case:
        if index(number) < 0:
            raise ValueError(f"sampler takes a whole number from 0 on, not {number}")
        random = Random(f"{seed} {index(number)}")
        as_of = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(365 * 86_400))
        ages = sorted(random.sample(range(1, REACH_S), random.randint(0, MOST)), reverse=True)
        return {"as_of": as_of, "events": [
            {"occurred_at": as_of - timedelta(seconds=age),
             "amount": random.randint(150, 15_000) / 100,
             "category": random.choice(known)} for age in ages]}

    return sampler
