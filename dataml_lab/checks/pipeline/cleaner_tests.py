"""Exercise 2: tests that tell correct cleaners of orders from faulty ones."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import numpy as np

from dataml_lab.checks.exercise import Exercise
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, Failed, NotAttempted, OutOfTime, functions

Row = dict[str, Any]


class Cleaner(NamedTuple):
    """A correct or faulty `clean_order`, with what is wrong about it."""

    clean: Callable[[Row], Row | None]
    fault: str = ""


@dataclass
class Cleaners:
    """Correct cleaners that differ in what the contract leaves open, and faulty ones by the name of their area."""

    correct: list[Cleaner]
    faulty: dict[str, Cleaner]
    order: int  # the seed of the order in which tests meet them
    oracle: Callable | None = None


MOST = 50  # tests
IDS = ("order_id", "user_id", "product_id")
ZULU = timezone(timedelta(0), "Z")


def cleaners(seed: int) -> Cleaners:
    """The cleaners of a seed: it decides what a correct one adds to the fields of the contract."""
    random = np.random.default_rng(seed)
    extra = {str(random.choice(["source", "batch", "cleaned_by"])): int(random.integers(1, 100))}

    def another(raw: Row) -> Row | None:
        cleaned = clean_order({**raw, "total": 1} if raw.get("total") is True else raw)
        if cleaned is None:
            return None
        ids = {field: str(raw[field]) for field in IDS if isinstance(raw[field], str)}
        moments = {field: cleaned[field].astimezone(ZULU) for field in ("occurred_at", "received_at")}
        return {**extra, **cleaned, **ids, **moments}

    differs = ("differs where the contract is silent (it adds a field, leaves blanks around ids, reads True as 1, and "
               "has a time zone of its own for UTC)")
    return Cleaners([Cleaner(clean_order), Cleaner(another, differs)], FAULTY, int(random.integers(2**32)))


def _total(raw: Row) -> float | None:
    """The total of a raw order as a number, NaN included, and beyond all floats the largest of them; None where it is
    none: a faulty cleaner has its own fault, and none besides."""
    try:
        return float(raw["total"])
    except OverflowError:
        return sys.float_info.max if raw["total"] > 0 else -sys.float_info.max
    except (KeyError, TypeError, ValueError):
        return None


def _refuses_text(raw: Row) -> Row | None:
    return None if isinstance(raw.get("total"), str) else clean_order(raw)


def _keeps_nan(raw: Row) -> Row | None:
    total = _total(raw)
    if total is None or not math.isnan(total):
        return clean_order(raw)
    cleaned = clean_order({**raw, "total": 0})
    return cleaned and {**cleaned, "total": math.nan}


def _refuses_zero(raw: Row) -> Row | None:
    return None if _total(raw) == 0 else clean_order(raw)


def _turns_negatives(raw: Row) -> Row | None:
    total = _total(raw)
    return clean_order({**raw, "total": -total} if total is not None and total < 0 else raw)


def _accepts_millions(raw: Row) -> Row | None:
    total = _total(raw)
    if total is None or not 1_000_000 <= total < math.inf:
        return clean_order(raw)
    cleaned = clean_order({**raw, "total": 0})
    return cleaned and {**cleaned, "total": total}


def _names_nobody(raw: Row) -> Row | None:
    return clean_order({**raw, "user_id": "None"} if "user_id" in raw and raw["user_id"] is None else raw)


def _fills_totals(raw: Row) -> Row | None:
    return clean_order({**raw, "total": 0} if raw.get("total") is None else raw)


def _drops_offsets(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    if cleaned is None:
        return None
    local = datetime.fromisoformat(raw["occurred_at"])
    return {**cleaned, "occurred_at": local.replace(tzinfo=cleaned["occurred_at"].tzinfo)}


def _keeps_numeric_ids(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    return cleaned and {**cleaned, **{field: raw[field] for field in IDS}}


def _cuts_cents(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    return cleaned and {**cleaned, "total": float(int(cleaned["total"]))}


def _raises_on_dates(raw: Row) -> Row | None:
    if isinstance(raw.get("occurred_at"), str):
        datetime.fromisoformat(raw["occurred_at"])
    return clean_order(raw)


def _changes_the_raw_order(raw: Row) -> Row | None:
    cleaned = clean_order(raw)
    raw.update(cleaned or {})
    return cleaned


FAULTY = {
    "totals written as text": Cleaner(_refuses_text, "refuses every total that is written as text"),
    "totals that are not finite": Cleaner(_keeps_nan, "keeps a total of NaN"),
    "a total of zero": Cleaner(_refuses_zero, "refuses a total of zero, which the contract allows"),
    "negative totals": Cleaner(_turns_negatives, "makes a negative total positive"),
    "very large totals": Cleaner(_accepts_millions, "accepts a total of a million"),
    "a user that is null": Cleaner(_names_nobody, "makes a null user_id the user “None”"),
    "a total that is missing": Cleaner(_fills_totals, "takes a missing total for zero"),
    "times with an offset": Cleaner(_drops_offsets, "drops the offset of occurred_at"),
    "the type of an id": Cleaner(_keeps_numeric_ids, "leaves ids numbers"),
    "cents": Cleaner(_cuts_cents, "cuts off the cents"),
    "dates that don't exist": Cleaner(_raises_on_dates, "raises an error at a date that doesn't exist"),
    "the caller's record": Cleaner(_changes_the_raw_order, "changes the raw order that it was given"),
}


def attempted(tests: list[Answer]) -> list[Answer]:
    """The tests that are more than a stub; `NotAttempted` where none is, `Failed` where there are too many."""
    if len(tests) > MOST:
        raise Failed(f"There are {len(tests):,} functions whose names begin with test_, and at most {MOST} are run: "
                     "let one test look at several orders.")
    found = []
    for test in tests:
        try:
            complaint(test, clean_order)
        except NotAttempted:
            continue
        found.append(test)
    if not found:
        raise NotAttempted("each test still returns NotImplemented")
    return found


def complaint(test: Answer, clean: Callable) -> str | None:
    """Why the test fails on this cleaner; None where it passes."""
    try:
        test(clean)
    except OutOfTime:
        raise
    except Failed as failure:
        return str(failure)
    return None


FIRST = "passes on correct cleaners"
cleaner_tests = Exercise("cleaner_tests", cleaners, lambda names: attempted(functions("test_*")(names)))


@cleaner_tests.demands(FIRST, points=0)
def _passes_on_correct_cleaners(tests: list[Answer], world: Cleaners) -> str | None:
    for cleaner in world.correct:
        for test in tests:
            wrong = complaint(test, cleaner.clean)
            if wrong and "positional argument" in wrong:
                return f"{wrong} A test takes one argument, the cleaner."
            if wrong and cleaner.fault and not complaint(test, clean_order):
                return (f"{test.name} fails on a correct cleaner that {cleaner.fault}: compare the fields that you "
                        "mean, as far as the contract goes.")
            if wrong:
                return f"{test.name} fails on a correct cleaner: {wrong} Read the contract again."
    return _unsteady(tests, world)


def _unsteady(tests: list[Answer], world: Cleaners) -> str | None:
    """A test that passes on a correct cleaner, and fails on it when it has met others in between."""
    met = [cleaner.clean for cleaner in (*world.faulty.values(), *world.correct, *world.correct)]
    np.random.default_rng(world.order).shuffle(met)
    for test in tests:
        verdicts = [(clean, complaint(test, clean)) for clean in met]
        if any(wrong and clean in [cleaner.clean for cleaner in world.correct] for clean, wrong in verdicts):
            return f"{test.name} passes and fails on the same correct cleaner: does it keep something between runs?"
    return None


def _catches(area: str) -> Callable[[list[Answer], Cleaners], str | None]:
    """The property of tests that one of them fails on the faulty cleaner of this area."""
    def nobody_notices(tests: list[Answer], world: Cleaners) -> str | None:
        cleaner = world.faulty[area]
        if any(complaint(test, cleaner.clean) for test in tests):
            return None
        return f"A faulty cleaner passes all your tests. What does the contract say about {area}?"
    return nobody_notices


for area in FAULTY:
    cleaner_tests.demands(f"tests {area}", points=0.5, after=FIRST)(_catches(area))
