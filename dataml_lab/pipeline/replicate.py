"""Replicate: keep a copy of a database's tables in the warehouse by the changes that the database reports."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from dataml_lab.pipeline.ingest import IngestError
from dataml_lab.pipeline.serve import Warehouse
from dataml_lab.store.schema import schema

if TYPE_CHECKING:
    from dataml_lab.store.feed import Change, Feed
    from dataml_lab.store.postgres import Database

TYPES = {  # types that have room for what is missing, whether or not a batch has any
    "id": "Int64",
    "whole": "Int64",
    "money": "float64",
    "number": "float64",
    "category": "str",
    "text": "str",
    "time": "datetime64[us, UTC]",
    "flag": "boolean",
}
Row = dict[str, Any]


def snapshot(source: "str | Database", table: str, warehouse: Warehouse) -> int:
    """Makes the warehouse's copy of a table what the table is now, and returns its number of rows.

    `source` is the database or its DSN. Make the feed first, then the snapshot: the changes in between come a
    second time with the feed, which does no harm; the other way round they would be missed.
    """
    import psycopg

    key = schema(table).key
    with database_errors(table), psycopg.connect(getattr(source, "dsn", source)) as connection:
        cursor = connection.execute(psycopg.sql.SQL("select * from {}").format(psycopg.sql.Identifier(table)))
        copy = frame(table, [column.name for column in cursor.description], cursor.fetchall())
    warehouse.publish(table, copy.head(0), key)
    held = warehouse.query(f"SELECT {key} FROM {table}")[key]
    warehouse.publish(table, copy, key, covers={*held, *copy[key]})
    return len(copy)


def replicate(feed: "Feed", warehouse: Warehouse, limit: int = 5_000) -> Counter[str]:
    """Applies the changes of the feed until none is left; returns how many there were of each table.

    Of about `limit` changes at a time, the last version of each row is published, and only then are they
    acknowledged. So a change may come twice, after a crash of either side or from before the snapshot: the
    copy then goes back a little, and is right again at the end. No feed tells of `truncate`: after it, make a
    new snapshot. Raises IngestError when the database fails, or when a change doesn't tell all of a row.
    """
    applied: Counter[str] = Counter()
    with database_errors(feed):
        while changes := feed.peek(limit):
            by_table: dict[str, list[Change]] = {}
            for change in changes:
                by_table.setdefault(change.table, []).append(change)
            for table, of_table in by_table.items():
                apply(table, of_table, warehouse)
            feed.acknowledge(changes)
            applied.update(change.table for change in changes)
    return applied


def apply(table: str, changes: "list[Change]", warehouse: Warehouse) -> None:
    """Publishes the last version of each row that was changed; one that was deleted is gone.

    Raises IngestError when the table's columns changed on the way: values would end up under each other's names.
    """
    key, names = schema(table).key, list(changes[0].row)
    if any(list(change.row) != names for change in changes):
        raise IngestError(f"{table}: its columns changed between two changes: make a new feed and a new snapshot")
    versions = last_versions(changes, key)
    rows = [tuple(row.values()) for row in versions.values() if row]
    warehouse.publish(table, frame(table, names, rows), key, covers=versions)


def last_versions(changes: "list[Change]", key: str) -> dict[Any, Row | None]:
    """The last version of each row by its key; None where there is none any more.

    >>> from dataml_lab.store.feed import Change
    >>> a, b = {"id": 1, "total": 5}, {"id": 2, "total": 5}
    >>> last_versions([Change("0/1", "insert", "sales", a), Change("0/2", "update", "sales", b, old=a)], "id")
    {1: None, 2: {'id': 2, 'total': 5}}
    """
    versions: dict[Any, Row | None] = {}
    for change in changes:
        if change.old:
            versions[change.old[key]] = None
        versions[change.row[key]] = None if change.operation == "delete" else whole(change)
    return versions


def whole(change: "Change") -> Row:
    """The new row of a change, every value told. Raises IngestError where the database didn't tell one."""
    from dataml_lab.store.feed import UNCHANGED

    row, old = change.row, change.old or {}
    told = {name: old.get(name) if value is UNCHANGED else value for name, value in row.items()}
    for name, value in row.items():
        if value is UNCHANGED and told[name] is None:
            raise IngestError(
                f"{change.table}.{name}: an update left this long value alone, so PostgreSQL did not report it: "
                f"`alter table {change.table} replica identity full`, then make a new feed and a new snapshot"
            )
    return told


def frame(table: str, names: list[str], rows: list[tuple]) -> pd.DataFrame:
    """Rows of a table as a frame whose columns have the same types whatever the values.

    Raises IngestError for a column that isn't as the Store made it.
    """
    kinds = {field.name: field.kind for field in schema(table).fields}
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    typed = {}
    for name, values in zip(names, columns, strict=True):
        kind = kinds.get(name, "flag")  # a label is in no raw record
        try:
            typed[name] = column(kind, values)
        except (TypeError, ValueError) as cause:
            raise IngestError(f"{table}.{name}: not a {kind} as the Store made it; undo that change") from cause
    return pd.DataFrame(typed)


def column(kind: str, values: tuple) -> pd.Series:
    """Values from PostgreSQL as a column of the type that this kind of field has.

    >>> from decimal import Decimal
    >>> column("money", (Decimal("4.99"),)).tolist(), column("whole", (None, 7)).tolist(), column("id", ()).dtype
    ([4.99], [<NA>, 7], Int64Dtype())
    """
    cells = pd.Series(values, dtype=object)
    return (pd.to_datetime(cells, utc=True) if kind == "time" else cells).astype(TYPES[kind])


@contextmanager
def database_errors(source: object) -> Iterator[None]:
    """Turns a failure of PostgreSQL into IngestError."""
    import psycopg

    try:
        yield
    except psycopg.Error as cause:
        reason = str(cause).partition("\n")[0]
        raise IngestError(f"{source}: {reason}; what was published before is safe: run again to continue") from cause
