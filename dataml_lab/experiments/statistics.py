"""The sufficient statistics of an experiment: a row for each arm, or for each arm and day, from which all is analysed.

DuckDB reduces a frame or a file to them, and any system that speaks SQL can: 10^9 users become some dozens of rows. A
day is the one on which a unit came in, so that each unit is in one row, and days add up (Chan, Golub and LeVeque 1979).
A cluster has rows of many days, which don't add up: its rows are those up to the end of each day.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataml_lab.experiments.effects import Sample, Term
from dataml_lab.experiments.metrics import ROWS, Metric, columns_of, pairs_of
from dataml_lab.experiments.source import Source, number, opened, quoted

UP_TO = "up to day"  # the column of the day up to whose end clusters are summed up


def statistics_sql(source: str, metrics: Sequence[Metric], *, arm: str = "arm", day: str | None = None,
                   cluster: str | None = None, dialect: str = "duckdb") -> str:
    """The query that reduces a table or subquery `source`, a row for each user, to the sufficient statistics: columns
    arm, day where one is named, units, "mean <column>", and "cov <column>, <column>" with the units as divisor.

    With a `cluster`, a unit is a cluster, and its columns are sums over its rows; with a day too, over those up to the
    end of the day, which is the column "up to day". `dialect` is one of SQLGlot's, such as "spark".

    >>> from dataml_lab.experiments.metrics import proportion
    >>> print(statistics_sql("users", [proportion("bought")]))
    SELECT CAST("arm" AS VARCHAR) AS "arm", COUNT(*) AS "units",
        AVG(CAST("bought" AS DOUBLE PRECISION)) AS "mean bought",
        COVAR_POP(CAST("bought" AS DOUBLE PRECISION), CAST("bought" AS DOUBLE PRECISION)) AS "cov bought, bought"
    FROM users GROUP BY "arm" ORDER BY "arm"
    """
    columns, label = columns_of(metrics), UP_TO if cluster else "day"
    if cluster:
        source = _clusters(source, columns, arm, day, cluster)
        columns = [*columns, ROWS]
    keys = [f'CAST({quoted(arm)} AS VARCHAR) AS "arm"', *([f'{quoted(day)} AS "{label}"'] if day else [])]
    groups = ", ".join(quoted(name) for name in (arm, day) if name)
    found = [*keys, 'COUNT(*) AS "units"']
    found += [f'AVG({number(name)}) AS {quoted(f"mean {name}")}' for name in columns]
    found += [f'COVAR_POP({number(left)}, {number(right)}) AS {quoted(f"cov {left}, {right}")}'
              for left, right in pairs_of(metrics, bool(cluster))]
    sql = (", ".join(found[:len(keys) + 1]) + ",\n    " + ",\n    ".join(found[len(keys) + 1:])
           + f"\nFROM {source} GROUP BY {groups} ORDER BY {groups}")
    return translated(f"SELECT {sql}", dialect)


def _clusters(source: str, columns: Sequence[str], arm: str, day: str | None, cluster: str) -> str:
    """A subquery with a row for each cluster, or for each cluster and day with what came up to its end."""
    keys = ", ".join(quoted(name) for name in (arm, cluster, day) if name)
    sums = ", ".join(f"SUM({number(name)}) AS {quoted(name)}" for name in columns)
    daily = f'SELECT {keys}, {sums}, COUNT(*) AS "{ROWS}" FROM {source} GROUP BY {keys}'
    if not day:
        return f"({daily}) AS clusters"
    totals = ", ".join(f"SUM({quoted(name)}) AS {quoted(name)}" for name in [*columns, ROWS])
    return (f"(SELECT {quoted(arm)}, {quoted(cluster)}, ends.{quoted(day)}, {totals} "
            f"FROM ({daily}) AS daily JOIN (SELECT DISTINCT {quoted(day)} FROM {source}) AS ends "
            f"ON daily.{quoted(day)} <= ends.{quoted(day)} "
            f"GROUP BY {quoted(arm)}, {quoted(cluster)}, ends.{quoted(day)}) AS clusters")


def translated(sql: str, dialect: str) -> str:
    """The query in another dialect of SQL."""
    if dialect == "duckdb":
        return sql
    from sqlglot import transpile

    return transpile(sql, read="duckdb", write=dialect)[0]


def statistics(source: Source, metrics: Sequence[Metric], *, arm: str = "arm",
               day: str | None = None, cluster: str | None = None) -> pd.DataFrame:
    """The sufficient statistics of a frame, or of a CSV or Parquet file, by `statistics_sql`. Nothing is refused here:
    `refusals.refuse` looks for what makes them wrong.

    >>> from dataml_lab.experiments.metrics import mean
    >>> users = pd.DataFrame({"arm": ["control", "control", "treatment"], "spent": [1.0, 3.0, 5.0]})
    >>> print(statistics(users, [mean("spent")]).to_string(index=False))
          arm  units  mean spent  cov spent, spent
      control      2         2.0               1.0
    treatment      1         5.0               0.0
    """
    with opened(source) as connection:
        return connection.sql(statistics_sql("experiment", metrics, arm=arm, day=day, cluster=cluster)).df()


def terms(metric: Metric, columns: Sequence[str]) -> tuple[Term, Term | None]:
    """The metric, and what it was before, in the places of these columns. The mean of clustered rows is a ratio: of the
    clusters' sums to their rows."""
    places = {name: place for place, name in enumerate(columns)}
    rows = places.get(ROWS)
    term = Term(places[metric.column], places[metric.per] if metric.per else rows)
    return term, Term(places[metric.before], rows) if metric.before else None


