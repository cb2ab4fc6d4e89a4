"""Serve: publish tables to a warehouse so that publishing again changes nothing."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dataml_lab.pipeline.durable import REMEDIES, replacing, storage_errors


class ServeError(RuntimeError):
    """The warehouse could not be opened, changed or exported; what it held before it still holds."""


class Warehouse:
    """A DuckDB file with one writing process, opened by `with`.

    >>> with Warehouse(":memory:") as warehouse:
    ...     for _ in "twice":
    ...         warehouse.publish("sales", pd.DataFrame({"day": [1, 1, 2], "total": [10, 20, 30]}), key="day")
    ...     warehouse.publish("sales", pd.DataFrame({"day": [1], "total": [15]}), key="day")
    ...     warehouse.query("SELECT * FROM sales ORDER BY day").values.tolist()
    [[1, 15], [2, 30]]
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Warehouse({str(self.path)!r})"

    def __enter__(self) -> "Warehouse":
        with serve_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = duckdb.connect(str(self.path))
            self._connection.execute("SET TimeZone = 'UTC'")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection, for statements of one's own."""
        return self._connection

    def publish(self, table: str, frame: pd.DataFrame, key: str, covers: Iterable | None = None) -> None:
        """Replaces the rows of `table` whose `key` occurs in the frame, in one transaction.

        With `covers`, the rows of those keys are replaced instead, so that a day which has become empty
        loses its old rows too. The table is made when missing. Raises ServeError when a row has no key,
        or none that is covered, and when the frame's columns are not the table's.
        """
        frame = without_categories(frame)
        keys = pd.DataFrame({key: frame[key] if covers is None else list(covers)}, dtype=frame[key].dtype)
        if keys[key].isna().any() or not frame[key].isin(keys[key]).all():
            raise ServeError(f"{table}: a row's {key} is missing or not covered: nothing was published")
        seen = self._seen(incoming_rows=frame, replaced_keys=keys)
        with serve_errors(self.path), seen, transaction(self._connection):
            self._create(table)
            self._replace(table, key)

    def query(self, sql: str) -> pd.DataFrame:
        """The rows that the SQL selects; moments are in UTC."""
        return self._connection.execute(sql).to_arrow_table().to_pandas()

    def export(self, table: str, folder: str | Path) -> Path:
        """Writes the table to `folder` as Parquet, whole or not at all, for readers in other processes."""
        path = Path(folder) / f"{table}.parquet"
        with serve_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                self._connection.sql(f"FROM {quoted(table)}").write_parquet(str(temporary))
        return path

    @contextmanager
    def _seen(self, **frames: pd.DataFrame) -> Iterator[None]:
        """Lets SQL see the frames by their names meanwhile."""
        try:
            for name, frame in frames.items():
                self._connection.register(name, frame)
            yield
        finally:
            for name in frames:
                self._connection.unregister(name)

    def _create(self, table: str) -> None:
        """Makes the table when missing. Raises ServeError when it has other columns than what comes in."""
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table)} AS FROM incoming_rows LIMIT 0")
        held = columns(self._connection.sql(f"FROM {quoted(table)}"))
        offered = columns(self._connection.sql("FROM incoming_rows"))
        if differing := dict(held.items() ^ offered.items()):
            raise ServeError(
                f"{self.path}: {table} and the frame differ in {', '.join(sorted(differing))}: "
                "give the frame the table's columns and types, or publish it under another name"
            )

    def _replace(self, table: str, key: str) -> None:
        """Deletes the rows of the keys and inserts those that come in."""
        replaced = f"{quoted(key)} IN (SELECT {quoted(key)} FROM replaced_keys)"
        self._connection.execute(f"DELETE FROM {quoted(table)} WHERE {replaced}")
        self._connection.execute(f"INSERT INTO {quoted(table)} BY NAME FROM incoming_rows")


@contextmanager
def transaction(connection: Any) -> Iterator[None]:
    """All of the block, or nothing of it, on a connection of DuckDB or PostgreSQL."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(Exception):  # a failed commit has rolled back already, a lost connection will
            connection.execute("ROLLBACK")
        raise


def without_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with categorical columns as text, so that a new category doesn't change the table's type."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def columns(relation: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """The type of each column."""
    return {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}


def quoted(name: str) -> str:
    """The name as SQL writes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def serve_errors(path: Path) -> Iterator[None]:
    """Turns a failure of DuckDB or of the disk into ServeError: which path, what happened, what to do."""
    with storage_errors(ServeError, path):
        try:
            yield
        except duckdb.Error as cause:
            raise ServeError(f"{path}: {explained(str(cause))}") from cause


def explained(message: str) -> str:
    """What DuckDB says, with what to do about it where that is known.

    >>> explained("IO Error: Could not set lock: Conflicting lock is held in python3 (PID 7). See also")
    'held by python3 (PID 7): close it there or restart that kernel, then run again'
    """
    if holder := re.search(r"(?:held|open) in\s+(.+ \(PID \d+\))", message):
        return f"held by {holder[1]}: close it there or restart that kernel, then run again"
    known = (remedy for code, remedy in REMEDIES.items() if os.strerror(code) in message)
    return next(known, message)
