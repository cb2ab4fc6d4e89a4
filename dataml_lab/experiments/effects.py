"""Effects from sufficient statistics: the difference of two arms in a mean, proportion or ratio, and how sure it is.

All that is known of an arm is the number of its units, the means of some columns, and their covariances. Arrays with
leading axes are many experiments, or many looks, at once.

A metric is made linear: a unit's part in it is weights times its columns (the delta method). A mean has the weight 1. A
ratio R of the means of y and x has the weights 1/x̄ and −R/x̄ (Deng, Knoblich and Lu 2018). CUPED subtracts θ
times the part that the unit has in the same metric of the time before, with θ of least variance, from both arms
together (Deng, Xu, Kohavi and Walker 2013).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student


class Sample(NamedTuple):
    """What is known of an arm: the number of its units (…), the means of k columns (…, k), and their covariances
    (…, k, k), with units − 1 as divisor."""

    units: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


class Term(NamedTuple):
    """The mean of the column at a place, or its ratio to another one."""

    top: int
    bottom: int | None = None

    def value(self, sample: Sample) -> np.ndarray:
        """The mean, or the ratio of means."""
        top = sample.means[..., self.top]
        return top if self.bottom is None else top / sample.means[..., self.bottom]

    def weights(self, sample: Sample) -> np.ndarray:
        """What each column weighs in a unit's part (…, k)."""
        found = np.zeros_like(sample.means)
        if self.bottom is None:
            found[..., self.top] = 1.0
            return found
        bottom = sample.means[..., self.bottom]
        found[..., self.top] += 1 / bottom
        found[..., self.bottom] -= self.value(sample) / bottom
        return found


class Estimate(NamedTuple):
    """The metric of an arm, the variance of this estimate, and its degrees of freedom."""

    value: np.ndarray
    variance: np.ndarray
    freedom: np.ndarray


