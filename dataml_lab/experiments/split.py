"""The sample-ratio check: do the arms have the shares of the units that were planned?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

ALARM = 0.001  # a broken split is a bug, and its alarm must not be chance: one in a thousand sound experiments


class Split(NamedTuple):
    """Units in control and in treatment, the planned share of treatment, and the p-value of the chi-squared test."""

    control: int
    treatment: int
    share: float
    p: float

    @property
    def broken(self) -> bool:
        """Whether p is below 0.001."""
        return self.p < ALARM

    def __str__(self) -> str:
        units = self.control + self.treatment
        return (f"{self.control:,} in control and {self.treatment:,} in treatment, {self.treatment / units:.2%} "
                f"where {self.share:.2%} was planned (p = {self.p:.2g})")


def split_p_values(control: ArrayLike, treatment: ArrayLike, share: float = 0.5) -> np.ndarray:
    """The p-values of the chi-squared test that units fall into treatment with this probability."""
    ours, units = np.asarray(treatment, float), np.asarray(control, float) + treatment
    return chi2.sf((ours - share * units) ** 2 / (units * share * (1 - share)), 1)


def split_of(control: int, treatment: int, share: float = 0.5) -> Split:
    """The check of one experiment. ValueError unless the share is between 0 and 1.

    >>> print(split_of(50_500, 49_500))
    50,500 in control and 49,500 in treatment, 49.50% where 50.00% was planned (p = 0.0016)
    >>> split_of(52_000, 48_000).broken
    True
    """
    if not 0 < share < 1:
        raise ValueError(f"The planned share of treatment is {share:g}: it must be between 0 and 1.")
    return Split(int(control), int(treatment), share, float(split_p_values(control, treatment, share)))
