"""Daily: each user's summary as of any day, made by one SQL text where the orders are."""

import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from dataml_lab.pipeline.clean import identifier
from dataml_lab.pipeline.ingest import QUIET_S
from dataml_lab.pipeline.serve import ServeError, quoted, transaction

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection | duckdb.DuckDBPyConnection

DAY = timedelta(days=1)
WINDOW = 30 * DAY


def summary_sql(day: date, known_at: datetime | None = None) -> str:
    """The SQL of the summary as of the end of `day` (UTC), for PostgreSQL and DuckDB alike.

    One row per user with any order before that: day, user_id, orders_30d and spend_30d (completed orders of
    the 30 days that end with `day`, and their EUR), days_since_order (UTC days since the last completed
    order, NULL without one). Only orders received before `known_at` count, or all. The days are asked for,
    never "today", so that any past day can be made again, with what was known then or with what is now.
    """
    day = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = day + DAY
    known = f" AND received_at < {literal(known_at)}" if known_at else ""
    # Money is added in whole cents: the sum is the same in any order of the rows, on any engine. The rows are ordered
    # because PostgreSQL adds them to the key of a large table faster that way.
    return f"""
        SELECT DATE '{day:%Y-%m-%d}' AS day, user_id,
            count(*) FILTER (WHERE recent) AS orders_30d,
            CAST(coalesce(sum(cents) FILTER (WHERE recent), 0) AS double precision) / 100 AS spend_30d,
            DATE '{day:%Y-%m-%d}'
                - CAST(max(occurred_at) FILTER (WHERE completed) AT TIME ZONE 'UTC' AS date) AS days_since_order
        FROM (
            SELECT user_id, occurred_at, CAST(total * 100 AS bigint) AS cents, status = 'completed' AS completed,
                status = 'completed' AND occurred_at >= {literal(end - WINDOW)} AS recent
            FROM orders
            WHERE occurred_at < {literal(end)}{known}
        ) AS known
        GROUP BY user_id
        ORDER BY user_id"""


def literal(moment: datetime) -> str:
    """The moment as SQL writes it, whatever the time zone of the session; without a zone it counts as UTC.

    >>> literal(datetime(2025, 3, 1))
    "TIMESTAMPTZ '2025-03-01 00:00:00+00:00'"
    """
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"TIMESTAMPTZ '{utc.isoformat(' ')}'"


def rebuild(
    connection: "Connection", days: Iterable[date], known_at: datetime | None = None, table: str = "daily_summary"
) -> int:
    """Replaces the rows of these days in `table` by fresh summaries; returns the number of rows written.

    Each day is a transaction of its own: after a crash it is as before or as rebuilt, and a rerun heals it.
    A backfill is a rebuild of other days. The table is made when missing. The connection is one of DuckDB,
    or one of PostgreSQL with autocommit.
    """
    days, rows, started = list(days), 0, time.monotonic()
    for done, day in enumerate(days, start=1):
        rows += rebuild_day(connection, day, known_at, table)
        show_progress(done, len(days), time.monotonic() - started)
    return rows


def rebuild_day(connection: "Connection", day: date, known_at: datetime | None, table: str) -> int:
    """Replaces the rows of one day, all of them or none; returns the number written."""
    summary, name = summary_sql(day, known_at), quoted(table)
    that_day = f"{name} WHERE day = DATE '{day:%Y-%m-%d}'"
    make_table(connection, table, summary)
    with transaction(connection):
        connection.execute(f"DELETE FROM {that_day}")
        connection.execute(f"INSERT INTO {name} {summary}")
        return connection.execute(f"SELECT count(*) FROM {that_day}").fetchone()[0]


def make_table(connection: "Connection", table: str, summary: str) -> None:
    """Makes the table of a summary when missing, in PostgreSQL with a key."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table)} AS {summary} WITH NO DATA")
    # By its key PostgreSQL finds a day, and refuses the same day from a second process at once. DuckDB has one
    # writing process, and finds a day by what it notes of each block of rows: there a key made the rebuild of
    # 1.5 million rows, then unordered, 25 times slower.
    if not isinstance(connection, duckdb.DuckDBPyConnection):
        key = f"CREATE UNIQUE INDEX IF NOT EXISTS {quoted(f'{table}_key')} ON {quoted(table)} (day, user_id)"
        connection.execute(key)


def show_progress(done: int, days: int, seconds: float) -> None:
    """Rewrites one line on a terminal, once a rebuild has taken longer than QUIET_S."""
    if seconds > QUIET_S and sys.stderr.isatty():
        left = seconds / done * (days - done)
        print(f"rebuilt {done:,} of {days:,} days, {left:,.0f} s left ", end="\r", file=sys.stderr, flush=True)


def newest(summary: pd.DataFrame) -> pd.DataFrame:
    """The rows of the summary's last day, with whole numbers as user ids.

    Raises ServeError when there is no row, or an id that is no whole number.
    """
    if summary.empty:
        raise ServeError("the summary has no rows: rebuild the day, then read it again")
    rows = summary[summary["day"] == summary["day"].max()]
    try:
        users = pd.Series([int(identifier(user)) for user in rows["user_id"]], rows.index, dtype="int64")
    except (ValueError, OverflowError) as cause:
        raise ServeError(f"the shop's user ids are whole numbers, and the summary has others: {cause}") from cause
    return rows.assign(user_id=users)
