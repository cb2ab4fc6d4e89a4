"""Windows: a view's features for many rows at once, on frames in memory.

Events are sorted by key and time; what a row may know is then a span of them, which is found by search.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.features.definition import Feature, View, check

DAY_SECONDS = 86_400
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
LIMB = 31  # bits; what spans add up in 63 may have 2**32 of them
ROOM = 2**63  # of the whole numbers that say where a key and a moment are
CHUNK = 500_000  # needles of one search


def compute(view: View, events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The view's features for each row (a key and a moment `as_of`), from the events in [as_of - days, as_of).

    The frame has a column per feature, and the rows' index and order. Counts are int64, the others float64. A row's
    features depend on the events of its key only, not on their order nor on other rows, to the last bit: a sum is the
    exact one, rounded. Events without a key or a time are nobody's. Raises ValueError for a column that is missing, or
    has no time zone or no numbers, and for a row without a key or a moment.
    """
    check(view)
    past, events = lined_up(events, rows, view.columns)
    found = {feature.name: past.restored(values_of(feature, events, past)) for feature in view.features}
    return pd.DataFrame(found, rows.index, view.names)


def latest(events: pd.DataFrame, rows: pd.DataFrame, by: str = "user_id", time: str = "occurred_at") -> pd.DataFrame:
    """The newest event strictly before each row's `as_of`: its columns but the key, null where there is none.

    The frame has the rows' index and order. Of several events at one moment it is the one that comes last in the frame
    of events. Raises ValueError as `compute` does.
    """
    names = [name for name in events.columns if name != by]
    past, events = lined_up(events, rows, list(dict.fromkeys([by, time, *names])))
    newest = np.full(len(past.ends), -1)
    some = np.flatnonzero(past.ends)
    last = past.order[past.ends[some] - 1]
    newest[some] = np.where(past.codes[last] == past.askers[some], last, -1)
    return events[names].reset_index(drop=True).reindex(past.restored(newest)).set_axis(rows.index)


def lined_up(events: pd.DataFrame, rows: pd.DataFrame, names: list[str]) -> tuple["Past", pd.DataFrame]:
    """The past of each row, and the events that it is about: of these columns, a key and a time first, neither null."""
    key, time = names[:2]
    refuse_missing(events, names, "events")
    refuse_missing(rows, [key, "as_of"], "rows")
    refuse_nulls(rows, [key, "as_of"])
    null = (events[key].isna() | events[time].isna()).to_numpy()
    events = events.loc[~null, names] if null.any() else events[names]
    codes, askers = encoded(events[key], rows[key])
    times, as_of, day = in_one_unit(zoned(events[time], "events"), zoned(rows["as_of"], "rows"))
    return Past.of(codes, askers, times, as_of, day, Scale.of(codes, times)), events


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
    """The keys of events and rows as whole numbers from 0, the same for the same key; -1 for one without events."""
    if is_whole(events) and is_whole(rows) and len(events):
        ours, theirs = events.to_numpy("int64"), rows.to_numpy("int64")
        low, high = int(ours.min()), int(ours.max())
        if high - low < 2 * len(ours) + 1_000:
            return ours - low, np.where((theirs >= low) & (theirs <= high), theirs - low, -1)
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
    ours, theirs = (times.dt.as_unit(unit).array.asi8 for times in (events, rows))
    return ours, theirs, DAY_SECONDS * PER_SECOND[unit]


