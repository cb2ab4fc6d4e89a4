"""An experiment read by its plan: from sufficient statistics, or a table, to effects with intervals and a decision."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataml_lab.experiments.correct import correct
from dataml_lab.experiments.decide import decide
from dataml_lab.experiments.effects import (
    Difference,
    Sample,
    difference_of_means,
    difference_of_proportions,
    difference_with_cuped,
)
from dataml_lab.experiments.metrics import ROWS, Metric, columns_of, refuse_metrics, role
from dataml_lab.experiments.plan import ONCE, Plan, p_values, reach, refuse_plan
from dataml_lab.experiments.readings import Reading
from dataml_lab.experiments.refusals import refuse
from dataml_lab.experiments.report import Report
from dataml_lab.experiments.source import Source, opened
from dataml_lab.experiments.split import split_of
from dataml_lab.experiments.statistics import UP_TO, days_of, samples, statistics, terms


def analyse_table(source: Source, metrics: Sequence[Metric], plan: Plan = ONCE, *, user: str = "user_id",
                  arm: str = "arm", day: str | None = None, cluster: str | None = None) -> Report:
    """The report on a frame, or a CSV or Parquet file, with a row for each user: it is refused where `refuse` says so,
    reduced by `statistics`, and analysed. With `cluster`, whole clusters were randomised."""
    with opened(source) as table:
        refuse(table, metrics, user=user, arm=arm, day=day, cluster=cluster)
        return analyse(statistics(table, metrics, arm=arm, day=day, cluster=cluster), metrics, plan)


def analyse(table: pd.DataFrame, metrics: Sequence[Metric], plan: Plan = ONCE) -> Report:
    """The report on the sufficient statistics of an experiment, a row for each arm, or for each arm and day.

    The first metric without a margin decides, and those with one may stop it. The intervals of both kinds hold the
    truth in 1 − alpha of experiments; those of the other metrics do so all together (Bonferroni), and their p-values
    are corrected (Holm). ValueError for statistics or a plan that can't be used.

    >>> from dataml_lab.experiments.metrics import proportion
    >>> users = pd.DataFrame({"arm": ["control", "treatment"] * 1_000, "bought": [0, 0, 0, 1, 1, 1] * 333 + [0, 1]})
    >>> print(analyse(statistics(users, [proportion("bought")]), [proportion("bought")], Plan(units=2_000)).decision)
    ship: bought is 0.667 in treatment and 0.333 in control: higher by 0.334 (0.292 to 0.375).
    """
    refuse_metrics(metrics)
    refuse_plan(plan)
    arms, columns = both_arms(table, metrics, plan)
    shares = shares_of(arms, plan)
    place = read_at(looks(table, metrics, plan)) if plan.looks == "daily" else len(shares) - 1
    split = split_of(arms[0].units[place], arms[1].units[place], plan.share)
    readings = [reading(arms, metrics, metric, columns, plan, shares, place) for metric in metrics]
    readings = corrected(readings)
    return Report(decide(split, readings, plan), split, readings, plan.alpha, notes(table, plan, place))


def looks(table: pd.DataFrame, metrics: Sequence[Metric], plan: Plan) -> pd.DataFrame:
    """The primary metric as days end: a row for each day up to the one on which the plan is complete, with the units of
    both arms, their share of the plan, the difference, the limits of its interval by the plan, and whether there is an
    effect by them. With looks "once" these are the intervals of somebody who peeks."""
    arms, columns = both_arms(table, metrics, plan)
    shares = shares_of(arms, plan)
    primary = next(metric for metric in metrics if metric.margin is None)
    with np.errstate(invalid="ignore", divide="ignore"):
        found, _ = difference(arms, primary, columns)
        low, high = found.interval(reach(found, plan, plan.alpha, shares))
    days = days_of(table)[:len(shares)] if days_of(table) is not None else ["all"]
    return pd.DataFrame({"units": (arms[0].units + arms[1].units)[:len(shares)], "share": shares,
                         "difference": found.value, "low": low, "high": high, "effect": (low > 0) | (high < 0)},
                        index=pd.Index(days, name="day"))


def both_arms(table: pd.DataFrame, metrics: Sequence[Metric], plan: Plan) -> tuple[tuple[Sample, Sample], list[str]]:
    """Control and treatment as days end, up to the one on which the plan is complete where it is read daily; and the
    names of their columns."""
    treatment = other_arm(table, metrics, plan)
    columns = [*columns_of(metrics), *([ROWS] if f"mean {ROWS}" in table else [])]
    control, other = samples(table, plan.control, columns), samples(table, treatment, columns)
    units = control.units + other.units
    end = 1 + int(np.searchsorted(units, plan.units)) if plan.looks == "daily" else len(units)
    return (Sample(*(field[:end] for field in control)), Sample(*(field[:end] for field in other))), columns


def shares_of(arms: tuple[Sample, Sample], plan: Plan) -> np.ndarray:
    """The share of the planned units that are there as days end; 1 at most, where it is read daily."""
    units = arms[0].units + arms[1].units
    shares = units / (plan.units or units[-1])
    return np.minimum(shares, 1) if plan.looks == "daily" else shares


def read_at(found: pd.DataFrame) -> int:
    """The first look with an effect; else the last one."""
    effect = found["effect"].to_numpy()
    return int(effect.argmax()) if effect.any() else len(effect) - 1


def other_arm(table: pd.DataFrame, metrics: Sequence[Metric], plan: Plan) -> str:
    """The name of treatment. ValueError for statistics that can't be analysed."""
    arms = sorted(table["arm"].unique())
    if len(arms) != 2 or plan.control not in arms:
        raise ValueError(f"The arms are {', '.join(map(repr, arms))}: two are compared, and one of them must be the "
                         f"control, which the plan calls {plan.control!r}.")
    for name in columns_of(metrics):
        if f"mean {name}" not in table:
            raise ValueError(f'The statistics have no column "mean {name}": make them with these metrics.')
        if not np.isfinite(table[f"mean {name}"].to_numpy(float)).all():
            raise ValueError(f"The metric {name} is infinite or missing in the statistics: `refuse` names the users.")
    if (_units(table) < 2).any():
        raise ValueError("An arm has one unit, and a difference needs two in each.")
    if UP_TO in table and plan.looks != "once":
        raise ValueError(f'To read clusters "{plan.looks}" is not possible: all of them are there on the first day, so '
                         "that their number doesn't say how much is known by then. Plan to read them once.")
    if plan.looks == "daily" and "day" not in table:
        raise ValueError('To read it "daily", statistics by day are needed: name the column of the day.')
    return next(arm for arm in arms if arm != plan.control)


