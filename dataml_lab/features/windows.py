"""Windows: a view's features for many rows at once, on frames in memory."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.features.definition import Feature, View, check

Pair = tuple[np.ndarray, np.ndarray]
DAY_SECONDS = 86_400
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
LIMB = 32  # bits


def compute(view: View, events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The view's features for each row (a key and a moment `as_of`), from the events in [as_of - days, as_of).

    The frame has a column per feature, and the rows' index and order. Counts are int64, the others float64. A row's
    features depend on the events of its key only, not on their order nor on other rows, to the last bit: sums are
    rounded once, from exact ones. Events without a key or a time are nobody's. Raises ValueError for a column that is
    missing or has no time zone or no numbers, and for a row without a key or a moment.
    """
    check(view)
    events, rows = needed(events, view.columns, "events"), needed(rows, [view.key, "as_of"], "rows")
    refuse_nulls(rows)
    events = events[events[view.key].notna() & events[view.time].notna()]
    past = Past.of(encoded(events[view.key], rows[view.key]), *in_one_unit(events[view.time], rows["as_of"]))
    found = {feature.name: past.restored(one(feature, events, past)) for feature in view.features}
    return pd.DataFrame(found, rows.index, view.names)


def needed(frame: pd.DataFrame, names: list[str], what: str) -> pd.DataFrame:
    """These columns of a frame; ValueError naming what is missing."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(f"{what}: no column {missing[0]!r}; there are {', '.join(map(str, frame.columns)) or 'none'}")
    return frame[names]


def refuse_nulls(rows: pd.DataFrame) -> None:
    """ValueError naming the first row that doesn't say who or when."""
    for name in rows.columns:
        null = rows[name].isna().to_numpy()
        if null.any():
            raise ValueError(f"rows: row {rows.index[null.argmax()]!r} has no {name}; drop such rows, or fill it in")


def encoded(events: pd.Series, rows: pd.Series) -> Pair:
    """The keys of events and rows as whole numbers from 0, the same for the same key; -1 for a key without events."""
    if is_whole(events) and is_whole(rows) and len(events):
        known, asked = events.to_numpy("int64"), rows.to_numpy("int64")
        low, high = int(known.min()), int(known.max())
        if high - low < 4 * len(known) + 1_000:
            return known - low, np.where((asked >= low) & (asked <= high), asked - low, -1)
    codes, keys = pd.factorize(plain(events))
    return codes, pd.Index(keys).get_indexer(plain(rows))


def is_whole(keys: pd.Series) -> bool:
    """Whether a column holds whole numbers of at most 63 bits."""
    return pd.api.types.is_integer_dtype(keys.dtype) and keys.dtype != "uint64"


def plain(keys: pd.Series) -> pd.Series:
    """The keys without categories, and without room for nulls."""
    if isinstance(keys.dtype, pd.CategoricalDtype):
        return keys.astype(keys.cat.categories.dtype)
    return keys.astype("int64") if is_whole(keys) else keys


class Moments(NamedTuple):
    """Times of events and of rows as whole numbers of one unit, `day` of which make a day."""

    events: np.ndarray
    rows: np.ndarray
    day: int


def in_one_unit(events: pd.Series, rows: pd.Series) -> tuple[Moments]:
    """The times of both in the finer unit of the two, so that nothing is rounded."""
    events, rows = zoned(events, "events"), zoned(rows, "rows")
    unit = max(events.dt.unit, rows.dt.unit, key=PER_SECOND.get)
    numbers = (times.dt.as_unit(unit).dt.tz_convert("UTC").dt.tz_localize(None).to_numpy() for times in (events, rows))
    return (Moments(*(number.view("int64") for number in numbers), DAY_SECONDS * PER_SECOND[unit]),)


def zoned(times: pd.Series, what: str) -> pd.Series:
    """The times, if they have a zone; ValueError naming the column otherwise."""
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        return times
    if not len(times):
        return pd.to_datetime(times, utc=True)
    hint = f'say whose clock it is: frame["{times.name}"].dt.tz_localize("UTC")'
    if not pd.api.types.is_datetime64_dtype(times.dtype):
        hint = f'make moments of it: pd.to_datetime(frame["{times.name}"], utc=True)'
    raise ValueError(f"{what}: {times.name} holds {times.dtype}, not times with a zone; {hint}")


