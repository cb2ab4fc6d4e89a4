"""Briefs of experiments that are to be planned: the worlds of the exercise `size`."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import norm


class Brief(NamedTuple):
    """What is known before an experiment: the rate of control; by what part of it the rate rises or falls for those who
    see the change; the share of an arm's users who get as far as the change; the share of the users in treatment;
    alpha, two-sided; the power; and the new users of each week to come."""

    rate: float
    lift: float
    reach: float
    share: float
    alpha: float
    power: float
    arrivals: tuple[int, ...]

    @property
    def what(self) -> str:
        """The numbers in words, but for the arrivals."""
        seen = "" if self.reach == 1 else f", which {self.reach:.0%} of the users see"
        return (f"a rate of {self.rate:.0%}, a lift of {self.lift:+.0%}{seen}, {self.share:.0%} of the users in "
                f"treatment, alpha {self.alpha:g} and power {self.power:g}")

    @property
    def given(self) -> tuple:
        """The arguments of a call."""
        return *self[:-1], list(self.arrivals)

    @property
    def effect(self) -> float:
        """The difference of the rates of whole arms."""
        return self.rate * self.lift * self.reach

    @property
    def variance(self) -> float:
        """The variance of that difference, times the users of both arms."""
        other = self.rate + self.effect
        return self.rate * (1 - self.rate) / (1 - self.share) + other * (1 - other) / self.share

    @property
    def units(self) -> float:
        """The users of both arms, each proportion with its own variance; not rounded."""
        return (norm.isf(self.alpha / 2) + norm.ppf(self.power)) ** 2 * self.variance / self.effect**2

    @property
    def arms(self) -> tuple[float, float]:
        """The users in control and in treatment."""
        return (1 - self.share) * self.units, self.share * self.units

    def found(self, control: float, treatment: float) -> float:
        """The share of experiments with so many users that find the effect."""
        other = self.rate + self.effect
        error = math.sqrt(self.rate * (1 - self.rate) / control + other * (1 - other) / treatment)
        return float(norm.sf(norm.isf(self.alpha / 2) - abs(self.effect) / error))

    def weeks(self, units: float) -> int | None:
        """The first week at whose end so many new users have come; None if they don't come."""
        return next((week for week, come in enumerate(np.cumsum(self.arrivals), 1) if come >= units), None)


@dataclass(frozen=True)
class Briefs:
    """Briefs of one world. `rise` and `fall` are halves that all see the change; `strict` and `loose` have other alpha
    and power; `few` and `most` are in treatment; `late` and `rare` are changes that few see; new users become fewer in
    `fading`, and in `never` they don't come; in `slow` they come in the last week."""

    seed: int
    rise: Brief
    fall: Brief
    strict: Brief
    loose: Brief
    few: Brief
    most: Brief
    late: Brief
    rare: Brief
    fading: Brief
    slow: Brief
    never: Brief

    @property
    def all(self) -> list[Brief]:
        """All briefs."""
        return [value for name, value in vars(self).items() if name != "seed"]


def coming(brief: Brief, per_week: list[float], week: int | None) -> Brief:
    """The brief with new users by week, of which those that are needed have come amid this week; or with three quarters
    of them, where there is no such week."""
    come = np.cumsum(per_week)
    scale = brief.units / ((come[week - 1] + come[week - 2]) / 2 if week else come[-1] / 0.75)
    return brief._replace(arrivals=tuple(int(scale * one) for one in per_week))


def briefs(seed: int) -> Briefs:
    """The world of a seed."""
    random = np.random.default_rng(seed)

    def brief(lifts: tuple[float, ...], share: float = 0.5, reach: float = 1.0, alpha: float = 0.05, power: float = 0.8,
              rates: tuple[float, ...] = (0.16, 0.2, 0.24, 0.3)) -> Brief:
        """A brief whose users have come amid the third of four weeks, as many in each."""
        plain = Brief(float(random.choice(rates)), float(random.choice(lifts)), reach, share, alpha, power, ())
        return coming(plain, [1, 1, 1, 1], 3)

    def some(*values: float) -> float:
        return float(random.choice(values))

    rise, small = (0.1, 0.12, 0.15), (0.07, 0.08, 0.09)
    fading = [0.72**week for week in range(8)]
    return Briefs(
        seed, brief(rise), brief((-0.2, -0.18, -0.16), rates=(0.3, 0.34)),
        brief(rise, alpha=0.01, power=some(0.9, 0.95)), brief(rise, alpha=0.1, power=some(0.6, 0.7)),
        brief(small, share=some(0.2, 0.25)), brief(small, share=some(0.75, 0.8)),
        brief(rise, reach=some(0.4, 0.5)), brief(rise, reach=some(0.2, 0.25)),
        coming(brief(rise), fading, int(random.choice([5, 6]))), coming(brief(rise), [1, 1, 1, 1, 1, 1], 6),
        coming(brief(rise), fading, None))
