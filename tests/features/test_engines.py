"""The engines that hold the events find what frames give: DuckDB, PostgreSQL, and Spark if it is there."""

import math
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import ibis
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.engines import evaluate, expression, on_spark
from dataml_lab.features.windows import compute
from dataml_lab.store.postgres import Server
from dataml_lab.streaming.spark import SparkError
from tests.conftest import needs
from tests.features.oracle import COLUMNS, DAYS, KINDS, alike, events_frame, rows_frame, slow, worlds

needs_spark = needs("spark")
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
    """A connection as an engine of Ibis."""
    of = ibis.duckdb if isinstance(connection, duckdb.DuckDBPyConnection) else ibis.postgres
    return of.from_connection(connection)


def stored(events):
    """Events as an engine keeps them: moments in microseconds, text."""
    text = dict.fromkeys(events.select_dtypes("category"), "str")
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
            "user_id": draw.choice([*range(users), None]), "occurred_at": draw.choice([*[moment()] * 3, None]),
            "total": draw.choice([None, draw.randrange(-40, 40) / 4]), "items": draw.randrange(4),
            "shop": draw.choice(["north", "south", None]), "channel": draw.choice(["web", "app", None]),
        }  # fmt: skip

    events = [event() for _ in range(12 * users)]
    rows = [{"user_id": draw.randrange(users + 3), "as_of": moment()} for _ in range(3 * users)]
    rows = rows_frame(rows + rows[:users], zone="Europe/Berlin")
    return View("toys", tuple(features)), events_frame(events), rows.set_index(rows.index % 7)


def test_in_duckdb_is_what_the_slow_way_finds(examples):
    @settings(max_examples=examples)
    @given(worlds(units=("s", "ms", "us")))
    def holds(world):
        with duckdb.connect() as connection:
            engine = opened(connection)
            connection.register("held", stored(world.events))
            connection.execute("create table toys as from held")
            connection.execute(BERLIN)
            alike(evaluate(world.view, engine, "toys", world.rows), slow(*world))

    holds()


@pytest.mark.parametrize("days", [DAYS, [1, 2]], ids=["also of all the past", "of few days"])
def test_an_engine_finds_what_the_frames_give(engine, days):
    view, events, rows = crowd(60, seed=len(days), days=days)
    engine.create_table("toys", stored(events))
    found = evaluate(view, engine, "toys", rows)
    alike(found, compute(view, events, rows))
    alike(found, slow(view, events, rows))
    schema = expression(view, engine.table("toys"), ibis.memtable(rows[["user_id", "as_of"]])).schema()
    assert [str(schema[name]).lstrip("!") for name in view.names] == [str(kind) for kind in found.dtypes]
    assert 0 < found.isna().mean().mean() < 0.5 and found.nunique().min() > 1  # of each there is something to find


def test_an_expression_counts_days_of_24_hours_in_any_session(engine):
    events = pd.DataFrame({"user_id": 1, "occurred_at": pd.to_datetime(SHIFTS) - timedelta(hours=20)})
    engine.create_table("toys", stored(events))
    hours = [3, 4, 5, 4]  # by then the event was 23, 24, 25 and again 24 hours ago: a day of Berlin has each of them
    rows = rows_frame([{"user_id": 1, "as_of": shift + timedelta(hours=hour)} for shift in SHIFTS for hour in hours])
    engine.create_table("rows", pa.Table.from_pandas(rows.assign(number=range(8)), preserve_index=False))
    view = View("toys", (Feature("today", "count", days=1),))
    found = expression(view, engine.table("toys"), engine.table("rows")).order_by("number").execute()
    assert found["today"].tolist() == [1, 1, 0, 1] * 2
    assert list(found) == ["user_id", "as_of", "number", "today"]