class Difference(NamedTuple):
    """What two arms show, the centres around which intervals lie and their variances, control first, and the degrees of
    freedom of the t distribution. Centres differ from what is shown for proportions only, where they are nearer to 1/2.
    """

    control: np.ndarray
    treatment: np.ndarray
    centres: tuple[np.ndarray, np.ndarray]
    variances: tuple[np.ndarray, np.ndarray]
    freedom: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """Treatment less control."""
        return self.treatment - self.control

    @property
    def centre(self) -> np.ndarray:
        """The middle of its intervals."""
        return self.centres[1] - self.centres[0]

    @property
    def error(self) -> np.ndarray:
        """Its standard error."""
        return np.sqrt(self.variances[0] + self.variances[1])

    @property
    def relative(self) -> np.ndarray:
        """The difference as a share of control; NaN unless control is above 0 by four standard errors."""
        sure = self.centres[0] > 4 * np.sqrt(self.variances[0])
        return np.divide(self.value, self.control, out=np.full_like(self.value, np.nan), where=sure)

    def p_value(self) -> np.ndarray:
        """Two-sided, for one look."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 2 * student.sf(np.abs(self.centre) / self.error, self.freedom)
        return np.where((self.error == 0) & (self.centre == 0), 1.0, found)

    def interval(self, reach: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """The limits that lie `reach` standard errors away."""
        return self.centre - reach * self.error, self.centre + reach * self.error

    def relative_interval(self, reach: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """The limits of `relative`, by Fieller's theorem (1954): all shares d for which treatment less (1 + d) times
        control is within `reach` of its standard errors from 0. So it holds no effect where `interval` does. NaN where
        `relative` is."""
        (below, above), (var_below, var_above) = self.centres, self.variances
        with np.errstate(invalid="ignore", divide="ignore"):
            squared = np.square(reach)
            scale = np.where(np.isnan(self.relative), np.nan, below**2 - squared * var_below)
            inner = above**2 * var_below + below**2 * var_above - squared * var_below * var_above
            wide = reach * np.sqrt(inner)
            scale = np.where(scale > 0, scale, np.nan)
            return (below * above - wide) / scale - 1, (below * above + wide) / scale - 1


def mean_of(sample: Sample, term: Term) -> Estimate:
    """A mean, or a ratio by the delta method."""
    return Estimate(term.value(sample), quadratic(sample, term.weights(sample)) / sample.units, sample.units - 1.0)


def difference_of_means(control: Sample, treatment: Sample, term: Term) -> Difference:
    """By Welch's t test, with the degrees of freedom of Satterthwaite (1946).

    >>> one, other = (sample([[value] for value in values]) for values in ([1, 2, 3], [3, 5, 7]))
    >>> found = difference_of_means(one, other, Term(0))
    >>> float(found.value), round(float(found.p_value()), 3)
    (3.0, 0.104)
    """
    return _difference(mean_of(control, term), mean_of(treatment, term))


def difference_of_proportions(control: Sample, treatment: Sample, term: Term) -> Difference:
    """By the normal distribution, with a unit of each kind added to each arm, which keeps intervals right in small arms
    and where nobody has a 1 (Agresti and Caffo 2000)."""
    found = [_with_one_of_each(one, term.top) for one in (control, treatment)]
    return _difference(*found)._replace(control=term.value(control), treatment=term.value(treatment))


def difference_with_cuped(control: Sample, treatment: Sample, term: Term,
                          before: Term) -> tuple[Difference, np.ndarray]:
    """The difference that remains when what `before` explains is taken out; and the share of the variance it leaves."""
    arms = control, treatment
    weights = [term.weights(one) for one in arms]
    known = [before.weights(one) for one in arms]
    joint = sum(one.units * quadratic(one, here, there) for one, here, there in zip(arms, weights, known, strict=True))
    own = sum(one.units * quadratic(one, there) for one, there in zip(arms, known, strict=True))
    theta = np.divide(joint, own, out=np.zeros_like(joint), where=own > 0)
    common = before.value(_together(control, treatment))
    found = [Estimate(term.value(one) - theta * (before.value(one) - common),
                      quadratic(one, here - theta[..., None] * there) / one.units, one.units - 1.0)
             for one, here, there in zip(arms, weights, known, strict=True)]
    plain = sum(quadratic(one, here) / one.units for one, here in zip(arms, weights, strict=True))
    return _difference(*found), np.divide(sum(one.variance for one in found), plain, out=np.ones_like(plain),
                                          where=plain > 0)


def sample(rows: ArrayLike) -> Sample:
    """The sufficient statistics of units, a row for each and a column for each number."""
    table = np.asarray(rows, float)
    return Sample(np.array(float(len(table))), table.mean(axis=0), np.cov(table, rowvar=False, ddof=1).reshape(
        table.shape[1], table.shape[1]))


def counted(units: ArrayLike, ones: ArrayLike) -> Sample:
    """The sufficient statistics of a column of zeros and ones, from counts."""
    number, share = np.asarray(units, float), np.asarray(ones, float) / units
    return Sample(number, share[..., None], (share * (1 - share) * number / (number - 1))[..., None, None])


def quadratic(sample: Sample, left: np.ndarray, right: np.ndarray | None = None) -> np.ndarray:
    """The covariance of two weighted sums of columns; the variance of one."""
    return np.einsum("...i,...ij,...j->...", left, sample.covariances, left if right is None else right)


def _difference(control: Estimate, treatment: Estimate) -> Difference:
    """Treatment less control of two independent arms."""
    variance = control.variance + treatment.variance
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = variance**2 / (control.variance**2 / control.freedom + treatment.variance**2 / treatment.freedom)
    values = control.value, treatment.value
    return Difference(*values, values, (control.variance, treatment.variance),
                      np.where(np.isnan(freedom), np.inf, freedom))


def _with_one_of_each(sample: Sample, place: int) -> Estimate:
    """A proportion with a 1 and a 0 more."""
    share = (sample.means[..., place] * sample.units + 1) / (sample.units + 2)
    return Estimate(share, share * (1 - share) / (sample.units + 2), np.full_like(share, np.inf))


def _together(control: Sample, treatment: Sample) -> Sample:
    """The means of both arms' units; the covariances are left out."""
    units = control.units + treatment.units
    share = (treatment.units / units)[..., None]
    return Sample(units, (1 - share) * control.means + share * treatment.means, control.covariances * np.nan)
