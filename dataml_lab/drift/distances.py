"""How far apart two distributions are, each distance in the form that is used of it most."""

import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

from dataml_lab.drift.numbers import Numbers

EXACT = 10_000  # rows up to which the probability of a KS distance is counted rather than approximated, as in scipy
MANY = 1_000  # rows that a comparison is worth from which the sum of a probability is taken over some of its terms
TERMS = 1_000
STRIDE = 256  # points of a block whose distance is bounded before its points are looked at
BINS = 10
FLOOR = 0.5  # rows added to each bin, so that none is empty
AREA = 5_000  # values from which a Wasserstein distance is computed, at most
FEW = 5  # rows that a category needs to count alone in a chi-squared test

Shares = Callable[[np.ndarray], np.ndarray]


def ks(reference: Numbers, current: Numbers) -> float:
    """The Kolmogorov-Smirnov distance: the largest difference, over all numbers, between the shares of rows up to it.
    Exact where all values are kept; else it is off by the errors of the two at most.

    >>> ks(Numbers.of(np.array([1.0, 2, 3, 4])), Numbers.of(np.array([3.0, 4, 5, 6])))
    0.5
    """
    if not current.gap:  # it rises at its values only: just before one the other is furthest above it, and there below
        return max(highest(current.values, current.shares_upto, reference.shares_upto),
                   highest(current.values, reference.shares_below, current.shares_below))
    points = np.union1d(reference.values, current.values)
    return float(max(abs(reference.shares_upto(points) - current.shares_upto(points)).max(),
                     abs(reference.shares_below(points) - current.shares_below(points)).max()))


def highest(points: np.ndarray, one: Shares, other: Shares) -> float:
    """The largest `one(x) - other(x)` over ascending points, or 0. Both rise with x, so that in a block of points it is
    at most `one` of the last less `other` of the first: only blocks that may hold the largest are looked at whole."""
    starts = np.arange(0, len(points), STRIDE)
    low, high = points[starts], points[np.append(starts[1:], len(points)) - 1]
    other_low, one_high = other(low), one(high)
    best = max((one(low) - other_low).max(initial=0), (one_high - other(high)).max(initial=0))
    hopeful = starts[one_high - other_low > best]
    inner = points[(hopeful[:, None] + np.arange(STRIDE)).clip(max=len(points) - 1).ravel()]
    return float(max(best, (one(inner) - other(inner)).max(initial=0)))


def ks_p(distance: float, reference: Numbers, current: Numbers, alike: float = 1.0) -> float:
    """The probability of a KS distance so large or larger, if both are drawn from one continuous distribution: counted
    up to 10,000 rows, and approximated beyond, as `scipy.stats.ks_2samp` does. Of numbers with ties it is too large,
    which makes no alarm. Approximated where not all values are kept, and where so many rows are `alike` that they
    count as one."""
    exact = alike == 1 and not (reference.error or current.error) and max(reference.known, current.known) <= EXACT
    if exact:
        samples = (np.repeat(one.values, (one.upto - one.below).astype(int)) for one in (reference, current))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where it can't be counted, it is approximated
            return float(stats.ks_2samp(*samples).pvalue)
    return kolmogorov(distance, max(round(harmonic(reference.known, current.known) / alike), 1))


def kolmogorov(distance: float, rows: int) -> float:
    """The probability that the shares of so many rows up to x are so far or farther from those of the distribution that
    they are drawn from: that of `scipy.stats.kstwo`, which takes half a second where rows are many."""
    if rows < MANY or rows * distance**2 < 2.2:  # from there on, twice the probability of one side is exact enough
        return float(stats.kstwo.sf(distance, rows))
    return min(2 * one_sided(distance, rows), 1.0) if distance < 1 else 0.0


def one_sided(distance: float, rows: int) -> float:
    """The probability that the shares of so many rows up to x exceed those of their distribution by so much somewhere.

    It is a sum of a term for each row (Birnbaum and Tingey 1951). The terms are a smooth function of their number that
    vanishes at both ends, so that a thousand at equal distances have the same mean as all, to 1e-12 of it. Their
    factorials are by Stirling's series.
    """
    places = np.linspace(0, rows * (1 - distance), TERMS + 1)[1:-1]
    rest, moved = rows - places, rows * distance
    logarithm = (np.log(rows / (2 * np.pi * places * rest)) / 2 + stirling(rows) - stirling(places) - stirling(rest)
                 + places * np.log1p(moved / places) - np.log(distance + places / rows)
                 + rest * np.log1p(-moved / rest))
    return float(distance * rows * (1 - distance) / TERMS * np.exp(logarithm).sum())


def stirling(numbers: np.ndarray | float) -> np.ndarray | float:
    """What the logarithm of a factorial exceeds that of Stirling's formula by."""
    return 1 / (12 * numbers) - 1 / (360 * numbers**3) + 1 / (1260 * numbers**5)


def harmonic(reference: int, current: int) -> float:
    """The rows that a comparison of two samples is worth: n · m / (n + m)."""
    return reference * current / (reference + current)


