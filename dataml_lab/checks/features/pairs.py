"""Pairs of functions that compute the same features, or differ in one matter, and a sampler of everyday cases."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import index
from random import Random
from typing import Any, Literal, NamedTuple

Case = dict[str, Any]
Features = dict[str, float | None]
Function = Callable[[Case], Features]

CATEGORIES = ("books", "toys", "garden", "music", "tools", "food", "sports", "shoes", "games", "pets")
REACH_S = 100 * 86_400  # how long before `as_of` the events of an everyday case begin
MOST = 12  # events in an everyday case
MISSING = 1 / 300  # the share of events without an amount
DAY = timedelta(days=1)


class Event(NamedTuple):
    """An event of a history: its moment in UTC, the hour on the clock of its own zone, EUR, and the category."""

    at: datetime
    hour: int
    amount: float | None
    category: str

    @property
    def rank(self) -> tuple:
        """By what the last event is the last, so that it doesn't matter which of simultaneous ones is found first."""
        return self.at, self.category, self.hour


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


class History:
    """A customer's events up to the moment at which they are looked at; each feature is a method of a subclass."""

    def __init__(self, meaning: Meaning, case: Case) -> None:
        self.meaning, self.as_of = meaning, in_utc(case["as_of"])
        events = (Event(in_utc(event["occurred_at"]), event["occurred_at"].hour, number(event["amount"]),
                        event["category"]) for event in case["events"])
        self.past = [event for event in events if event.at <= self.as_of]
        if meaning.empty == "raises" and not self.past:
            raise LookupError("no order yet")

    def features(self) -> Features:
        """The features by name."""
        return {name: value for feature in self.meaning.features for name, value in getattr(self, feature)().items()}

    def hour(self, event: Event) -> int:
        """The hour of an event, from 0 to 23."""
        return event.at.hour if self.meaning.zone == "UTC" else event.hour

    def price(self, event: Event) -> float | None:
        """What an event counts for, in EUR; None where it isn't counted."""
        amount = self.meaning.missing if event.amount is None else event.amount
        return round(amount, self.meaning.digits) if amount and self.meaning.rounded in ("amounts", "both") else amount

    def total(self, prices: list[float]) -> float:
        """The sum of prices, in EUR."""
        found = self.added(prices)
        return round(found, self.meaning.digits) if self.meaning.rounded in ("total", "both") else found

    def added(self, prices: list[float]) -> float:
        """The sum of prices, whatever their order."""
        return math.fsum(prices)


class Query(History):
    """The features as a query over the history has them: a selection, and an aggregate of it."""

    def __init__(self, meaning: Meaning, case: Case) -> None:
        super().__init__(meaning, case)
        start = self.as_of - timedelta(days=meaning.days)
        self.window = [event for event in self.past if event.at > start]
        newest = max(self.past, key=lambda event: event.rank, default=None)
        self.newest = newest if meaning.last == "in time" or not self.past else self.past[-1]

    def orders(self) -> Features:
        return {"orders": len(self.window)}

    def night(self) -> Features:
        return {"night_orders": len([event for event in self.window if self.hour(event) < 6])}

    def spent(self) -> Features:
        return {"spent": self.total(self.prices())}

    def mean(self) -> Features:
        prices = self.prices()
        enough = prices and len(self.window) >= self.meaning.at_least
        return {"mean_amount": self.total(prices) / len(prices) if enough else None}

    def prices(self) -> list[float]:
        """The prices in the window."""
        return [price for event in self.window if (price := self.price(event)) is not None]

    def share(self) -> Features:
        counts = self.counted(event.category for event in self.window)
        whole = sum(counts.values()) or 1
        return {f"share_{category}": counts[category] / whole for category in self.columns(counts)}

    def last(self) -> Features:
        counts = self.counted(event.category for event in [self.newest] if event)
        return {f"last_is_{category}": counts[category] for category in self.columns(counts)}

    def counted(self, categories: Iterable[str]) -> Counter:
        """How often each category occurs, as it is told."""
        found = Counter(categories)
        unseen = {category: found.pop(category) for category in found.keys() - set(self.meaning.known)}
        if unseen and self.meaning.unseen == "raises":
            raise KeyError(f"unknown categories: {', '.join(sorted(unseen))}")
        if self.meaning.unseen == "first":
            found[self.meaning.known[0]] += sum(unseen.values())
        return found if self.meaning.unseen in ("ignored", "first") else found + Counter(unseen)

    def columns(self, counts: Counter) -> list[str]:
        """The categories that have a column."""
        more = counts.keys() if self.meaning.unseen == "column" else ()
        return sorted({*self.meaning.known, *more})

    def last_hour(self) -> Features:
        return {"last_hour": self.hour(self.newest) if self.newest else None}

    def days_since(self) -> Features:
        return {"days_since_last": (self.as_of - self.newest.at) / DAY if self.newest else None}


