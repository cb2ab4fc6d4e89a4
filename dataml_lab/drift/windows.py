"""A reference in windows of time, or of whole groups: how far they lie from each other without drift is what a new
one may be off.

Rows of a day, or of a customer, are alike. A test that takes them for independent finds each day, and each sample of
customers, drifted. How far each window lies from the others is measured, and a new window is compared with that.
"""

from collections.abc import Hashable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.drift.profile import Profile

Every = Literal["day", "week", "group"]
LEAST = 4  # windows that a calibration needs
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Window(NamedTuple):
    """A window: its profile, and its phase, the weekday of a day; windows are compared with others of their phase."""

    profile: Profile
    phase: int = 0


class Windows:
    """The profiles of a reference's windows; `every` says what they are, and `column` where their time or group was.

    Days are compared with days of the same weekday, because a shop's Sundays are unlike its Mondays. So many days of
    each weekday are needed: two at least, and four or more are better.
    """

    def __init__(self, windows: Sequence[Window], every: Every, column: str) -> None:
        if len(windows) < LEAST:
            raise ValueError(f"the reference has too few windows of a {every}: {len(windows)} whole ones, where a "
                             f"calibration needs {LEAST} or more")
        self.windows, self.every, self.column = list(windows), every, column
        self.usual: dict[str, dict[str, np.ndarray]] = {}  # of each column, what `compare` measured between the windows

    @classmethod
    def by_day(cls, table: pd.DataFrame, column: str) -> "Windows":
        """A window for each day that has rows, by the times in this column."""
        days = moments(table, column).dt.floor("D")
        rest = table.drop(columns=column)
        return cls([Window(Profile.of(rest[(days == day).to_numpy()]), day.weekday()) for day in sorted(days.unique())],
                   "day", str(column))

    @classmethod
    def by_week(cls, table: pd.DataFrame, column: str) -> "Windows":
        """A window for each seven days, counted back from the last day; days of a week that isn't whole are left
        out."""
        days = moments(table, column).dt.floor("D")
        weeks = ((days.max() - days).dt.days // 7).to_numpy()
        whole = ((days.max() - days.min()).days + 1) // 7
        rest = table.drop(columns=column)
        found = [rest[weeks == week] for week in reversed(range(whole))]
        return cls([Window(Profile.of(week)) for week in found if len(week)], "week", str(column))

    @classmethod
    def by_group(cls, table: pd.DataFrame, column: str, parts: int = 20, seed: int = 0) -> "Windows":
        """The groups, such as customers, dealt at random into so many windows, each with whole groups."""
        codes = pd.factorize(present(table, column))[0]
        if codes.max(initial=-1) + 1 < 2 * parts:
            raise ValueError(f"{column} has {codes.max(initial=-1) + 1} groups, where {2 * parts} or more are needed")
        dealt = np.random.default_rng(seed).permutation(codes.max() + 1)[codes] % parts
        rest = table.drop(columns=column)
        return cls([Window(Profile.of(rest[dealt == part])) for part in range(parts)], "group", str(column))

    def reference(self, phase: int | None = None) -> Profile:
        """The windows of a phase merged, or all."""
        found = [window.profile for window in self.windows if phase in (None, window.phase)]
        if phase is not None and self.every == "day" and len(found) < 2:
            raise ValueError(f"the reference has {len(found)} days that are a {WEEKDAYS[phase]}, where 2 are needed: "
                             "give it more weeks, or compare by week")
        return Profile.merged(found)

    @cached_property
    def apart(self) -> list[tuple[Profile, Profile]]:
        """For each window the others of its phase, merged, and itself; not where it has no others."""
        found = []
        for phase in sorted({window.phase for window in self.windows}):
            profiles = [window.profile for window in self.windows if window.phase == phase]
            found += zip(without_each(profiles), profiles, strict=True) if len(profiles) > 1 else []
        return found

    def current(self, table: pd.DataFrame, at: object = None) -> tuple[pd.DataFrame, int | None]:
        """The table without the column of times or groups, and the phase of its window; ValueError if it is longer than
        a window."""
        rest = table.drop(columns=self.column, errors="ignore")
        if self.every == "group" or self.column not in table:
            return rest, self.phase(at)
        days = moments(table, self.column).dt.floor("D")
        longest = 1 if self.every == "day" else 7
        if (days.max() - days.min()).days >= longest:
            raise ValueError(f"current goes from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}, which is longer than "
                             f"a window of a {self.every}: compare one at a time")
        return rest, self.phase(days.max() if at is None else at)

    def phase(self, at: object) -> int | None:
        """The weekday of a moment, where windows are days; None for any."""
        return None if at is None or self.every != "day" else pd.Timestamp(at).weekday()


def without_each(profiles: Sequence[Profile]) -> list[Profile]:
    """For each of two or more profiles the others, merged: those before it with those after it."""
    def both(one: Profile, other: Profile) -> Profile:
        return Profile.merged([one, other])

    before, after = list(accumulate(profiles, both)), list(accumulate(reversed(profiles), both))[::-1]
    return [after[1], *map(both, before[:-2], after[2:]), before[-2]]


def present(table: pd.DataFrame, column: Hashable) -> pd.Series:
    """A column without missing values; ValueError if it isn't there, or misses some."""
    if column not in table:
        raise ValueError(f"there is no column {column!r}; there are: {', '.join(map(str, table.columns))}")
    if table[column].isna().any():
        raise ValueError(f"{column} is missing in {table[column].isna().sum():,} rows, first in row "
                         f"{table[column].isna().to_numpy().argmax()}")
    return table[column]


def moments(table: pd.DataFrame, column: Hashable) -> pd.Series:
    """A column as times; ValueError if it is none of times."""
    found = present(table, column)
    if pd.api.types.is_datetime64_any_dtype(found):
        return found
    try:
        return pd.to_datetime(found, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{column} has values that are no times in the form of ISO 8601: {error}") from error
