"""Monitors run day by day: each measures a column, compares it with a baseline, and names an action for an alarm.

Of a day nothing is kept but a number for each metric and column. What was alarmed, and with what thresholds, follows
from these numbers, so that monitoring resumes from a few kilobytes, and other thresholds are tried on past days.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.drift.metrics import AGAINST, METRICS, Columns, Metric, against, measured_by, number, values_of
from dataml_lab.drift.profile import Profile, column_of, merged_column
from dataml_lab.drift.windows import moments

Key = tuple[str, str]  # a metric and a column
VERSION = 1
BASELINES = ("reference", "weekday", "week before")
THRESHOLD = re.compile(r"(±|\+-|\+|-|−|×|x|\*)\s*(\d*\.?\d+)\s*(sd)?")
ROUNDING = 1e-9  # of a value, that arithmetic may add
LOOK = "look"  # the action where a monitor can't judge


class Monitor(NamedTuple):
    """What is monitored, and what an alarm asks for.

    Parameters
    ----------
    metric : "rows" (with or without a value), "missing" (share of rows without one), "mean", "median", "p95" (or
        another percentile), "spread" (standard deviation), "distinct" (different values), "moved" (share of rows by
        which the distribution differs from the reference), "new" (share of rows with a category that the reference has
        not), or an own one.
    column : the name of a column.
    baseline : what the metric is compared with: its mean over the days of the "reference", over those of the same
        "weekday", over the seven days before the window ("week before"), or a number.
    threshold : how far the metric may be off: "+0.05" more than the baseline, "-0.05" less, "±0.05" either; "×2" or
        "×0.5" times the baseline; "±4 sd" standard deviations of the metric from day to day in the reference.
    window : the days, up to today, whose mean is compared.
    action : what an alarm asks for, in a word.
    """

    metric: str
    column: str
    baseline: str | float
    threshold: str
    window: int
    action: str

    def __str__(self) -> str:
        return f"{self.metric} of {self.column}"


class Reading(NamedTuple):
    """A monitor on a day: its value, what was expected, the least and the greatest value without an alarm (NaN where
    there is none), the status, and the action. The status is "ok", "alarm", "no value" or "no baseline"."""

    day: date
    monitor: Monitor
    value: float
    expected: float
    low: float
    high: float
    status: str
    action: str

    def __str__(self) -> str:
        """A sentence.

        >>> print(Reading(date(2026, 3, 2), Monitor("p95", "ms", "reference", "×2", 1, "rollback"),
        ...               640.0, 200.0, math.nan, 400.0, "alarm", "rollback"))
        2026-03-02 p95 of ms is 640, where 200 is expected, and 400 at most: rollback.
        """
        return f"{self.day} {self.told}"

    @property
    def told(self) -> str:
        """The sentence without the day."""
        if self.status == "no value":
            return f"{self.monitor} has no value: {self.action}."
        if self.status == "no baseline":
            return f"{self.monitor} is {self.value:.4g}, and has no baseline yet: {self.action}."
        bounds = [f"{bound:.4g} at {name}" for bound, name in ((self.low, "least"), (self.high, "most"))
                  if not math.isnan(bound)]
        asked = f": {self.action}" * (self.status == "alarm")
        return (f"{self.monitor} is {self.value:.4g}, where {self.expected:.4g} is expected, and "
                f"{' and '.join(bounds)}{asked}.")


class Day(NamedTuple):
    """The readings of a day, in the order of the monitors."""

    day: date
    readings: list[Reading]

    @property
    def alarms(self) -> list[Reading]:
        """Those that are not ok."""
        return [reading for reading in self.readings if reading.status != "ok"]

    @property
    def action(self) -> str:
        """That of the first monitor with an alarm; "look" if none has one but some can't judge; else "ok"."""
        asked = [reading.action for reading in self.readings if reading.status == "alarm"]
        return [*asked, *(LOOK for _ in self.alarms), "ok"][0]

    def __str__(self) -> str:
        return "\n".join([f"{self.day}: {self.action}", *(f"  {reading.told}" for reading in self.alarms)])

    __repr__ = __str__