def test_moments_are_exact_to_the_microsecond(engine):
    tick, day = timedelta(microseconds=1), timedelta(days=1)
    as_of = datetime(2025, 10, 26, 12, 0, 0, 123_457, tzinfo=UTC)
    edges = {"late": as_of, "newest": as_of - tick, "oldest": as_of - day, "old": as_of - day - tick}
    events = pd.DataFrame({"user_id": list(edges), "occurred_at": pd.to_datetime(list(edges.values()))})
    engine.create_table("toys", stored(events))
    view = View("toys", (Feature("count", "count", days=1), Feature("since", "days_since_last", days=1)))
    rows = pd.DataFrame({"user_id": pd.Categorical(list(edges)), "as_of": pd.Timestamp(as_of)})
    found = evaluate(view, engine, "toys", rows)
    assert found["count"].tolist() == [0, 1, 1, 0]
    assert found["since"].tolist()[1:3] == [1 / 86_400_000_000, 1.0]
    alike(found, compute(view, events, rows))


# Numbers

MONEY = View("toys", (Feature("sum", "sum", "total"), Feature("mean", "mean", "total"), Feature("max", "max", "total")))


def bills(users=40, each=50, kind=Decimal):
    """Events worth some cents, which no binary fraction is, and a row for each user after all of them."""
    draw = random.Random(5)
    made = [(user, kind(draw.randrange(1, 100_000)) / 100) for user in range(users) for _ in range(each)]
    events = pd.DataFrame(made, columns=["user_id", "total"]).assign(occurred_at=pd.Timestamp(SHIFTS[0]))
    return events, pd.DataFrame({"user_id": range(users), "as_of": pd.Timestamp(SHIFTS[1])})


def test_decimals_are_added_exactly(engine):
    events, rows = bills()
    engine.create_table("toys", stored(events))
    found = evaluate(MONEY, engine, "toys", rows)
    totals = events.groupby("user_id")["total"]
    assert found["sum"].tolist() == [float(sum(bill)) for _, bill in totals]
    assert found["mean"].tolist() == [float(sum(bill)) / len(bill) for _, bill in totals]
    assert found["max"].tolist() == [float(max(bill)) for _, bill in totals]


def test_floats_are_added_to_a_billionth(engine):
    events, rows = bills(kind=float)
    engine.create_table("toys", stored(events))
    found, wanted = evaluate(MONEY, engine, "toys", rows), compute(MONEY, events, rows)
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-9, atol=0)
    alike(found.round(6), wanted.round(6))


def test_nan_is_null_and_true_is_one(engine):
    events, rows = bills(users=2, each=4, kind=float)
    events = events.assign(total=[1.5, math.nan, 2.5, None, *[math.nan] * 4], gift=[True, False, True, False] * 2)
    held = stored(events).set_column(1, "total", pa.array(events["total"].to_numpy()))
    assert held["total"].null_count == 0
    engine.create_table("toys", held)
    kinds = {"total": ["sum", "mean", "max", "distinct"], "gift": ["mean", "max"]}
    features = [Feature(f"{kind} {column}", kind, column) for column in kinds for kind in kinds[column]]
    view = View("toys", tuple(features))
    found = evaluate(view, engine, "toys", rows)
    assert found.loc[0].tolist() == [4.0, 2.0, 2.5, 2.0, 0.5, 1.0]
    alike(found, compute(view, events, rows))


# Frames and tables of every sort


def test_no_rows_no_events_and_keys_that_are_text(engine):
    events, rows = bills(users=2, each=2, kind=float)
    events, rows = events.astype({"user_id": "str"}), rows.astype({"user_id": "str"})
    engine.create_table("toys", stored(events))
    engine.create_table("nothing", stored(events.head(0)))
    for asked in (rows, rows.head(0)):
        alike(evaluate(MONEY, engine, "toys", asked), compute(MONEY, events, asked))
        alike(evaluate(MONEY, engine, "nothing", asked), compute(MONEY, events.head(0), asked))