def binned(reference: Numbers, current: Numbers, bins: int = BINS) -> np.ndarray:
    """The rows of both between the quantiles of the reference, as an array of two rows and at most so many columns."""
    inner = np.unique(reference.quantiles(np.arange(1, bins) / bins))
    return np.array([np.diff(one.shares_upto(inner), prepend=0, append=1) * one.known for one in (reference, current)])


def psi(counts: np.ndarray) -> float:
    """The population stability index: sum of (p − q) · ln(p / q) over bins, with half a row added to each bin.

    It is infinite with an empty bin, if nothing is added. Without drift its mean is about
    (bins − 1) · (1 / n + 1 / m): see `psi_of_chance`.

    >>> psi(np.array([[50, 50], [100, 0]])) < 5
    True
    """
    raised = counts + FLOOR
    p, q = raised / raised.sum(axis=1, keepdims=True)
    return float(((p - q) * np.log(p / q)).sum())


def psi_of_chance(counts: np.ndarray) -> float:
    """The mean of the PSI without drift, where rows are independent; with n and m rows and b bins
    (b − 1) · (1 / n + 1 / m). Source: Yurdakul, Statistical properties of population stability index (2018).

    >>> round(psi_of_chance(np.full((2, 10), 10)), 2)
    0.18
    """
    return float((counts.shape[1] - 1) * (1 / counts.sum(axis=1)).sum())


def jensen_shannon(counts: np.ndarray) -> float:
    """The Jensen-Shannon distance to the base 2, from 0 (same shares) to 1 (no bin in common)."""
    p, q = counts / counts.sum(axis=1, keepdims=True)
    return float(np.sqrt(max(0, (entropy_to_middle(p, q) + entropy_to_middle(q, p)) / 2)))


def entropy_to_middle(p: np.ndarray, q: np.ndarray) -> float:
    """The relative entropy, in bits, of p to the mean of p and q."""
    some = p > 0
    return float((p[some] * np.log2(2 * p[some] / (p + q)[some])).sum())


def wasserstein(reference: Numbers, current: Numbers) -> float:
    """How far rows must be moved, on average, to make one distribution the other: the area between the shares of rows
    up to x. In the unit of the numbers; from 5,000 of the values at most.

    >>> wasserstein(Numbers.of(np.array([0.0, 1])), Numbers.of(np.array([5.0, 6])))
    5.0
    """
    one, other = reference.kept(AREA), current.kept(AREA)
    points = np.union1d(one.values, other.values)
    left = (one.shares_upto(points) - other.shares_upto(points))[:-1]
    right = (one.shares_below(points) - other.shares_below(points))[1:]
    return float((area(left, right) * np.diff(points)).sum())


def area(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The mean distance from 0 of a straight line between two heights."""
    total = abs(left) + abs(right)
    crossed = np.divide(left**2 + right**2, 2 * total, out=np.zeros_like(total), where=total > 0)
    return np.where(left * right < 0, crossed, total / 2)


def total_variation(counts: np.ndarray) -> float:
    """The share of rows that would have to change their category to make the shares equal: half the sum of |p − q|.

    >>> total_variation(np.array([[50, 50], [60, 40]])).__round__(2)
    0.1
    """
    p, q = counts / counts.sum(axis=1, keepdims=True)
    return float(abs(p - q).sum() / 2)


def chi_squared(counts: np.ndarray) -> tuple[float, float]:
    """The chi-squared statistic of two samples, without a correction for continuity, and its probability if both are
    drawn from one distribution. Categories of which fewer than five rows are expected are counted as one."""
    rare = expected(counts).min(axis=0) < FEW
    lumped = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    lumped = lumped[:, lumped.sum(axis=0) > 0]
    if lumped.shape[1] < 2:
        return 0.0, 1.0
    statistic = float(((lumped - expected(lumped))**2 / expected(lumped)).sum())
    return statistic, float(stats.chi2.sf(statistic, lumped.shape[1] - 1))


def expected(counts: np.ndarray) -> np.ndarray:
    """The counts that there would be if both samples had the same shares."""
    return np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()


def cohens_h(p: float, q: float) -> float:
    """The distance of two shares, 2 · |arcsin √p − arcsin √q|: 0.2 is small and 0.8 large (Cohen 1988).

    >>> round(cohens_h(0.0, 0.01), 2), round(cohens_h(0.5, 0.6), 2)
    (0.2, 0.2)
    """
    return float(2 * abs(np.arcsin(np.sqrt(p)) - np.arcsin(np.sqrt(q))))


def discoveries(p: np.ndarray) -> np.ndarray:
    """For each probability the least rate of false discoveries at which it is one, where tests are many. Source:
    Benjamini and Hochberg, Controlling the false discovery rate (1995).

    >>> discoveries(np.array([0.01, 0.04, 0.9])).round(3).tolist()
    [0.03, 0.06, 0.9]
    """
    return stats.false_discovery_control(p) if len(p) else p