class Threshold(NamedTuple):
    """How far from its baseline a metric may be: so much, in a unit ("", "×" or "sd"), below and above or on a side."""

    amount: float
    unit: str
    below: bool
    above: bool

    @classmethod
    def of(cls, text: str) -> "Threshold":
        """What the text says; ValueError if it can't be read.

        >>> Threshold.of("×0.5")
        Threshold(amount=0.5, unit='×', below=True, above=False)
        >>> Threshold.of("±4 sd").bounds(expected=20, spread=2)
        (12.0, 28.0)
        """
        found = THRESHOLD.fullmatch(str(text).strip())
        times = bool(found) and found[1] in "×x*"
        if not found or (times and found[3]):
            raise ValueError(f"the threshold {text!r} can't be read: write '+0.05', '-0.05', '±0.05', '×2' or '±4 sd'")
        amount = float(found[2])
        if times:
            return cls(amount, "×", amount < 1, amount >= 1)
        return cls(amount, found[3] or "", found[1] in ("±", "+-", "-", "−"), found[1] in ("±", "+-", "+"))

    def bounds(self, expected: float, spread: float) -> tuple[float, float]:
        """The least and the greatest value without an alarm; NaN where a side has none."""
        if self.unit == "×":
            off = abs(self.amount - 1) * abs(expected)
        else:
            off = self.amount * (spread if self.unit == "sd" else 1.0)
        return expected - off if self.below else math.nan, expected + off if self.above else math.nan


