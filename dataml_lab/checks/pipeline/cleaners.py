"""The cleaners of orders that the tests of exercise 2 meet: correct ones, and faulty ones with one fault each."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from dataml_lab.pipeline import clean_order

Row = dict[str, Any]
Clean = Callable[[Any], Row | None]  # a cleaner of orders
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
