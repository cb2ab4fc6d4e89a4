"""Columns in eight weeks of days, and a day after them of which it is planned whether it drifts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

WEEKS, DAYS = 8, 56
ROWS, FEW, SOME, MANY = 80, 40, 200, 500  # rows of a day
MEAN = 20  # of a column of numbers, in its standard deviations
BINS = 10
GOLDEN = (5**0.5 - 1) / 2  # its multiples, modulo 1, are evenly spread
PLACES = ("centre", "north", "south", "suburbs")
SHARES, MOVED = (0.45, 0.3, 0.15, 0.1), (0.15, 0.3, 0.15, 0.4)
ODD_DAY, ODD_NOW = 0.06, 0.03  # the share of a category on its weekday, and on a day when it is not usual


class Case(NamedTuple):
    """A column on the days of a reference and on a later day, in words, whether it drifts then, and why."""

    what: str
    drifts: bool
    why: str
    reference: pd.DataFrame
    current: pd.DataFrame


@dataclass(frozen=True)
class Days:
    """The cases of a world, by name."""

    seed: int
    cases: dict[str, Case]

    def of(self, names: tuple[str, ...]) -> list[Case]:
        """The cases of these names."""
        return [self.cases[name] for name in names]


class Draws:
    """Draws for one case: the days, and the weekday of the last of them, which is the current one."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        first = pd.Timestamp("2025-01-06") + pd.Timedelta(days=int(random.integers(0, 200)))
        later = DAYS + int(random.integers(0, 6))  # not a week after the last day: yesterday is another weekday
        self.days = first + pd.to_timedelta([*range(DAYS), later], "D")
        self.alike = self.days.day_of_week == self.days[-1].day_of_week
        self.scale = float(random.choice([0.5, 2, 8]))

    def positions(self, rows: int) -> np.ndarray:
        """For each day (a row each) so many numbers between 0 and 1, evenly spread: chance moves no distribution."""
        return (np.arange(rows) + self.random.uniform(0.05, 0.95, (DAYS + 1, rows))) / rows

    def steady(self, now: float = 0.0) -> np.ndarray:
        """How far each day is moved, in standard deviations: hardly, and the current one by so much."""
        return np.append(self.random.uniform(-0.02, 0.02, DAYS), now)

    def restless(self, now: float) -> np.ndarray:
        """As `steady`, where days of the current weekday are moved by up to 0.9."""
        moved = self.steady(now)
        moved[np.flatnonzero(self.alike)[:-1]] = self.random.permutation(np.linspace(-0.9, 0.9, WEEKS))
        return moved

    def weekly(self, now: float) -> np.ndarray:
        """As `steady`, where days of the current weekday are moved by 1.5."""
        return self.steady(now) + 1.5 * np.append(self.alike[:-1], False)

    def numbers(self, moved: np.ndarray, rows: int = ROWS) -> np.ndarray:
        """Numbers of each day."""
        return self.scaled(ndtri(self.positions(rows)) + moved[:, None])

    def scaled(self, deviations: np.ndarray) -> np.ndarray:
        """Deviations in the unit of the column, where the mean is `MEAN` of them."""
        return (self.scale * (MEAN + deviations)).round(4)

    def missing(self, values: np.ndarray, shares: tuple[float, float]) -> np.ndarray:
        """Which values are missing: of each day a share before, and another now, evenly spread over its positions."""
        each = np.append(np.full(DAYS, shares[0]), shares[1])
        steps = (np.arange(values.shape[1]) * GOLDEN + self.random.random((DAYS + 1, 1))) % 1
        return steps.argsort(axis=1).argsort(axis=1) < np.rint(each * values.shape[1])[:, None]

    def case(self, values: np.ndarray, drifts: bool, name: str, why: str) -> Case:
        """A case with these values, a row of them for each day; its rows are in a random order."""
        day = self.days[-1]
        what = f"{name}, {values.shape[1]} a day, of eight weeks and of {day:%A}, {day.day} {day:%B}"
        frame = pd.DataFrame({"day": self.days.repeat(values.shape[1]), "value": values.ravel()})
        now = (frame["day"] == day).to_numpy()
        return Case(what, drifts, why, *(self.mixed(frame[rows]) for rows in (~now, now)))

    def mixed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows in a random order."""
        return frame.iloc[self.random.permutation(len(frame))].reset_index(drop=True)


def days(seed: int) -> Days:
    """A world with all cases."""
    streams = np.random.default_rng(seed).spawn(len(MAKERS))
    return Days(seed, {make.__name__: make(Draws(random)) for make, random in zip(MAKERS, streams, strict=True)})


def weekly(draws: Draws) -> Case:
    """A day like the others of its weekday, which is unlike other weekdays."""
    return draws.case(draws.numbers(draws.weekly(1.5)), False, "minutes to the door",
                      "The days of this weekday are all like that, and those of other weekdays aren't")


def restless(draws: Draws) -> Case:
    """A day within the range of its weekday, which moves much."""
    return draws.case(draws.numbers(draws.restless(float(draws.random.choice([-0.65, 0.65])))), False, "parcels a tour",
                      "It moved, and some days of this weekday moved further before")


def furthest(draws: Draws) -> Case:
    """A day that moved a little further than any other of its weekday."""
    moved = draws.restless(float(draws.random.choice([-1.1, 1.1])))
    return draws.case(draws.numbers(moved), False, "minutes at a stop",
                      "It is the furthest so far, and not twice as far as the furthest before: one day in nine is the "
                      "furthest of nine")


def slight(draws: Draws) -> Case:
    """A day that moved further than any other, and not enough to matter."""
    return draws.case(draws.numbers(draws.steady(float(draws.random.choice([-0.19, 0.19]))), MANY), False,
                      "weights in kg", "It moved further than the days before, by less than 0.15: too little to matter")


def few_rows(draws: Draws) -> Case:
    """A day of few rows, which lie where chance put them: with a high PSI and a low KS distance. Together, the days of
    a weekday are evenly spread; the one before is far off."""
    before = np.empty((DAYS, FEW))
    for some in (draws.alike[:-1], ~draws.alike[:-1]):
        before[some] = draws.random.permutation(evenly(some.sum() * FEW)).reshape(-1, FEW)
    of_tenths = draws.random.permuted(np.tile([2, 6], (BINS // 2, 1)), axis=1).ravel()
    now = np.concatenate([(tenth + evenly(rows)) / BINS for tenth, rows in enumerate(of_tenths)])
    before[-1] = until(lambda sample: min(ks(evenly(MANY), sample), ks(now, sample)) > 0.21, draws.random)
    return draws.case(draws.scaled(ndtri(np.vstack([before, now]))), False, "minutes of a call",
                      "Of so few rows some tenths hold more and others less, by chance. The days before are like that")


def evenly(rows: int) -> np.ndarray:
    """So many ascending numbers between 0 and 1, evenly spread."""
    return (np.arange(rows) + 0.5) / rows


def until(fits: Callable[[np.ndarray], bool], random: np.random.Generator) -> np.ndarray:
    """The first sample of few rows between 0 and 1 that fits, of 5,000; LookupError where none does."""
    for _ in range(5_000):
        found = random.random(FEW)
        if fits(found):
            return found
    raise LookupError("no sample fits")


def ks(known: np.ndarray, sample: np.ndarray) -> float:
    """The KS distance of a sample from ascending numbers."""
    points = np.sort(sample)
    steps = np.arange(len(sample) + 1) / len(sample)
    upto, below = (np.searchsorted(known, points, side=side) / len(known) for side in ("right", "left"))
    return float(max((steps[1:] - upto).max(), (below - steps[:-1]).max()))


def few_values(draws: Draws) -> Case:
    """A day like the others, of numbers with three values."""
    values = np.searchsorted([0.55, 0.85], draws.positions(ROWS)).astype(float)
    return draws.case(values, False, "items in a parcel", "The shares of 0, 1 and 2 are as on the days before")


def holes(draws: Draws) -> Case:
    """A day with as many missing values as the others."""
    values = draws.numbers(draws.steady())
    values[draws.missing(values, (0.1, 0.1))] = np.nan
    return draws.case(values, False, "distances in km", "10 % of the values are missing, as on the days before")


def minus_one(draws: Draws) -> Case:
    """A day whose missing values are written as −1, where they were NaN."""
    values = draws.numbers(draws.steady())
    gone = draws.missing(values, (0.2, 0.2))
    values[gone] = np.nan
    values[-1, gone[-1]] = -1
    return draws.case(values, False, "minutes of waiting",
                      "20 % are missing as before: they were NaN, and are −1 now, which means the same")


def blank(draws: Draws) -> Case:
    """A day whose missing texts are missing, where they were empty."""
    values = places(draws)
    gone = draws.missing(values, (0.15, 0.15))
    values[gone] = ""
    values[-1, gone[-1]] = None
    return draws.case(values, False, "zones",
                      "15 % are missing as before: they were '', and are NaN now, which means the same")


def far_out(draws: Draws) -> Case:
    """A day with one number far out."""
    values = draws.numbers(draws.steady())
    values[-1, 0] *= 5_000
    return draws.case(values, False, "baskets in EUR",
                      f"A single row is far out, {values[-1, 0]:,.0f}, and all others are as before")


def misspelt(draws: Draws) -> Case:
    """A day of few rows with a new text in a single one."""
    values = places(draws, FEW)
    values[-1, 0] = "subrubs"
    return draws.case(values, False, "zones", f"'subrubs' is new, and in one row of {FEW}: one odd row is no drift")


def rare(draws: Draws) -> Case:
    """A day of many rows with a new text in two of them."""
    values = places(draws, MANY)
    values[-1, :2] = "abroad"
    return draws.case(values, False, "regions",
                      f"'abroad' is new, and in two rows of {MANY}: less than 2 % of them")


def elsewhere(draws: Draws) -> Case:
    """A day with a category that only another weekday had."""
    values = places(draws, SOME)
    other = draws.days.day_of_week == (draws.days[-1].day_of_week + int(draws.random.integers(1, 7))) % 7
    rows = round(ODD_DAY * SOME)
    values[other, :rows] = "market"
    values[-1, :round(ODD_NOW * SOME)] = "market"
    return draws.case(values, False, "zones", f"'market' is in {ODD_NOW:.0%} of the rows, and it isn't new: the "
                      f"reference has it on each {draws.days[other][0].day_name()}")


def shifted(draws: Draws) -> Case:
    """A day that moved by 0.65 deviations, with a missing value."""
    values = draws.numbers(draws.steady(float(draws.random.choice([-0.65, 0.65]))))
    values[[3, 17, 41, -1], 0] = np.nan
    return draws.case(values, True, "minutes to the door",
                      "Its values moved by 0.65 standard deviations, and those of other days hardly at all")


def cents(draws: Draws) -> Case:
    """A day in another unit."""
    values = draws.numbers(draws.steady())
    values[-1] *= 100
    return draws.case(values, True, "prices in EUR", "Its values are 100 times as large: they are cents")


def spread(draws: Draws) -> Case:
    """A day of the same mean, further spread."""
    deviations = ndtri(draws.positions(ROWS)) * np.append(np.ones(DAYS), 3)[:, None]
    return draws.case(draws.scaled(deviations + draws.steady()[:, None]), True, "minutes to the door",
                      "The mean is as before, and the standard deviation is three times as large")


def humps(draws: Draws) -> Case:
    """A day of nearly the same mean and spread, with two humps."""
    deviations = ndtri(draws.positions(ROWS)) + draws.steady()[:, None]
    half = ndtri(draws.positions(ROWS // 2)[-1])
    deviations[-1] = np.append(0.2 * half - 1, 0.2 * half + 1)
    return draws.case(draws.scaled(deviations), True, "minutes at a stop",
                      "Mean and standard deviation are as before, and no value is near the mean any more")


def stuck(draws: Draws) -> Case:
    """A day with one value only, the usual mean."""
    values = draws.numbers(draws.steady())
    values[-1] = draws.scaled(np.zeros(1))
    return draws.case(values, True, "weights in kg", f"All values are {values[-1, 0]:g}, which was the mean before")


def other_weekday(draws: Draws) -> Case:
    """A day that is like days of other weekdays, and unlike those of its own."""
    return draws.case(draws.numbers(draws.weekly(0.0)), True, "parcels a tour",
                      "It is like the days of other weekdays. Those of its own are 1.5 standard deviations higher")


def more_missing(draws: Draws) -> Case:
    """A day with many more missing values."""
    values = draws.numbers(draws.steady())
    values[draws.missing(values, (0.02, 0.3))] = np.nan
    return draws.case(values, True, "distances in km",
                      "30 % of the values are missing, and 2 % were before. The others are as before")


def fewer_missing(draws: Draws) -> Case:
    """A day without missing values, where there were many."""
    values = draws.numbers(draws.steady())
    values[draws.missing(values, (0.25, 0.0))] = np.nan
    return draws.case(values, True, "minutes of a call",
                      "No value is missing, and 25 % were before: something fills them in")


def all_missing(draws: Draws) -> Case:
    """A day without any value."""
    values = draws.numbers(draws.steady())
    values[-1] = np.nan
    return draws.case(values, True, "minutes of waiting", "All values are missing")


def new_place(draws: Draws) -> Case:
    """A day with a category that no day had before."""
    values = places(draws, SOME)
    values[-1, :round(ODD_NOW * SOME)] = "harbour"
    return draws.case(values, True, "zones",
                      f"'harbour' is in {ODD_NOW:.0%} of the rows, and no day of the reference has it")


def moved_places(draws: Draws) -> Case:
    """A day with other shares of known categories."""
    values = places(draws)
    values[-1] = zones(MOVED, draws.positions(ROWS)[-1])
    return draws.case(values, True, "zones",
                      f"The share of {PLACES[0]} fell from {SHARES[0]:.0%} to {MOVED[0]:.0%}, and that of "
                      f" {PLACES[-1]} rose from {SHARES[-1]:.0%} to {MOVED[-1]:.0%}")


def places(draws: Draws, rows: int = ROWS) -> np.ndarray:
    """Zones of each day: the share of the first moves by up to 0.02 from day to day."""
    moved = draws.random.uniform(-0.02, 0.02, (DAYS + 1, 1))
    moved[np.flatnonzero(draws.alike), 0] = [*draws.random.permutation(np.linspace(-0.02, 0.02, WEEKS)), 0]
    return zones(SHARES, draws.positions(rows) + moved)


def zones(shares: tuple[float, ...], positions: np.ndarray) -> np.ndarray:
    """The zones at these positions, if each has such a share."""
    return np.array(PLACES, dtype=object)[np.searchsorted(np.cumsum(shares[:-1]), positions)]


MAKERS: tuple[Callable[[Draws], Case], ...] = (
    weekly, restless, furthest, slight, few_rows, few_values, holes, minus_one, blank, far_out, misspelt, rare,
    elsewhere, shifted, cents, spread, humps, stuck, other_weekday, more_missing, fewer_missing, all_missing, new_place,
    moved_places)
