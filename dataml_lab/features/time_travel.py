"""Time travel: does a feature move when only the future changes? If it does, it knows what nobody can know yet."""

import math
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from copy import copy
from datetime import datetime, timedelta
from functools import cache, partial
from numbers import Number, Real
from operator import eq
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

Features = Callable[[pd.DataFrame, Sequence, datetime], pd.DataFrame]
FEW = 8  # events that are named; of more that matter only together, not each is sought
LATER = timedelta(days=400)
OLD = 2200  # a moment from this year on stands for "never ends", and there may be none after it


class Moved(NamedTuple):
    """A feature that future events move: what it is without them and with them, and which they are.

    `before` is the value of `column` for `user` made of the past alone, `after` the one with `events` besides: the
    labels of future rows, one where one alone does it, otherwise the fewest found that do it together. `occurred_at`
    is the time of the first. `how` says what they are: rows that are in the data ("deleted" without them), the same
    with other values ("poisoned"), or a row made up "at as_of" (which has no label: None).

    Without a column it is the user's row as a whole that is "there" or "absent", without a user the column as a
    whole; without both, the features are "computed" or fail, and the failure is told.
    """

    column: Hashable | None
    user: Hashable | None
    before: Any
    after: Any
    how: Literal["deleted", "poisoned", "at as_of"]
    events: tuple[Hashable | None, ...]
    occurred_at: pd.Timestamp

    def __str__(self) -> str:
        return f"{self.what}: {self.before} from the past alone, {self.after} with {self.cause}"

    @property
    def what(self) -> str:
        """What moved, in words."""
        if self.column is None:
            return "the features" if self.user is None else f"the row of user {self.user}"
        return f"column {self.column}" if self.user is None else f"{self.column} of user {self.user}"

    @property
    def cause(self) -> str:
        """The future rows that moved it, in words: a label is what the index calls a row, not an id in a column."""
        values = ", given other values" if self.how == "poisoned" else ""
        if len(self.events) > 1:
            labels = ", ".join(map(str, self.events[:FEW]))
            named = "made up at as_of" if self.how == "at as_of" else f"labelled {labels}"
            more = ", …" if self.how != "at as_of" and len(self.events) > FEW else ""
            fewer = "fewer were not found" if len(self.events) > FEW else "no single one of them does it alone"
            return f"{len(self.events)} future rows together ({named}{more}){values}: {fewer}"
        if self.how == "at as_of":
            return f"an event at as_of itself, {self.occurred_at}"
        return f"the future row labelled {self.events[0]}, of {self.occurred_at}{values}"


