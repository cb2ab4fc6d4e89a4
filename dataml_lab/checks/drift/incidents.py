"""Runs of sixty days of a model of delivery times, for exercise `monitoring_plan`: in each something goes wrong from a
planned day on, or nothing does. A plan of monitors is run on the daily numbers of all of them at once.

Quiet days differ, too: with the weekday, by chance from day to day, and in storms, in which errors are half as large
again. The reference has all of that. What an incident moves, it moves far beyond.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.drift.judged import Columns, Daily, Judged
from dataml_lab.drift.monitor import Monitor

DAYS, REFERENCE, ROWS = 60, 56, 240  # days of a run, days before it, and deliveries a day
LATE = 3  # days after which the truth of a delivery is known
FEATURES = ["distance_km", "items", "courier_load"]
LACKING = {"distance_km": 0.02, "items": 0.04, "courier_load": 0.03}  # shares that are missing at all times
COLUMNS = [*FEATURES, "predicted_min", "latency_ms", "error_min"]
ACTIONS = ["fix_data", "retrain", "rollback"]
FIRST, DAY = pd.Timestamp("2026-03-30"), pd.Timedelta(days=1)  # the first day of a run, a Monday
STARTS, SLOW_STARTS = (18, 31), (8, 15)  # from which day to before which an incident starts


class Kind(NamedTuple):
    """What goes wrong: the action that is right, up to how many days after the first day it isn't too late, and what a
    plan has to know to find it."""

    what: str
    action: str
    patience: int
    why: str


KINDS = {
    "nulls": Kind("{feature} is missing in 40% of the rows", "fix_data", 2,
                  "A mean leaves out what is missing: the share of missing values is a metric of its own."),
    "stuck": Kind("{feature} has the same value, its usual one, in all rows", "fix_data", 2,
                  "No value is missing, and the median is as before: only the spread of the rows is gone."),
    "miles": Kind("distance_km holds miles", "fix_data", 3,
                  "Distances fall to 62%, and no other feature moves."),
    "no truth": Kind("no true times arrive, so that error_min is missing", "fix_data", 4,
                     "A mean without values doesn't alarm: that values are missing is another metric."),
    "release": Kind("a bad release adds half of the usual time to each prediction", "rollback", 2,
                    "The features are as before, and errors are known three days later: on its first day only "
                    "predicted_min shows it."),
    "slow": Kind("the service takes four times as long to answer", "rollback", 2, "Only latency_ms shows it."),
    "new city": Kind("each day 5% more of the deliveries, up to 40%, are in a new city, where they take longer than "
                     "predicted", "retrain", 14,
                     "Features move little: error_min shows it, from three days after the first one on."),
    "roads": Kind("each day a kilometre takes 1% longer than the model learned, up to 40%", "retrain", 42,
                  "Features and predictions are as before: only error_min shows it. From one week to the next it "
                  "moves little, and in six weeks to more than twice what it was."),
}


class Run(NamedTuple):
    """A run: what happens in it, from which day on. In a quiet run nothing does."""

    name: str
    kind: str = ""
    feature: str = ""
    start: int = DAYS

    @property
    def latest(self) -> int:
        """The last day on which the right action isn't too late."""
        return self.start + KINDS[self.kind].patience

    @property
    def needed(self) -> str:
        """The right action and its last day, in words."""
        return f"{KINDS[self.kind].action} by {told_day(self.latest)}"

    def __str__(self) -> str:
        what = KINDS[self.kind].what.format(feature=self.feature)
        return f"from {told_day(self.start)} on {what}"


def told_day(day: int) -> str:
    """A day of a run as a date in words; the first is 30 March."""
    date = FIRST + day * DAY
    return f"{date.day} {date:%B}"


class Shop(NamedTuple):
    """What differs between worlds: the usual distance, minutes, hold-up of the service, and loads."""

    km: float
    minutes: float
    latency_ms: float
    load: float


