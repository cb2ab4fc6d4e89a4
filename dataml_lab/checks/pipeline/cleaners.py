"""The cleaners of orders that tests of cleaners meet: correct ones, and faulty ones with one fault each."""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from numbers import Number
from typing import Any

import numpy as np

from dataml_lab.pipeline import clean_order

Row = dict[str, Any]
Clean = Callable[[Any], Row | None]  # a cleaner of orders
IDS = ("order_id", "user_id", "product_id")
ZULU = timezone(timedelta(0), "Z")
DIFFERS = "adds a field, and has a time zone of its own for UTC"
NUMERAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d(:(?!60)\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def unsaid_id(value: Any) -> bool:
    """Whether the contract leaves open what becomes of an id: of one in blanks, and of types that no id has."""
    if isinstance(value, str):
        return value != "" and (value != value.strip() or not value.isprintable())
    return value is not None and type(value) is not int


def unsaid_number(value: Any) -> bool:
    """Whether the contract leaves open if this is a number: a text that only some readers take for one, or a number of
    an odd type.

    >>> [text for text in ("42.50", "-3", "soon", "nan", "4,50", "1_000", "1e3", " 7 ") if unsaid_number(text)]
    ['1_000', '1e3', ' 7 ']
    """
    if not isinstance(value, str):
        return isinstance(value, bool) or (isinstance(value, Number) and not isinstance(value, int | float))
    try:
        return math.isfinite(float(value)) and not NUMERAL.fullmatch(value)
    except ValueError:
        return False


def unsaid_time(value: Any) -> bool:
    """Whether the contract leaves open if this is a moment: a text of digits in one of the rarer forms of ISO 8601."""
    return isinstance(value, str) and value[:4].isdigit() and not TIME.fullmatch(value)


UNSAID = (dict.fromkeys(IDS, unsaid_id) | dict.fromkeys(("quantity", "total"), unsaid_number)
          | dict.fromkeys(("occurred_at", "received_at"), unsaid_time))


def silent(raw: Any) -> str | None:
    """The first field of a raw order about whose value the contract is silent; None where it decides."""
    if not isinstance(raw, dict):
        return None
    return next((field for field, unsaid in UNSAID.items() if unsaid(raw.get(field))), None)


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
    """Cleaners: two correct ones, by what they do beyond the contract, and faulty ones, by their fault."""

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