class Failed:
    """Features that could not be computed. That they could not is all that counts: any two of these are equal."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Failed)

    __hash__ = None

    def __str__(self) -> str:
        return f"{type(self.error).__name__}: {self.error}"


Outcome = pd.DataFrame | Failed


class Future(NamedTuple):
    """Events with one future: `rows` are the past and it, `coming` the positions of its rows in order of time.

    `times` says by position when each occurred, in the caller's data where it is there.
    """

    how: str
    rows: pd.DataFrame
    coming: list[int]
    times: pd.Series


def time_travel(
    features: Features,
    events: pd.DataFrame,
    users: Sequence,
    as_of: datetime,
    key: str = "user_id",
    time: str = "occurred_at",
    tolerance: float = 1e-9,
) -> list[Moved]:
    """The features that move when nothing but the future changes, each column once; [] where all are honest.

    `features(events, users, as_of)` returns a frame with a row per user, its index being the users. It is computed
    from the past alone (the rows whose `time` is before `as_of`, and those without a time); then with the future as
    it is; then with a future of other values (numbers × 1000 + 1, other texts, other known categories, ids and users
    exchanged, all 400 days later); then with rows made up at `as_of` itself, which is not the past: an event counts
    if it occurred a microsecond earlier. `key` is the column that says whose an event is. Take an `as_of` with events
    on both sides. The features get copies, and are computed six times, and some twenty times more for each that moved.

    Two floats are the same when they differ by at most `tolerance` of the larger, or by a thousandth of that of the
    column's largest: sums in another order differ less. Features of float32 need 1e-5. All else is compared exactly,
    NaN being the same as NaN. Features that fail on the past alone need the future, and are found; so are those that
    fail at a future value they don't know.

    Raises ValueError for times without a zone, a missing column, features that are no frame of these users, or that
    differ between two runs on the same events; and what the features raise when given all events.

    >>> events = pd.DataFrame({"user_id": [1, 2, 1], "total": [10.0, 20.0, 30.0],
    ...     "occurred_at": pd.to_datetime(["2025-03-01", "2025-03-02", "2025-03-09"], utc=True)})
    >>> def spending(events, users, as_of):
    ...     past = events[events["occurred_at"] < as_of]
    ...     sums = {"past": past.groupby("user_id")["total"].sum(), "all": events.groupby("user_id")["total"].sum()}
    ...     return pd.DataFrame(sums).reindex(users).fillna(0.0)
    >>> for moved in time_travel(spending, events, [1, 2, 3], pd.Timestamp("2025-03-05", tz="UTC")):
    ...     print(moved)
    all of user 1: 10.0 from the past alone, 40.0 with the future row labelled 2, of 2025-03-09 00:00:00+00:00
    """
    as_of = checked(events, users, as_of, key, time)
    run = partial(computed, features, users, as_of)
    check_reproducible(run(events), run(events), users, tolerance)
    before, found = run(events[~(events[time] >= as_of)]), {}
    for future in futures(events, users, as_of, key, time):
        outcome = cache(partial(with_events, run, future))
        for column, user in changes(before, outcome(frozenset(future.coming)), tolerance):
            if column not in found:
                found[column] = explained(before, outcome, future, column, user, tolerance)
    return list(found.values())


def checked(events: pd.DataFrame, users: Sequence, as_of: datetime, key: str, time: str) -> pd.Timestamp:
    """The moment `as_of` as a timestamp; ValueError where these can't be travelled with."""
    as_of = pd.Timestamp(as_of)
    missing = [name for name in (key, time) if name not in events]
    if missing:
        raise ValueError(f"the events have no column {missing[0]!r}: they have {', '.join(map(str, events))}")
    if not isinstance(events[time].dtype, pd.DatetimeTZDtype):
        kind = events[time].dtype
        raise ValueError(f"{time} is {kind}, where times with a zone are needed: pd.to_datetime(…, utc=True)")
    if as_of.tzinfo is None:
        raise ValueError(f"as_of is {as_of}, in no zone: say which, as in pd.Timestamp(…, tz='UTC')")
    if not len(users):
        raise ValueError("there are no users: give some to compute the features of")
    return as_of


def computed(features: Features, users: Sequence, as_of: pd.Timestamp, events: pd.DataFrame) -> Outcome:
    """What the features are on a copy of the events; ValueError when that is no frame with unique users and columns."""
    try:
        frame = features(events.copy(), copy(users), as_of)
    except Exception as error:
        return Failed(error)
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"the features are a {type(frame).__name__}, where a frame with a row per user is needed")
    for axis, labels in (("column", frame.columns), ("user", frame.index)):
        if not labels.is_unique:
            raise ValueError(f"the features have the {axis} {labels[labels.duplicated()][0]} twice")
    return frame


def check_reproducible(outcome: Outcome, again: Outcome, users: Sequence, tolerance: float) -> None:
    """Raises what the features raised, or ValueError unless both runs on the same events gave these users the same."""
    if isinstance(outcome, Failed):
        raise outcome.error
    if set(outcome.index) != set(users):
        odd = next(iter(set(users) ^ set(outcome.index)))
        told = "no row" if odd in set(users) else "a row that nobody asked for,"
        raise ValueError(f"the features have {told} for user {odd}: their index must be the users")
    for column, _ in changes(outcome, again, tolerance):
        what = "outcome" if column is None else column
        raise ValueError(f"two runs on the same events gave a different {what}: seed what is random in it")


def with_events(run: Callable[[pd.DataFrame], Outcome], future: Future, coming: frozenset[int]) -> Outcome:
    """The outcome with the past and these rows of the future, in the order of the rows."""
    there = np.ones(len(future.rows), bool)
    there[list(set(future.coming) - coming)] = False
    return run(future.rows[there])


# what the future may be


def futures(events: pd.DataFrame, users: Sequence, as_of: pd.Timestamp, key: str, time: str) -> Iterator[Future]:
    """The future as it is, one of other values, and one of rows at `as_of`."""
    ahead = np.flatnonzero(events[time] >= as_of)
    ahead = ahead[np.argsort(events[time].iloc[ahead], kind="stable")]
    keys = keys_like(users, events[key])
    yield Future("deleted", events, ahead.tolist(), events[time])
    yield Future("poisoned", poisoned(events, ahead, keys, key), ahead.tolist(), events[time])
    if len(events):
        past = events[~(events[time] >= as_of)]
        rows = pd.concat([past, planted(events, keys, as_of, key, time)])
        yield Future("at as_of", rows, list(range(len(past), len(rows))), rows[time])


