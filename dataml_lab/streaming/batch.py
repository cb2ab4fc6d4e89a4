"""Batch: the question of a stream as a job over a table of clean events, which can be run again for any day."""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import duckdb
import pandas as pd

from dataml_lab.pipeline.daily import DAY, literal, show_progress
from dataml_lab.pipeline.serve import quoted, transaction
from dataml_lab.streaming.windows import Question, Sessions, Sliding, Windows, exactly


def window_sql(
    question: Question,
    table: str,
    first: date | None = None,
    last: date | None = None,
    known_at: datetime | None = None,
) -> str:
    """The SQL (DuckDB) of the windows that start in [first, last), by key, of the events in `table`.

    One row per key and window with any event, by start, then key: the key under its own name (none where all
    events go together), start, end, events, total (EUR; none where events are only counted). Bounds are moments,
    or days, which begin at midnight UTC; without one there is no bound. Only events received before `known_at`
    count, or all; of events with the same identity the one received first counts, and it alone. Raises ValueError
    for a question whose windows are none.
    """
    name = f"key AS {quoted(question.key)}, " if question.key else ""
    total = ", CAST(sum(cents) AS DOUBLE) / 100 AS total" if question.value else ""
    # Edges are whole microseconds: a window starts at the same moment in whatever year, on whatever machine.
    return f"""
        WITH events AS ({events_sql(question, table, first, last, known_at)}),
        placed AS ({placed_sql(question.windows)})
        SELECT {name}make_timestamptz(start_us) AS "start", make_timestamptz(end_us) AS "end",
            count(*) AS events{total}
        FROM placed
        WHERE {between("make_timestamptz(start_us)", first, last)}
        GROUP BY key, start_us, end_us
        ORDER BY start_us, key"""


def events_sql(
    question: Question, table: str, first: date | None, last: date | None, known_at: datetime | None
) -> str:
    """The events that can be in such windows, each once: key, us (when, in microseconds), cents if asked for."""
    key, moment = quoted(question.key) if question.key else "0", quoted(question.time)
    # Money is added in whole cents: the sum is the same in any order of the rows.
    cents = f", CAST({quoted(question.value)} * 100 AS BIGINT) AS cents" if question.value else ""
    conditions = [between(moment, *reach(question.windows, first, last))]
    if known_at:
        conditions.append(f"received_at < {literal(known_at)}")
    if question.where:
        field, value = question.where
        conditions.append(f"{quoted(field)} = {text(value)}")
    return f"""
            SELECT DISTINCT ON ({quoted(question.identity)}) {key} AS key, epoch_us({moment}) AS us{cents}
            FROM {quoted(table)}
            WHERE {" AND ".join(conditions)}
            ORDER BY {quoted(question.identity)}, received_at"""


def reach(windows: Windows, first: date | None, last: date | None) -> tuple:
    """The span of the events that decide about the windows which start in [first, last).

    A session may go on for ever; whether an event starts one depends on the events of the `gap` before it.
    """
    if isinstance(windows, Sessions):
        return first and pd.Timestamp(first) - timedelta(seconds=windows.gap), None
    return first, last and pd.Timestamp(last) + timedelta(seconds=windows.size)


def placed_sql(windows: Windows) -> str:
    """The events in their windows: with start_us and end_us, an event of several windows several times."""
    windows = exactly(windows)
    if isinstance(windows, Sessions):
        return sessions_sql(windows.gap)
    size = windows.size
    slide = windows.slide if isinstance(windows, Sliding) else size
    # The remainder is taken twice because that of a moment before 1970 is negative.
    return f"""
            SELECT *, us - (us % {slide} + {slide}) % {slide} - steps * {slide} AS start_us, start_us + {size} AS end_us
            FROM events CROSS JOIN range({size // slide}) AS back(steps)"""


def sessions_sql(gap: int) -> str:
    """The events in their sessions: one starts with an event that has none of its key less than `gap` before it."""
    # Events of the same moment are peers of the running sum, which therefore gives all of them the same session.
    return f"""
            SELECT *, min(us) OVER (session) AS start_us, max(us) OVER (session) + {gap} AS end_us
            FROM (
                SELECT *, sum(starts) OVER (PARTITION BY key ORDER BY us) AS number
                FROM (
                    SELECT *, CAST(coalesce(us - lag(us) OVER (PARTITION BY key ORDER BY us) >= {gap}, true) AS INT)
                        AS starts
                    FROM events
                )
            )
            WINDOW session AS (PARTITION BY key, number)"""


def between(moment: str, first: date | None, last: date | None) -> str:
    """The SQL for: the moment is in [first, last).

    >>> between("occurred_at", date(2025, 3, 1), None)
    "occurred_at >= TIMESTAMPTZ '2025-03-01 00:00:00+00:00'"
    """
    bounds = {">=": first, "<": last}
    conditions = [f"{moment} {sign} {literal(pd.Timestamp(bound))}" for sign, bound in bounds.items() if bound]
    return " AND ".join(conditions) or "true"


def text(value: str) -> str:
    """The text as SQL writes it.

    >>> text("the shop's")
    "'the shop''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def answer(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    table: str,
    first: date | None = None,
    last: date | None = None,
    known_at: datetime | None = None,
) -> pd.DataFrame:
    """The rows of window_sql; start and end are datetime64[us, UTC], events int64, total float64."""
    rows = connection.execute(window_sql(question, table, first, last, known_at)).to_arrow_table().to_pandas()
    return rows.astype(dict.fromkeys(["start", "end"], "datetime64[us, UTC]"))  # Arrow names the zone of the session


def rebuild(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    days: Iterable[date],
    table: str,
    into: str,
    known_at: datetime | None = None,
) -> int:
    """Replaces the windows that start on these days (UTC) in the table `into`; returns the number of rows written.

    Each day is a transaction of its own: after a crash it is as before or as rebuilt, and a rerun heals it. A
    backfill is a rebuild of other days. The table is made when missing. An event that came late may belong to
    windows that start on the days before its own, where they slide or are sessions: then rebuild those days too.
    """
    days, rows, started = list(days), 0, time.monotonic()
    for done, day in enumerate(days, start=1):
        rows += rebuild_day(connection, question, day, table, into, known_at)
        show_progress(done, len(days), time.monotonic() - started)
    return rows


def rebuild_day(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    day: date,
    table: str,
    into: str,
    known_at: datetime | None,
) -> int:
    """Replaces the windows that start on one day, all of them or none; returns the number written."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    windows = window_sql(question, table, begin, begin + DAY, known_at)
    with transaction(connection):
        connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(into)} AS {windows} WITH NO DATA")
        connection.execute(f'DELETE FROM {quoted(into)} WHERE {between(quoted("start"), begin, begin + DAY)}')
        return connection.execute(f"INSERT INTO {quoted(into)} {windows}").fetchone()[0]
