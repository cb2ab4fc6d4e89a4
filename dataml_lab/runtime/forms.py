"""How each type of data is written as simpler data, and read again: what `safe_codec` does not know by itself.

What is read comes from a process that may lie: whatever it says is checked or leads to an error, nothing of it is
looked up or called by a name that it gives, and nothing becomes larger than what was sent.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from dataml_lab.runtime import pandas_types as types

MOST_BYTES = 64 << 20  # of a message
MOST_ROWS = MOST_BYTES // 8  # of an index or array that is sent as less than its items
PLAIN_DTYPE = re.compile(r"[<>|=]?(?:[biufc]\d{1,2}|[SU]\d{1,7}|[mM]8(?:\[\d{0,4}[a-zA-Z]{1,2}\])?)")
ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
UNITS = ("s", "ms", "us", "ns")


class CodecError(ValueError):
    """A value that can't be written, or bytes that are no value; the message says what."""


class Data(NamedTuple):
    """Bytes that travel beside the tree."""

    buffer: Any


class Form(NamedTuple):
    """How a type is written and read."""

    tag: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _hashable(items: list) -> list:
    """The items themselves; CodecError where so many share a hash that a set of them takes minutes."""
    if len(items) > 1_000 and len(set(map(hash, items))) < len(items) / 2:
        raise CodecError(f"{len(items):,} keys or items of which most have the same hash")
    return items


def _mapping(content: list) -> dict:
    keys, values = content
    return dict(zip(_hashable(keys), values, strict=True))


def _moment(value: datetime | time) -> list:
    zone = value.tzinfo
    return [value.replace(tzinfo=None).isoformat(), value.fold, "UTC" if zone is UTC else zone]


def _datetime(content: list) -> datetime:
    text, fold, zone = content
    return datetime.fromisoformat(text).replace(tzinfo=UTC if zone == "UTC" else zone, fold=fold)


def _time(content: list) -> time:
    text, fold, zone = content
    return time.fromisoformat(text).replace(tzinfo=UTC if zone == "UTC" else zone, fold=fold)


def _offset(zone: timezone) -> list:
    name = zone.tzname(None)
    return [zone.utcoffset(None), None if name == timezone(zone.utcoffset(None)).tzname(None) else name]


def _timezone(content: list) -> timezone:
    offset, name = content
    if name is not None:
        return timezone(offset, name)
    return UTC if offset == timedelta(0) else timezone(offset)


def _zone_key(zone: ZoneInfo) -> str:
    if zone.key is None:
        raise CodecError("a time zone without a name")
    return zone.key


def _zone(key: str) -> ZoneInfo:
    if not ZONE.fullmatch(key):  # it is looked up among files
        raise CodecError("a time zone that doesn't exist")
    return ZoneInfo(key)


def _array(value: np.ndarray) -> list:
    if value.dtype.kind == "O":
        return ["O", list(value.shape), value.ravel().tolist()]
    if not PLAIN_DTYPE.fullmatch(value.dtype.str):
        raise CodecError(f"an array of dtype {str(value.dtype)[:60]}, where plain data was expected")
    data = np.ascontiguousarray(value).reshape(-1)
    return [value.dtype.str, list(value.shape), Data(data.view(np.uint8).data if data.nbytes else b"")]


def _ndarray(content: list) -> np.ndarray:
    dtype, shape, values = content
    if min(shape, default=0) < 0 or np.prod([max(1, side) for side in shape], dtype=object) > MOST_ROWS:
        raise CodecError(f"an array of the shape {str(shape)[:60]}")
    if dtype == "O":
        found = np.empty(len(values), dtype=object)
        found[:] = values
    elif PLAIN_DTYPE.fullmatch(dtype):
        found = np.frombuffer(bytearray(values.buffer), np.dtype(dtype))
    else:
        raise CodecError(f"an array of dtype {dtype[:60]!r}")
    return found.reshape(shape)


