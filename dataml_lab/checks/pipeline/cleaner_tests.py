"""Exercise 2: tests that tell correct cleaners of orders from faulty ones."""

import copy
import math
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.shown import shown
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, OutOfTime, functions
from dataml_lab.runtime.plain import plain

Row = dict[str, Any]
Clean = Callable[[Any], Row | None]  # a cleaner of orders
MOST = 50  # tests
IDS = ("order_id", "user_id", "product_id")
ZULU = timezone(timedelta(0), "Z")
DIFFERS = ("differs where the contract is silent (it adds a field, leaves blanks around ids, reads True as 1, and "
           "has a time zone of its own for UTC)")


def reading(change: Callable[[Row], Row]) -> Clean:
    """A cleaner that changes the raw order before it cleans it."""
    return lambda raw: clean_order(change(raw) if isinstance(raw, dict) else raw)


def writing(change: Callable[[Row, Row], Row], read: Clean = clean_order) -> Clean:
    """A cleaner that changes some fields of what another one makes of the raw order."""
    def clean(raw: Any) -> Row | None:
        cleaned = read(raw)
        return cleaned and {**cleaned, **change(raw, cleaned)}
    return clean


def keeping(accepts: Callable[[float], bool]) -> Clean:
    """A cleaner that lets such totals through."""
    def clean(raw: Any) -> Row | None:
        kept = isinstance(raw, dict) and accepts(total(raw))
        cleaned = clean_order({**raw, "total": 0} if kept else raw)
        return {**cleaned, "total": total(raw)} if cleaned and kept else cleaned
    return clean


def total(raw: Row) -> float:
    """The total of a raw order as a number, NaN included, beyond all floats the largest of them, and 1 where it is
    none: a faulty cleaner has its own fault, and none besides."""
    try:
        return float(raw["total"])
    except OverflowError:
        return sys.float_info.max if raw["total"] > 0 else -sys.float_info.max
    except (KeyError, TypeError, ValueError):
        return 1.0


def raises_on_dates(raw: Row) -> Row:
    """The raw order; an error where its date doesn't exist."""
    if isinstance(raw.get("occurred_at"), str):
        datetime.fromisoformat(raw["occurred_at"])
    return raw


def changes_its_argument(raw: Any) -> Row | None:
    """The clean order, written into the raw one as well."""
    cleaned = clean_order(raw)
    if cleaned:
        raw.update(cleaned)
    return cleaned


FAULTY = {
    "totals written as text": reading(lambda raw: {} if isinstance(raw.get("total"), str) else raw),
    "totals that are not finite": keeping(math.isnan),
    "a total of zero": reading(lambda raw: {} if total(raw) == 0 else raw),
    "negative totals": reading(lambda raw: {**raw, "total": -total(raw)} if total(raw) < 0 else raw),
    "very large totals": keeping(lambda total: 1_000_000 <= total < math.inf),
    "a user that is null": reading(lambda raw: {**raw, "user_id": "None"} if raw.get("user_id", "") is None else raw),
    "a total that is missing": reading(lambda raw: {**raw, "total": 0} if raw.get("total") is None else raw),
    "times with an offset": writing(lambda raw, cleaned: {"occurred_at": datetime.fromisoformat(
        raw["occurred_at"]).replace(tzinfo=cleaned["occurred_at"].tzinfo)}),
    "the type of an id": writing(lambda raw, cleaned: {field: raw[field] for field in IDS}),
    "cents": writing(lambda raw, cleaned: {"total": float(int(cleaned["total"]))}),
    "dates that don't exist": reading(raises_on_dates),
    "the caller's record": changes_its_argument,
}


@dataclass(frozen=True)
class Cleaners:
    """Cleaners: two correct ones, by how they differ where the contract is silent, and faulty ones, by their fault."""

    correct: dict[str, Clean]
    faulty: dict[str, Clean]
    seed: int


def cleaners(seed: int) -> Cleaners:
    """The cleaners of a seed: it decides what a correct one adds to the fields of the contract."""
    random = np.random.default_rng(seed)
    extra = {str(random.choice(["source", "batch", "cleaned_by"])): int(random.integers(1, 100))}

    def own(raw: Row, cleaned: Row) -> Row:
        ids = {field: raw[field] for field in IDS if isinstance(raw[field], str)}
        return extra | ids | {field: cleaned[field].astimezone(ZULU) for field in ("occurred_at", "received_at")}

    another = writing(own, reading(lambda raw: {**raw, "total": 1} if raw.get("total") is True else raw))
    return Cleaners({"": clean_order, DIFFERS: another}, FAULTY, seed)


