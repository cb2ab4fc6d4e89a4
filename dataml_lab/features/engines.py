"""Features where the events are: one expression, which Ibis translates for DuckDB, PostgreSQL and Spark.

What a feature is, `definition` says. Here it becomes a table of Ibis, which the engine computes; only the result comes
back. Spark runs in a process of its own, this file run as a program (see `streaming.spark`).

The engines agree. Counts are the same. Sums and means of a DECIMAL, as PostgreSQL keeps money, are added exactly and
rounded once: they are the same in every engine to the last bit. A DOUBLE is added in whatever order the engine likes,
which may be another one tomorrow: results then differ, by less than 1e-9 of the sum of the values' magnitudes, which
is far below a cent.
"""

import functools
import json
import operator
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from dataml_lab.features.definition import COUNTS, Feature, View, check
from dataml_lab.features.windows import plain, refuse_missing, refuse_nulls, zoned
from dataml_lab.streaming import spark

if TYPE_CHECKING:
    import ibis
    from ibis.backends.sql import SQLBackend

AS_OF = "as_of"
ROW = "row number"  # a space, so that no column has this name already
OF_NUMBERS = ("sum", "mean", "min", "max")
DAY_US = 86_400_000_000  # microseconds


def expression(view: View, events: "ibis.Table", rows: "ibis.Table") -> "ibis.Table":
    """The rows, each once and in no order, with their columns and the view's features: counts int64, others float64.

    `rows` has the key and `as_of`. Times are moments (TIMESTAMPTZ), to the microsecond; of Spark's, Ibis has to be told
    so: `table.cast({"occurred_at": "timestamp('UTC')"})`. The session's time zone is UTC, as Ibis sets it when it
    connects. NaN counts as null. Raises ValueError for a view that can't be computed on these tables.
    """
    check(view)
    verify(view, events, rows)
    moments = rows.select(view.key, AS_OF).distinct()
    found = aggregated(view, known(view, events, moments))
    beside = rows.left_join(found, [view.key, AS_OF])
    return beside.select(*(rows[name] for name in rows.columns), **{f.name: filled(f, found) for f in view.features})


def known(view: View, events: "ibis.Table", moments: "ibis.Table") -> "ibis.Table":
    """The events that may count at each moment, beside its `key` and `as_of`; their own columns are `event <name>`."""
    events = events.select(**{own(name): events[name] for name in view.columns})
    time = events[own(view.time)]
    when = [time < moments[AS_OF]]
    if days := reach(view):
        when.append(time >= before(moments[AS_OF], days))
    return moments.inner_join(events, [moments[view.key] == events[own(view.key)], *when])


def own(name: str) -> str:
    """The name of an event's column beside those of a row."""
    return f"event {name}"


def reach(view: View) -> int | None:
    """The days that the longest window goes back; None if one has all the past.

    >>> reach(View("orders", (Feature("a", "count", days=7), Feature("b", "count", days=30))))
    30
    """
    days = [feature.days for feature in view.features]
    return None if None in days else max(days, default=1)


def before(moment: "ibis.Value", days: int) -> "ibis.Value":
    """The moment so many times 24 hours earlier."""
    import ibis

    # Of days, an engine takes away dates in the zone of its session: 23 hours when the clocks go forward.
    return moment - ibis.interval(hours=24 * days)


def aggregated(view: View, known: "ibis.Table") -> "ibis.Table":
    """One row for each moment with any event: the features, null where there is nothing to aggregate."""
    features = {feature.name: aggregate(feature, view, known) for feature in view.features}
    return known.group_by([view.key, AS_OF]).aggregate(**features)


def aggregate(feature: Feature, view: View, known: "ibis.Table") -> "ibis.Value":
    """The feature of a group of known events."""
    kept = condition(feature, view, known)
    if feature.kind == "count":
        return known.count(where=kept)
    if feature.kind == "days_since_last":
        newest = known[own(view.time)].max(where=kept)
        return known[AS_OF].max().delta(newest, unit="microsecond") / DAY_US
    values = comparable(known[own(feature.column)])
    if feature.kind == "distinct":
        return values.nunique(where=kept)
    if feature.kind == "mean":
        # An engine's own mean of decimals is rounded to its taste.
        return values.sum(where=kept).cast("float64") / values.count(where=kept)
    return getattr(values, feature.kind)(where=kept).cast("float64")


def condition(feature: Feature, view: View, known: "ibis.Table") -> "ibis.Value | None":
    """Whether an event is in the feature's window and has the value that it asks for; None: all are."""
    kept = []
    if feature.days not in (None, reach(view)):
        kept.append(known[own(view.time)] >= before(known[AS_OF], feature.days))
    if feature.where:
        field, value = feature.where
        kept.append(known[own(field)].cast("string") == value)
    return functools.reduce(operator.and_, kept) if kept else None


def comparable(values: "ibis.Value") -> "ibis.Value":
    """The values as a frame has them: NaN, which came into the engine as a number, is null; true is 1."""
    if values.type().is_boolean():
        return values.cast("int32")  # PostgreSQL knows no shorter way
    return values.nullif(float("nan")) if values.type().is_floating() else values


def filled(feature: Feature, found: "ibis.Table") -> "ibis.Value":
    """The feature, also where there is nothing to aggregate."""
    empty = 0 if feature.kind in COUNTS else feature.empty
    return found[feature.name] if empty is None else found[feature.name].fill_null(empty)