class Loop(History):
    """The same features as a server has them that goes through the events one by one."""

    def within(self, event: Event) -> bool:
        """Whether an event is in the window."""
        return self.as_of - event.at < self.meaning.days * DAY

    def latest(self) -> Event | None:
        """The last event; None where there is none."""
        found = None
        for event in self.past:
            if found is None or self.meaning.last == "in place" or event.rank > found.rank:
                found = event
        return found

    def orders(self) -> Features:
        return {"orders": sum(map(self.within, self.past))}

    def night(self) -> Features:
        count = 0
        for event in self.past:
            count += self.within(event) and 0 <= self.hour(event) <= 5
        return {"night_orders": count}

    def spent(self) -> Features:
        return {"spent": self.total(self.prices()[0])}

    def mean(self) -> Features:
        prices, orders = self.prices()
        if orders < self.meaning.at_least or not prices:
            return {"mean_amount": None}
        return {"mean_amount": self.total(prices) / len(prices)}

    def prices(self) -> tuple[list[float], int]:
        """The prices in the window, and the number of orders in it."""
        prices, orders = [], 0
        for event in self.past:
            if self.within(event):
                orders += 1
                prices.append(self.price(event))
        return [price for price in prices if price is not None], orders

    def share(self) -> Features:
        counts, whole = dict.fromkeys(self.meaning.known, 0), 0
        for event in self.past:
            if self.within(event):
                whole += self.count(counts, event.category)
        return {f"share_{category}": count / whole if whole else 0 for category, count in counts.items()}

    def last(self) -> Features:
        counts, latest = dict.fromkeys(self.meaning.known, 0), self.latest()
        if latest:
            self.count(counts, latest.category)
        return {f"last_is_{category}": count for category, count in counts.items()}

    def count(self, counts: dict[str, int], category: str) -> int:
        """Counts a category; returns how much that adds to the whole."""
        unseen = self.meaning.unseen if category not in self.meaning.known else ""
        if unseen in ("ignored", "counted"):
            return int(unseen == "counted")
        if unseen == "column":
            counts.setdefault(category, 0)
        counts[self.meaning.known[0] if unseen == "first" else category] += 1
        return 1

    def last_hour(self) -> Features:
        latest = self.latest()
        return {"last_hour": None if latest is None else self.hour(latest)}

    def days_since(self) -> Features:
        latest = self.latest()
        return {"days_since_last": None if latest is None else (self.as_of - latest.at) / DAY}


class OneByOne(Loop):
    """The same, with the rounding errors of sums one by one, and of days by way of seconds."""

    def added(self, prices: list[float]) -> float:
        found = 0.0
        for price in reversed(prices):
            found += price
        return found

    def days_since(self) -> Features:
        latest = self.latest()
        return {"days_since_last": latest and (self.as_of - latest.at).total_seconds() / 86_400}


class AsFloats(Loop):
    """The same, as a table of floats has it: in another order, and NaN for what is missing."""

    def features(self) -> Features:
        found = super().features()
        return {name: math.nan if found[name] is None else float(found[name]) for name in reversed(found)}


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC; ValueError where it has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def number(amount: float | None) -> float | None:
    """An amount as a float: other kinds of numbers round in their own ways."""
    return None if amount is None else float(amount)


class Pair(NamedTuple):
    """Two functions, and in words where they differ; no words where they don't."""

    matter: str
    train: Function
    serve: Function


@dataclass
class Skews:
    """A shop: its everyday cases, by matter the pairs that differ in it, and pairs that don't differ."""

    sampler: Callable[[int], Case]
    differing: dict[str, list[Pair]]
    equal: list[Pair]
    oracle: Callable | None = None


MATTERS = {
    "missing": "an amount is missing",
    "days": "an event is older than the window of one, and not than that of the other",
    "zone": "an event has a time zone other than UTC",
    "rounded": "amounts are not in whole cents",
    "unseen": "a category is none of the four of a normal day",
    "last": "events don't come in order",
}


UNSEEN = {"raises": ", and one of them raises an exception", "column": ", and one of them has a column for it"}


def skews(seed: int) -> Skews:
    """The shop of a seed."""
    random = Random(seed)
    known = tuple(random.sample(CATEGORIES, 4))
    differing = {matter: [pair(random, matter, *both) for both in PAIRS[matter](random, known)] for matter in MATTERS}
    equal = [pair(random, "", meaning, meaning, other) for meaning, other in alike(random, known)]
    return Skews(everyday(seed, known), differing, equal)


def pair(random: Random, matter: str, one: Meaning, another: Meaning, second: type[History] = Loop) -> Pair:
    """Functions of these meanings, by a query and by another kind of code, in either order."""
    functions = random.sample([function(Query, one), function(second, another)], 2)
    return Pair(where(matter, one, another), *functions)