class Monitors:
    """Monitors, with what was measured on the days of a reference and on each day since.

    Parameters
    ----------
    monitors : in the order of their urgency: the first with an alarm says what a day's action is.
    reference : pairs of a day and its columns, as `by_day` makes them of a table; when all was well.
    metrics : functions of a column by name, for metrics of your own.

    >>> days = pd.date_range("2026-01-05", periods=15)
    >>> shop = pd.DataFrame({"at": days.repeat(4), "ms": [80.0, 90, 100, 110] * 14 + [300.0, 310, 320, 330]})
    >>> pairs = list(by_day(shop, "at"))
    >>> monitors = Monitors([Monitor("p95", "ms", "reference", "×2", 1, "rollback")], pairs[:14])
    >>> monitors.day(*pairs[14])
    2026-01-19: rollback
      p95 of ms is 328.5, where 108.5 is expected, and 217 at most: rollback.

    What was measured is kept as text. Another process goes on from there, and passes over the days that were measured:

    >>> Monitors.from_json(monitors.to_json()).run(pairs)
    []
    """

    def __init__(self, monitors: Sequence[Monitor], reference: Iterable[tuple[Any, Columns]],
                 metrics: Mapping[str, Metric] = MappingProxyType({})) -> None:
        days = sorted(dated(reference), key=lambda pair: pair[0])
        if not days:
            raise ValueError("the reference has no days")
        if twice := [day for (day, _), (after, _) in pairwise(days) if day == after]:
            raise ValueError(f"the reference has {twice[0]} twice")
        self.until, self.days = days[-1][0], list[date]()
        self.metrics: dict[str, Metric] = {**METRICS, **metrics}
        self.monitors = checked(monitors, self.metrics)
        self.values: dict[Key, dict[date, float]] = {(one.metric, one.column): {} for one in self.monitors}
        self.profile = profile_of(days, sorted({column for metric, column in self.values if metric in AGAINST}))
        for day, columns in days:
            self._measure(day, columns)
        self._calibrate()

    def day(self, day: Any, columns: Columns) -> Day:
        """Measures a day, and judges it. The last day can be measured again; ValueError for a day before it."""
        today = date_of(day)
        if today <= self.until or today < max(self.days, default=today):
            raise ValueError(f"{today} is over: the reference goes up to {self.until}"
                             + f", and the last day is {self.days[-1]}" * bool(self.days))
        self._measure(today, columns)
        self.days = [*(one for one in self.days if one != today), today]
        return self.readings(today)

    def run(self, days: Iterable[tuple[Any, Columns]]) -> list[Day]:
        """Measures and judges the days that are later than the last, in order of time; the others are passed over."""
        last = self.days[-1] if self.days else self.until
        return [self.day(day, columns) for day, columns in dated(days) if day > last]

    def readings(self, day: Any) -> Day:
        """What the monitors say of a day that was measured."""
        return Day(date_of(day), [self._reading(monitor, date_of(day)) for monitor in self.monitors])

    def record(self) -> pd.DataFrame:
        """A row for each day and monitor: its day, the monitor's place, metric and column, value, expected, low, high,
        status, action."""
        rows = [(reading.day, place, reading.monitor.metric, reading.monitor.column, *reading[2:])
                for day in self.days for place, reading in enumerate(self.readings(day).readings)]
        names = ["day", "monitor", "metric", "column", *Reading._fields[2:]]
        return pd.DataFrame(rows, columns=names).astype({"day": "datetime64[us]"})

    def actions(self) -> pd.Series:
        """The action of each day."""
        return pd.Series([self.readings(day).action for day in self.days], pd.to_datetime(self.days), name="action")

    def judged_by(self, monitors: Sequence[Monitor]) -> "Monitors":
        """The same days judged by other monitors; ValueError for a metric of a column that wasn't measured."""
        found = checked(monitors, self.metrics)
        if unknown := [str(one) for one in found if (one.metric, one.column) not in self.values]:
            raise ValueError(f"not measured: {', '.join(unknown)}")
        return Monitors._of(found, self.metrics, self.until, self.days, self.values, self.profile)

    def to_json(self) -> str:
        """All of it but own metrics, as text, for `from_json`."""
        values = [[*key, {str(day): None if math.isnan(value) else value for day, value in measured.items()}]
                  for key, measured in self.values.items()]
        return json.dumps({"monitoring": VERSION, "monitors": self.monitors, "until": str(self.until),
                           "days": list(map(str, self.days)), "values": values,
                           "profile": json.loads(self.profile.to_json())})

    @classmethod
    def from_json(cls, text: str, metrics: Mapping[str, Metric] = MappingProxyType({})) -> "Monitors":
        """The monitors that were written so, with own metrics; ValueError for any other text."""
        try:
            kept = json.loads(text)
            if kept["monitoring"] != VERSION:
                raise ValueError(f"its version is {kept['monitoring']!r}, where {VERSION} is read")
            values = {(metric, column): {date.fromisoformat(day): number(value) for day, value in days.items()}
                      for metric, column, days in kept["values"]}
            return cls._of(kept["monitors"], metrics, date.fromisoformat(kept["until"]),
                           map(date.fromisoformat, kept["days"]), values,
                           Profile.from_json(json.dumps(kept["profile"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"this is nothing that Monitors.to_json wrote, or a metric of it is missing: {error}"
                             ) from error

    @classmethod
    def _of(cls, monitors: Sequence[Monitor], metrics: Mapping[str, Metric], until: date, days: Iterable[date],
            values: Mapping[Key, Mapping[date, float]], profile: Profile) -> "Monitors":
        """The monitors of what was measured."""
        found = cls.__new__(cls)
        found.metrics = {**METRICS, **metrics}
        found.monitors = checked(monitors, found.metrics)
        found.until, found.days, found.profile = until, list(days), profile
        found.values = {key: dict(measured) for key, measured in values.items()}
        found._calibrate()
        return found

    def __repr__(self) -> str:
        return f"Monitors of {len(self.monitors)} monitors: {len(self.days)} days since {self.until}"

    def _measure(self, day: date, columns: Columns) -> None:
        """Measures each metric of a day."""
        for metric, column in self.values:
            values = values_of(columns, column)
            if metric in AGAINST:
                found = against(metric, self.profile.columns.get(column), column_of(values, None), day <= self.until)
            else:
                found = measured_by(metric, self.metrics)(values)
            self.values[metric, column][day] = number(found)

    def _reading(self, monitor: Monitor, day: date) -> Reading:
        """A monitor's judgement of a day."""
        window = [day - timedelta(back) for back in range(monitor.window)]
        measured = self.values[monitor.metric, monitor.column]
        known = [one for one in window if not math.isnan(measured.get(one, math.nan))]
        if day not in known:
            return Reading(day, monitor, *[math.nan] * 4, "no value", LOOK)
        value = float(np.mean([measured[one] for one in known]))
        expected, days = self._expected(monitor, known, min(window))
        if math.isnan(expected):
            return Reading(day, monitor, value, *[math.nan] * 3, "no baseline", LOOK)
        spread = self._spreads[monitor] * math.sqrt(1 / len(known) + (1 / days if days else 0))
        low, high = Threshold.of(monitor.threshold).bounds(expected, spread)
        rounding = ROUNDING * max(abs(value), abs(expected))
        status = "alarm" if value < low - rounding or value > high + rounding else "ok"
        return Reading(day, monitor, value, expected, low, high, status, monitor.action if status == "alarm" else "ok")

    def _expected(self, monitor: Monitor, known: list[date], first: date) -> tuple[float, int]:
        """The baseline of a window with these days, and how many measured days it is the mean of; NaN without any."""
        if not isinstance(monitor.baseline, str):
            return monitor.baseline, 0
        if monitor.baseline == "week before":
            measured = self.values[monitor.metric, monitor.column]
            week = [measured.get(first - timedelta(back), math.nan) for back in range(1, 8)]
            found = [[value for value in week if not math.isnan(value)]]
        else:
            usual = self._usual(monitor)
            weekdays = [day.weekday() for day in known] if monitor.baseline == "weekday" else [None]
            found = [[value for day, value in usual.items() if weekday in (None, day.weekday())]
                     for weekday in weekdays]
        if not all(found):
            return math.nan, 0
        return float(np.mean([np.mean(values) for values in found])), sum(map(len, found[:7]))

    def _usual(self, monitor: Monitor) -> dict[date, float]:
        """The values of a metric on the days of the reference that have one."""
        return {day: value for day, value in self.values[monitor.metric, monitor.column].items()
                if day <= self.until and not math.isnan(value)}

    def _spread(self, monitor: Monitor) -> float:
        """The standard deviation from day to day in the reference; around each weekday's mean, where these are the
        baseline. NaN with too few days."""
        usual = self._usual(monitor)
        values = np.array(list(usual.values()))
        groups = np.array([day.weekday() * (monitor.baseline == "weekday") for day in usual], int)
        means = np.bincount(groups, values) / np.maximum(np.bincount(groups), 1)
        free = len(values) - len(set(groups))
        return math.sqrt(((values - means[groups])**2).sum() / free) if free > 0 else math.nan

    def _calibrate(self) -> None:
        """Computes what is usual; ValueError for a monitor for which the reference has too few days with a value."""
        self._spreads = {monitor: self._spread(monitor) for monitor in self.monitors}
        for monitor in self.monitors:
            if monitor.baseline in ("reference", "weekday") and not self._usual(monitor):
                raise ValueError(f"{monitor} has no value on any day of the reference")
            if Threshold.of(monitor.threshold).unit == "sd" and math.isnan(self._spreads[monitor]):
                raise ValueError(f"{monitor} has {len(self._usual(monitor))} days with a value in the reference, which "
                                 f"are too few for the threshold {monitor.threshold!r}")


def by_day(table: pd.DataFrame, column: str) -> Iterator[tuple[date, pd.DataFrame]]:
    """Each day that has rows, by the times in this column, with its rows."""
    for day, rows in table.groupby(moments(table, column).dt.floor("D")):
        yield day.date(), rows


def dated(days: Iterable[tuple[Any, Columns]]) -> Iterator[tuple[date, Columns]]:
    """The pairs with their days as dates; ValueError for a table, which isn't in days."""
    if isinstance(days, pd.DataFrame):
        raise ValueError("days are pairs of a day and its columns: by_day(table, column) makes them of a table, where "
                         "column holds the times")
    return ((date_of(day), columns) for day, columns in days)


def date_of(day: Any) -> date:
    """A day as a date; ValueError for what is none, such as a number."""
    if isinstance(day, int | float | np.number):
        raise ValueError(f"a day is a date, such as '2026-03-02', and {day!r} is a number")
    return pd.Timestamp(day).date()


def checked(monitors: Sequence[Monitor], metrics: Mapping[str, Metric]) -> list[Monitor]:
    """The monitors; ValueError that names a field that can't be."""
    found = [Monitor(*monitor) for monitor in monitors]
    for monitor in found:
        if monitor.metric not in AGAINST:
            measured_by(monitor.metric, metrics)
        Threshold.of(monitor.threshold)
        if isinstance(monitor.baseline, str) and monitor.baseline not in BASELINES:
            raise ValueError(f"{monitor}: the baseline {monitor.baseline!r} is none of {', '.join(BASELINES)}, and no "
                             "number")
        if not isinstance(monitor.window, int | np.integer) or monitor.window < 1:
            raise ValueError(f"{monitor}: the window is {monitor.window!r}, where a number of days is needed")
    return [monitor._replace(window=int(monitor.window), baseline=monitor.baseline if isinstance(monitor.baseline, str)
                             else float(monitor.baseline)) for monitor in found]


def profile_of(days: list[tuple[date, Columns]], names: list[str]) -> Profile:
    """The distribution of columns over all days."""
    columns = {name: merged_column(name, [column_of(values_of(columns, name), None) for _, columns in days])
               for name in names}
    return Profile(columns, max((column.rows for column in columns.values()), default=0))
