"""Simulated experiments by the thousand, with a known effect: what a test promises, tried.

Populations are skewed, as those of a shop are. A population draws the rows of an arm's units for many experiments at
once: (experiments, units, columns).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dataml_lab.experiments.effects import (
    Difference,
    Sample,
    Term,
    difference_of_means,
    difference_of_proportions,
    difference_with_cuped,
)
from dataml_lab.experiments.plan import Plan, reach
from dataml_lab.experiments.split import ALARM, split_p_values


class Population(NamedTuple):
    """Rows of an arm for an effect, the public test for them, the true metric without an effect, and by how much it is
    higher for an effect of 1."""

    rows: Callable[[np.random.Generator, tuple[int, int], float], np.ndarray]
    compare: Callable[[Sample, Sample], Difference]
    base: float
    slope: float = 1.0


def _buyers(random: np.random.Generator, shape: tuple[int, int], effect: float) -> np.ndarray:
    """A proportion of 10 %."""
    return (random.random(shape) < 0.1 + effect)[..., None].astype(float)


def _spenders(random: np.random.Generator, shape: tuple[int, int], effect: float) -> np.ndarray:
    """EUR, exponential with mean 20."""
    return random.exponential(20 + effect, shape)[..., None]


def _shoppers(random: np.random.Generator, shape: tuple[int, int], effect: float) -> np.ndarray:
    """EUR, orders, and EUR of the time before: 20 EUR per order, more for users whose orders are many; 3 orders a user.
    """
    habit = random.gamma(2, 0.5, shape)
    orders = 1 + random.poisson(2 * habit)
    worth = (habit + 1) / (7 / 3)  # 7 / 3 is the mean of (habit + 1)(2 habit + 1), over that of 2 habit + 1
    spent = random.gamma(2 * orders, (20 + effect) / 2 * worth)
    before = random.gamma(2 * (1 + random.poisson(2 * habit)), 10 * worth)
    return np.stack([spent, orders, before], axis=-1)


def _zones(random: np.random.Generator, shape: tuple[int, int], effect: float) -> np.ndarray:
    """Clusters: sums of minutes over their deliveries, and the number of these; a zone's deliveries are alike."""
    rows = random.integers(20, 60, shape)
    level = random.normal(30 + effect, 4, shape)
    return np.stack([rows * level + random.normal(0, 10, shape) * np.sqrt(rows), rows], axis=-1)


SPENT, PER_ORDER, BEFORE, PER_DELIVERY = Term(0), Term(0, 1), Term(2), Term(0, 1)
POPULATIONS = {
    "proportion": Population(_buyers, lambda *arms: difference_of_proportions(*arms, SPENT), 0.1),
    "mean": Population(_spenders, lambda *arms: difference_of_means(*arms, SPENT), 20.0),
    "ratio": Population(_shoppers, lambda *arms: difference_of_means(*arms, PER_ORDER), 20.0),
    "mean, CUPED": Population(_shoppers, lambda *arms: difference_with_cuped(*arms, SPENT, BEFORE)[0], 60.0, 3.0),
    "ratio, CUPED": Population(_shoppers, lambda *arms: difference_with_cuped(*arms, PER_ORDER, BEFORE)[0], 20.0),
    "clusters": Population(_zones, lambda *arms: difference_of_means(*arms, PER_DELIVERY), 30.0)}


def reduced(rows: np.ndarray) -> Sample:
    """The sufficient statistics of each experiment's units."""
    means = rows.mean(axis=1)
    apart = rows - means[:, None]
    units = rows.shape[1]
    return Sample(np.full(len(rows), float(units)), means, np.einsum("eni,enj->eij", apart, apart) / (units - 1))


class Record(NamedTuple):
    """Shares of the experiments: an effect was found, and the interval held the truth; and of those with a relative
    interval the share in which it held it."""

    found: float
    held: float
    held_relative: float


def record(population: Population, experiments: int, units: int, effect: float = 0.0, alpha: float = 0.05,
           seed: int = 0) -> Record:
    """What the test of a population does in simulated experiments with so many units in each arm, read once. `effect`
    is that of the rows."""
    random = np.random.default_rng(seed)
    arms = [reduced(population.rows(random, (experiments, units), one)) for one in (0.0, effect)]
    truth = population.slope * effect
    found = population.compare(*arms)
    wide = reach(found, Plan(alpha=alpha), alpha, np.ones(1))
    (low, high), (low_part, high_part) = found.interval(wide), found.relative_interval(wide)
    part, known = truth / population.base, ~np.isnan(low_part)
    return Record(float((found.p_value() < alpha).mean()), float(((low <= truth) & (truth <= high)).mean()),
                  float(((low_part <= part) & (part <= high_part))[known].mean()))


def daily_counts(random: np.random.Generator, experiments: int, days: int, per_day: int, rate: float) -> Sample:
    """An arm of a proportion up to each day's end (experiments, days), with so many units a day."""
    ones = np.cumsum(random.binomial(per_day, rate, (experiments, days)), axis=1)
    units = per_day * np.arange(1.0, days + 1)
    share = ones / units
    variance = share * (1 - share) * units / (units - 1)
    return Sample(np.broadcast_to(units, share.shape), share[..., None], variance[..., None, None])


def daily_rows(rows: np.ndarray, days: int) -> Sample:
    """The sufficient statistics of units up to each day's end (experiments, days), as many of them on each day."""
    experiments, units, columns = rows.shape
    parts = rows.reshape(experiments, days, units // days, columns)
    sums = parts.sum(axis=2).cumsum(axis=1)
    squares = np.einsum("edni,ednj->edij", parts, parts).cumsum(axis=1)
    number = np.broadcast_to(units // days * np.arange(1.0, days + 1), (experiments, days))
    means = sums / number[..., None]
    apart = squares - number[..., None, None] * means[..., :, None] * means[..., None, :]
    return Sample(number, means, apart / (number - 1)[..., None, None])


class Looked(NamedTuple):
    """Shares of the experiments: an effect was found at a look, and all intervals held the truth; and the day on which
    they ended, on average."""

    found: float
    held: float
    ended: float


def looked(plan: Plan, experiments: int, days: int, per_day: int, effect: float = 0.0, seed: int = 0,
           name: str = "proportion") -> Looked:
    """What looks each day at a population do, by the plan: they end at the first effect. With looks "once" this is
    peeking: each look is read as if it were the only one. `per_day` are the units of an arm."""
    random, population = np.random.default_rng(seed), POPULATIONS[name]
    if name == "proportion":
        arms = [daily_counts(random, experiments, days, per_day, population.base + one) for one in (0.0, effect)]
    else:
        arms = [daily_rows(population.rows(random, (experiments, days * per_day), one), days) for one in (0.0, effect)]
    found, truth = population.compare(*arms), population.slope * effect
    shares = 2 * per_day * np.arange(1, days + 1) / (plan.units or 2 * per_day * days)
    low, high = found.interval(reach(found, plan, plan.alpha, shares))
    beyond = (low > 0) | (high < 0)
    ended = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, days)
    return Looked(float(beyond.any(axis=1).mean()), float(((low <= truth) & (truth <= high)).all(axis=1).mean()),
                  float(ended.mean()))


def split_alarms(experiments: int, units: int, share: float = 0.5, seed: int = 0) -> float:
    """The share of experiments with an alarm, where so many units are split by this chance and halves were planned."""
    treatment = np.random.default_rng(seed).binomial(units, share, experiments)
    return float((split_p_values(units - treatment, treatment) < ALARM).mean())