def _scalar(content: np.ndarray) -> np.generic:
    return content.reshape(1)[0]


def _unit(unit: str) -> str:
    if unit not in UNITS:
        raise CodecError(f"a unit of time {unit[:20]!r}")
    return unit


def _counted(value: pd.Timestamp) -> list:
    return [int(value._value), value.unit, value.tzinfo, value.fold]


def _timestamp(content: list) -> pd.Timestamp:
    count, unit, zone, fold = content
    naive = pd.Timestamp(np.datetime64(count, _unit(unit)))
    found = naive if zone is None else naive.tz_localize("UTC").tz_convert(zone)
    return found.replace(fold=fold) if fold != found.fold else found


def _timedelta(content: list) -> pd.Timedelta:
    count, unit = content
    return pd.Timedelta(np.timedelta64(count, _unit(unit)))


def _column(values: pd.Series | pd.Index) -> Any:
    """The values of a column or index as an array of numpy's, or of pandas' where numpy has none for them."""
    array = values.array
    naive = array.dtype.kind in "mM" and isinstance(array.dtype, np.dtype)
    return array.to_numpy() if naive or type(array) is types.PLAIN else array


def _require_array(values: Any) -> None:
    """CodecError where there is an index in place of an array: a range becomes larger than what was sent."""
    if isinstance(values, pd.Index):
        raise CodecError("an index where an array was expected")


def _series(content: list) -> pd.Series:
    values, index, name, attrs = content
    _require_array(values)
    found = pd.Series(values, index, dtype=values.dtype, name=name)
    found.attrs = attrs
    return found


def _columns(value: pd.DataFrame) -> list:
    columns = [_column(value.iloc[:, number]) for number in range(value.shape[1])]
    return [columns, value.index, value.columns, value.attrs]


def _frame(content: list) -> pd.DataFrame:
    columns, index, names, attrs = content
    series = {number: pd.Series(values, index, dtype=values.dtype) for number, values in enumerate(columns)}
    found = pd.DataFrame(series, index=index, columns=range(len(columns)))
    found.columns, found.attrs = names, attrs
    return found


def _labels(value: pd.Index) -> list:
    regular = isinstance(value, pd.DatetimeIndex | pd.TimedeltaIndex)
    return [_column(value), value.name, _freq(value) if regular else None]


def _freq(value: pd.DatetimeIndex | pd.TimedeltaIndex) -> str | None:
    """The name of a regular index's step; None where it has none that says all of it."""
    try:
        return value.freqstr if value.freq is not None and to_offset(value.freqstr) == value.freq else None
    except ValueError:
        return None


def _index(content: list) -> pd.Index:
    values, name, freq = content
    _require_array(values)
    found = pd.Index(values, dtype=values.dtype, name=name)
    if freq is not None:
        found.freq = freq
    return found


def _range(content: list) -> pd.RangeIndex:
    *ends, name = content
    found = range(*ends)
    if found[:MOST_ROWS] != found:
        raise CodecError("an index of too many rows")
    return pd.RangeIndex(found, name=name)


def _levels(value: pd.MultiIndex) -> list:
    return [list(value.levels), [np.asarray(codes) for codes in value.codes], list(value.names)]


def _multi_index(content: list) -> pd.MultiIndex:
    levels, codes, names = content
    return pd.MultiIndex(levels=levels, codes=codes, names=names)


def _texts(value: Any) -> list:
    texts = [None if gone else str(text) for text, gone in zip(value.tolist(), value.isna(), strict=True)]
    return [value.dtype.storage, value.dtype.na_value is pd.NA, texts]


def _string_array(content: list) -> Any:
    storage, na, texts = content
    if storage not in ("python", "pyarrow"):
        raise CodecError("texts of an unknown storage")
    return pd.array(texts, dtype=pd.StringDtype(storage, na_value=pd.NA if na else np.nan))


def _masked(value: Any) -> list:
    return [value._data, value._mask]


