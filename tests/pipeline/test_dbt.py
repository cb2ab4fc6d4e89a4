"""dbt makes the summary that the pipeline makes: night for night, on either engine, with what came late."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from dataml_lab.pipeline import Warehouse, rebuild
from dataml_lab.pipeline.dbt import Dbt, DbtError
from dataml_lab.store import Store
from tests.conftest import needs

needs_dbt = needs("dbt")
SMALL = Store(users=120, days=60, seed=4)
DAY = timedelta(days=1)
FIRST = date(2025, 2, 1)
NIGHTS = [FIRST + n * DAY for n in (0, 1, 2, 5)]  # in two nights nothing ran
BEGIN = SMALL.orders["occurred_at"].min().date()
WENT = {"daily_summary": "success", "one_row_per_day_and_user": "pass", "each_row_has_a_user": "pass"}


def opened(path):
    with Warehouse(path) as warehouse:
        warehouse.publish("orders", SMALL.orders, key="order_id")
    return Dbt(path), lambda: duckdb.connect(str(path))


@pytest.fixture(params=["duckdb", "postgres"])
def shop(request, tmp_path):
    """dbt on the small Store's orders, and how to open a connection to them."""
    if request.param == "duckdb":
        yield opened(tmp_path / "shop.duckdb")
        return
    with SMALL.database("orders") as database:
        yield Dbt(database.dsn), database.connect


def rebuilt(connection, begin, end, known_at=None):
    """The table of the pipeline, once it has made the days from `begin` to `end`."""
    rebuild(connection, [begin + n * DAY for n in range((end - begin).days + 1)], known_at, "by_pipeline")
    return rows(connection, "by_pipeline")


def rows(connection, table):
    return connection.execute(f"SELECT * FROM {table} ORDER BY day, user_id").fetchall()


def after(night):
    """The moment at which that night's run begins."""
    return datetime(night.year, night.month, night.day, 1, tzinfo=UTC) + DAY


@needs_dbt
def test_each_night_both_tables_are_equal_and_what_came_late_is_found(shop):
    dbt, connect = shop
    with connect() as connection:
        connection.execute("UPDATE orders SET received_at = received_at + INTERVAL '2 days' WHERE order_id % 5 = 0")
    with dbt:
        for begin, night in zip([BEGIN, *(night - 3 * DAY for night in NIGHTS)], NIGHTS, strict=False):
            assert dbt.build(night, known_at=after(night)) == WENT
            with connect() as connection:
                assert rows(connection, "daily_summary") == rebuilt(connection, begin, night, after(night))
    with connect() as connection:
        rebuild(connection, [FIRST], known_at=after(FIRST), table="at_once")
        late = set(rows(connection, "daily_summary")) - set(rows(connection, "at_once"))
        assert any(day == FIRST for day, *_ in late)


@needs_dbt
def test_to_run_again_changes_nothing_and_a_past_day_takes_the_days_before_it_along(shop):
    dbt, connect = shop
    with dbt:
        for night in (FIRST, FIRST + DAY, FIRST + DAY, FIRST):
            dbt.build(night, lookback_days=1)
        with connect() as connection:
            assert rows(connection, "daily_summary") == rebuilt(connection, BEGIN, FIRST + DAY)


@needs_dbt
def test_a_test_that_fails_is_told(tmp_path):
    dbt, connect = opened(tmp_path / "shop.duckdb")
    with connect() as connection:
        connection.execute("UPDATE orders SET user_id = NULL WHERE order_id = (SELECT min(order_id) FROM orders)")
    with dbt, pytest.raises(DbtError, match=r"each_row_has_a_user: Got \d+ results"):
        dbt.build(FIRST)
    with Dbt(tmp_path / "none.duckdb") as dbt, pytest.raises(DbtError, match="orders does not exist"):
        dbt.build(FIRST)


def test_what_is_missing_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAML_LAB_DBT", str(tmp_path / "python"))
    with Dbt(tmp_path / "shop.duckdb") as dbt, pytest.raises(DbtError, match="has no dbt: `make dbt` installs it"):
        dbt.build(FIRST)
