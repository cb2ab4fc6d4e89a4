"""Plain data: what an answer returns, rebuilt from types that run nobody's code, and no more than can be judged."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dataml_lab.runtime import pandas_types as types

MOST_LEVELS = 20  # of lists in lists
MOST_VALUES = 2_000_000
MOST_BYTES = 64 << 20  # of texts, arrays and tables
MOST_BITS = 4_096  # of a whole number: Python refuses to write more than 4,300 digits
MOST_DIGITS = 5_000  # of a Decimal, before or after its point


class NotPlain(Exception):
    """Something that is no plain data, or too much; the message says what it is."""


def plain(value: Any) -> Any:
    """The same value, rebuilt from built-in types, arrays and frames; TypeError says what it holds instead.

    An object that lies about itself (a number equal to everything, a dict with methods of its own) doesn't get
    through: only exact types do, subclasses are converted to their base. In frames, missing values stay what they are.

    >>> plain({"total": np.float64(4.5), "ids": (1, True)})
    {'total': 4.5, 'ids': (1, True)}
    """
    try:
        return rebuilt(value)
    except NotPlain as error:
        raise TypeError(str(error)) from None


def rebuilt(value: Any) -> Any:
    """The value as `plain` returns it; `NotPlain`, which nothing else raises, where it is no plain data."""
    return _Rebuilding().of(value)


def name_of(kind: type) -> str:
    """The name of a class, whatever its metaclass says, in 80 characters at most."""
    return str.__str__(type.__dict__["__name__"].__get__(kind))[:80]


def _ids(classes: Iterable[type]) -> frozenset[int]:
    """Classes by identity: to compare one with `==` may run the code of its metaclass."""
    return frozenset(map(id, classes))


INERT = _ids((type(None), bool, float, date, timedelta))
ZONES = _ids((type(None), timezone, ZoneInfo))
CONTAINERS = (list, tuple, set, frozenset)
BASES = ((int, int.__int__), (float, float.__float__), (str, str.__str__), (bytes, bytes.__bytes__))
INDEXES = _ids((*types.INDEXES, types.RANGE))
OFFSETS = _ids(types.OFFSETS)
COPIED = _ids((*types.MASKED, types.INTERVALS, types.PERIODS, types.SPANS, pd.arrays.ArrowStringArray))


class _Rebuilding:
    """One value on its way through `plain`, with what it has come to so far."""

    def __init__(self) -> None:
        self.values, self.bytes = 0, 0

    def count(self, values: int, size: int = 0) -> None:
        """Counts values, and the bytes that a copy of them takes; `NotPlain` where there are too many."""
        self.values, self.bytes = self.values + values, self.bytes + size
        if self.values > MOST_VALUES:
            raise NotPlain(f"more than {MOST_VALUES:,} values")
        if self.bytes > MOST_BYTES:
            raise NotPlain(f"more than {MOST_BYTES >> 20} MB of data")

    def of(self, value: Any, levels: int = MOST_LEVELS) -> Any:
        """The value, rebuilt."""
        kind = type(value)
        if not levels:
            raise NotPlain("data nested more than twenty levels deep")
        self.count(1, len(value) if kind is str or kind is bytes else 0)
        if id(kind) in INERT or kind is str or kind is bytes:
            return value
        if kind is int:
            return _whole(value)
        if issubclass(kind, dict):
            return self.mapping(value, levels - 1)
        for base in CONTAINERS:
            if issubclass(kind, base):
                return self.collection(base, value, levels - 1)
        return self.scalar(value, kind) if (table := self.table(value, kind)) is None else table

    def mapping(self, value: dict, levels: int) -> dict:
        """A dict, rebuilt."""
        pairs = [(self.of(key, levels), self.of(item, levels)) for key, item in dict.items(value)]
        return _hashed(dict, pairs)

    def collection(self, base: type, value: Any, levels: int) -> Any:
        """A list, tuple or set, rebuilt."""
        return _hashed(base, [self.of(item, levels) for item in base.__iter__(value)])

    def scalar(self, value: Any, kind: type) -> Any:
        """A single thing that isn't of the simplest: a number of a library, a moment."""
        if kind is datetime:
            return value if _is_plain_zone(value.tzinfo) else value.replace(tzinfo=_offset(value))
        if kind is Decimal:
            return _decimal(value)
        if value is pd.NaT or value is pd.NA:
            return None
        if kind is pd.Timestamp:
            return self.timestamp(value)
        if issubclass(kind, np.generic):
            return self.numpy_scalar(value)
        for base, convert in BASES:
            if issubclass(kind, base):  # by the base's own method: an Enum of texts says something else of itself
                return self.of(convert(value))
        raise NotPlain(f"an object of type {name_of(kind)}, where plain data was expected")

    def timestamp(self, value: pd.Timestamp) -> datetime | str:
        """A timestamp as a datetime; as a text where it is beyond the calendar."""
        value = value if _is_plain_zone(value.tz) else value.tz_convert("UTC")
        return self.of(value.to_pydatetime(warn=False)) if 1 <= value.year <= 9999 else str(value)

    def numpy_scalar(self, value: np.generic) -> Any:
        """A scalar of numpy as Python has it."""
        self.count(0, np.generic.nbytes.__get__(value))
        item = np.generic.item(value)
        if issubclass(type(item), np.floating):  # a long double remains what it is
            return float(item)
        if issubclass(type(item), np.generic):
            raise NotPlain(f"an object of type {name_of(type(item))}, where plain data was expected")
        return self.of(item)

    def table(self, value: Any, kind: type) -> Any:
        """An array or table of numpy or pandas; None for anything else."""
        if kind is np.ndarray:
            return self.array(value)
        if kind is pd.DataFrame:
            return self.frame(value)
        if kind is pd.Series:
            return self.series(value)
        return self.index(value) if id(kind) in INDEXES or kind is types.LEVELS else None

    def array(self, value: np.ndarray) -> np.ndarray:
        """An array, its objects rebuilt."""
        self.count(0, value.size * value.dtype.itemsize)
        if value.dtype.kind == "O":
            cells = map(self.cell, value.ravel().tolist())
            return np.fromiter(cells, object, value.size).reshape(value.shape)
        if value.dtype.kind == "V":
            raise NotPlain("an array of records")
        return value.copy()

    def cell(self, value: Any) -> Any:
        """An object in an array or table; a missing value stays as it is, and tables may hold more kinds of numbers."""
        if value is pd.NaT or value is pd.NA:
            return value
        if type(value) is pd.Timedelta:
            return value.to_pytimedelta()
        if type(value) is Decimal and value.is_snan():
            return Decimal("NaN")  # pandas compares what it looks at, which signals
        return self.fraction(value) if type(value) is Fraction else self.of(value)

    def fraction(self, value: Fraction) -> float:
        """A fraction as a number that has no methods of an answer's own."""
        numerator, denominator = self.of(value.numerator), self.of(value.denominator)
        try:
            return numerator / denominator
        except (ArithmeticError, TypeError):
            raise NotPlain("a Fraction that is beyond all floats") from None

    def frame(self, value: pd.DataFrame) -> pd.DataFrame:
        """A table: columns of numbers are copied, all others rebuilt."""
        rows, columns = value.shape
        self.count(columns, rows * columns * 8)
        index, names, attrs = self.index(value.index), self.index(value.columns), self.of(value.attrs)
        dtypes = value.dtypes.tolist()
        found = pd.DataFrame.copy(value)
        found.attrs, found.index = attrs, index
        for place, dtype in enumerate(dtypes):
            if not issubclass(type(dtype), np.dtype) or dtype.hasobject:
                column = self.column(value.iloc[:, place].array)
                found.isetitem(place, pd.Series(column, index, dtype=column.dtype))
        found.columns = names
        return found

    def series(self, value: pd.Series) -> pd.Series:
        """A column with its index."""
        column = self.column(value.array)
        found = pd.Series(column, self.index(value.index), dtype=column.dtype, name=self.of(value.name))
        found.attrs = self.of(value.attrs)
        return found

    def index(self, value: pd.Index) -> pd.Index:
        """An index, its labels and names rebuilt."""
        kind = type(value)
        if kind is types.LEVELS:
            return self.multi_index(value)
        if id(kind) not in INDEXES:
            raise NotPlain(f"an index of type {name_of(kind)}")
        if kind is types.RANGE:
            self.count(0, len(value) * 8)
            return value.rename(self.of(value.name))
        labels = self.column(value.array)
        found = pd.Index(labels, dtype=labels.dtype, name=self.of(value.name))
        freq = value.freq if kind in (pd.DatetimeIndex, pd.TimedeltaIndex) else None
        if freq is not None and id(type(freq)) in OFFSETS:
            found.freq = freq
        return found

    def multi_index(self, value: pd.MultiIndex) -> pd.MultiIndex:
        """An index of several levels."""
        levels, names = [self.index(level) for level in value.levels], [self.of(name) for name in value.names]
        codes = [self.array(np.asarray(codes)) for codes in value.codes]
        return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=False)

    def column(self, value: Any) -> Any:
        """The values of a column or index, as an array of numpy's or pandas'."""
        kind = type(value)
        if kind is types.PLAIN:
            return self.array(value.to_numpy())
        self.count(0, len(value) * 8)
        if kind is types.MOMENTS:
            return (value if _is_plain_zone(value.tz) else value.tz_convert("UTC")).copy()
        if kind is types.CATEGORIES:
            return pd.Categorical.from_codes(value.codes.copy(), self.index(value.categories), ordered=value.ordered)
        if kind is pd.arrays.StringArray:
            return pd.array([self.cell(text) for text in value], value.dtype)
        if kind is pd.arrays.SparseArray:
            return self.array(np.asarray(value))
        if id(kind) in COPIED:
            self.count(0, value.nbytes)
            return value.copy()
        if kind is pd.arrays.ArrowExtensionArray and not _is_extended(value):
            return _without_arrow([self.cell(item) for item in value])
        raise NotPlain(f"a column of type {name_of(kind)}")


