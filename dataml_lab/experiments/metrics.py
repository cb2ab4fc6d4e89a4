"""Metrics of an experiment: which columns of a unit's row they are made of, and what they are for."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Literal, NamedTuple

Kind = Literal["mean", "proportion", "ratio"]
Better = Literal["higher", "lower"]
ROWS = "(rows)"  # stands for the column that has the number of a cluster's rows


class Metric(NamedTuple):
    """A metric of the units' rows.

    `column` is summed up over the units of an arm, and divided by their number; or by the sum of `per`, for a ratio.
    `before` is a column of the time before the experiment, with which CUPED takes out what was known of a unit already.
    A metric with a `margin` is a guardrail: nothing ships unless its interval rules out a harm of the margin or more,
    in the unit of the metric. It is no harm to get `better`.
    """

    column: str
    kind: Kind = "mean"
    per: str | None = None
    before: str | None = None
    better: Better = "higher"
    margin: float | None = None

    @property
    def name(self) -> str:
        """The column, or both of a ratio.

        >>> ratio("spent", "orders").name
        'spent / orders'
        """
        return f"{self.column} / {self.per}" if self.per else self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of."""
        return tuple(name for name in (self.column, self.per, self.before) if name)


def mean(column: str, *, before: str | None = None, better: Better = "higher", margin: float | None = None) -> Metric:
    """The mean of a number for each unit."""
    return Metric(column, "mean", None, before, better, margin)


def proportion(column: str, *, better: Better = "higher", margin: float | None = None) -> Metric:
    """The share of the units that have a 1, where the others have a 0. With CUPED it is a `mean`."""
    return Metric(column, "proportion", None, None, better, margin)


def ratio(column: str, per: str, *, before: str | None = None, better: Better = "higher",
          margin: float | None = None) -> Metric:
    """The sum of a column over the sum of another, as EUR per order is: both are numbers for each unit."""
    return Metric(column, "ratio", per, before, better, margin)


def role(metrics: Sequence[Metric], metric: Metric) -> str:
    """What a metric of an experiment is for: the first one without a margin is "primary", it decides; one with a margin
    is a "guardrail"; the others are "secondary", and decide nothing.

    >>> plan = [mean("errors", margin=0.1), proportion("bought"), mean("spent")]
    >>> [role(plan, metric) for metric in plan]
    ['guardrail', 'primary', 'secondary']
    """
    if metric.margin is not None:
        return "guardrail"
    return "primary" if metric == next(one for one in metrics if one.margin is None) else "secondary"


def refuse_metrics(metrics: Sequence[Metric]) -> None:
    """ValueError unless one metric decides, no name is used twice, and margins are positive."""
    names = [metric.name for metric in metrics]
    if all(metric.margin is not None for metric in metrics):
        raise ValueError("No metric decides: one without a margin is needed, and the first one is the primary metric.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The metric {twice} is named twice: name it once.")
    for metric in metrics:
        if metric.margin is not None and not 0 < metric.margin < float("inf"):
            raise ValueError(f"The margin of {metric.name} is {metric.margin:g}: a harm above 0 that stops it, in the "
                             "unit of the metric, is expected.")


def columns_of(metrics: Sequence[Metric]) -> list[str]:
    """The columns that metrics are made of, each once."""
    return list(dict.fromkeys(name for metric in metrics for name in metric.columns))


def pairs_of(metrics: Sequence[Metric], clustered: bool = False) -> list[tuple[str, str]]:
    """The pairs of columns whose covariances the metrics need, each column with itself too. Clusters have a column
    more, the number of their rows."""
    sizes, found = (ROWS,) if clustered else (), {}
    for metric in metrics:
        for left, right in combinations_with_replacement((*metric.columns, *sizes), 2):
            if (right, left) not in found:
                found[left, right] = None
    return list(found)
