"""What is read of each metric of an experiment: its effect, the interval, and both in words."""

import math
from typing import NamedTuple

from dataml_lab.experiments.metrics import Metric


class Reading(NamedTuple):
    """The effect on a metric: both arms, treatment less control with the limits of its interval, the same as a share of
    control (NaN where control is near 0), the p-value and that of several metrics together (NaN where there is none),
    and the share of the variance that CUPED leaves."""

    metric: Metric
    role: str
    control: float
    treatment: float
    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    p: float
    p_corrected: float
    kept: float

    @property
    def _gain(self) -> tuple[float, float]:
        """The limits of what is gained, above 0 where it gets better."""
        return (self.low, self.high) if self.metric.better == "higher" else (-self.high, -self.low)

    @property
    def better(self) -> bool:
        """Whether the whole interval is for the better."""
        return self._gain[0] > 0

    @property
    def worse(self) -> bool:
        """Whether the whole interval is for the worse."""
        return self._gain[1] < 0

    @property
    def harmless(self) -> bool:
        """Whether the interval rules out a harm of the metric's margin or more."""
        return self.metric.margin is None or self._gain[0] > -self.metric.margin

    def said(self, value: float, sign: str = "") -> str:
        """A number of the metric, with the digits that the interval leaves."""
        return shown(value, self.high - self.low, sign)

    def interval(self) -> str:
        """The difference and its limits."""
        return f"{self.said(self.difference, '+')} ({self.said(self.low, '+')} to {self.said(self.high, '+')})"

    def relative_interval(self) -> str:
        """The difference as a share of control, and its limits."""
        if math.isnan(self.relative):
            return ""
        wide = 100 * (self.relative_high - self.relative_low)
        value, low, high = (shown(100 * one, wide, "+")
                            for one in (self.relative, self.relative_low, self.relative_high))
        return f"{value} % ({low} to {high})"

    def p_text(self) -> str:
        """The p-value, corrected where it is one of several; empty where there is none."""
        p = self.p if math.isnan(self.p_corrected) else self.p_corrected
        return "" if math.isnan(p) else "< 0.0001" if p < 0.0001 else f"{p:.4f}"

    def words(self) -> str:
        """What is known of the effect, in a sentence."""
        start = (f"{self.metric.name} is {self.said(self.treatment)} in treatment and {self.said(self.control)} in "
                 "control: ")
        low, high = sorted((abs(self.low), abs(self.high)))
        if not (self.better or self.worse):
            return f"{start}the difference is {self.interval()}, and no effect is not ruled out."
        return (f"{start}{'higher' if self.low > 0 else 'lower'} by {self.said(abs(self.difference))} "
                f"({self.said(low)} to {self.said(high)}){'' if self.better else ', which is worse'}.")


def shown(value: float, wide: float, sign: str = "") -> str:
    """A number with the digits that an interval this wide leaves.

    >>> shown(12.3456, 0.8), shown(0.031, 0.004, "+"), shown(12_345.6, 800)
    ('12.35', '+0.0310', '12,346')
    """
    digits = 4 if not 0 < wide < math.inf else max(0, 1 - math.floor(math.log10(wide)))
    return f"{value:{sign},.{digits}f}"