def _masked_array(content: list) -> Any:
    values, mask = content
    kinds = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return kinds.get(values.dtype.kind, pd.arrays.IntegerArray)(values, mask)


def _in_utc(value: Any) -> list:
    return [value.tz_convert("UTC").tz_localize(None).to_numpy(), value.tz]


def _aware(content: list) -> Any:
    values, zone = content
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array


def _codes(value: pd.Categorical) -> list:
    return [value.codes, value.categories, value.ordered]


def _categorical(content: list) -> pd.Categorical:
    codes, categories, ordered = content
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(ordered))


def _ordinals(value: Any) -> list:
    return [value.asi8, value.freqstr]


def _periods(content: list) -> Any:
    ordinals, freq = content
    return pd.PeriodIndex.from_ordinals(ordinals, freq=freq).array


def _ends(value: Any) -> list:
    return [_column(pd.Index(value.left)), _column(pd.Index(value.right)), value.closed]


def _intervals(content: list) -> Any:
    left, right, closed = content
    _require_array(left)
    _require_array(right)
    return pd.arrays.IntervalArray.from_arrays(left, right, closed)


def _bounds(index: pd.RangeIndex) -> list:
    if len(index) > MOST_ROWS:
        raise CodecError(f"an index of {len(index):,} rows")
    return [index.start, index.stop, index.step, index.name]


FORMS: dict[type, Form] = {
    dict: Form("dict", lambda value: [list(value), list(value.values())], _mapping),
    tuple: Form("tuple", list, tuple),
    set: Form("set", list, lambda items: set(_hashable(items))),
    frozenset: Form("frozenset", list, lambda items: frozenset(_hashable(items))),
    bytes: Form("bytes", Data, lambda data: bytes(data.buffer)),
    complex: Form("complex", lambda value: [value.real, value.imag], lambda parts: complex(*parts)),
    Decimal: Form("decimal", str, Decimal),
    date: Form("date", date.isoformat, date.fromisoformat),
    datetime: Form("datetime", _moment, _datetime),
    time: Form("time", _moment, _time),
    timedelta: Form("timedelta", lambda value: [value.days, value.seconds, value.microseconds],
                    lambda parts: timedelta(*parts)),
    timezone: Form("timezone", _offset, _timezone),
    ZoneInfo: Form("zone", _zone_key, _zone),
    np.ndarray: Form("array", _array, _ndarray),
    pd.Timestamp: Form("timestamp", _counted, _timestamp),
    pd.Timedelta: Form("duration", lambda value: [int(value._value), value.unit], _timedelta),
    type(pd.NaT): Form("NaT", lambda _: None, lambda _: pd.NaT),
    type(pd.NA): Form("NA", lambda _: None, lambda _: pd.NA),
    pd.Series: Form("series", lambda value: [_column(value), value.index, value.name, value.attrs], _series),
    pd.DataFrame: Form("frame", _columns, _frame),
    types.RANGE: Form("range", _bounds, _range),
    types.LEVELS: Form("levels", _levels, _multi_index),
    **dict.fromkeys(types.INDEXES, Form("index", _labels, _index)),
    **dict.fromkeys(types.TEXTS, Form("texts", _texts, _string_array)),
    **dict.fromkeys(types.MASKED, Form("masked", _masked, _masked_array)),
    types.MOMENTS: Form("aware", _in_utc, _aware),
    types.CATEGORIES: Form("categorical", _codes, _categorical),
    types.PERIODS: Form("periods", _ordinals, _periods),
    types.INTERVALS: Form("intervals", _ends, _intervals),
}
SCALAR = Form("scalar", np.asarray, _scalar)
TAGS = {form.tag: form for form in (*FORMS.values(), SCALAR)}


def form_of(value: Any) -> Form | None:
    """The form that a value is written in; None for what is no data. Only exact types of data have one, so that nothing
    of what a subclass adds gets lost unnoticed."""
    form = FORMS.get(type(value))
    return SCALAR if form is None and isinstance(value, np.generic) else form