def _units(table: pd.DataFrame) -> pd.Series:
    """The units of each arm: clusters that are summed up to each day are those of the last one."""
    by_arm = table.groupby("arm")["units"]
    return by_arm.max() if UP_TO in table else by_arm.sum()


def difference(arms: tuple[Sample, Sample], metric: Metric, columns: Sequence[str]) -> tuple[Difference, np.ndarray]:
    """The effect on a metric, and the share of its variance that CUPED leaves, 1 without it."""
    term, before = terms(metric, columns)
    if before:
        return difference_with_cuped(*arms, term, before)
    if metric.kind == "proportion" and term.bottom is None:
        return difference_of_proportions(*arms, term), np.ones(())
    return difference_of_means(*arms, term), np.ones(())


def reading(arms: tuple[Sample, Sample], metrics: Sequence[Metric], metric: Metric, columns: Sequence[str], plan: Plan,
            shares: np.ndarray, place: int) -> Reading:
    """What is read of a metric at the look in this place."""
    part = role(metrics, metric)
    others = sum(role(metrics, one) == "secondary" for one in metrics)
    alpha = plan.alpha / others if part == "secondary" else plan.alpha
    with np.errstate(invalid="ignore", divide="ignore"):
        effect, kept = difference(arms, metric, columns)
        wide = reach(effect, plan, alpha, shares)
        numbers = [effect.control, effect.treatment, effect.value, *effect.interval(wide), effect.relative,
                   *effect.relative_interval(wide), p_values(effect, plan, alpha, shares)]
    kept = np.broadcast_to(kept, shares.shape)
    return Reading(metric, part, *(float(one[place]) for one in numbers), np.nan, float(kept[place]))


def corrected(readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with Holm's p-values for the secondary ones."""
    places = [place for place, one in enumerate(readings) if one.role == "secondary" and not np.isnan(one.p)]
    found = list(readings)
    for place, p in zip(places, correct([readings[place].p for place in places]), strict=True):
        found[place] = found[place]._replace(p_corrected=float(p))
    return found


def notes(table: pd.DataFrame, plan: Plan, place: int) -> list[str]:
    """What a reader must know besides."""
    found = []
    if plan.looks == "once" and not plan.units:
        found.append("It is read once. Nothing here holds if it was ended because of what it showed: plan the units.")
    if plan.looks == "daily":
        days = np.sort(table["day"].unique())
        found.append(f"Read at the end of day {place + 1} ({str(days[place])[:10]}), by the bound for this look"
                     + (", and stopped there: later days are not read." if place + 1 < len(days) else "."))
    if plan.looks == "always":
        found.append("It may be read at any time: the intervals hold the truth at all times at once.")
    if f"mean {ROWS}" in table:
        fewest = int(_units(table).min())
        few = f" {fewest} in an arm are few: intervals may be too narrow." * (fewest < 20)
        found.append("Units are clusters." + few)
    return found
