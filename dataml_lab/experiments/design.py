"""The size of an experiment before it starts: units per arm for an effect, the smallest effect for a number of units.

All are two-sided: the share `alpha` is halved. `ratio` is units in treatment per unit in control. Powers neglect the
chance to find an effect of the wrong sign, which is below 10^-4 from a power of one half on.
"""

import math
from typing import Any, Literal, NamedTuple

from scipy.optimize import brentq
from scipy.stats import norm

Formula = Literal["pooled", "unpooled", "arcsine", "control"]
FORMULAS: dict[Formula, str] = {
    "pooled": "two proportions, pooled variance if there is no effect (Fleiss, Levin and Paik 2003, chapter 4)",
    "unpooled": "two proportions, each with its own variance (Chow, Shao and Wang 2008, section 4.2.1)",
    "arcsine": "difference of arcsines, Cohen's h (Cohen 1988, chapter 6), as statsmodels has it",
    "control": "two proportions, the control's variance for both if there is no effect (as some web calculators)",
    "t": "difference of means, power of the t test by the noncentral t, as statsmodels has it"}


class Size(NamedTuple):
    """Units of each arm, and the formula that says so."""

    control: int
    treatment: int
    formula: str

    @property
    def units(self) -> int:
        """Units of both arms."""
        return self.control + self.treatment

    def __str__(self) -> str:
        return f"{self.control:,} in control and {self.treatment:,} in treatment, by: {self.formula}"


def size_of_proportions(control: float, effect: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0,
                        formula: Formula = "pooled") -> Size:
    """Units with which the difference `effect` of two proportions is found with probability `power`. `control` is the
    proportion in control, `effect` is absolute: from 20 % to 25 % it is 0.05. Rounded up.

    >>> for formula in ("pooled", "unpooled", "arcsine", "control"):
    ...     print(formula, size_of_proportions(0.20, 0.05, formula=formula).control)
    pooled 1094
    unpooled 1091
    arcsine 1092
    control 1031
    """
    _refuse(alpha, power, ratio)
    treatment = control + effect
    if not (0 < control < 1 and 0 < treatment < 1 and effect):
        raise ValueError(f"From {control:g} to {treatment:g}: both must be proportions between 0 and 1, and differ. "
                         "The effect is absolute: 0.05 for 20 % to 25 %.")
    needed = _units_of_proportions(control, treatment, norm.isf(alpha / 2), norm.ppf(power), ratio, formula)
    return Size(_up(needed), _up(ratio * needed), FORMULAS[formula])


def _units_of_proportions(control: float, treatment: float, found: float, missed: float, ratio: float,
                          formula: Formula) -> float:
    """Units in control, not rounded; `found` and `missed` are the quantiles of the test and of the power."""
    if formula == "arcsine":
        apart = 2 * (math.asin(treatment**0.5) - math.asin(control**0.5))
        return (1 + 1 / ratio) * ((found + missed) / apart) ** 2
    apart, both = treatment - control, (control + ratio * treatment) / (1 + ratio)
    own = control * (1 - control) + treatment * (1 - treatment) / ratio
    at_null = {"pooled": both * (1 - both) * (1 + 1 / ratio), "unpooled": own,
               "control": control * (1 - control) * (1 + 1 / ratio)}[formula]
    return ((found * at_null**0.5 + missed * own**0.5) / apart) ** 2


def effect_on_proportion(control: float, units: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0,
                         formula: Formula = "pooled") -> float:
    """The minimum detectable effect: the smallest rise of a proportion that `units` in control find with this power;
    NaN where no rise up to 1 is. Absolute. The inverse of `size_of_proportions`, not rounded.

    >>> round(effect_on_proportion(0.20, 1_094), 4)
    0.05
    """
    _refuse(alpha, power, ratio)
    quantiles = norm.isf(alpha / 2), norm.ppf(power)

    def lacking(effect: float) -> float:
        return _units_of_proportions(control, control + effect, *quantiles, ratio, formula) - units

    most = 1 - control - 1e-12
    return float(brentq(lacking, 1e-9, most)) if lacking(most) < 0 else math.nan


def size_of_means(deviation: float, effect: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0,
                  kept: float = 1.0) -> Size:
    """Units with which a difference of means is found. `deviation` is the standard deviation of a unit's value, in the
    unit of `effect`; `kept` the share of the variance that CUPED leaves, 1 − correlation².

    >>> size_of_means(deviation=30, effect=2).control
    3533
    >>> size_of_means(deviation=30, effect=2, kept=1 - 0.7**2).control
    1803
    """
    _refuse(alpha, power, ratio)
    needed = _t_test().solve_power(abs(effect) / (deviation * kept**0.5), alpha=alpha, power=power, ratio=ratio)
    return Size(_up(float(needed)), _up(ratio * float(needed)), FORMULAS["t"])


def effect_on_mean(deviation: float, units: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0,
                   kept: float = 1.0) -> float:
    """The minimum detectable effect on a mean, in the unit of `deviation`: the inverse of `size_of_means`.

    >>> round(effect_on_mean(deviation=30, units=3_533), 3)
    2.0
    """
    _refuse(alpha, power, ratio)
    found = _t_test().solve_power(nobs1=units, alpha=alpha, power=power, ratio=ratio)
    return float(found) * deviation * kept**0.5


def design_effect(per_cluster: float, correlation: float) -> float:
    """By what the units of a plan are multiplied where clusters of `per_cluster` units are randomised: 1 + (m − 1) ρ,
    with ρ the correlation of two units of one cluster (Kish 1965). For clusters of one size.

    >>> round(design_effect(per_cluster=50, correlation=0.02), 2)
    1.98
    """
    return 1 + (per_cluster - 1) * correlation


def _t_test() -> Any:
    from statsmodels.stats.power import TTestIndPower  # takes a second

    return TTestIndPower()


def _up(units: float) -> int:
    """Rounded up, but for what rounding in a float adds."""
    return math.ceil(units - 1e-6)


def _refuse(alpha: float, power: float, ratio: float) -> None:
    if not (0 < alpha < 1 and alpha / 2 < power < 1 and ratio > 0):
        raise ValueError(f"alpha is {alpha:g}, power {power:g} and ratio {ratio:g}, where shares between 0 and 1 are "
                         "expected, power above alpha / 2, and a positive ratio.")