class Tried(NamedTuple):
    """A test, and by the name of a cleaner what came of each run on it: what the test returned, or the complaint of one
    that failed."""

    test: Answer
    runs: dict[str, list]

    def complaints(self, cleaner: str) -> list[Failed]:
        """What it complains of in a cleaner."""
        return [came for came in self.runs[cleaner] if isinstance(came, Failed)]

    def notices(self, cleaner: str) -> bool:
        """Whether it fails on a cleaner each time."""
        return len(self.complaints(cleaner)) == len(self.runs[cleaner])


def run(test: Answer, clean: Clean) -> Any:
    """What a test returns for a cleaner, or its complaint."""
    try:
        return test(clean)
    except OutOfTime:
        raise
    except Failed as complaint:
        return complaint


def attempted(tests: list[Answer]) -> list[Tried]:
    """The tests that are more than a stub, each run on `clean_order`; `NotAttempted` where all are stubs, `Failed`
    where there are too many."""
    if len(tests) > MOST:
        raise Failed(f"There are {len(tests):,} functions whose names begin with test_, and at most {MOST} are run: "
                     "let one test look at several orders.")
    found = []
    for test in tests:
        with suppress(NotAttempted):
            found.append(Tried(test, defaultdict(list, {"": [run(test, clean_order)]})))
    if not found:
        raise NotAttempted("each test still returns NotImplemented")
    return found


FIRST = "passes on correct cleaners"
cleaner_tests = Exercise("cleaner_tests", cleaners, functions("test_*"))


@cleaner_tests.scene
def tried(cleaner_tests: list[Answer], world: Cleaners) -> list[Tried]:
    """The tests, run twice on each cleaner, in an order of the seed's: what a test says may depend on earlier runs."""
    found, all_of_them = attempted(cleaner_tests), list((world.correct | world.faulty).items())
    random = np.random.default_rng(world.seed)
    for test, runs in found * 2:
        for place in random.permutation(len(all_of_them)):
            name, clean = all_of_them[place]
            runs[name].append(run(test, clean))
    return found


@cleaner_tests.demands(FIRST, points=0)
def _(tried: list[Tried], world: Cleaners) -> str | None:
    for cleaner in world.correct:
        for one in tried:
            if one.complaints(cleaner):
                return misjudged(one, cleaner, len(tried) > 1)
    return None


def misjudged(tried: Tried, cleaner: str, others: bool) -> str:
    """Why a test fails on a correct cleaner; `others` says whether there are more tests."""
    name, wrong = tried.test.name, str(tried.complaints(cleaner)[0])
    if "positional argument" in wrong:
        return f"{wrong} A test takes one argument, the cleaner."
    if not tried.notices(cleaner):
        return (f"{name} passes and fails on the same correct cleaner. Does it{' or another test' * others} change "
                "what stays, such as an order that is used again? Let each test change a copy.")
    if cleaner:
        return (f"{name} fails on a correct cleaner that {cleaner}: compare the fields that you mean, as far as the "
                "contract goes.")
    for raw in given(tried.test)[-1:]:
        verdict = "refuses" if clean_order(raw) is None else "accepts"
        wrong += f" The last order that it gave was {shown(raw, 300)}, which the contract {verdict}."
    spoilt = " Or did another test change an order that both use? Then let each change a copy." * others
    return f"{name} fails on a correct cleaner: {wrong} Read the contract again.{spoilt}"


def given(test: Answer) -> list[Any]:
    """The raw orders that a test gives to a correct cleaner."""
    found = []

    def noting(raw: Any) -> Row | None:
        found.append(plain(raw))
        return clean_order(raw)

    run(test, noting)
    return found


def unnoticed(area: str) -> Callable[[list[Tried], Cleaners], str | None]:
    """The property of tests that one of them notices the faulty cleaner of this area."""
    def broken(tried: list[Tried], world: Cleaners) -> str | None:
        if any(one.notices(area) for one in tried):
            return None
        blind = "A faulty cleaner passes all your tests"
        for test, runs in tried:
            if any(came is False for came in runs[area]):
                return f"{blind}, although {test.name} returns False: what a test returns doesn't count, `assert` it."
        for one in tried:
            if any(made(world.faulty[area], raw) != made(clean_order, raw) for raw in given(one.test)):
                failed = any(map(one.complaints, one.runs))
                more = f"Does it assert what the contract says about {area}?" if failed else "Can that test fail?"
                return f"{blind}, although {one.test.name} gives it an order that it gets wrong. {more}"
        return f"{blind}. What does the contract say about {area}?"
    return broken


def made(clean: Clean, raw: Any) -> str:
    """What a cleaner makes of a raw order: its result, and the order itself afterwards."""
    raw = copy.deepcopy(raw)
    try:
        return repr((clean(raw), raw))
    except Exception as error:
        return repr(error)


for area in FAULTY:
    cleaner_tests.demands(f"tests {area}", points=0.5, after=FIRST)(unnoticed(area))
