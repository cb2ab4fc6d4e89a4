"""Scores that were computed before anybody asks: near-real-time serving. The table is made again every so often."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dataml_lab.pipeline.ingest import IngestError
from dataml_lab.pipeline.push import open_sqlite, sqlite_errors
from dataml_lab.pipeline.serve import transaction
from dataml_lab.serving.saved import Model

TABLES = ("CREATE TABLE IF NOT EXISTS scores (key INTEGER PRIMARY KEY, score REAL)",
          "CREATE TABLE IF NOT EXISTS refreshed (as_of TEXT, version INTEGER)")  # fmt: skip


class PrecomputedError(RuntimeError):
    """The table could not be read or written; what it held before it still holds."""


class Kept(NamedTuple):
    """A score that is kept, the version of the model that made it, and its age: how long ago the moment was whose
    knowledge went into it."""

    score: float
    version: int
    age: pd.Timedelta


class Precomputed:
    """Scores by key (a whole number) in an SQLite file. Threads may share one; readers see a whole table at any time.

    >>> import tempfile
    >>> from dataml_lab.serving.fraud import SCHEMA, rows_of, trained
    >>> from dataml_lab.serving import Model
    >>> from dataml_lab.store import Store
    >>> store, model = Store(), Model("fraud", 1, SCHEMA, {}, "", trained())
    >>> rows = rows_of(store.payments.head(5), store.users)
    >>> noon = pd.Timestamp("2025-01-01 12:00", tz="UTC")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Precomputed(Path(folder) / "scores.db")
    ...     table.refresh(model, rows, noon)
    ...     print(table.get(2, noon + pd.Timedelta("7min")).age, table.get(6, noon))
    ...     table.close()
    0 days 00:07:00 None
    """

    def __init__(self, path: str | Path) -> None:
        self.path, self._lock = Path(path), threading.Lock()
        with self._told():
            self._connection = open_sqlite(self.path, "table of scores")
            for table in TABLES:
                self._connection.execute(table)

    def refresh(self, model: Model, rows: pd.DataFrame, as_of: pd.Timestamp) -> None:
        """Puts the scores of these rows, whose index has the keys, in place of the whole table: all or none.

        `as_of` is the moment of which the rows are. SchemaError for rows that the model doesn't take.
        """
        scores = zip(rows.index.tolist(), model.score(rows).tolist(), strict=True)
        with self._told(), self._lock, transaction(self._connection):
            self._connection.execute("DELETE FROM scores")
            self._connection.execute("DELETE FROM refreshed")
            self._connection.executemany("INSERT INTO scores VALUES (?, ?)", scores)
            self._connection.execute("INSERT INTO refreshed VALUES (?, ?)", (as_of.isoformat(), model.version))

    def get(self, key: int, now: pd.Timestamp) -> Kept | None:
        """What is kept under a key; None where nothing is."""
        with self._told(), self._lock:
            found = self._connection.execute(
                "SELECT score, version, as_of FROM scores, refreshed WHERE key = ?", (int(key),)).fetchone()
        return found and Kept(found[0], found[1], now - pd.Timestamp(found[2]))

    def close(self) -> None:
        """Lets go of the file; what is kept stays."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what SQLite says of the file into PrecomputedError."""
        try:
            with sqlite_errors(self.path, "table of scores"):
                yield
        except IngestError as error:
            raise PrecomputedError(str(error)) from error