def _hashed(kind: type, items: list | Iterator) -> Any:
    """A container of these items; `NotPlain` where one of them can't be in it, once it is plain."""
    try:
        return kind(items)
    except TypeError:
        raise NotPlain(f"a {kind.__name__} with something in it that can't be hashed") from None


def _without_arrow(cells: list) -> Any:
    """A column of these values as pandas has it without Arrow: nullable numbers, truths and texts, moments, objects."""
    try:
        found = pd.array(cells)
    except (TypeError, ValueError):  # lists
        return np.fromiter(cells, object, len(cells))
    return found.to_numpy() if type(found) is types.PLAIN else found


def _whole(value: int) -> int:
    """The number itself; `NotPlain` where it is too long to be written."""
    if value.bit_length() > MOST_BITS:
        raise NotPlain("a whole number of more than a thousand digits")
    return value


def _decimal(value: Decimal) -> Decimal:
    """The number itself; `NotPlain` where it is too long to be written."""
    if value.__sizeof__() > MOST_DIGITS // 2 or abs(value.adjusted()) > MOST_DIGITS:
        raise NotPlain("a Decimal of thousands of digits")
    return value


def _is_plain_zone(zone: Any) -> bool:
    """Whether a time zone is none of an answer's own, nor has a name that is."""
    if type(zone) is ZoneInfo:
        return type(zone.key) is str
    return id(type(zone)) in ZONES and (zone is None or type(zone.tzname(None)) is str)


def _offset(moment: datetime) -> timezone:
    """The offset of a moment whose zone is an object of the answer's own; `NotPlain` where that gives none."""
    try:
        return timezone(moment.utcoffset())
    except Exception:
        raise NotPlain("a datetime whose time zone tells no offset") from None


def _is_extended(value: Any) -> bool:
    """Whether an array of Arrow's has a type that somebody added to Arrow's own."""
    import pyarrow as pa

    return isinstance(value.dtype.pyarrow_dtype, pa.BaseExtensionType)