def keys_like(users: Sequence, column: pd.Series) -> pd.Series:
    """The users as values of the column that says whose an event is; of a categorical one, those it can hold."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        users = [user for user in users if user in column.cat.categories]
    try:
        return pd.Series(list(users)).astype(column.dtype)
    except (ValueError, TypeError) as cause:
        raise ValueError(f"the users can't be values of {column.name}, which is {column.dtype}: {cause}") from cause


def cycle(values: pd.DataFrame | pd.Series, length: int) -> pd.DataFrame | pd.Series:
    """As many of the values, beginning again when there are no more."""
    return values.iloc[np.arange(length) % len(values)]


def poisoned(events: pd.DataFrame, ahead: np.ndarray, keys: pd.Series, key: str) -> pd.DataFrame:
    """The events with other values in these rows, each column still of its own type."""
    rows = events.copy()
    for name in events:
        column = events[name].copy()
        part = column.iloc[ahead]
        if name == key:
            other = cycle(keys, len(part)) if len(keys) else part
        else:
            other = pd.Series(np.roll(part, 1)) if is_id(name) else altered(part)
        column.iloc[ahead] = other.astype(column.dtype).array
        rows[name] = column
    return rows


def is_id(name: Hashable) -> bool:
    """Whether a column is named as one of ids, which stand for something and must not become unknown ones."""
    return str(name).lower() == "id" or str(name).lower().endswith("_id")


def altered(column: pd.Series) -> pd.Series:
    """Other values of the same type, where it has any; what is missing stays so."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        number = max(len(column.cat.categories), 1)
        codes = column.cat.codes.to_numpy(int)
        return pd.Series(pd.Categorical.from_codes(np.where(codes < 0, -1, (codes + 1) % number), dtype=column.dtype))
    if pd.api.types.is_bool_dtype(column.dtype):
        return ~column
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return shifted(column, LATER)
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column + LATER
    return scaled(column) if pd.api.types.is_numeric_dtype(column.dtype) else column.map(other_value)


def shifted(column: pd.Series, by: timedelta | pd.Series) -> pd.Series:
    """Times moved on, but for those that stand for "never"."""
    real = column.dt.year < OLD
    return column.mask(real, (column.where(real) + by).astype(column.dtype))


def scaled(column: pd.Series) -> pd.Series:
    """The numbers × 1000 + 1; of a small whole type, at most half of its largest."""
    if not pd.api.types.is_integer_dtype(column.dtype):
        return column * 1000 + 1
    largest = np.iinfo(getattr(column.dtype, "numpy_dtype", column.dtype)).max // 2
    return (column.astype("Float64") * 1000 + 1).clip(-largest, largest)


def other_value(value: object) -> object:
    """Another value of the same kind: of texts, truths and numbers."""
    if isinstance(value, str):
        return f"{value} (altered)"
    if isinstance(value, bool):
        return not value
    return value * 1000 + 1 if isinstance(value, Number) and not pd.isna(value) else value


def planted(events: pd.DataFrame, keys: pd.Series, as_of: pd.Timestamp, key: str, time: str) -> pd.DataFrame:
    """Rows of the first moment from `as_of` on that the times can hold: like the events, of all of these users in turn.

    Other times are moved along; ids that no two events share, such as an order's, are new.
    """
    rows = cycle(events, max(len(keys), len(events)))
    moment = as_of.tz_convert("UTC").ceil(events[time].dtype.unit)
    by = moment - rows[time]
    for name in events.columns.difference([key, time], sort=False):
        if pd.api.types.is_datetime64_any_dtype(rows[name].dtype):
            rows[name] = shifted(rows[name], by)
        elif is_id(name) and events[name].is_unique:
            rows[name] = new_values(events[name], rows[name]).astype(events[name].dtype).array
    rows[time] = pd.Series(moment, rows.index).astype(events[time].dtype)
    rows[key] = cycle(keys, len(rows)).array if len(keys) else rows[key]
    if pd.api.types.is_integer_dtype(events.index.dtype):
        rows.index = events.index.max() + 1 + np.arange(len(rows))
    return rows


