"""An always-valid test: intervals that hold the truth at all times at once, with a chance of at least 1 − alpha.

The normal mixture of Robbins (1970), as the mixture sequential probability ratio test of Johari, Koomen, Pekelis and
Walsh (2022) uses it: effects of variance τ² are weighed against no effect. The variance of the estimate is itself an
estimate, so that it holds for some hundreds of units and more (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024,
who call it an asymptotic confidence sequence). A look costs nothing; the interval is wider than one that is read once.
"""

import math

import numpy as np
from numpy.typing import ArrayLike


def mixing_variance(variance: ArrayLike, alpha: float = 0.05) -> np.ndarray:
    """τ² with which the interval is about as narrow as can be when the estimate has this variance: at the planned
    number of units, as a rule (Waudby-Smith et al. 2024). It must be fixed in advance.

    >>> round(float(mixing_variance(1.0)), 2)
    7.94
    """
    doubled = -2 * math.log(alpha)
    return np.asarray(variance) * (doubled + math.log(doubled + 1))


def multiplier(variance: ArrayLike, mixing: ArrayLike, alpha: float = 0.05) -> np.ndarray:
    """How many standard errors the interval reaches to each side, where the estimate has this variance:
    √((1 + V/τ²) (ln(1 + τ²/V) + 2 ln(1/α))).

    >>> float(multiplier(1.0, mixing_variance(1.0)).round(2))
    3.04
    """
    share = np.asarray(mixing) / variance
    return np.sqrt((1 + 1 / share) * (np.log1p(share) + 2 * math.log(1 / alpha)))


def p_value(difference: ArrayLike, variance: ArrayLike, mixing: ArrayLike) -> np.ndarray:
    """The inverse of the mixture's likelihood ratio, 1 at most. Below alpha at any time in at most alpha of experiments
    without an effect. The smallest one up to now may be kept.

    >>> float(p_value(0.02, 0.005**2, mixing_variance(0.005**2)).round(4))
    0.0025
    """
    share = np.asarray(mixing) / variance
    logarithm = np.log1p(share) / 2 - np.square(difference) / variance * share / (1 + share) / 2
    return np.exp(np.minimum(logarithm, 0))
