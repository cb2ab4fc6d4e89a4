"""Windows: a view's features for many rows at once, on frames in memory.

Events are sorted by key and time; what a row may know is then a span of them, which is found by search. After the
sort, some keys at a time have their turn: arrays that fit into a core's cache are faster than those that don't.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.features.definition import Feature, View, check

DAY_SECONDS = 86_400
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
LIMB = 31  # bits; what spans add up in 63 may have 2**32 of them
ROOM = 2**63  # of the whole numbers that say where a key and a moment are
CHUNK = 1 << 17  # events, and rows, that a thread does at once


def compute(view: View, events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The view's features for each row (a key and a moment `as_of`), from the events in [as_of - days, as_of).

    The frame has a column per feature, and the rows' index and order. Counts are int64, the others float64. A row's
    features depend on the events of its key only, not on their order nor on other rows, to the last bit: a sum is the
    exact one, rounded. Events without a key or a time are nobody's. Raises ValueError for a column that is missing, or
    has no time zone or no numbers, and for a row without a key or a moment.
    """
    check(view)
    events, pasts = lined_up(events, rows, view.columns)
    found = {feature.name: np.empty(len(rows), KINDS.get(feature.kind, "float64")) for feature in view.features}

    def fill(past: Past) -> None:
        known = events.take(past.events.positions)
        for feature in view.features:
            found[feature.name][past.rows.positions] = values_of(feature, known, past)

    pasts.each(fill)
    return pd.DataFrame(found, rows.index, view.names, copy=False)


def latest(events: pd.DataFrame, rows: pd.DataFrame, by: str = "user_id", time: str = "occurred_at") -> pd.DataFrame:
    """The newest event strictly before each row's `as_of`: its columns but the key, null where there is none.

    The frame has the rows' index and order. Of several events at one moment it is the one that comes last in the frame
    of events. Raises ValueError as `compute` does.
    """
    names = [name for name in events.columns if name != by]
    events, pasts = lined_up(events, rows, list(dict.fromkeys([by, time, *names])))
    newest = np.full(len(rows), -1)

    def fill(past: Past) -> None:
        some = np.flatnonzero(past.ends)
        last = past.ends[some] - 1
        some, last = (them[past.events.codes[last] == past.rows.codes[some]] for them in (some, last))
        newest[past.rows.positions[some]] = past.events.positions[last]

    pasts.each(fill)
    return events[names].reset_index(drop=True).reindex(newest).set_axis(rows.index)


def lined_up(events: pd.DataFrame, rows: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, "Pasts"]:
    """The events of these columns, a key and a time first, neither null, and the rows' pasts."""
    key, time = names[:2]
    refuse_missing(events, names, "events")
    refuse_missing(rows, [key, "as_of"], "rows")
    refuse_nulls(rows, [key, "as_of"])
    null = (events[key].isna() | events[time].isna()).to_numpy()
    events = events.loc[~null, names] if null.any() else events[names]
    codes, askers = encoded(events[key], rows[key])
    times, as_of, day = in_one_unit(zoned(events[time], "events"), zoned(rows["as_of"], "rows"))
    ours = theirs = Packed.of(codes, times)
    if not (np.array_equal(askers, codes) and np.array_equal(as_of, times)):  # a row per event needs no other sort
        theirs = Packed.of(askers, as_of)
    return events, Pasts(ours, theirs, day)


def refuse_missing(frame: pd.DataFrame, names: list[str], what: str) -> None:
    """ValueError naming the first column that a frame doesn't have."""
    for name in names:
        if name not in frame.columns:
            raise ValueError(f"{what}: no column {name!r}; there are {', '.join(map(str, frame.columns)) or 'none'}")


def refuse_nulls(rows: pd.DataFrame, names: list[str]) -> None:
    """ValueError naming the first row that doesn't say who or when."""
    for name in names:
        null = rows[name].isna().to_numpy()
        if null.any():
            raise ValueError(f"rows: row {rows.index[null.argmax()]!r} has no {name}; drop such rows, or fill it in")