def new_values(column: pd.Series, part: pd.Series) -> pd.Series:
    """In place of whole numbers and texts some that the column doesn't have; those of any other type stay."""
    if pd.api.types.is_integer_dtype(column.dtype):
        return pd.Series(int(column.max()) + 1 + np.arange(len(part)))
    if isinstance(column.dtype, pd.CategoricalDtype):
        return part
    new = (f"planted {number}" for number in range(len(part)))
    return pd.Series([next(new) if isinstance(value, str) else value for value in part], dtype=column.dtype)


# what moved


def changes(before: Outcome, after: Outcome, tolerance: float) -> Iterator[tuple[Hashable | None, Hashable | None]]:
    """What differs, as (column, user): for each column the first user; for a whole column or row without the other."""
    if isinstance(before, Failed) or isinstance(after, Failed):
        yield None, None
        return
    yield from ((column, None) for column in before.columns.symmetric_difference(after.columns, sort=False))
    yield from ((None, user) for user in before.index.symmetric_difference(after.index, sort=False)[:1])
    users = before.index[before.index.isin(after.index)]
    for column in before.columns[before.columns.isin(after.columns)]:
        alike = likeness(before[column], tolerance)
        values = zip(users, before.loc[users, column].tolist(), after.loc[users, column].tolist(), strict=True)
        yield from [(column, user) for user, one, other in values if not alike(one, other)][:1]


def likeness(column: pd.Series, tolerance: float) -> Callable[[object, object], bool]:
    """Whether two values of a feature are the same: floats within the tolerance, all else exactly."""
    sizes = [abs(value) for value in column.tolist() if isinstance(value, float) and math.isfinite(value)]
    return partial(same, tolerance=tolerance, slack=max(sizes, default=0.0) * tolerance / 1000)


def same(one: object, other: object, tolerance: float, slack: float) -> bool:
    """Whether the values are equal, both missing, or floats that differ by `slack` or `tolerance` of the larger."""
    if missing(one) or missing(other):
        return missing(one) and missing(other)
    if isinstance(one, Real) and isinstance(other, Real) and isinstance(one + other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=slack)
    return bool(one == other)


def missing(value: object) -> bool:
    """Whether it is None, NaN, NaT or NA."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def value(outcome: Outcome, column: Hashable | None, user: Hashable | None) -> object:
    """What an outcome says of a user's feature; of a whole row or column, or of the computation, in a word."""
    if isinstance(outcome, Failed):
        return outcome
    if column is None and user is None:
        return "computed"
    there = (column is None or column in outcome) and (user is None or user in outcome.index)
    if not there or column is None or user is None:
        return "there" if there else "absent"
    return outcome.loc[[user], column].tolist()[0]


# why it moved


def explained(
    before: Outcome,
    outcome: Callable[[frozenset[int]], Outcome],
    future: Future,
    column: Hashable | None,
    user: Hashable | None,
    tolerance: float,
) -> Moved:
    """The finding: few rows of this future with which the value differs, and what it is with them."""
    alike = likeness(before[column], tolerance) if isinstance(before, pd.DataFrame) and column in before else eq
    without = value(before, column, user)
    rows = fewest(lambda rows: not alike(without, value(outcome(frozenset(rows)), column, user)), future.coming)
    values = [without, value(outcome(frozenset(rows)), column, user)]
    told = [str(value) if isinstance(value, Failed) else value for value in values]
    labels = [None] * len(rows) if future.how == "at as_of" else future.rows.index[rows]
    return Moved(column, user, *told, future.how, tuple(labels), future.times.iloc[rows[0]])


def fewest(moves: Callable[[list[int]], bool], coming: list[int]) -> list[int]:
    """Few of the rows that move something together, given that all do: one, where it does so alone.

    Among the rows from the first on there is one with which they begin to move it. It is needed; so is, beside it, the
    one with which those before it begin to. That takes the logarithm of their number for each of them. When a few
    are not enough, it is all from the first on.
    """
    needed: list[int] = []
    while not moves(needed):
        if len(needed) == FEW:
            return coming + needed
        number = bisect_left(range(len(coming)), True, lo=1, key=lambda n: moves(coming[:n] + needed))
        coming, needed = coming[: number - 1], [coming[number - 1], *needed]
    return next(([row] for row in needed if moves([row])), needed)