def where(matter: str, one: Meaning, another: Meaning) -> str:
    """Where functions of two meanings differ, in words; nothing where they don't."""
    ways = {one.unseen, another.unseen} if matter == "unseen" else set()
    more = next((words for way, words in UNSEEN.items() if way in ways), "")
    return MATTERS.get(matter, "") + more


def function(kind: type[History], meaning: Meaning) -> Function:
    """The features of this meaning, as this kind of code has them. What it is given it only reads."""
    return lambda case: kind(meaning, case).features()


def either(random: Random, meaning: Meaning, name: str, *values: Any) -> tuple[Meaning, Meaning]:
    """The meaning with one and with another of these values."""
    one, another = random.sample(values, 2)
    return meaning._replace(**{name: one}), meaning._replace(**{name: another})


def drawn(random: Random, known: tuple[str, ...], *features: str) -> Meaning:
    """Some meaning of these features, and of others beside them that no matter but its own touches."""
    beside = random.sample(["last", "last_hour", "days_since"], random.randint(0, 2))
    return Meaning(tuple(sorted({*features, *beside})), known, days=random.randint(20, 60),
                   missing=random.choice([None, 0.0]), zone=random.choice(["UTC", "its own"]),
                   digits=random.choice([2, 3]), unseen=random.choice(["ignored", "counted"]))


Both = tuple[Meaning, Meaning]


def of_missing(random: Random, known: tuple[str, ...]) -> list[Both]:
    """A mean that leaves out what is missing, or not; and one that needs some orders."""
    fill = float(random.randint(5, 60))
    few = drawn(random, known, "orders", "mean")
    many = drawn(random, known, "mean", "share")._replace(at_least=3, days=random.randint(40, 60))
    other = random.choice([None, 0.0])
    return [either(random, few, "missing", None, 0.0), either(random, many, "missing", other, fill)]


def of_days(random: Random, known: tuple[str, ...]) -> list[Both]:
    """A day more in a window of some weeks; and some in one that is longer than everyday histories, for a mean of
    some orders."""
    short, long = random.randint(20, 60), random.randint(110, 200)
    mean = drawn(random, known, "mean")._replace(at_least=random.randint(2, 3))
    return [either(random, drawn(random, known, "orders"), "days", short, short + 1),
            either(random, mean, "days", long, long + random.randint(5, 9))]


def of_zone(random: Random, known: tuple[str, ...]) -> list[Both]:
    """The hour of the last event; and how many come at night."""
    return [either(random, drawn(random, known, *features), "zone", "UTC", "its own")
            for features in (("last_hour", "orders"), ("night", "spent"))]


def of_rounded(random: Random, known: tuple[str, ...]) -> list[Both]:
    """Rounded or not; and rounded before or after amounts are added, for which it takes two."""
    return [either(random, drawn(random, known, "spent", "orders"), "rounded", "nothing", "amounts"),
            either(random, drawn(random, known, "spent"), "rounded", "both", "total")]


def of_unseen(random: Random, known: tuple[str, ...]) -> list[Both]:
    """An exception; a column of its own; and a share of the whole, which takes two events."""
    calm = random.choice(["ignored", "counted", "first"])
    return [either(random, drawn(random, known, "last", "orders"), "unseen", "raises", calm),
            either(random, drawn(random, known, "share"), "unseen", "column", "counted"),
            either(random, drawn(random, known, "share"), "unseen", "ignored", "counted")]


def of_last(random: Random, known: tuple[str, ...]) -> list[Both]:
    """How long ago the last event is; and what it is."""
    return [either(random, drawn(random, known, *features), "last", "in time", "in place")
            for features in (("days_since", "orders"), ("last", "last_hour", "spent"))]


PAIRS: dict[str, Callable[[Random, tuple[str, ...]], list[Both]]] = {
    "missing": of_missing, "days": of_days, "zone": of_zone, "rounded": of_rounded, "unseen": of_unseen,
    "last": of_last,
}


def alike(random: Random, known: tuple[str, ...]) -> list[tuple[Meaning, type[History]]]:
    """Meanings, each with a way to write it that looks other than a query and isn't: sums with rounding errors;
    NaN for None, floats for whole numbers, another order; and exceptions where the query has them."""
    names = ("orders", "night", "spent", "mean", "share", "last", "last_hour", "days_since")
    odd = [drawn(random, known, *names)._replace(
        at_least=random.randint(1, 3), missing=random.choice([None, 0.0, 20.0]),
        rounded=random.choice(["nothing", "amounts"]), unseen=random.choice(["ignored", "counted", "first", "column"]),
        last=random.choice(["in time", "in place"])) for _ in range(3)]
    raising = odd[2]._replace(empty="raises", unseen="raises", rounded=random.choice(["amounts", "total"]))
    return [(odd[0], OneByOne), (odd[1], AsFloats), (raising, Loop)]


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
             "amount": None if random.random() < MISSING else random.randint(150, 15_000) / 100,
             "category": random.choice(known)} for age in ages]}

    return sampler
