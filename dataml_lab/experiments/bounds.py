"""Group-sequential tests: bounds for several looks at one experiment, exact by numerical integration.

At a look with the share t of the planned information (of the units, as a rule) the statistic is Z = S/√t, where S is
a Brownian motion of drift δ: Z is normal with mean δ√t and variance 1. δ is the mean of Z at the end: 0 without an
effect, 1.96 + 0.84 with one that is found with a power of 80 % in one look. S goes from look to look by independent
steps, so that the density of S inside the bounds is an integral over the one a look before (Armitage, McPherson and
Rowe 1969; Jennison and Turnbull, Group Sequential Methods, 2000, chapter 19), here by Gauss-Legendre nodes.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

FAR = 9.0  # standard deviations beyond which a normal density is 0
Spending = Callable[[float, float], float]


class Crossing(NamedTuple):
    """The chance that Z first leaves the bounds at each look, at the upper one and at the lower one."""

    up: np.ndarray
    down: np.ndarray

    @property
    def total(self) -> float:
        """The chance that it leaves them at all."""
        return float(self.up.sum() + self.down.sum())


class _Inside(NamedTuple):
    """Where S may be after a look that crossed no bound: nodes, and the mass at each."""

    nodes: np.ndarray
    mass: np.ndarray

    def leaves(self, edge: float, step: float, drift: float) -> tuple[float, float]:
        """The chance that S is above `edge`, and below −`edge`, after a step of this information."""
        moved, spread = self.nodes + drift * step, step**0.5
        return (float(self.mass @ norm.sf((edge - moved) / spread)),
                float(self.mass @ norm.cdf((-edge - moved) / spread)))

    def stays(self, edge: float, step: float, drift: float) -> "_Inside":
        """Where S may be after the step, if it is within ±`edge`."""
        moved, spread = self.nodes + drift * step, step**0.5
        low, high = max(-edge, moved.min() - FAR * spread), min(edge, moved.max() + FAR * spread)
        if low >= high:
            return _Inside(np.zeros(1), np.zeros(1))
        nodes, weights = _legendre(40 + 20 * int((high - low) / spread / 7))
        nodes = low + (high - low) * (nodes + 1) / 2
        density = norm.pdf((nodes[:, None] - moved) / spread) @ self.mass / spread
        return _Inside(nodes, density * weights * (high - low) / 2)


@cache
def _legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many nodes between -1 and 1, and their weights."""
    return leggauss(count)


_START = _Inside(np.zeros(1), np.ones(1))


def equal_looks(looks: int) -> np.ndarray:
    """The shares of the information at looks that are equally far apart.

    >>> equal_looks(4).tolist()
    [0.25, 0.5, 0.75, 1.0]
    """
    return np.arange(1, looks + 1) / looks


def crossing(bounds: ArrayLike, information: ArrayLike | None = None, drift: float = 0.0) -> Crossing:
    """The chances to leave ±`bounds` of Z at looks with these shares of the information; equal looks by default.

    Peeking: five looks, each at p < .05, find an effect where there is none in 14 % of experiments:
    >>> round(crossing([norm.isf(0.025)] * 5).total, 4)
    0.1417
    """
    limits = np.asarray(bounds, float)
    shares = _shares(equal_looks(len(limits)) if information is None else information)
    if len(limits) != len(shares) or (limits < 0).any():
        raise ValueError(f"There are {len(limits)} bounds and {len(shares)} looks: each look needs a bound, 0 or more.")
    inside, found = _START, []
    for limit, share, step in zip(limits, shares, np.diff(shares, prepend=0), strict=True):
        edge = limit * share**0.5
        found.append(inside.leaves(edge, step, drift))
        inside = inside.stays(edge, step, drift)
    up, down = np.array(found).T
    return Crossing(up, down)


def peeking(looks: int, alpha: float = 0.05) -> float:
    """The share of experiments without an effect in which one of so many equal looks has p < `alpha`.

    >>> [round(peeking(looks), 3) for looks in (1, 2, 10)]
    [0.05, 0.083, 0.193]
    """
    return crossing([norm.isf(alpha / 2)] * looks).total