def samples(table: pd.DataFrame, arm: str, columns: Sequence[str]) -> Sample:
    """What is known of an arm up to each of its days, the last of which is the whole; one where there are no days.

    `table` has the rows of all arms, as `statistics` gives them. A day on which only the other arm has units is in
    it as well: nothing is added.
    """
    rows = table[table["arm"] == arm]
    if "day" in table:
        rows = rows.set_index("day").reindex(days_of(table))
    if UP_TO in table:
        rows = rows.set_index(UP_TO).reindex(days_of(table), method="ffill")
    units = rows["units"].fillna(0).to_numpy(float)
    means = rows[[f"mean {name}" for name in columns]].fillna(0).to_numpy(float)
    covariances = _covariances(rows, columns)
    if UP_TO in table:
        with np.errstate(divide="ignore", invalid="ignore"):
            return Sample(units, means, covariances * (units / (units - 1))[:, None, None])
    return added_up(units, means, covariances)


def days_of(table: pd.DataFrame) -> np.ndarray | None:
    """The days of the statistics, each once, in order; None where there are none."""
    return next((np.sort(table[name].unique()) for name in ("day", UP_TO) if name in table), None)


def _covariances(rows: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """The covariances of each row (…, k, k), with the number of units as divisor; 0 of columns that no metric joins."""
    found = np.zeros((len(rows), len(columns), len(columns)))
    for here, left in enumerate(columns):
        for there, right in enumerate(columns):
            name = f"cov {left}, {right}"
            if name in rows:
                found[:, here, there] = found[:, there, here] = rows[name].fillna(0).to_numpy(float)
    return found


def added_up(units: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> Sample:
    """The statistics of the first row, of the first two, and so on. Sums are of distances from the mean of all, so that
    large values lose no digits."""
    total = np.cumsum(units)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = units @ means / total[-1]
        apart = means - centre
        moved = np.cumsum(units[:, None] * apart, axis=0) / total[:, None]
        squares = np.cumsum(units[:, None, None] * (covariances + apart[:, :, None] * apart[:, None, :]), axis=0)
        products = moved[:, :, None] * moved[:, None, :] * total[:, None, None]
        return Sample(total, centre + moved, (squares - products) / (total - 1)[:, None, None])