class Past(NamedTuple):
    """Events sorted by key and time, and rows sorted likewise: what a row may know is a span of the sorted events.

    `order` and `asking` are the positions of the events and the rows in that order, `codes` and `moments` are sorted
    as well. `spans` finds where the span of each row starts and ends.
    """

    order: np.ndarray
    asking: np.ndarray
    codes: np.ndarray
    times: np.ndarray
    as_of: np.ndarray
    day: int
    spans: Callable[[int | None], Pair]

    @classmethod
    def of(cls, codes: Pair, moments: Moments) -> "Past":
        """The past of each row, from the codes of the keys and the moments of events and rows."""
        place = places(codes[0], moments.events)
        events, rows = place(codes[0], moments.events), place(codes[1], moments.rows)
        order, asking = np.argsort(events, kind="stable"), np.argsort(rows)
        events, rows, asker, as_of = events[order], rows[asking], codes[1][asking], moments.rows[asking]
        ends = np.searchsorted(events, rows)

        def spans(days):
            if not len(events):
                return ends, ends
            first = int(moments.events.min())
            since = np.full_like(as_of, first)
            if days is not None and len(as_of):
                since = np.maximum(as_of, first) - min(days * moments.day, max(int(as_of.max()) - first, 0) + 1)
            return np.searchsorted(events, place(asker, since)), ends

        return cls(order, asking, codes[0][order], moments.events[order], as_of, moments.day, spans)

    def restored(self, found: np.ndarray) -> np.ndarray:
        """What was found for the sorted rows, in the order that the rows had."""
        result = np.empty_like(found)
        result[self.asking] = found
        return result