def wang_tsiatis(information: ArrayLike, alpha: float = 0.05, shape: float = 0.0) -> np.ndarray:
    """Bounds c · t^(shape − 1/2) that are left with chance `alpha` where there is no effect (Wang and Tsiatis 1987):
    with shape 0 O'Brien and Fleming's, strict at first, and with 1/2 Pocock's, the same at each look.

    >>> wang_tsiatis(equal_looks(5), shape=0.5).round(3).tolist()
    [2.413, 2.413, 2.413, 2.413, 2.413]
    >>> wang_tsiatis(equal_looks(5)).round(3).tolist()
    [4.562, 3.226, 2.634, 2.281, 2.04]
    """
    shares = _shares(information)
    form = shares ** (shape - 0.5)
    return float(brentq(lambda scale: crossing(scale * form, shares).total - alpha, 0.5, 8, xtol=1e-10)) * form


def obrien_fleming(share: float, alpha: float) -> float:
    """The part of `alpha` that is spent up to a share of the information: 4 (1 − Φ(z / √t)), with z the quantile of
    1 − α/4, so that each side spends 2 (1 − Φ(z / √t)) of its α/2 (Lan and DeMets 1983)."""
    return 4 * norm.sf(norm.isf(alpha / 4) / share**0.5)


def pocock(share: float, alpha: float) -> float:
    """The part of `alpha` that is spent up to a share of the information: α ln(1 + (e − 1) t) (Lan and DeMets 1983)."""
    return alpha * np.log1p((np.e - 1) * share)


def spending_bounds(information: ArrayLike, alpha: float = 0.05, spending: Spending = obrien_fleming) -> np.ndarray:
    """Bounds for looks at these shares of the information, each of which spends what `spending(share, alpha)` grows by.
    A bound rests on looks up to its own, so that later ones need not be known: their number and times may change.
    It is infinite where less than 10^-14 is spent.

    >>> spending_bounds([0.2, 0.4, 0.6, 0.8, 1]).round(3).tolist()
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    shares = _shares(information)
    steps, spends = np.diff(shares, prepend=0), np.diff([spending(share, alpha) for share in shares], prepend=0.0)
    inside, found = _START, []
    for share, step, spent in zip(shares, steps, spends, strict=True):
        edge = _edge(inside, step, spent)
        found.append(edge / share**0.5)
        inside = inside.stays(edge, step, 0.0)
    return np.array(found)


def _edge(inside: _Inside, step: float, spent: float) -> float:
    """The edge that S leaves with this chance."""
    if spent < 1e-14:
        return np.inf
    reach = np.abs(inside.nodes).max() + FAR * step**0.5
    return float(brentq(lambda edge: sum(inside.leaves(edge, step, 0.0)) - spent, 0, reach, xtol=1e-12))


def power_of(bounds: ArrayLike, information: ArrayLike, drift: float) -> float:
    """The chance to leave the upper bound at a look, where Z has the mean `drift` at the end."""
    return float(crossing(bounds, information, drift).up.sum())


def growth(bounds: ArrayLike, information: ArrayLike, alpha: float = 0.05, power: float = 0.8) -> float:
    """By what the units of an experiment that is read once are multiplied, so that these bounds have the same power
    (Jennison and Turnbull's R).

    >>> looks = equal_looks(5)
    >>> [round(growth(wang_tsiatis(looks, shape=shape), looks), 3) for shape in (0, 0.5)]
    [1.028, 1.229]
    """
    once = norm.isf(alpha / 2) + norm.ppf(power)
    needed = brentq(lambda drift: power_of(bounds, information, drift) - power, 0.1, 3 * once, xtol=1e-9)
    return float(needed / once) ** 2


def _shares(information: ArrayLike) -> np.ndarray:
    """The shares of the information; ValueError unless they rise from above 0 up to 1 at most."""
    shares: Sequence[float] | np.ndarray = np.asarray(information, float)
    if not len(shares) or shares[0] <= 0 or (np.diff(shares) <= 0).any() or shares[-1] > 1 + 1e-9:
        raise ValueError(f"The information at the looks is {list(shares)}: it must rise from above 0 to at most 1.")
    return shares