def simulated(random: np.random.Generator, shop: Shop, days: np.ndarray, storms: np.ndarray, run: Run) -> Columns:
    """What each day sees, a row of deliveries a day: `error_min` is that of the deliveries three days before, of which
    the true times are known then."""
    shape, on = (len(days), ROWS), np.maximum(days - run.start + 1, 0)[:, None]  # 1 on the first day of an incident
    share = np.minimum(0.05 * on, 0.4) if run.kind == "new city" else 0.0
    new = random.random(shape) < share
    km = shop.km * around(random, days, 0.01) * random.gamma(9, 1 / 9, shape) * np.where(new, 1.1, 1.0)
    items = random.poisson(3, shape).astype(float)
    load = shop.load * (1 + 0.12 * np.sin(2 * np.pi * days / 7) + 0.3 * storms)[:, None] + random.normal(
        0, 0.25 * shop.load, shape)
    longer = 1 + (np.minimum(0.01 * on, 0.4) if run.kind == "roads" else 0.0)
    truth = minutes(shop, km * longer, items, load) + np.where(new, 0.5 * shop.minutes, 0.0)
    truth += random.normal(0, 0.08 * shop.minutes, shape) * around(random, days, 0.1) * (1 + storms / 2)[:, None]
    seen = dict(zip(FEATURES, broken(random, (km, items, load), on > 0, run), strict=True))
    predicted = minutes(shop, *(np.nan_to_num(seen[name]) for name in FEATURES))
    predicted += 0.5 * shop.minutes * ((on > 0) & (run.kind == "release"))
    latency = shop.latency_ms * around(random, days, 0.05) * random.gamma(20, 1 / 20, shape)
    latency *= np.where((on > 0) & (run.kind == "slow"), 4.0, 1.0)
    never = random.random(shape) < 0.05
    error = np.where(never, np.nan, abs(truth - predicted))[:-LATE]
    error[(on[LATE:, 0] > 0) & (run.kind == "no truth")] = np.nan
    now = {**seen, "predicted_min": predicted, "latency_ms": latency}
    return {**{name: values[LATE:] for name, values in now.items()}, "error_min": error}


def around(random: np.random.Generator, days: np.ndarray, spread: float) -> np.ndarray:
    """A factor near 1 for each day, which all its deliveries share."""
    return np.exp(random.normal(0, spread, len(days)))[:, None]


def minutes(shop: Shop, km: np.ndarray, items: np.ndarray, load: np.ndarray) -> np.ndarray:
    """The minutes that deliveries take on average."""
    return shop.minutes * (0.2 + 0.5 * km / shop.km + 0.03 * items + 0.2 * load / shop.load)


def broken(random: np.random.Generator, features: tuple[np.ndarray, ...], on: np.ndarray, run: Run) -> Iterator[
        np.ndarray]:
    """The features as they are delivered. Some values are missing at all times."""
    for name, values in zip(FEATURES, features, strict=True):
        lacking = 0.4 * (on & (run.kind == "nulls")) if name == run.feature else np.zeros(on.shape)
        if name == run.feature and run.kind == "stuck":
            values = np.where(on, np.median(values), values)
        if name == "distance_km" and run.kind == "miles":
            values = np.where(on, values * 0.621, values)
        yield np.where(random.random(values.shape) < lacking + LACKING[name], np.nan, values)


def stormy(random: np.random.Generator, days: int, calm: range = range(0)) -> np.ndarray:
    """Which days are stormy: one of each fortnight, and none of the calm ones."""
    found = np.zeros(days)
    for first in range(0, days - 13, 14):
        found[random.choice([day for day in range(first, first + 14) if day not in calm])] = 1
    return found


@dataclass(frozen=True, eq=False)
class Incidents:
    """Runs of one shop, each with the rows of its days, and the eight weeks before them."""

    shop: Shop
    past: Columns  # by name, of shape (days, rows)
    columns: Columns  # by name, of shape (runs, days, rows)
    runs: tuple[Run, ...]
    seed: int

    @property
    def reference(self) -> pd.DataFrame:
        """The rows of the days before the runs."""
        return tabled(self.past, FIRST - REFERENCE * DAY)

    def table(self, run: Run) -> pd.DataFrame:
        """The rows of a run."""
        place = self.runs.index(run)
        return tabled({name: values[place] for name, values in self.columns.items()}, FIRST)

    def of(self, kind: str) -> list[Run]:
        """The runs of a kind."""
        return [run for run in self.runs if run.kind == kind]

    @cached_property
    def known(self) -> dict[tuple[str, str], Daily]:
        """The daily numbers that were asked for so far, by metric and column."""
        return {}

    def daily(self, metric: str, column: str) -> Daily:
        """What a metric is on each day of the reference, and of each run."""
        if (metric, column) not in self.known:
            self.known[metric, column] = Daily.of(metric, self.past[column], self.columns[column])
        return self.known[metric, column]

    def replay(self, rows: Sequence[Monitor]) -> "Replay":
        """What these rows do in each run."""
        return Replay(self, list(rows))