def encoded(events: pd.Series, rows: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The keys of events and rows as whole numbers, the same for the same key; one below all for one without events."""
    if is_whole(events) and is_whole(rows) and len(events):
        ours, theirs = events.to_numpy("int64"), rows.to_numpy("int64")
        low, high = int(ours.min()), int(ours.max())
        if high - low < 2 * len(ours) + 1_000 and low > -(2**62):
            strangers = (theirs < low) | (theirs > high)
            return ours, np.where(strangers, low - 1, theirs) if strangers.any() else theirs
    codes, keys = pd.factorize(plain(events))
    return codes, pd.Index(keys).get_indexer(plain(rows))


def is_whole(keys: pd.Series) -> bool:
    """Whether a column holds whole numbers that an int64 can hold."""
    return pd.api.types.is_integer_dtype(keys.dtype) and keys.dtype != "uint64" and keys.dtype != "UInt64"


def plain(keys: pd.Series) -> pd.Series:
    """The keys without categories, and without room for nulls."""
    if isinstance(keys.dtype, pd.CategoricalDtype):
        keys = keys.astype(keys.cat.categories.dtype)
    return keys.astype("int64") if is_whole(keys) else keys


def zoned(times: pd.Series, what: str) -> pd.Series:
    """The times, if they have a zone; ValueError naming the column otherwise."""
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        return times
    if not len(times):
        return pd.to_datetime(times, utc=True)
    hint = f'say whose clock it is: frame["{times.name}"].dt.tz_localize("UTC")'
    if not pd.api.types.is_datetime64_dtype(times.dtype):
        hint = f'make moments of it: pd.to_datetime(frame["{times.name}"], utc=True)'
    raise ValueError(f"{what}: {times.name} holds {times.dtype}, which has no time zone; {hint}")


def in_one_unit(events: pd.Series, rows: pd.Series) -> tuple[np.ndarray, np.ndarray, int]:
    """The times of both as whole numbers of the finer unit of the two, and how many of it make a day."""
    unit = max(events.dt.unit, rows.dt.unit, key=PER_SECOND.get)
    ours, theirs = ((times if times.dt.unit == unit else times.dt.as_unit(unit)).array.asi8 for times in (events, rows))
    return ours, theirs, DAY_SECONDS * PER_SECOND[unit]


class Scale(NamedTuple):
    """Key and moment as one whole number: ordered by the key, and then by the moment.

    Keys count from `low`. A moment counts from `first` and at most to `last`, or, where the numbers would be too large,
    as its place among the `known` moments. Either is exact between one of those it was made for and any other moment.
    """

    low: int
    first: int
    last: int
    known: np.ndarray | None

    @classmethod
    def of(cls, codes: np.ndarray, times: np.ndarray) -> "Scale":
        """The scale of sorted codes and their times."""
        first, last = bounds(times)
        low, high = bounds(codes)
        fits = (high - low + 2) * (last - first + 2) < ROOM
        return cls(low, first, last, None if fits else np.unique(times))

    def at(self, codes: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """Where these keys and moments are."""
        codes = codes - self.low
        if self.known is not None:
            return codes * (len(self.known) + 1) + np.searchsorted(self.known, moments)
        return codes * (self.last - self.first + 2) + (np.clip(moments, self.first, self.last + 1) - self.first)


def bounds(numbers: np.ndarray) -> tuple[int, int]:
    """The least and the greatest of them, or zeros."""
    return (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)


def in_threads(work: Callable[..., None], parts: Iterable) -> None:
    """Each part's work, on several cores."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # more would only wait for the interpreter
        list(threads.map(work, parts))


class Line(NamedTuple):
    """Some events or rows, sorted by key and moment, and of equal ones as they came, which was at `positions`."""

    positions: np.ndarray
    codes: np.ndarray
    times: np.ndarray


class Packed(NamedTuple):
    """Keys and moments, sorted but for the moments' last bits: a plain sort of numbers is far faster than an argsort.

    Each of `numbers` holds a key from `low` on, the moment as far as there is room, and below `bits` the position.
    """

    numbers: np.ndarray
    times: np.ndarray
    low: int
    high: int
    shift: int
    bits: int

    @classmethod
    def of(cls, codes: np.ndarray, times: np.ndarray) -> "Packed":
        """These codes of keys, and moments; the codes may be up to 2**60 divided by their number apart."""
        (low, high), (first, last) = bounds(codes), bounds(times)
        bits, shift = len(codes).bit_length(), 62 - (high - low).bit_length()
        lost = max(0, (last - first).bit_length() + 1 - (shift - bits))
        numbers = np.empty(len(codes), "int64")

        def fill(start: int) -> None:
            part = slice(start, start + CHUNK)
            moments = (times[part] >> lost) - (first >> lost)
            numbers[part] = (codes[part] - low << shift) + (moments << bits) + np.arange(start, start + len(moments))

        in_threads(fill, range(0, len(codes), CHUNK))
        numbers.sort()
        return cls(numbers, times, low, high, shift, bits)

    def before(self, codes: np.ndarray) -> list[int]:
        """How many are of a lesser key, for each of these."""
        codes = np.clip(codes, self.low, self.high + 1) - self.low
        return np.searchsorted(self.numbers, codes << self.shift).tolist()

    def line(self, part: slice) -> Line:
        """A part that has its keys for itself, in full order."""
        numbers = self.numbers[part]
        positions = numbers & (1 << self.bits) - 1
        codes, times = (numbers >> self.shift) + self.low, self.times[positions]
        order = np.argsort(Scale.of(codes, times).at(codes, times), kind="stable")  # fast, as little is out of order
        return Line(positions[order], codes, times[order])


class Past(NamedTuple):
    """All events and rows of some keys: what a row may know is a span of the events, and `ends` is where it ends."""

    events: Line
    rows: Line
    day: int
    scale: Scale
    places: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, events: Line, rows: Line, day: int) -> "Past":
        """The past of these rows; `day` is how many of the units of time make one."""
        scale = Scale.of(np.append(events.codes, rows.codes), events.times)
        places = scale.at(events.codes, events.times)
        return cls(events, rows, day, scale, places, np.searchsorted(places, scale.at(rows.codes, rows.times)))

    def spans(self, days: int | None) -> tuple[np.ndarray, np.ndarray]:
        """Where the span of each row starts and where it ends; both rise from row to row."""
        since = np.maximum(self.rows.times, self.scale.first)
        longest = int(since.max(initial=self.scale.first)) - self.scale.first + 1
        since -= longest if days is None else min(days * self.day, longest)
        return np.searchsorted(self.places, self.scale.at(self.rows.codes, since)), self.ends


