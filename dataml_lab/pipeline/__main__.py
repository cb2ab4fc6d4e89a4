"""The command line: `python -m dataml_lab.pipeline DATABASE DAY…` makes the daily summaries of these days."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from dataml_lab.pipeline.daily import rebuild
from dataml_lab.pipeline.serve import Warehouse

if TYPE_CHECKING:
    from dataml_lab.pipeline.daily import Connection


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the summaries that the arguments name."""
    parser = argparse.ArgumentParser("python -m dataml_lab.pipeline", description="Makes the summaries of days.")
    parser.add_argument("database", help="which holds the orders: a file of DuckDB, or postgresql://…")
    parser.add_argument("days", metavar="day", nargs="+", type=date.fromisoformat, help="such as 2025-03-01")
    chosen = parser.parse_args(arguments)
    with connected(chosen.database) as connection:
        rows = rebuild(connection, chosen.days)
    print(f"{rows:,} rows written")


@contextmanager
def connected(database: str) -> Iterator["Connection"]:
    """A connection to a file of DuckDB, or to PostgreSQL."""
    if "://" in database:
        import psycopg

        with psycopg.connect(database, autocommit=True) as connection:
            yield connection
    else:
        with Warehouse(database) as warehouse:
            yield warehouse.connection


if __name__ == "__main__":
    main()
