"""The engines that hold the events compute what the engine of frames does: DuckDB, PostgreSQL, and Spark if it's there."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import ibis
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.engines import evaluate, expression, on_spark
from dataml_lab.features.windows import compute
from dataml_lab.store.postgres import Server
from dataml_lab.streaming.spark import SparkError, missing
from tests.features.oracle import COLUMNS, DAYS, KINDS, alike, events_frame, rows_frame, slow, worlds

needs_spark = pytest.mark.skipif(bool(missing()), reason=missing())
ENGINES = ["duckdb", "postgres"]
BERLIN = "SET TIME ZONE 'Europe/Berlin'"  # where clocks went forward on 30 March and back on 26 October
SHIFTS = [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=ENGINES)
def connection(request):
    """A connection to a database without tables, in a session whose clocks are those of Berlin."""
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            yield connection
    else:
        with psycopg.connect(request.getfixturevalue("server").dsn, autocommit=True) as connection:
            connection.execute("drop schema public cascade; create schema public")
            yield connection


@pytest.fixture
def engine(connection):
    """The same connection as an engine of Ibis."""
    engine = opened(connection)
    connection.execute(BERLIN)
    return engine


def opened(connection):
    return (ibis.duckdb if isinstance(connection, duckdb.DuckDBPyConnection) else ibis.postgres).from_connection(connection)


def stored(events):
    """Events as an engine keeps them: moments in microseconds, text."""
    text = {name: "str" for name in events.select_dtypes("category")}
    return pa.Table.from_pandas(events.astype({"occurred_at": "datetime64[us, UTC]", **text}), preserve_index=False)


# Random worlds


def crowd(users, seed, kinds=KINDS, days=DAYS):
    """A world of many users around the moments when clocks change, and a view of every feature there is in its worlds.

    Everything falls on few moments, whole half-days from each other or a microsecond off; some of it is null.
    """
    draw = random.Random(seed)
    features = [
        Feature(f"f{kind} {column} {span} {where and where[0]} {empty}", kind, column, span, where, empty)
        for kind in kinds for column in COLUMNS.get(kind, [None]) for span in days
        for where, empty in [(None, None), (("channel", "web"), None if kind in ("count", "distinct") else -1.0)]
    ]  # fmt: skip

    def moment():
        half_days = timedelta(hours=12 * draw.randrange(-6, 6), microseconds=draw.choice([0, 0, 0, -1, 1]))
        return SHIFTS[0] + half_days if draw.random() < 0.5 else SHIFTS[1] + half_days

    def event():
        return {
            "user_id": draw.choice([*range(users), None]), "occurred_at": draw.choice([moment(), moment(), moment(), None]),
            "total": draw.choice([None, draw.randrange(-40, 40) / 4]), "items": draw.randrange(4),
            "shop": draw.choice(["north", "south", None]), "channel": draw.choice(["web", "app", None]),
        }  # fmt: skip

    events = [event() for _ in range(12 * users)]
    rows = [{"user_id": draw.randrange(users + 3), "as_of": moment()} for _ in range(3 * users)]
    rows = rows_frame(rows + rows[:users], zone="Europe/Berlin")
    return View("toys", tuple(features)), events_frame(events), rows.set_index(rows.index % 7)


@settings(deadline=None, max_examples=40)
@given(worlds(units=("s", "ms", "us")))
def test_in_duckdb_is_what_the_slow_way_finds(world):
    with duckdb.connect() as connection:
        engine = opened(connection)
        connection.register("held", stored(world.events))
        connection.execute("create table toys as from held")
        connection.execute(BERLIN)
        alike(evaluate(world.view, engine, "toys", world.rows), slow(*world))


@pytest.mark.parametrize("days", [DAYS, [1, 2]], ids=["also of all the past", "of few days"])
def test_an_engine_finds_what_the_frames_give(engine, days):
    view, events, rows = crowd(60, seed=len(days), days=days)
    engine.create_table("toys", stored(events))
    found = evaluate(view, engine, "toys", rows)
    alike(found, compute(view, events, rows))
    alike(found, slow(view, events, rows))
    assert 0 < found.isna().mean().mean() < 0.5 and found.nunique().min() > 1  # of each there is something to find
