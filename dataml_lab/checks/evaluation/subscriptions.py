"""Questions about subscriptions for exercise `split`: tables of which it is known when each row was settled.

A row asks at `asked_at` whether a subscription is cancelled within the horizon. Its label is written once, sooner or
later, and the row is settled when the horizon is over and the label is written. In every table some labels were written
before the horizon was over, some at its very end, some soon after, some weeks after, and some never.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

WEEKS, A_WEEK = 40, 12  # weeks, and questions of a week
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)
EXPORTED = WEEKS * 7 * DAY - 3 * DAY + 11.5 * HOUR  # after the first question: no midnight, and no moment of a question
SHARE = (0.2, 0.3)  # of the rows that are settled at the export: so many are to be tested on

BOTH = "keeps training and test apart"
FORWARD = "asks the questions of the test after those of the training"
WINDOW = "trains on rows whose horizon was over when the test begins"
WRITTEN = "trains on labels that were written when the test begins"
SETTLED = "tests on rows that are settled at the export"
LEFT_OUT = "leaves out no row that may be used"


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with unique labels, how far ahead their `cancels` looks, and when the table was exported."""

    what: str
    rows: pd.DataFrame
    horizon: pd.Timedelta
    exported_at: pd.Timestamp

    @cached_property
    def ends(self) -> pd.Series:
        """When the horizon of each row is over."""
        return self.rows["asked_at"] + self.horizon

    def settled(self, moment: pd.Timestamp) -> pd.Series:
        """Which rows are settled at a moment."""
        return (self.ends <= moment) & (self.rows["written_at"] <= moment)

    def start(self, test: Iterable) -> pd.Timestamp:
        """The first question of a test."""
        return self.rows.loc[list(test), "asked_at"].min()

    def share(self, test: Iterable) -> float:
        """How many rows a test has, for each row that is settled at the export."""
        return len(list(test)) / int(self.settled(self.exported_at).sum())

    def misplaced(self, train: Iterable, test: Iterable) -> dict[str, dict]:
        """For each demand the rows that break it: by label, why, in words."""
        asked, written = self.rows["asked_at"], self.rows["written_at"]
        start, trained, tested = self.start(test), self.rows.index.isin(list(train)), self.rows.index.isin(list(test))
        usable, to_train = self.settled(self.exported_at), self.settled(start)
        to_test, begins = usable & (asked >= start), f"the test begins at {clock(start)}"
        neither = ~trained & ~tested
        wrong = {
            BOTH: {"it is in both parts": trained & tested},
            FORWARD: {f"it is in training, and {begins}": trained & (asked >= start)},
            WINDOW: {f"it is in training, and {begins}": trained & (self.ends > start)},
            WRITTEN: {f"it is in training, and {begins}": trained & ~(written <= start)},
            SETTLED: {f"it is in the test, and the export is of {clock(self.exported_at)}": tested & ~usable},
            LEFT_OUT: {f"it is in neither part, and {begins}: it can be tested on": neither & to_test,
                       f"it is in neither part, and {begins}: it can be trained on": neither & to_train},
        }
        return {demand: {label: why for why, rows in reasons.items() for label in self.rows.index[rows]}
                for demand, reasons in wrong.items()}

    def told(self, label: object) -> str:
        """A row and its three moments, in words."""
        asked, written = self.rows.loc[label, ["asked_at", "written_at"]]
        label_written = "its label was never written" if pd.isna(written) else f"its label written at {clock(written)}"
        return (f"row {label!r} was asked at {clock(asked)}, its horizon over at {clock(self.ends[label])}, "
                f"{label_written}")


@dataclass(frozen=True)
class Subscriptions:
    """Tables that differ in the horizon, in the order and the labels of their rows, and in when questions are asked."""

    weekly: Table
    long: Table
    any_time: Table
    seed: int

    @property
    def all(self) -> list[Table]:
        """Every table."""
        return [self.weekly, self.long, self.any_time]


def subscriptions(seed: int) -> Subscriptions:
    """The tables of a seed."""
    random = np.random.default_rng(seed)
    first = pd.Timestamp("2025-01-06 06:00", tz="UTC")
    mondays = np.repeat(np.arange(WEEKS) * 7, A_WEEK)
    any_time = np.sort(random.uniform(0, (WEEKS - 1) * 7, WEEKS * A_WEEK))
    return Subscriptions(
        weekly=table("questions asked on Mondays", random, first, mondays, 14 * DAY, whole=True),
        long=table("questions asked on Mondays, in no order", random, first, mondays, 28 * DAY, whole=False),
        any_time=table("questions asked at any time", random, first, any_time, 10.5 * DAY, whole=True), seed=seed)


def table(what: str, random: np.random.Generator, first: pd.Timestamp, days: np.ndarray, horizon: pd.Timedelta,
          whole: bool) -> Table:
    """A table of questions so many days after the first one, in no order or, with whole numbers as labels, in the order
    of their user."""
    asked = (first + pd.to_timedelta(days, unit="D")).floor("s")
    exported = first + EXPORTED
    written = (asked + horizon + delays(random, horizon)).as_unit("us")
    rows = pd.DataFrame({"user_id": random.integers(100, 200, len(days)), "asked_at": asked.as_unit("us"),
                         "written_at": written, "cancels": random.random(len(days)) < 0.2})
    weeks = int(horizon / DAY / 7) + 4  # before the end: a row whose label is written at the export
    rows.loc[len(rows) - weeks * A_WEEK, "written_at"] = exported
    newest = rows.index[-2:]  # whose horizon is open at the export, and which are cancelled
    rows.loc[newest, "written_at"] = rows["asked_at"] + DAY
    rows.loc[rows["written_at"] > exported, "written_at"] = pd.NaT
    rows["cancels"] &= rows["written_at"].notna()
    rows.loc[(rows["written_at"] < rows["asked_at"] + horizon), "cancels"] = True
    rows = rows.iloc[np.argsort(rows["user_id"], kind="stable") if whole else random.permutation(len(rows))]
    numbers = 5_000 + random.permutation(len(rows))
    rows.index = numbers if whole else [f"r{number}" for number in numbers]
    return Table(f"{len(rows)} {what}, a horizon of {horizon / DAY:g} days", rows, horizon, exported)


def delays(random: np.random.Generator, horizon: pd.Timedelta) -> pd.TimedeltaIndex:
    """How long after the end of the horizon each label is written, the same kinds for each dozen of rows: three before
    it, from a day after the question on; two at the very end; four soon after, two weeks after, one never or soon."""
    early = -random.uniform(0.1, 1 - DAY / horizon, (WEEKS, 3)) * (horizon / HOUR)
    soon, late = random.uniform(1, 60, (WEEKS, 4)), random.uniform(8 * 24, 20 * 24, (WEEKS, 2))
    never = np.where(np.arange(WEEKS) % 4 == 1, np.nan, 30.0)[:, None]
    hours = np.concatenate([early, np.zeros((WEEKS, 2)), soon, late, never], axis=1)
    return pd.to_timedelta(hours.ravel(), unit="h").round("s")


def clock(moment: pd.Timestamp) -> str:
    """A moment in words."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment == moment.floor("min") else f"{moment:%Y-%m-%d %H:%M:%S}"