def places(codes: np.ndarray, times: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function that makes one whole number of a code and a moment, ordered by the code and then the moment.

    Among the times of events, and between one of them and any other moment, the order is exact.
    """
    if not len(times):
        return lambda codes, moments: codes
    first, last = int(times.min()), int(times.max())
    span = last - first + 2
    if (int(codes.max()) + 2) * span < 2**63:
        return lambda codes, moments: codes * span + (np.clip(moments, first, last + 1) - first)
    ranks = np.unique(times)
    return lambda codes, moments: codes * (len(ranks) + 1) + np.searchsorted(ranks, moments)


def one(feature: Feature, events: pd.DataFrame, past: Past) -> np.ndarray:
    """One feature of the sorted rows."""
    starts, ends = past.spans(feature.days)
    kept = kept_of(feature, events)
    if not kept.all():
        before = np.concatenate([[0], np.cumsum(kept[past.order])])
        starts, ends = before[starts], before[ends]
    order = past.order[kept[past.order]]
    if feature.kind == "count":
        return ends - starts
    if feature.kind == "distinct":
        values = pd.factorize(events[feature.column].iloc[order])[0]
        return distinct(past.codes[kept[past.order]], values, starts, ends)
    if feature.kind == "days_since_last":
        times = past.times[kept[past.order]]
        found = masked(starts, ends, lambda starts, ends: times[ends - 1])
        return filled((past.as_of - found) / past.day, starts, ends, feature)
    aggregate = {"sum": sums, "mean": means, "min": least, "max": greatest}[feature.kind]
    values = numbers(events[feature.column])[order]
    return filled(aggregate(values, starts, ends), starts, ends, feature)


def masked(starts, ends, find):
    """What is found for spans that are not empty; 0 for the others."""
    some = ends > starts
    found = np.zeros(len(ends), "int64")
    found[some] = find(starts[some], ends[some])
    return found


def filled(found, starts, ends, feature):
    """What was found; what the feature is when there is nothing, where the span is empty."""
    return np.where(ends > starts, found, np.nan if feature.empty is None else feature.empty)


def kept_of(feature: Feature, events: pd.DataFrame) -> np.ndarray:
    """Which events a feature aggregates: those of its `where` that have a value."""
    kept = np.ones(len(events), bool)
    if feature.column:
        kept &= events[feature.column].notna().to_numpy()
    if feature.where:
        column, wanted = feature.where
        kept &= (events[column].astype("str") == wanted).to_numpy(bool)
    return kept


def numbers(column: pd.Series) -> np.ndarray:
    """A column as float64."""
    try:
        return column.to_numpy("float64", na_value=np.nan)
    except (TypeError, ValueError) as cause:
        raise ValueError(f"events: {column.name} holds {column.dtype}, where numbers are needed: {cause}") from cause


def sums(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The sum of each span: the exact one, rounded, so that neither order nor neighbours matter."""
    limbs, exponents, rest = [], [], np.where(np.isfinite(values), values, 0.0)
    exponent = int(np.frexp(np.abs(rest).max(initial=0))[1])
    while rest.any():
        exponent -= LIMB - 1
        limb = np.trunc(np.ldexp(rest, -exponent))
        rest = rest - np.ldexp(limb, exponent)
        total = np.concatenate([[0], np.cumsum(limb.astype("int64"))])
        limbs.append(total[ends] - total[starts])
        exponents.append(exponent)
    return joined(limbs, exponents) if limbs else np.zeros(len(ends))


def joined(limbs: list[np.ndarray], exponents: list[int]) -> np.ndarray:
    """Numbers from their limbs, the highest first."""
    total, carry = 0.0, 0
    for limb, exponent in zip(reversed(limbs[1:]), reversed(exponents[1:]), strict=True):
        whole = limb + carry
        carry = (whole + (1 << (LIMB - 2))) >> (LIMB - 1)
        total = total + np.ldexp((whole - (carry << (LIMB - 1))).astype("float64"), exponent)
    return total + np.ldexp((limbs[0] + carry).astype("float64"), exponents[0])


def means(values, starts, ends):
    """The mean of each span."""
    return sums(values, starts, ends) / np.maximum(ends - starts, 1)


def greatest(values, starts, ends):
    """The greatest value of each span."""
    return -least(-values, starts, ends)


def least(values, starts, ends):
    """The least value of each span: of two overlapping ones as long as a power of two, which are made level by level."""
    lengths, found = ends - starts, np.zeros(len(ends))
    level = np.frexp(lengths)[1] - 1
    table = values
    for power in range(int(level.max(initial=-1)) + 1):
        at = np.flatnonzero(level == power)
        found[at] = np.minimum(table[starts[at]], table[ends[at] - (1 << power)])
        table = np.minimum(table[: -(1 << power)], table[1 << power :])
    return found


def distinct(codes, values, starts, ends):
    """How many values each span has, once those are taken off that come again before its end."""
    if not len(values):
        return np.zeros(len(ends), "int64")
    chain = np.argsort(codes * (values.max() + 1) + values, kind="stable")
    again = np.full(len(values), len(values))
    same = (codes[chain[1:]] == codes[chain[:-1]]) & (values[chain[1:]] == values[chain[:-1]])
    again[chain[:-1][same]] = chain[1:][same]
    lapsed = np.searchsorted(starts, np.arange(len(values)), "right")
    gone = np.minimum(lapsed, np.searchsorted(ends, again, "right"))
    return ends - np.cumsum(np.bincount(gone, minlength=len(ends) + 1))[: len(ends)]


def latest(events: pd.DataFrame, rows: pd.DataFrame, by: str = "user_id", time: str = "occurred_at") -> pd.DataFrame:
    """The newest event strictly before each row's `as_of`: its columns, with the rows' index; null where there is none.

    Of several events at one moment it is the one that comes last in the frame.
    """
    needed(events, [by, time], "events")
    rows = needed(rows, [by, "as_of"], "rows")
    refuse_nulls(rows)
    events = events[events[by].notna() & events[time].notna()]
    past = Past.of(encoded(events[by], rows[by]), *in_one_unit(events[time], rows["as_of"]))
    starts, ends = past.spans(None)
    newest = past.restored(np.where(ends > starts, past.order.take(ends - 1, mode="clip") if len(events) else -1, -1))
    frame = events.reset_index(drop=True).reindex(newest)
    return frame.set_index(rows.index)
