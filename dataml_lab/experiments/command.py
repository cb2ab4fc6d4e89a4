"""`dataml-lab experiment`: the metrics that a file has, and the report on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dataml_lab.experiments.analyse import analyse_table
from dataml_lab.experiments.metrics import Metric
from dataml_lab.experiments.plan import Plan, refuse_plan
from dataml_lab.experiments.report import Report
from dataml_lab.experiments.source import Unreadable, number, opened, quoted

USER, ARM, DAY, CLUSTER, BEFORE = "user_id", "arm", "day", "cluster", "_before"
TEXT = ("VARCHAR", "DATE", "TIME", "ENUM", "UUID", "BLOB")


def report_on(path: Path, named: Sequence[str], margins: Mapping[str, float], lower: Sequence[str],
              plan: Plan) -> Report:
    """The report on a file with the columns user_id, arm, metrics, and if need be day, cluster, and <metric>_before for
    CUPED. `named` are the metrics, "a/b" for a ratio, the first of which decides; all columns of numbers where it is
    empty. ValueError for a table that must be refused, `Unreadable` for a file or a call that can't be followed."""
    try:
        refuse_plan(plan)
    except ValueError as error:
        raise Unreadable(error) from error
    with opened(path) as table:
        types = column_types(table)
        metrics = metrics_of(table, types, named, margins, lower)
        report = analyse_table(table, metrics, plan, user=USER, arm=ARM, day=DAY if plan.looks == "daily" else None,
                               cluster=CLUSTER if CLUSTER in types else None)
    left = [] if named else [name for name in candidates(types) if types[name].startswith(TEXT)]
    report.notes += [f"The column {name} holds {types[name].lower()}, and is no metric." for name in left]
    return report


def column_types(connection: Any) -> dict[str, str]:
    """The columns of the table, and their types in DuckDB."""
    table = connection.sql("SELECT * FROM experiment LIMIT 0")
    return dict(zip(table.columns, map(str, table.types), strict=True))


def candidates(types: Mapping[str, str]) -> list[str]:
    """The columns that may be metrics."""
    return [name for name in types if name not in (USER, ARM, DAY, CLUSTER)
            and not (name.endswith(BEFORE) and name.removesuffix(BEFORE) in types)]


def metrics_of(connection: Any, types: Mapping[str, str], named: Sequence[str], margins: Mapping[str, float],
               lower: Sequence[str]) -> list[Metric]:
    """The metrics that are named, and the guardrails."""
    chosen = list(named) or [name for name in candidates(types) if not types[name].startswith(TEXT)]
    chosen += [name for name in margins if name not in chosen]
    unknown = [name for name in lower if name not in chosen]
    if unknown:
        raise Unreadable(f"{unknown[0]} is lower the better, and no metric; the metrics are: {', '.join(chosen)}.")
    if not set(chosen) - set(margins):
        raise ValueError("The table has no metric that decides: a column of numbers besides user_id, arm, day and "
                         "cluster, and without a margin.")
    return [_metric(connection, types, name, margins.get(name), name in lower) for name in chosen]


def _metric(connection: Any, types: Mapping[str, str], name: str, margin: float | None, lower: bool) -> Metric:
    """A metric by its name: a ratio, a proportion where all values are 0 or 1, else a mean; with CUPED if it can be."""
    column, _, per = (part.strip() for part in name.partition("/"))
    before = column + BEFORE if column + BEFORE in types else None
    kind = "ratio" if per else "mean"
    if not per and not before and column in types and not types[column].startswith(TEXT):
        only = f"SELECT BOOL_AND({number(column)} IN (0, 1)) FROM experiment WHERE {quoted(column)} IS NOT NULL"
        kind = "proportion" if connection.sql(only).fetchone()[0] else "mean"
    return Metric(column, kind, per or None, before, "lower" if lower else "higher", margin)