def test_what_is_missing_is_named(engine):
    events, rows = bills(kind=float)
    engine.create_table("toys", stored(events.assign(gift=True)))
    local = stored(events).set_column(2, "occurred_at", pa.array([datetime(2025, 1, 1)] * len(events)))
    engine.create_table("local", local)

    def refused(words, view=MONEY, name="toys", rows=rows):
        with pytest.raises(ValueError, match=words):
            evaluate(view, engine, name, rows)

    def of(*feature):
        return MONEY._replace(features=(Feature("it", *feature),))

    refused(rf"{engine.name} has no table 'sales'; there are .*toys", name="sales")
    refused("events: no column 'price'; there are user_id, total, occurred_at, gift", of("sum", "price"))
    refused("events: no column 'state'; there are", of("count", None, 7, ("state", "paid")))
    refused("events: no column 'customer'", MONEY._replace(key="customer"), rows=rows.assign(customer=1))
    refused("events: occurred_at holds timestamp.*TIMESTAMPTZ", name="local")
    refused('events: occurred_at holds timestamp.*"sum" needs numbers', of("sum", "occurred_at"))
    refused("events: gift holds boolean, and `where` compares text or whole", of("count", None, 7, ("gift", "True")))
    refused("toys.it: .*needs a column to aggregate", of("sum"))
    refused("rows: a column is called 'as_of', as a feature is", MONEY._replace(features=(Feature("as_of", "count"),)))
    refused("rows: no column 'as_of'; there are user_id", rows=rows[["user_id"]])
    refused("rows: as_of holds .*tz_localize", rows=rows.assign(as_of=datetime(2025, 1, 1)))
    refused("rows: row 3 has no as_of", rows=rows.assign(as_of=rows["as_of"].where(rows.index != 3)))
    refused("would lose data", rows=rows.assign(as_of=pd.Timestamp("2025-01-01 00:00:00.000000001", tz="UTC")))


QUIET = """
import duckdb, ibis, pandas as pd, psycopg
from dataml_lab.features.definition import Feature, View
from dataml_lab.features.engines import evaluate
rows = pd.DataFrame({{"user_id": [1], "as_of": pd.Timestamp("2025-03-01", tz="UTC")}})
for connection in (duckdb.connect(), psycopg.connect({dsn!r}, autocommit=True)):
    with connection:
        engine = (ibis.duckdb if "duckdb" in type(connection).__module__ else ibis.postgres).from_connection(connection)
        connection.execute("drop table if exists quiet")
        connection.execute("create table quiet (user_id bigint, occurred_at timestamptz)")
        print(evaluate(View("quiet", (Feature("visits", "count"),)), engine, "quiet", rows)["visits"].tolist())
"""


def test_nothing_is_said_beside_the_answer(server):
    done = subprocess.run([sys.executable, "-c", QUIET.format(dsn=server.dsn)], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[0]\n[0]\n", "")


# On Spark


@needs_spark
@pytest.mark.parametrize("days", [DAYS, [1, 2]], ids=["also of all the past", "of few days"])
def test_spark_finds_what_the_frames_give(days):
    world = crowd(60, seed=len(days), days=days)
    alike(on_spark(*world), compute(*world))


@needs_spark
def test_spark_adds_decimals_exactly():
    events, rows = bills()
    found = on_spark(MONEY, events, rows)
    assert found["sum"].tolist() == [float(sum(bill)) for _, bill in events.groupby("user_id")["total"]]


@needs_spark
def test_what_spark_can_not_do_is_told():
    events, rows = bills(kind=float)
    with pytest.raises(SparkError, match=r'(?s)ended without an answer.*total holds string, and "sum" needs numbers'):
        on_spark(MONEY, events.astype({"total": "str"}), rows)


def test_spark_is_not_started_for_what_is_missing(monkeypatch):
    monkeypatch.setattr("dataml_lab.streaming.spark.missing", lambda: "no Spark here")
    events, rows = bills(kind=float)
    with pytest.raises(ValueError, match="events: no column 'total'"):
        on_spark(MONEY, events.drop(columns="total"), rows)
    with pytest.raises(ValueError, match=r"events: occurred_at holds .*tz_localize"):
        on_spark(MONEY, events.assign(occurred_at=datetime(2025, 1, 1)), rows)
    with pytest.raises(ValueError, match="rows: no column 'as_of'"):
        on_spark(MONEY, events, rows[["user_id"]])
    with pytest.raises(SparkError, match="no Spark here"):
        on_spark(MONEY, events, rows)