class Pasts(NamedTuple):
    """All events and rows, to be looked at some keys at a time; `day` is how many of the units of time make one."""

    events: Packed
    rows: Packed
    day: int

    def each(self, work: Callable[[Past], None]) -> None:
        """The work for each past, on several cores."""

        def one(part: tuple[slice, slice]) -> None:
            line = self.events.line(part[0])
            work(Past.of(line, line if self.rows is self.events else self.rows.line(part[1]), self.day))

        in_threads(one, self.parts())

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Where the events and the rows of the same keys are: a chunk of either or less, unless one key has more."""
        both = self.events, self.rows
        keys = np.unique(np.concatenate([(side.numbers[CHUNK::CHUNK] >> side.shift) + side.low for side in both]))
        ours, theirs = ([0, *side.before(keys), len(side.numbers)] for side in both)
        return zip(map(slice, ours, ours[1:]), map(slice, theirs, theirs[1:]), strict=True)


def known(feature: Feature, events: pd.DataFrame, past: Past) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which of a past's events a feature aggregates, as positions, and the rows' spans of them."""
    starts, ends = past.spans(feature.days)
    kept = relevant(feature, events)
    before = np.concatenate([[0], np.cumsum(kept)])
    return np.flatnonzero(kept), before[starts], before[ends]


def relevant(feature: Feature, events: pd.DataFrame) -> np.ndarray:
    """Which events a feature aggregates: those of its `where` that have a value."""
    kept = np.ones(len(events), bool)
    if feature.column:
        kept &= events[feature.column].notna().to_numpy()
    if feature.where:
        column, wanted = feature.where
        kept &= (events[column].astype("str") == wanted).to_numpy(bool)
    return kept


