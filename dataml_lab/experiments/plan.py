"""The plan of an experiment, and how far intervals reach by it: read once, as days end, or at any time."""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from dataml_lab.experiments import always
from dataml_lab.experiments.bounds import spending_bounds
from dataml_lab.experiments.effects import Difference

Looks = Literal["once", "daily", "always"]


class Plan(NamedTuple):
    """What is laid down before an experiment starts.

    `units` is the number of units of both arms at which it ends (clusters, where clusters are randomised), and `share`
    the share of them that treatment gets. It is read "once", at its end; or "daily", as the days end, with bounds that
    spend `alpha` as O'Brien and Fleming's do; or "always", at any time, by an always-valid test, which needs some
    hundreds of units before the first look. The last two need `units`.
    """

    units: int | None = None
    looks: Looks = "once"
    share: float = 0.5
    control: str = "control"
    alpha: float = 0.05


ONCE = Plan()


def refuse_plan(plan: Plan) -> None:
    """ValueError for a plan that can't be followed."""
    if plan.looks not in ("once", "daily", "always"):
        raise ValueError(f'The looks are {plan.looks!r}: they are "once", "daily" or "always".')
    if plan.looks != "once" and not plan.units:
        raise ValueError(f'To read it "{plan.looks}", say how many units it has at its end: Plan(units=…), or --units.')
    if plan.units is not None and plan.units < 4:
        raise ValueError(f"The plan has {plan.units} units, and each arm needs two at least.")
    if not (0 < plan.alpha < 1 and 0 < plan.share < 1):
        raise ValueError(f"alpha is {plan.alpha:g} and the share of treatment {plan.share:g}: both must be between 0 "
                         "and 1.")


def reach(found: Difference, plan: Plan, alpha: float, shares: np.ndarray) -> np.ndarray:
    """How many standard errors the interval of each look reaches to each side, at these shares of the planned units."""
    if plan.looks == "once":
        return student.isf(alpha / 2, found.freedom)
    if plan.looks == "daily":
        bounds = np.array(daily_bounds(tuple(shares.tolist()), alpha))
        return student.isf(norm.sf(bounds), np.maximum(np.nan_to_num(found.freedom, nan=1.0), 1.0))
    variance = np.square(found.error)
    return always.multiplier(variance, always.mixing_variance(variance * shares, alpha), alpha)


@cache
def daily_bounds(shares: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """The bounds of Z as days end. A day on which nobody came in has the bound of the day before."""
    steps = np.flatnonzero(np.diff(shares, prepend=0) > 0)
    bounds = spending_bounds(np.array(shares)[steps], alpha)
    return tuple(bounds[np.searchsorted(steps, np.arange(len(shares)), side="right") - 1].tolist())


def p_values(found: Difference, plan: Plan, alpha: float, shares: np.ndarray) -> np.ndarray:
    """The p-values of the way in which it is read; NaN for daily looks, which have bounds instead."""
    if plan.looks == "once":
        return found.p_value()
    if plan.looks == "daily":
        return np.full(np.shape(found.value), np.nan)
    variance = np.square(found.error)
    return always.p_value(found.centre, variance, always.mixing_variance(variance * shares, alpha))
