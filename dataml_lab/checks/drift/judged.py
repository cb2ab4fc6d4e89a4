"""Monitors on all days of many runs at once: what `dataml_lab.drift.monitor` says day by day, of columns of numbers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dataml_lab.drift.monitor import Monitor, Threshold

Columns = dict[str, np.ndarray]  # by name; the last axis is that of rows, the one before it that of days
WEEK = 7


class Daily(NamedTuple):
    """A metric of a column: for each day of the reference, and for each run and day."""

    reference: np.ndarray
    runs: np.ndarray

    @classmethod
    def of(cls, metric: str, past: np.ndarray, runs: np.ndarray) -> "Daily":
        """The metric of rows of the reference and of runs; NaN where no row has a value."""
        if metric == "moved":
            return cls(*moved(past, runs))
        if metric == "new":  # numbers have no categories
            return cls(*(np.full(values.shape[:-1], np.nan) for values in (past, runs)))
        measure = METRICS.get(metric) or percentile(int(metric[1:]))
        return cls(*(measure(np.sort(values, axis=-1)) for values in (past, runs)))

    @property
    def days(self) -> np.ndarray:
        """For each run its days, after those of the reference."""
        past = np.broadcast_to(self.reference, (len(self.runs), len(self.reference)))
        return np.concatenate([past, self.runs], axis=1)


class Judged(NamedTuple):
    """A monitor's numbers for each run and day: the value, and what is the least and the greatest without an alarm."""

    value: np.ndarray
    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def by(cls, row: Monitor, daily: Daily) -> "Judged":
        """The judgement of a monitor on its daily numbers."""
        days, past = daily.days, len(daily.reference)
        within = windows(days, row.window)
        value = np.where(np.isnan(days), np.nan, mean_of(within))
        expected, of_days = usual(row, daily, within)
        known = (~np.isnan(within)).sum(axis=-1)
        with np.errstate(divide="ignore"):
            rooted = np.sqrt(1 / known + np.where(of_days > 0, 1 / of_days, 0.0))
        low, high = Threshold.of(row.threshold).bounds(expected, spread(row, daily.reference) * rooted)
        whole = (np.broadcast_to(one, days.shape)[:, past:] for one in (value, expected, low, high))
        return cls(*whole)

    @property
    def alarms(self) -> np.ndarray:
        """Whether it alarms; without a value it doesn't."""
        return (self.value < self.low) | (self.value > self.high)


def mean_of(values: np.ndarray) -> np.ndarray:
    """The mean over the last axis of what is known; NaN where nothing is."""
    known = (~np.isnan(values)).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.nansum(values, axis=-1) / known


def windows(days: np.ndarray, length: int) -> np.ndarray:
    """For each run and day the days of the window that ends on it, today last; NaN before the first of all days."""
    before = np.full((len(days), length - 1), np.nan)
    return np.lib.stride_tricks.sliding_window_view(np.concatenate([before, days], axis=1), length, axis=1)


def usual(row: Monitor, daily: Daily, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is expected on each day, and of how many days it is the mean; 0 for a number."""
    past, shape = daily.reference, within.shape[:2]
    if not isinstance(row.baseline, str):
        return np.full(shape, float(row.baseline)), np.zeros(shape)
    if row.baseline == "reference":
        return np.full(shape, mean_of(past)), np.full(shape, (~np.isnan(past)).sum())
    if row.baseline == "week before":
        week = windows(daily.days, WEEK)
        before = np.concatenate([np.full((len(week), row.window, WEEK), np.nan), week], axis=1)[:, :shape[1]]
        return mean_of(before), (~np.isnan(before)).sum(axis=-1)
    return of_weekdays(past, within)


def of_weekdays(past: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean over the known days of each window of what is usual on such a weekday, and of how many days the last
    seven of these means are made."""
    weeks = past.reshape(-1, WEEK)  # the reference begins on a Monday
    places = np.arange(within.shape[1])[:, None] - np.arange(within.shape[2])[::-1]
    known = ~np.isnan(within)
    means = np.where(known, mean_of(weeks.T)[places % WEEK], np.nan)
    last = known & (known[..., ::-1].cumsum(axis=-1)[..., ::-1] <= WEEK)
    return mean_of(means), (last * (~np.isnan(weeks)).sum(axis=0)[places % WEEK]).sum(axis=-1)


def spread(row: Monitor, past: np.ndarray) -> float:
    """The standard deviation of the reference's days; around each weekday's mean, where these are the baseline."""
    groups = past.reshape(-1, WEEK) if row.baseline == "weekday" else past[:, None]
    apart = groups - mean_of(groups.T)
    free = (~np.isnan(apart)).sum() - (~np.isnan(apart)).any(axis=0).sum()
    return float(np.sqrt(np.nansum(apart**2) / free)) if free > 0 else np.nan


def counted(ordered: np.ndarray) -> np.ndarray:
    """The known values of each day."""
    return (~np.isnan(ordered)).sum(axis=-1)


def missing(ordered: np.ndarray) -> np.ndarray:
    """The share of values that are missing."""
    return 1 - counted(ordered) / ordered.shape[-1]


def deviation(ordered: np.ndarray) -> np.ndarray:
    """The standard deviation of the known values."""
    return np.sqrt(mean_of((ordered - mean_of(ordered)[..., None])**2))


def distinct(ordered: np.ndarray) -> np.ndarray:
    """The number of different known values."""
    return (np.diff(ordered, axis=-1) > 0).sum(axis=-1) + (counted(ordered) > 0)


def percentile(percent: int) -> Callable[[np.ndarray], np.ndarray]:
    """The percentile of the known values, interpolated as numpy does."""
    def measure(ordered: np.ndarray) -> np.ndarray:
        place = percent / 100 * np.maximum(counted(ordered) - 1, 0)
        low, high = (np.take_along_axis(ordered, step.astype(int)[..., None], axis=-1)[..., 0]
                     for step in (np.floor(place), np.ceil(place)))
        return low + (high - low) * (place - np.floor(place))

    return measure


def moved(past: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The KS distance of each day to the reference; for a day of the reference, to its other days."""
    whole = np.sort(past[~np.isnan(past)])
    others = 1 - counted(past) / len(whole)
    return ks(np.sort(past, axis=-1), whole) / others, ks(np.sort(runs, axis=-1), whole)


def ks(ordered: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The KS distance between the known values of each day and these, which are in ascending order."""
    known, step = counted(ordered)[..., None], np.arange(ordered.shape[-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        above = (step + 1) / known - np.searchsorted(whole, ordered, "right") / len(whole)
        below = np.searchsorted(whole, ordered, "left") / len(whole) - step / known
    found = np.where(step < known, np.maximum(above, below), -np.inf).max(axis=-1)
    return np.where(known[..., 0] > 0, found, np.nan)


METRICS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "rows": lambda ordered: np.full(ordered.shape[:-1], float(ordered.shape[-1])),
    "missing": missing, "mean": mean_of, "median": percentile(50), "spread": deviation, "distinct": distinct}