def values_of(feature: Feature, events: pd.DataFrame, past: Past) -> np.ndarray:
    """A feature of a past's rows, from its events."""
    if feature.kind == "count" and feature.column is None and feature.where is None:
        return np.subtract(*past.spans(feature.days)[::-1])
    order, starts, ends = known(feature, events, past)
    if feature.kind == "count":
        return ends - starts
    if feature.kind == "distinct":
        return distinct(past.events.codes[order], pd.factorize(events[feature.column].iloc[order])[0], starts, ends)
    found, some = np.full(len(ends), np.nan if feature.empty is None else float(feature.empty)), ends > starts
    starts, ends = starts[some], ends[some]
    if feature.kind == "days_since_last":
        found[some] = (past.rows.times[some] - past.events.times[order[ends - 1]]) / past.day
    else:
        found[some] = AGGREGATES[feature.kind](numbers(events[feature.column])[order], starts, ends)
    return found


def numbers(column: pd.Series) -> np.ndarray:
    """A column as float64; ValueError if it isn't one of numbers."""
    try:
        return column.to_numpy("float64", na_value=np.nan)
    except (TypeError, ValueError) as cause:
        raise ValueError(f"events: {column.name} holds {column.dtype}, where numbers are needed: {cause}") from cause


def distinct(codes: np.ndarray, values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """How many different values each span has: its events but those whose value comes again before its end.

    An event is out of the count from the first span on that starts after it, or ends after its value came again; both
    starts and ends rise, so every span from there on is without it.
    """
    positions = np.arange(len(values))
    chain = np.lexsort((values, codes))
    same = (codes[chain[1:]] == codes[chain[:-1]]) & (values[chain[1:]] == values[chain[:-1]])
    again = np.full(len(values), len(values))
    again[chain[:-1][same]] = chain[1:][same]
    out = np.minimum(np.searchsorted(starts, positions, "right"), np.searchsorted(ends, again, "right"))
    return ends - np.cumsum(np.bincount(out, minlength=len(ends) + 1))[: len(ends)]


def sums(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The sum of each span, from whole numbers that together are exactly the values: no order, no neighbour matters."""
    rest = np.where(np.isfinite(values), values, 0.0)
    top = np.finfo("float64").maxexp  # limbs are cut at the same places whatever the greatest value is
    exponent = top - (top - int(np.frexp(np.abs(rest).max(initial=0.0))[1])) // LIMB * LIMB
    limbs = [(np.zeros(len(ends), "int64"), above) for above in (exponent + LIMB, exponent) if above < top]
    while rest.any():
        exponent -= LIMB
        limb = np.trunc(np.ldexp(rest, -exponent))
        rest -= np.ldexp(limb, exponent)
        limbs.append((spanned(limb.astype("int64"), starts, ends), exponent))
    with np.errstate(invalid="ignore"):  # infinities of both signs make no number
        return joined(limbs, len(ends)) + sum(
            np.where(spanned(values == sign, starts, ends), sign, 0.0) for sign in (np.inf, -np.inf)
        )


def spanned(numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The sum of whole numbers in each span."""
    before = np.concatenate([[0], np.cumsum(numbers)])
    return before[ends] - before[starts]


def joined(limbs: list[tuple[np.ndarray, int]], count: int) -> np.ndarray:
    """So many numbers from their limbs with exponents, the highest first.

    Each but the highest hands what is more than half of the next one's unit up to it, so that nothing cancels out.
    There is room above for all that is handed up, or a number would be rounded by how many limbs its neighbours have.
    """
    total, carry = np.zeros(count), 0
    for limb, exponent in limbs[:0:-1]:
        whole = limb + carry
        carry = (whole + (1 << (LIMB - 1))) >> LIMB
        total += np.ldexp((whole - (carry << LIMB)).astype("float64"), exponent)
    return total + np.ldexp((limbs[0][0] + carry).astype("float64"), limbs[0][1])


def means(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The mean of each span."""
    return sums(values, starts, ends) / (ends - starts)


def greatest(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The greatest value of each span."""
    return -least(-values, starts, ends)


def least(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The least value of each span: the lesser of those of two parts that overlap, both as long as a power of two."""
    found, table = np.empty(len(ends)), values + 0.0  # which makes a zero of a negative zero
    level = np.frexp(ends - starts)[1] - 1
    for power in range(int(level.max(initial=-1)) + 1):
        at, length = np.flatnonzero(level == power), 1 << power
        found[at] = np.minimum(table[starts[at]], table[ends[at] - length])
        table = np.minimum(table[:-length], table[length:])
    return found


AGGREGATES = {"sum": sums, "mean": means, "min": least, "max": greatest}
KINDS = {"count": "int64", "distinct": "int64"}
