"""Clean: from raw orders to orders one can trust, with a reason for every row that is refused."""

import re
import reprlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any, NamedTuple

import pandas as pd

from dataml_lab.pipeline.ingest import Batch, Quarantined, Record

LIMIT = 1_000_000
NUMERAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)  # one way to read each text


class CleanError(RuntimeError):
    """Rows went missing between what was received and what was kept or quarantined."""


class Rejected(ValueError):
    """A raw order that can't be trusted: the field at fault and a short reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field, self.reason = field, reason

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


def identifier(value: Any) -> str:
    """An id as text, because an id is a name: nobody adds two of them.

    >>> identifier(17), identifier(" 17 "), identifier(17.0)
    ('17', '17', '17')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 17.0 is what a table with holes makes of 17
    if isinstance(value, bool) or not isinstance(value, (str, int, Integral)):  # int first: a look at Integral is slow
        raise ValueError("not an id")
    name = str(value).strip()
    if not name or not name.isprintable():
        raise ValueError("not an id")
    return name


def number(value: Any) -> float:
    """A finite number, from a number or from text that spells one.

    >>> number(42.5), number("42.50")
    (42.5, 42.5)
    """
    if isinstance(value, str) and NUMERAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, Real) or not abs(value) <= sys.float_info.max:
        raise ValueError("not a number")
    return float(value)


def amount(value: Any) -> float:
    """A sum of money, 0 ≤ amount < 1,000,000, cents and all."""
    total = number(value)
    if total < 0:
        raise ValueError("negative")
    if total >= LIMIT:
        raise ValueError("too large")
    return total


def count(value: Any) -> int:
    """A whole number, 1 ≤ count < 1,000,000."""
    counted = number(value)
    if not counted.is_integer():
        raise ValueError("not whole")
    if counted < 1:
        raise ValueError("less than one")
    if counted >= LIMIT:
        raise ValueError("too large")
    return int(counted)


def moment(value: Any) -> datetime:
    """A moment in UTC, from ISO text with an offset: without one, nobody knows when it was.

    >>> moment("2025-03-01T12:00:00+02:00").isoformat()
    '2025-03-01T10:00:00+00:00'
    """
    try:
        local = datetime.fromisoformat(value)
        if local.utcoffset() is not None:
            return local.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("not a time") from None
    raise ValueError("no offset")


def one_of(*known: str) -> Callable[[Any], str]:
    """A rule that accepts the `known` words and nothing else."""

    def word(value: Any) -> str:
        if value not in known:
            raise ValueError("unknown")
        return value

    return word


ORDER = {
    "order_id": identifier,
    "user_id": identifier,
    "product_id": identifier,
    "quantity": count,
    "total": amount,
    "status": one_of("completed", "cancelled"),
    "channel": one_of("web", "app", "phone"),
    "occurred_at": moment,
    "received_at": moment,
}
ORDER_TYPES = dict.fromkeys(ORDER, "str") | {
    "quantity": "int64",
    "total": "float64",
    "occurred_at": "datetime64[us, UTC]",
    "received_at": "datetime64[us, UTC]",
}
ORIGIN_TYPES = {"file": "str", "line": "int64", "raw": "str"}
QUARANTINE_TYPES = dict.fromkeys(Quarantined._fields, "str") | {"line": "int64"}
CONTENT = [field for field in ORDER if field != "received_at"]


class Cleaned(NamedTuple):
    """The orders kept (ORDER_TYPES, file, line) and the lines quarantined (QUARANTINE_TYPES)."""

    kept: pd.DataFrame
    quarantined: pd.DataFrame


def parse_order(raw: Any) -> dict:
    """The nine fields of an order, each of its true type; other fields are ignored.

    Raises Rejected, and nothing else, for anything that is not such an order.

    >>> parse_order({"order_id": 17, "total": "42.50"})
    Traceback (most recent call last):
    dataml_lab.pipeline.clean.Rejected: user_id: missing
    """
    if not isinstance(raw, dict):
        raise Rejected("order", "not an object")
    return {field: parse_field(field, rule, raw.get(field)) for field, rule in ORDER.items()}


def parse_field(field: str, rule: Callable[[Any], Any], value: Any) -> Any:
    """The value as `rule` makes it. Raises Rejected when it is missing or the rule refuses it."""
    if value is None:
        raise Rejected(field, "missing")
    try:
        return rule(value)
    except ValueError as error:
        raise Rejected(field, str(error)) from None


def clean_order(raw: Any) -> dict | None:
    """The order as parse_order reads it, or None where that rejects it."""
    try:
        return parse_order(raw)
    except Rejected:
        return None


def clean_orders(batch: Batch) -> Cleaned:
    """Orders that can be trusted, each once, and in quarantine all other lines with the reason.

    Raises CleanError unless kept + quarantined = received.
    """
    orders, rejected = parse_orders(batch.records)
    kept, repeats = split_repeats(orders)
    quarantined = pd.concat([quarantine_table(batch.quarantine), rejected, repeats], ignore_index=True)
    if len(kept) + len(quarantined) != batch.received:
        raise CleanError(f"{batch.received} received, {len(kept)} kept, {len(quarantined)} quarantined")
    kept = kept.drop(columns="raw").reset_index(drop=True)
    return Cleaned(kept, quarantined.sort_values(["file", "line"], ignore_index=True))


def parse_orders(records: list[Record]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records that are orders, with their origin, and a quarantine table of those that aren't."""
    orders, rejected = [], []
    for record in records:
        try:
            orders.append((*parse_order(record.data).values(), record.file, record.line, record.raw))
        except Rejected as error:
            detail = f"found {reprlib.repr(record.data.get(error.field))}"
            rejected.append(Quarantined(record.file, record.line, str(error), detail, record.raw))
    types = ORDER_TYPES | ORIGIN_TYPES
    return pd.DataFrame(orders, columns=list(types)).astype(types), quarantine_table(rejected)


def quarantine_table(rows: list[Quarantined]) -> pd.DataFrame:
    """The rows as a table, of the same types even when there are none."""
    return pd.DataFrame(rows, columns=list(QUARANTINE_TYPES)).astype(QUARANTINE_TYPES)


def split_repeats(orders: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of each order_id the row received first, and a quarantine table of the later ones.

    A later row that says the same is a repeat; one that says something else is a conflict.
    """
    by_arrival = orders.sort_values("received_at", kind="stable")
    later = by_arrival.duplicated("order_id")
    kept, repeats = by_arrival[~later].sort_index(), by_arrival[later]
    first = kept.set_index("order_id", drop=False).loc[repeats["order_id"]].set_index(repeats.index)
    same = (repeats[CONTENT] == first[CONTENT]).all(axis=1)
    table = repeats.assign(
        reason=same.map({True: "order: repeated", False: "order: conflicts with the one kept"}).astype("str"),
        detail="kept " + first["file"] + " line " + first["line"].astype("str"),
    )
    return kept, table[list(QUARANTINE_TYPES)]


def outliers(values: pd.Series, k: float = 5) -> pd.Series:
    """True where a value lies more than k robust standard deviations from the median.

    The deviation is 1.4826 · MAD, the median distance from the median, which a few wild values can't
    widen as they widen a standard deviation. It is 0 where more than half of the values are equal: then
    all others stand out. A missing value is no outlier.

    >>> outliers(pd.Series([20, 25, 30, 35, 90_000])).tolist()
    [False, False, False, False, True]
    """
    distance = (values - values.median()).abs()
    return distance > k * 1.4826 * distance.median()
