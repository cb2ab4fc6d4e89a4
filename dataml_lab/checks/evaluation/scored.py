"""Scored payments for exercise `pick_threshold`: tables of which the cheapest threshold is planned.

A tree gave the scores, so many payments share one. Each leaf is planned by its frauds, and by how many legitimate
payments come with them: to stop it pays where those cost less than the frauds. What is right follows from the plan.
"""

from dataclasses import dataclass

import numpy as np

NOTHING = float("inf")  # a threshold that stops nothing
SCORES = (0.95, 0.85, 0.7, 0.56, 0.34, 0.18, 0.08, 0.03)


@dataclass(frozen=True)
class Leaves:
    """A score, the frauds and the legitimate payments of each leaf, from the highest score to the lowest."""

    scores: tuple[float, ...]
    frauds: tuple[int, ...]
    legitimate: tuple[int, ...]


USUAL = Leaves(SCORES, (15, 12, 10, 8, 7, 4, 3, 1), (10, 14, 40, 120, 350, 900, 1_700, 2_810))
# For tables in which the fourth leaf is the last to be stopped: 0.5 doesn't stop it.
LOWER = Leaves((0.95, 0.85, 0.7, 0.45, 0.3, 0.18, 0.08, 0.03), USUAL.frauds, USUAL.legitimate)
# Two leaves that are alike: the first of them is no corner of the ROC curve.
ALIKE = Leaves(LOWER.scores, (15, 12, 10, 8, 8, 4, 2, 1), (10, 14, 40, 120, 120, 900, 1_700, 2_810))
UNEVEN = Leaves(SCORES, (15, 2, 30, 6, 4, 2, 1, 0), (30, 400, 300, 900, 1_000, 1_000, 1_100, 1_270))


@dataclass(frozen=True, eq=False)
class Table:
    """Payments with scores, what mistakes cost, how many may be stopped, and the right threshold: the lowest score that
    is stopped."""

    what: str
    y: np.ndarray
    score: np.ndarray
    cost_miss: int
    cost_alarm: int
    one_in: int
    most: int
    right: float

    @property
    def given(self) -> tuple:
        """The arguments of a call."""
        return self.y, self.score, self.cost_miss, self.cost_alarm, self.one_in, self.most

    def stopped(self, threshold: float) -> tuple[int, int]:
        """The frauds, and the legitimate payments, that a threshold stops."""
        found = self.y[self.score >= threshold]
        return int(found.sum()), int((1 - found).sum()) * self.one_in

    def cost(self, threshold: float) -> int:
        """What a threshold costs: the frauds that it misses, and the legitimate payments that it stops."""
        caught, alarms = self.stopped(threshold)
        return (int(self.y.sum()) - caught) * self.cost_miss + alarms * self.cost_alarm

    def fits(self, threshold: float) -> bool:
        """Whether a threshold stops no more payments than may be stopped."""
        return sum(self.stopped(threshold)) <= self.most


@dataclass(frozen=True)
class Scored:
    """Tables that differ in what decides."""

    dear: Table
    cheap: Table
    sampled: Table
    limited: Table
    just: Table
    past: Table
    dip: Table
    nothing: Table
    everything: Table
    seed: int

    @property
    def all(self) -> list[Table]:
        """Every table."""
        return [self.dear, self.cheap, self.sampled, self.limited, self.just, self.past, self.dip, self.nothing,
                self.everything]


def scored(seed: int) -> Scored:
    """The tables of a seed. A fraud costs as much as so many alarms, and so many leaves are to be stopped."""
    random = np.random.default_rng(seed)
    unit = int(random.integers(2, 6))

    def made(what: str, costs: tuple[int, int], right: int, leaves: Leaves = USUAL, one_in: int = 1,
             most: tuple[int, int] = (len(SCORES), 1_000)) -> Table:
        return table(random, what, leaves, (costs[0] * unit, costs[1] * unit), right, one_in, most)

    return Scored(
        dear=made("payments of which a missed fraud costs as much as 60 alarms", (60, 1), 5),
        cheap=made("payments of which a missed fraud costs as much as 9 alarms", (9, 1), 3),
        sampled=made("all frauds and one in 20 of the legitimate payments", (60, 1), 5, one_in=20),
        limited=made("payments of which more should be stopped than may be", (3_000, 1), 4, ALIKE, 10, (5, -20)),
        just=made("payments of which just as many may be stopped as is best", (60, 1), 4, LOWER, 10, (4, 0)),
        past=made("payments of which few frauds have a high score and many have a lower one", (60, 1), 3, UNEVEN),
        dip=made("payments of which the lowest threshold that may be taken isn't the cheapest", (60, 1), 1, UNEVEN,
                 most=(2, 9)),
        nothing=made("payments of which an alarm costs more than four missed frauds", (2, 9), 0),
        everything=made("payments of which a missed fraud costs as much as 3,000 alarms", (3_000, 1), 8), seed=seed)


def table(random: np.random.Generator, what: str, leaves: Leaves, costs: tuple[int, int], right: int, one_in: int,
          most: tuple[int, int]) -> Table:
    """The table of these leaves, of which the first `right` are to be stopped. `most` is given as the number of leaves
    whose payments may be stopped, and of payments more.

    The frauds of a leaf are spread evenly over its rows, from the first to the last: so who adds up row by row finds
    it worth the while to stop a part of the rows of one score, which no threshold does."""
    scores = (np.array(leaves.scores) + random.integers(-9, 10, len(leaves.scores)) / 1_000).round(3)
    legitimate = np.round(np.array(leaves.legitimate) * random.uniform(0.97, 1.02) / one_in).astype(int)
    score = random.permutation(np.repeat(scores, legitimate + leaves.frauds))
    y = np.zeros(len(score), int)
    for value, frauds in zip(scores, leaves.frauds, strict=True):
        rows = np.flatnonzero(score == value)
        y[rows[np.linspace(0, len(rows) - 1, frauds).astype(int)]] = 1
    payments = np.cumsum(legitimate * one_in + leaves.frauds)
    return Table(what, y, score, *costs, one_in, int(payments[most[0] - 1]) + most[1],
                 float(scores[right - 1]) if right else NOTHING)
