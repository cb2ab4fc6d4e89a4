"""Where the rows of an experiment are: a frame, or a file of CSV or Parquet, read by DuckDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd


class Unreadable(ValueError):
    """A file that can't be read."""


Source = Any  # a frame, the path of a file, or a connection of DuckDB with a view `experiment`
READERS = {".csv": "read_csv({}, sample_size=-1)", ".gz": "read_csv({}, sample_size=-1)",
           ".parquet": "read_parquet({})"}


@contextmanager
def opened(source: Source) -> Iterator[Any]:
    """A connection of DuckDB in which the frame or the file is the view `experiment`; one that is open already, as it
    is. `Unreadable` for a file that can't be read, or that is neither CSV nor Parquet."""
    import duckdb

    if isinstance(source, duckdb.DuckDBPyConnection):
        yield source
        return
    with duckdb.connect() as connection:
        if isinstance(source, pd.DataFrame):
            connection.register("experiment", source)
        else:
            _view(connection, Path(source))
        try:
            yield connection
        except duckdb.Error as error:
            raise Unreadable(f"The table can't be read: {str(error).splitlines()[0]}") from error


def _view(connection: Any, path: Path) -> None:
    """Makes the file the view `experiment`."""
    import duckdb

    if path.suffix not in READERS:
        raise Unreadable(f"{path.name} is neither a CSV (.csv, .csv.gz) nor a Parquet file (.parquet).")
    if not path.exists():
        raise Unreadable(f"There is no file {path}.")
    text = "'" + str(path).replace("'", "''") + "'"
    try:
        kept = "VIEW" if path.suffix == ".parquet" else "TABLE"  # a CSV is read once
        connection.execute(f"CREATE {kept} file AS SELECT * FROM {READERS[path.suffix].format(text)}")
        connection.execute(f"CREATE VIEW experiment AS SELECT *{_numbers(connection)} FROM file")
    except duckdb.Error as error:
        raise Unreadable(f"{path.name} can't be read: {str(error).splitlines()[0]}") from error


def _numbers(connection: Any) -> str:
    """A clause that makes numbers of the columns of text that hold nothing else, as those of a CSV with "inf" are."""
    table = connection.sql("SELECT * FROM file LIMIT 0")
    texts = [name for name, kind in zip(table.columns, table.types, strict=True) if str(kind) == "VARCHAR"]
    if not texts:
        return ""
    tests = ", ".join(f"BOOL_AND(TRY_CAST({quoted(name)} AS DOUBLE) IS NOT NULL) "
                      f"FILTER (WHERE {quoted(name)} IS NOT NULL)" for name in texts)
    only = connection.sql(f"SELECT {tests} FROM file").fetchone()
    found = [f"{number(name)} AS {quoted(name)}" for name, holds in zip(texts, only, strict=True) if holds]
    return f" REPLACE ({', '.join(found)})" if found else ""


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def number(name: str) -> str:
    """A column in SQL, as a float of 64 bits."""
    return f"CAST({quoted(name)} AS DOUBLE PRECISION)"