def tabled(columns: Columns, first: pd.Timestamp) -> pd.DataFrame:
    """Columns of a row a day as a table with the day of each row."""
    days = pd.date_range(first, periods=len(columns[COLUMNS[0]]))
    return pd.DataFrame({"day": days.repeat(ROWS), **{name: columns[name].ravel() for name in COLUMNS}})


@dataclass(frozen=True, eq=False)
class Replay:
    """Rows of monitors, run day by day over all runs of a world."""

    world: Incidents
    rows: list[Monitor]

    @cached_property
    def judged(self) -> list[Judged]:
        """What each row says on each day of each run."""
        return [Judged.by(row, self.world.daily(row.metric, row.column)) for row in self.rows]

    @cached_property
    def alarmed(self) -> np.ndarray:
        """For each run and day the place of the first row that alarms; -1 where none does."""
        alarms = np.array([judged.alarms for judged in self.judged])
        return np.where(alarms.any(axis=0), alarms.argmax(axis=0), -1)

    def asked(self, run: Run) -> dict[int, str]:
        """The action of each day with an alarm, from the start of a run on."""
        places = self.alarmed[self.world.runs.index(run)]
        return {day: self.rows[places[day]].action for day in range(run.start, DAYS) if places[day] >= 0}

    @cached_property
    def false(self) -> np.ndarray:
        """For each run and day the place of the first row that alarms before anything happens; -1 elsewhere."""
        return np.where(np.arange(DAYS) < self.starts[:, None], self.alarmed, -1)

    @property
    def starts(self) -> np.ndarray:
        """The number of quiet days of each run."""
        return np.array([run.start for run in self.world.runs])

    @property
    def rate(self) -> float:
        """False alarms per quiet day."""
        return float((self.false >= 0).sum() / self.starts.sum())


def planned(random: np.random.Generator) -> tuple[Run, ...]:
    """The runs of a world, each with the day on which its incident starts."""
    def run(kind: str, feature: str = "") -> Run:
        first, last = SLOW_STARTS if kind == "roads" else STARTS
        return Run(f"{kind} in {feature}" if feature else kind, kind, feature, int(random.integers(first, last)))

    return (*(run(kind, feature) for kind in ("nulls", "stuck") for feature in FEATURES),
            *(run(kind) for kind in KINDS if kind not in ("nulls", "stuck")),
            *(Run(f"quiet {number}") for number in (1, 2, 3)))


def incidents(seed: int) -> Incidents:
    """A world: a run for each incident, three for those of a feature, and three quiet runs."""
    random = np.random.default_rng(seed)
    shop = made(random)
    runs = planned(random)
    found = [simulated(random, shop, np.arange(-LATE, DAYS),
                       stormy(random, DAYS + LATE, range(run.start, run.start + 8)), run) for run in runs]
    past = simulated(random, shop, np.arange(-REFERENCE - LATE, 0), stormy(random, REFERENCE + LATE), runs[-1])
    return Incidents(shop, past, {name: np.array([one[name] for one in found]) for name in COLUMNS}, runs, seed)


def made(random: np.random.Generator) -> Shop:
    """A shop whose usual numbers are small or large, and never in between."""
    def one_of(low: tuple[float, float], high: tuple[float, float]) -> float:
        return random.uniform(*(low, high)[random.integers(2)])

    return Shop(one_of((2, 3), (6, 9)), one_of((20, 30), (60, 90)), one_of((20, 40), (150, 300)),
                one_of((1, 2), (8, 15)))