def verify(view: View, events: "ibis.Table", rows: "ibis.Table") -> None:
    """ValueError saying what the view needs and the tables haven't."""
    has(events, "events", view.columns, view.time)
    has(rows, "rows", [view.key, AS_OF], AS_OF)
    if shared := set(view.names) & set(rows.columns):
        raise ValueError(f"rows: a column is called {sorted(shared)[0]!r}, as a feature is: rename it, or leave it out")
    for feature in view.features:
        if feature.kind in OF_NUMBERS:
            holds(events, feature.column, ("numeric", "boolean"), f'"{feature.kind}" needs numbers')
        if feature.where:
            # Every engine has an own way of writing the others as text.
            holds(events, feature.where[0], ("string", "integer"), "`where` compares text or whole numbers")


def has(table: "ibis.Table", called: str, columns: list[str], time: str) -> None:
    """ValueError unless a table has the columns, and its times are moments."""
    refuse_missing(table, columns, called)
    if getattr(table[time].type(), "timezone", None) is None:
        raise ValueError(f"{called}: {time} holds {table[time].type()}, not times with a zone; keep TIMESTAMPTZ there")


def holds(table: "ibis.Table", column: str, types: tuple[str, ...], need: str) -> None:
    """ValueError, which says what is needed, unless the column is of one of these types."""
    held = table[column].type()
    if not any(getattr(held, f"is_{name}")() for name in types):
        raise ValueError(f"events: {column} holds {held}, and {need}")


def evaluate(view: View, engine: "SQLBackend", events: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The view's features of each row, as `windows.compute` gives them, by an engine on its own table of events.

    `engine` is a connection of Ibis, such as `ibis.duckdb.from_connection(connection)`, and `events` the name of the
    table; `rows` has the key and `as_of`, and is uploaded. The result has the index and the order of `rows`, counts
    as int64, others as float64. Raises ValueError where a table or a column is missing, or a row has no moment.
    """
    import ibis

    table = tabled(engine, events)
    wanted = expression(view, table, ibis.memtable(numbered(view, rows)))
    engine.raw_sql("SET TIME ZONE 'UTC'")  # as Ibis had it: it takes moments apart as local times of the session
    return tidy(engine.execute(wanted.select(ROW, *view.names)), view, rows)


def tabled(engine: "SQLBackend", name: str) -> "ibis.Table":
    """The table of an engine; ValueError naming those there are if it has none of that name."""
    if name not in (tables := engine.list_tables()):
        raise ValueError(f"{engine.name} has no table {name!r}; there are {', '.join(sorted(tables)) or 'none'}")
    return engine.table(name)


def numbered(view: View, rows: pd.DataFrame) -> pa.Table:
    """What an engine needs of the rows: the key, the moment in UTC, and the number by which to put them in order."""
    refuse_missing(rows, [view.key, AS_OF], "rows")
    refuse_nulls(rows, [view.key, AS_OF])
    as_of = zoned(rows[AS_OF], "rows").dt.tz_convert("UTC")
    # Microseconds are what engines keep; of nanoseconds that would be lost, Arrow makes a ValueError.
    as_of = pa.array(as_of).cast(pa.timestamp("us", "UTC"))
    return pa.table({ROW: pa.array(range(len(rows)), "int64"), view.key: pa.array(plain(rows[view.key])), AS_OF: as_of})


def tidy(found: pd.DataFrame, view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """The features that an engine has found, in the order of the rows and under their index."""
    types = {feature.name: "int64" if feature.kind in COUNTS else "float64" for feature in view.features}
    return found.sort_values(ROW).set_index(rows.index)[view.names].astype(types)


def on_spark(view: View, events: pd.DataFrame, rows: pd.DataFrame, patience: float = spark.PATIENCE) -> pd.DataFrame:
    """The view's features of each row, as `windows.compute` gives them, by Spark, which reads both as Parquet files.

    Raises ValueError where a column is missing or a row has no moment, SparkError where Spark is missing, fails, or
    takes longer than `patience` seconds.
    """
    check(view)
    refuse_missing(events, view.columns, "events")
    zoned(events[view.time], "events")
    known = pa.Table.from_pandas(events[view.columns], preserve_index=False)
    tables = {"events": known, "rows": numbered(view, rows)}
    with tempfile.TemporaryDirectory() as folder:
        for name, table in tables.items():
            parquet.write_table(table, Path(folder, f"{name}.parquet"), coerce_timestamps="us")
        job = {"view": view, "folder": folder}
        return tidy(spark.run("dataml_lab.features.engines", job, patience), view, rows)


# What runs in the process beside the notebook's.


def main(job: str) -> None:
    """Computes the features of a job from the tables in its folder, into the folder `found`."""
    import ibis

    job = json.loads(job)
    name, features, *rest = job["view"]
    view = View(name, tuple(Feature(*feature) for feature in features), *rest)
    with spark.session() as session, spark.trouble():
        engine = ibis.pyspark.from_connection(session)
        # Spark's timestamps are moments, but Ibis says that they have no zone.
        events, rows = (
            engine.read_parquet(f"{job['folder']}/{table}.parquet").cast({time: "timestamp('UTC')"})
            for table, time in (("events", view.time), ("rows", AS_OF))
        )
        engine.to_parquet(expression(view, events, rows).select(ROW, *view.names), job["found"])


if __name__ == "__main__":
    main(sys.argv[1])
