import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pandas as pd
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import ServeError, Warehouse, daily, rebuild, summary_sql
from dataml_lab.pipeline.daily import newest, show_progress
from dataml_lab.store import Store
from tests.pipeline.summaries import DAY, END, ZONES, Order, oracle, orders

ENGINES = ("postgres", "duckdb", "duckdb with text ids")
SMALL = Store(users=120, days=60, seed=4)
DAYS = [date(2025, 2, 1) + timedelta(n) for n in range(3)]


@pytest.fixture(scope="module")
def database():
    with SMALL.database("orders") as database:
        yield database


@pytest.fixture(scope="module")
def connections(database):
    """A connection per engine, each with a table `orders` of its own to fill."""
    columns = "total {}, status text, occurred_at timestamptz, received_at timestamptz"
    with database.connect() as postgres, duckdb.connect() as numbers, duckdb.connect() as texts:
        postgres.execute(f"create temp table orders (user_id bigint, {columns.format('numeric(10, 2)')})")
        numbers.execute(f"create table orders (user_id bigint, {columns.format('decimal(10, 2)')})")
        texts.execute(f"create table orders (user_id text, {columns.format('double')})")
        yield dict(zip(ENGINES, (postgres, numbers, texts), strict=True))


def fill(engine, connection, world):
    connection.execute("DELETE FROM orders")
    mark = "%s" if engine == "postgres" else "?"
    for user, cents, *rest in world:
        values = [str(user) if "text" in engine else user, Decimal(cents) / 100, *rest]
        connection.execute(f"INSERT INTO orders VALUES ({', '.join([mark] * 5)})", values)


def with_numbers(rows):
    """Rows with user ids as numbers, by user."""
    return sorted((day, int(user), *rest) for day, user, *rest in rows)


@settings(deadline=None, max_examples=60)
@given(
    world=st.lists(orders(), max_size=12),
    zone=st.sampled_from(ZONES),
    known_at=st.sampled_from([None, END, END + timedelta(seconds=1), END - timedelta(days=30)]),
)
def test_both_engines_agree_with_the_definition_in_any_time_zone(connections, world, zone, known_at):
    expected = oracle(world, DAY, known_at)
    for engine, connection in connections.items():
        fill(engine, connection, world)
        connection.execute(f"SET TimeZone = '{zone}'")
        assert with_numbers(connection.execute(summary_sql(DAY, known_at)).fetchall()) == expected, engine


def at(day, cents=100, user=1, status="completed", late=timedelta(), moment=timedelta()):
    return Order(user, cents, status, END + timedelta(days=day) + moment, END + timedelta(days=day) + moment + late)


TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ([at(0, moment=-TICK)], [(DAY, 1, 1, 1.0, 0)]),
        ([at(0)], []),
        ([at(-30)], [(DAY, 1, 1, 1.0, 29)]),
        ([at(-30, moment=-TICK)], [(DAY, 1, 0, 0.0, 30)]),
        ([at(-1)], [(DAY, 1, 1, 1.0, 0)]),
        ([at(-3, status="cancelled")], [(DAY, 1, 0, 0.0, None)]),
        ([at(-1, 10), at(-1, 20), at(-1, 7), at(-40, 5)], [(DAY, 1, 3, 0.37, 0)]),
    ],
)
def test_boundaries(connections, engine, world, expected):
    assert oracle(world, DAY) == expected
    fill(engine, connections[engine], world)
    assert with_numbers(connections[engine].execute(summary_sql(DAY)).fetchall()) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_received_at_the_moment_itself_was_not_known_before_it(connections, engine):
    world = [at(-1, user=1, late=timedelta(days=1) - TICK), at(-1, user=2, late=timedelta(days=1))]
    fill(engine, connections[engine], world)
    rows = connections[engine].execute(summary_sql(DAY, END)).fetchall()
    assert with_numbers(rows) == oracle(world, DAY, END) == [(DAY, 1, 1, 1.0, 0)]


def test_moments_without_a_zone_are_in_utc_and_others_are_converted():
    east = END.astimezone(timezone(timedelta(hours=14)))
    assert summary_sql(DAY, END) == summary_sql(DAY, END.replace(tzinfo=None)) == summary_sql(DAY, east)
    assert summary_sql(DAY) == summary_sql(pd.Timestamp(DAY)) and "received_at" not in summary_sql(DAY)


# rebuilding


@pytest.fixture(params=["postgres", "duckdb"])
def shop(request, database, tmp_path):
    """How to open a connection to the small Store's orders, on each engine; the summary isn't there yet."""
    if request.param == "postgres":
        with database.connect() as connection:
            connection.execute("drop table if exists daily_summary")
        return f"psycopg.connect({database.dsn!r}, autocommit=True)"
    path = tmp_path / "shop.duckdb"
    with Warehouse(path) as warehouse:
        warehouse.publish("orders", SMALL.orders, key="order_id")
    return f"duckdb.connect({str(path)!r})"


