"""What must be refused before anything is computed from the table of an experiment."""

from collections.abc import Iterator, Sequence
from typing import Any

from dataml_lab.experiments.metrics import Metric, columns_of, refuse_metrics
from dataml_lab.experiments.source import Source, number, opened, quoted

WIDEST = 12  # arms that a sentence names


def refuse(source: Source, metrics: Sequence[Metric], *, user: str = "user_id", arm: str = "arm",
           day: str | None = None, cluster: str | None = None) -> None:
    """ValueError for the first thing that makes an analysis of the table wrong, with how many rows, an example, and
    what to do: a column that isn't there, no rows, a user without an id or in both arms or in two rows, a missing arm
    or other than two, a cluster in both arms, a metric that is missing, infinite or text, a proportion of other values
    than 0 and 1, a ratio to nothing."""
    refuse_metrics(metrics)
    with opened(source) as connection:
        _refuse_columns(connection, [user, arm, *filter(None, (day, cluster)), *columns_of(metrics)])
        _refuse_missing(connection, [name for name in (user, arm, day, cluster) if name])
        _refuse_arms(connection, arm)
        if cluster:
            _refuse_two_arms(connection, cluster, arm, "cluster", "name what was randomised as the cluster")
        if _repeated(connection, user):
            _refuse_two_arms(connection, user, arm, "user",
                             "leave none of them out, but find out how they got two arms")
            _refuse_repeats(connection, user)
        _refuse_values(connection, metrics, user)


def _refuse_columns(connection: Any, needed: Sequence[str]) -> None:
    """Columns that the table hasn't, and a table without rows."""
    known = connection.sql("SELECT * FROM experiment LIMIT 0").columns
    for name in needed:
        if name not in known:
            raise ValueError(f"The table has no column {name}; it has: {', '.join(known)}.")
    if not connection.sql("SELECT 1 FROM experiment LIMIT 1").fetchone():
        raise ValueError("The table has no rows.")


def _refuse_missing(connection: Any, needed: Sequence[str]) -> None:
    """Rows without an id, an arm, a day or a cluster."""
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {quoted(name)} IS NULL)" for name in needed)
    *found, rows = connection.sql(f"SELECT {counts}, COUNT(*) FROM experiment").fetchone()
    for name, count in zip(needed, found, strict=True):
        if count:
            raise ValueError(f"The column {name} is missing in {count:,} of {rows:,} rows: a row whose {name} was lost "
                             "may come from one arm more often than from the other. Mend its log.")


def _refuse_arms(connection: Any, arm: str) -> None:
    """Other than two arms."""
    found = connection.sql(f"SELECT CAST({quoted(arm)} AS VARCHAR), COUNT(*) FROM experiment GROUP BY 1 ORDER BY 1 "
                           f"LIMIT {WIDEST}").fetchall()
    if len(found) != 2:
        named = ", ".join(f"{name} ({count:,} rows)" for name, count in found)
        advice = "The other arm is missing." if len(found) == 1 else "Give a table of two of them."
        raise ValueError(f"The column {arm} has {len(found)} arm{'s' * (len(found) != 1)}, and two are compared: "
                         f"{named}. {advice}")


def _repeated(connection: Any, user: str) -> bool:
    """Whether a user has two rows: sooner known than which."""
    return connection.sql(f"SELECT COUNT(DISTINCT {quoted(user)}) < COUNT(*) FROM experiment").fetchone()[0]


def _refuse_two_arms(connection: Any, unit: str, arm: str, what: str, advice: str) -> None:
    """Units in both arms."""
    found = connection.sql(f"SELECT {quoted(unit)}, COUNT(*) OVER () FROM experiment GROUP BY 1 "
                           f"HAVING MIN({quoted(arm)}) <> MAX({quoted(arm)}) ORDER BY 1 LIMIT 1").fetchone()
    if found:
        raise ValueError(f"The {what} {found[0]} is in both arms{_others(found[1])}: {advice}.")


def _refuse_repeats(connection: Any, user: str) -> None:
    """Users in two rows."""
    found = connection.sql(f"SELECT {quoted(user)}, COUNT(*), COUNT(*) OVER () FROM experiment GROUP BY 1 "
                           "HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 1").fetchone()
    if found:
        raise ValueError(f"The user {found[0]} has {found[1]} rows{_others(found[2])}: a row for each user "
                         "is expected. Sum a user's rows up; for a value per order, name it as a ratio.")


def _others(count: int) -> str:
    """How many there are besides the one that is named."""
    return f" (and so {'are' if count > 2 else 'is'} {count - 1:,} more)" if count > 1 else ""


def _refuse_values(connection: Any, metrics: Sequence[Metric], user: str) -> None:
    """Metrics that are text, missing, infinite, no proportion, or a ratio to nothing."""
    types = dict(zip(connection.sql("SELECT * FROM experiment LIMIT 0").columns,
                     connection.sql("SELECT * FROM experiment LIMIT 0").types, strict=True))
    for name in columns_of(metrics):
        if str(types[name]).startswith(("VARCHAR", "DATE", "TIME", "ENUM")):
            raise ValueError(f"The metric {name} holds {str(types[name]).lower()}, and numbers are expected. Such is"
                             + _example(connection, user, name, f"TRY_CAST({quoted(name)} AS DOUBLE) IS NULL"))
    shares = {metric.column for metric in metrics if metric.kind == "proportion"}
    bottoms = {metric.per for metric in metrics if metric.per}
    rules = [(name, *rule) for name in columns_of(metrics) for rule in _rules(name, name in shares, name in bottoms)]
    counts = connection.sql("SELECT " + ", ".join(f"COUNT(*) FILTER (WHERE {broken})" for _, broken, _ in rules)
                            + " FROM experiment").fetchone()
    for (name, broken, words), count in zip(rules, counts, strict=True):
        if count:
            raise ValueError(f"The metric {name} {words.format(count)}{_example(connection, user, name, broken)}")
    for name in bottoms:
        if not connection.sql(f"SELECT SUM({number(name)}) FROM experiment").fetchone()[0]:
            raise ValueError(f"The column {name} is 0 in all rows, and a ratio to nothing has no value.")


def _rules(name: str, share: bool, bottom: bool) -> Iterator[tuple[str, str]]:
    """What breaks a column of a metric, in SQL, and in words with the number of rows."""
    column = number(name)
    yield f"{column} IS NULL", ("is missing in {:,} rows. A user without an event has a 0; one whose value was lost "
                                "makes the arms different, so leave nobody out. Such is")
    yield f"NOT ISFINITE({column})", "is infinite or not a number in {:,} rows: mend the division that made it. Such is"
    if share:
        yield f"{column} NOT IN (0, 1)", "is a proportion, and other than 0 and 1 in {:,} rows. Such is"
    if bottom:
        yield f"{column} < 0", "divides, and is negative in {:,} rows. Such is"


def _example(connection: Any, user: str, name: str, condition: str) -> str:
    """A user for whom it holds, with the value."""
    found = connection.sql(f"SELECT {quoted(user)}, {quoted(name)} FROM experiment WHERE {condition} "
                           "ORDER BY 1 LIMIT 1").fetchone()
    return f" user {found[0]}, who has {found[1]}." if found else "."