class Scale(NamedTuple):
    """Key and moment as one whole number: ordered by the key, and then by the moment.

    A moment counts from `first` and at most to `last`, or, where the numbers would be too large, as its place among
    the `known` moments. Either is exact between one of the events and any other moment.
    """

    first: int
    last: int
    known: np.ndarray | None

    @classmethod
    def of(cls, codes: np.ndarray, times: np.ndarray) -> "Scale":
        """The scale of these events."""
        first, last = (int(times.min()), int(times.max())) if len(times) else (0, 0)
        fits = (int(codes.max(initial=0)) + 2) * (last - first + 2) < ROOM
        return cls(first, last, None if fits else np.unique(times))

    def at(self, codes: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """Where these keys and moments are."""
        if self.known is not None:
            return codes * (len(self.known) + 1) + search(self.known, moments)
        return codes * (self.last - self.first + 2) + (np.clip(moments, self.first, self.last + 1) - self.first)


def search(among: np.ndarray, needles: np.ndarray) -> np.ndarray:
    """np.searchsorted from the left, on several cores."""
    return in_chunks(partial(np.searchsorted, among), needles)


def picked(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """values[positions], on several cores."""
    return in_chunks(values.take, positions)


def in_chunks(work: Callable[[np.ndarray], np.ndarray], numbers: np.ndarray) -> np.ndarray:
    """A number for each number, by threads that each do some of them; the work must let go of the interpreter."""
    if len(numbers) <= CHUNK:
        return work(numbers)
    chunks = np.array_split(numbers, -(-len(numbers) // CHUNK))
    with ThreadPoolExecutor() as threads:
        return np.concatenate(list(threads.map(work, chunks)))


def ordered(codes: np.ndarray, times: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The positions sorted by place, and of equal places by position; fast where the times rise already."""
    bits = len(times).bit_length()
    if (times[1:] >= times[:-1]).all() and int(codes.max(initial=0)) < 2 ** (62 - bits):
        return by_position(codes, np.arange(len(codes)))
    return stable_order(places)


def stable_order(places: np.ndarray) -> np.ndarray:
    """np.argsort(places, kind="stable"), in half the time."""
    order = np.argsort(places)
    places = picked(places, order)
    tied = places[1:] == places[:-1]
    return by_position(np.cumsum(np.concatenate([[0], ~tied])), order) if tied.any() else order


def by_position(groups: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The positions sorted by group, and in a group by themselves: a plain sort of both in one number."""
    bits = len(positions).bit_length()
    packed = groups << bits
    packed |= positions
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def run_starts(places: np.ndarray) -> np.ndarray:
    """For each of the sorted places, the position of the first that equals it."""
    starts = np.arange(len(places))
    starts[1:][places[1:] == places[:-1]] = 0
    return np.maximum.accumulate(starts, out=starts)


class Past(NamedTuple):
    """Events and rows, each in the order of key and moment, so that what a row may know is a span of the events.

    `order` and `asking` are the positions in which the events and the rows are in that order. `codes` and `times` are
    the events', as they came; `askers` and `as_of` the rows', in order; `places` is where the events are on the scale,
    in order, and `ends` where each row's span of them ends.
    """

    order: np.ndarray
    asking: np.ndarray
    codes: np.ndarray
    times: np.ndarray
    askers: np.ndarray
    as_of: np.ndarray
    day: int
    scale: Scale
    places: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(
        cls, codes: np.ndarray, askers: np.ndarray, times: np.ndarray, as_of: np.ndarray, day: int, scale: Scale
    ) -> "Past":
        """The past of rows: of `askers` at `as_of`, codes of keys and moments as those of the events."""
        places = scale.at(codes, times)
        order = ordered(codes, times, places)
        events = picked(places, order)
        if np.array_equal(askers, codes) and np.array_equal(as_of, times):  # a row per event: nothing to sort or search
            asking, ends = order, run_starts(events)
        else:
            places = scale.at(askers, as_of)
            asking = ordered(askers, as_of, places)
            ends = search(events, picked(places, asking))
        return cls(order, asking, codes, times, picked(askers, asking), picked(as_of, asking), day, scale, events, ends)

    def spans(self, days: int | None) -> tuple[np.ndarray, np.ndarray]:
        """Where the span of each sorted row starts and where it ends; both rise from row to row."""
        since = np.maximum(self.as_of, self.scale.first)
        longest = int(since.max(initial=self.scale.first)) - self.scale.first + 1
        since -= longest if days is None else min(days * self.day, longest)
        return search(self.places, self.scale.at(self.askers, since)), self.ends

    def restored(self, found: np.ndarray) -> np.ndarray:
        """What was found for the sorted rows, in the order that the rows had."""
        result = np.empty_like(found)
        result[self.asking] = found
        return result


def known(feature: Feature, events: pd.DataFrame, past: Past) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The positions of the events that a feature aggregates, in order, and the rows' spans of them."""
    starts, ends = past.spans(feature.days)
    if feature.column is None and feature.where is None:
        return past.order, starts, ends
    kept = relevant(feature, events)[past.order]
    before = np.concatenate([[0], np.cumsum(kept)])
    return past.order[kept], before[starts], before[ends]


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
    """A feature of the sorted rows."""
    order, starts, ends = known(feature, events, past)
    if feature.kind == "count":
        return ends - starts
    if feature.kind == "distinct":
        return distinct(past.codes[order], pd.factorize(events[feature.column].iloc[order])[0], starts, ends)
    found, some = np.full(len(ends), np.nan if feature.empty is None else float(feature.empty)), ends > starts
    starts, ends = starts[some], ends[some]
    if feature.kind == "days_since_last":
        found[some] = (past.as_of[some] - past.times[order[ends - 1]]) / past.day
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
    chain = stable_order(codes * (values.max(initial=0) + 1) + values)
    same = (codes[chain[1:]] == codes[chain[:-1]]) & (values[chain[1:]] == values[chain[:-1]])
    again = np.full(len(values), len(values))
    again[chain[:-1][same]] = chain[1:][same]
    out = np.minimum(np.searchsorted(starts, positions, "right"), np.searchsorted(ends, again, "right"))
    return ends - np.cumsum(np.bincount(out, minlength=len(ends) + 1))[: len(ends)]


def sums(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The sum of each span, from whole numbers that together are exactly the values: no order, no neighbour matters."""
    rest = np.where(np.isfinite(values), values, 0.0)
    exponent, limbs = int(np.frexp(np.abs(rest).max(initial=0.0))[1]), []
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
    """
    total, carry = np.zeros(count), 0
    for limb, exponent in limbs[:0:-1]:
        whole = limb + carry
        carry = (whole + (1 << (LIMB - 1))) >> LIMB
        total += np.ldexp((whole - (carry << LIMB)).astype("float64"), exponent)
    return total + np.ldexp((limbs[0][0] + carry).astype("float64"), limbs[0][1]) if limbs else total


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