def opened(shop):
    return eval(shop, {"psycopg": psycopg, "duckdb": duckdb})


def held(connection):
    return with_numbers(connection.execute("SELECT * FROM daily_summary").fetchall())


def expected(days, known_at=None):
    """The rows of these days for the small Store's orders."""
    frame = SMALL.orders.assign(cents=(SMALL.orders["total"] * 100).round().astype(int))
    columns = frame[list(Order._fields)].astype({"status": "str"}).itertuples(index=False, name=None)
    world = [Order(*row) for row in columns]
    return [row for day in days for row in oracle(world, day, known_at)]


def test_rebuilding_again_changes_nothing_and_a_backfill_is_other_days(shop):
    with opened(shop) as connection:
        for _ in range(2):
            assert rebuild(connection, DAYS[1:]) == len(expected(DAYS[1:])) > 20
            assert held(connection) == expected(DAYS[1:])
        assert rebuild(connection, iter(DAYS[:1])) == len(expected(DAYS[:1]))
        assert held(connection) == expected(DAYS)
        assert rebuild(connection, []) == 0


def test_a_past_night_can_be_replayed_and_late_orders_come_in(shop):
    night = datetime(2025, 2, 2, 1, tzinfo=UTC)
    assert expected(DAYS, night) != expected(DAYS)
    with opened(shop) as connection:
        rebuild(connection, DAYS, known_at=night)
        assert held(connection) == expected(DAYS, night)
        rebuild(connection, DAYS)
        assert held(connection) == expected(DAYS)


def test_a_day_without_orders_is_emptied(shop):
    with opened(shop) as connection:
        rebuild(connection, DAYS)
        assert rebuild(connection, DAYS[:2], known_at=datetime(2020, 1, 1)) == 0
        assert held(connection) == expected(DAYS[2:])


def test_any_name_is_a_table_name(shop):
    with opened(shop) as connection:
        for _ in range(2):
            rows = rebuild(connection, DAYS, table='a "quoted" name')
        assert connection.execute('SELECT count(*) FROM "a ""quoted"" name"').fetchone() == (rows,)
        connection.execute('DROP TABLE "a ""quoted"" name"')


KILLED = """
import contextlib, os, signal, duckdb, psycopg
from datetime import date
from dataml_lab.pipeline import daily, rebuild
real, days = daily.transaction, []

@contextlib.contextmanager
def killing(connection):
    with real(connection):
        yield
        days.append(1)
        if len(days) == 2:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

daily.transaction = killing
rebuild({shop}, {days!r})
"""


def test_a_killed_rebuild_leaves_each_day_old_or_new_and_a_rerun_heals_it(shop):
    night = datetime(2025, 2, 2, 1, tzinfo=UTC)
    with opened(shop) as connection:
        rebuild(connection, DAYS, known_at=night)
    code = KILLED.format(shop=shop, days=DAYS).replace("datetime.date", "date")
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode != 0
    with opened(shop) as connection:
        assert held(connection) == expected(DAYS[:1]) + expected(DAYS[1:], night)
        assert expected(DAYS[1:2]) != expected(DAYS[1:2], night)
        rebuild(connection, DAYS)
        assert held(connection) == expected(DAYS)


def test_a_rebuild_that_fails_keeps_the_day_and_the_connection(shop):
    with opened(shop) as connection:
        rebuild(connection, DAYS)
        connection.execute("ALTER TABLE daily_summary ADD COLUMN note text")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(daily, "summary_sql", lambda day, known_at: "SELECT 1")
            with pytest.raises((duckdb.Error, psycopg.Error)):
                rebuild(connection, DAYS)
        rows = connection.execute("SELECT day, user_id, orders_30d, spend_30d, days_since_order FROM daily_summary")
        assert with_numbers(rows.fetchall()) == expected(DAYS)


def test_postgres_refuses_the_same_day_from_two_at_once(database):
    with database.connect() as one, database.connect() as two:
        one.execute("drop table if exists daily_summary")
        rebuild(one, DAYS)
        with pytest.raises(psycopg.errors.UniqueViolation):
            two.execute(f"INSERT INTO daily_summary {summary_sql(DAYS[0])}")


# progress, and reading the summary


def test_progress_is_for_terminals_and_long_rebuilds(terminal, capsys, monkeypatch):
    show_progress(3, 30, 5.0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr", terminal)
    show_progress(2, 30, 1.0)
    show_progress(3, 30, 5.0)
    assert terminal.getvalue() == "rebuilt 3 of 30 days, 45 s left \r"


def test_the_newest_day_of_a_summary():
    summary = pd.DataFrame({"day": [DAYS[0], DAYS[1]], "user_id": ["7", "8"]})
    assert newest(summary).values.tolist() == [[DAYS[1], 8]]
    with pytest.raises(ServeError, match="no rows: rebuild the day"):
        newest(summary.head(0))
    with pytest.raises(ServeError, match=r"whole numbers, and the summary has others: .*'x'"):
        newest(summary.assign(user_id="x"))
