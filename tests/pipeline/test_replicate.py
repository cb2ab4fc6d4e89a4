import random
from collections import Counter

import pandas as pd
import psycopg
import pytest
from pandas.testing import assert_frame_equal

from dataml_lab.pipeline import IngestError, Warehouse, replicate, snapshot
from dataml_lab.pipeline.replicate import apply, frame
from dataml_lab.store import Store, postgres
from dataml_lab.store.feed import Change
from dataml_lab.store.postgres import Server
from dataml_lab.store.schema import TABLES, schema

pytestmark = pytest.mark.xdist_group("replicate")  # they share a server
SMALL = Store(users=120, days=60, seed=4)


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def make(server, monkeypatch):
    """Databases of the small Store on one server."""
    monkeypatch.setenv(postgres.DSN, server.dsn)
    made = []
    yield lambda *args, **kwargs: made.append(SMALL.database(*args, **kwargs)) or made[-1]
    for database in made:
        database.stop()


@pytest.fixture
def database(make):
    return make(("orders", "users"), until="2025-02-01")


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse(tmp_path / "shop.duckdb") as warehouse:
        yield warehouse


def held(warehouse, table):
    """The rows of a copy as PostgreSQL gives them."""
    rows = warehouse.query(f"FROM {table} ORDER BY ALL").astype(object)
    return rows.where(rows.notna(), None).to_numpy().tolist()


def true(database, table):
    """The rows of the table itself, with money as the warehouse has it."""
    money = schema(table).names("money")
    with database.connect() as connection:
        cursor = connection.execute(f"select * from {table} order by 1")
        names = [column.name for column in cursor.description]
        return [[float(value) if name in money else value for name, value in zip(names, row, strict=True)]
                for row in cursor]  # fmt: skip


def execute(database, *statements):
    with database.connect() as connection:
        for statement in statements:
            connection.execute(statement)


# a snapshot


@pytest.mark.parametrize("table", TABLES)
def test_a_snapshot_is_the_table_in_the_types_of_the_warehouse(make, warehouse, table):
    assert snapshot(make(table), table, warehouse) == len(getattr(SMALL, table))
    copy, original = warehouse.query(f"FROM {table} ORDER BY 1"), getattr(SMALL, table)
    assert_frame_equal(copy.astype(original.dtypes), original)


def test_a_snapshot_takes_the_place_of_the_copy(database, warehouse):
    for statement in ("delete from orders where order_id < 9", "delete from orders"):
        snapshot(database.dsn, "orders", warehouse)
        execute(database, statement, "update orders set total = 1")
        snapshot(database, "orders", warehouse)
        assert held(warehouse, "orders") == true(database, "orders")
    assert held(warehouse, "orders") == []


# a feed


def scribble(database, rng):
    """A few random transactions on the orders and users of a database."""
    for number in range(30):
        order, other = rng.randint(1, 25), rng.randint(1, 60)
        statement = rng.choice([
            f"update orders set total = {rng.randint(1, 999)}, quantity = quantity % 7 + 1 where order_id = {order}",
            f"update orders set order_id = {other + 10**6} where order_id = {order} "
            f"and not exists (select from orders where order_id = {other + 10**6})",
            f"delete from orders where order_id = {order}",
            f"insert into orders values ({order}, 1, 2, 3, {number}.25, 'completed', 'web', now(), now()) "
            "on conflict do nothing",
            f"update users set age = nullif(age, age), country = 'X{number}' where user_id % 9 = {order % 9}",
        ])  # fmt: skip
        execute(database, statement)


@pytest.mark.parametrize(("limit", "seed"), [
    pytest.param(1, 1, marks=pytest.mark.full), (10, 2), pytest.param(5_000, 3, marks=pytest.mark.full)])
def test_after_any_changes_the_copy_is_the_table(database, warehouse, limit, seed):
    feed, rng = database.feed(), random.Random(seed)
    scribble(database, rng)
    for table in database.tables:
        snapshot(database, table, warehouse)
    for _ in range(2):
        scribble(database, rng)
        expected = Counter(change.table for change in feed.peek())
        assert replicate(feed, warehouse, limit) == expected and len(expected) == 2
        for table in database.tables:
            assert held(warehouse, table) == true(database, table)
    assert replicate(feed, warehouse) == Counter()


def test_a_feed_from_the_start_needs_no_snapshot(make, warehouse):
    database = make("activity", until="2025-01-01")
    feed = database.feed()
    for until in ("2025-01-20", None):
        database.advance(until)
        replicate(feed, warehouse)
        assert held(warehouse, "activity") == true(database, "activity") != []


def test_changes_may_come_again(database, warehouse):
    """As after a crash of the server, which forgets what was acknowledged."""
    feed = database.feed()
    scribble(database, random.Random(7))
    execute(database, "delete from orders where order_id > 20")
    snapshot(database, "orders", warehouse)
    changes = [change for change in feed.peek() if change.table == "orders"]
    for start in (0, 10, 0):
        for number in range(start, len(changes), 5):
            apply("orders", changes[number : number + 5], warehouse)
        assert held(warehouse, "orders") == true(database, "orders")


def test_deletes_alone_make_a_table_of_the_right_types(database, warehouse):
    feed = database.feed()
    execute(database, "delete from users where user_id = 1", "delete from orders")
    replicate(feed, warehouse)
    assert held(warehouse, "users") == held(warehouse, "orders") == []
    execute(database, "update users set age = null")
    replicate(feed, warehouse)
    assert held(warehouse, "users") == true(database, "users")


@pytest.mark.parametrize("table", TABLES)
def test_types_do_not_depend_on_the_values(table):
    original = getattr(SMALL, table)
    rows = list(original.astype(object).where(original.notna(), None).itertuples(index=False, name=None))
    optional = {field.name for field in schema(table).fields if not field.required}
    empty = [tuple(None if name in optional else value for name, value in zip(original, row, strict=True))
             for row in rows]  # fmt: skip
    types = frame(table, list(original), []).dtypes
    assert types.equals(frame(table, list(original), rows).dtypes)
    assert types.equals(frame(table, list(original), empty[:1]).dtypes)
    assert "object" not in types.astype(str).tolist()


def test_nothing_is_acknowledged_before_it_is_published(database, warehouse, monkeypatch):
    feed = database.feed()
    execute(database, "delete from orders where order_id = 1")
    monkeypatch.setattr(warehouse, "publish", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        replicate(feed, warehouse)
    assert len(feed.peek()) == 1


def test_a_crash_of_the_warehouse_at_any_commit_is_healed_by_a_rerun(database, tmp_path, fused, steps):
    for n in steps:
        feed = database.feed()
        with Warehouse(tmp_path / f"{n}.duckdb") as warehouse:
            snapshot(database, "orders", warehouse)
            snapshot(database, "users", warehouse)
        execute(database, f"update users set age = {n}", *["update orders set quantity = quantity % 9 + 1"] * 3)
        with fused(n) as fuse, Warehouse(tmp_path / f"{n}.duckdb") as warehouse:
            replicate(feed, warehouse, limit=1)
        with Warehouse(tmp_path / f"{n}.duckdb") as warehouse:
            replicate(feed, warehouse, limit=1)
            for table in database.tables:
                assert held(warehouse, table) == true(database, table), f"after a crash at step {n}"
        feed.drop()
        if not fuse.blew:
            break
    assert n > 3


# what a feed can't tell


@pytest.fixture
def described(make):
    """Products, one of them with a description so long that PostgreSQL stores it apart."""
    database = make("products")
    execute(database, "alter table products alter description set storage external",
            "update products set description = repeat('long ', 2000) where product_id = 1")  # fmt: skip
    return database


def test_a_value_that_was_left_alone_is_named(described, warehouse):
    feed = described.feed()
    execute(described, "update products set price = 5 where product_id = 1")
    with pytest.raises(IngestError, match=r"products\.description: .*`alter table products replica identity full`"):
        replicate(feed, warehouse)
    assert len(feed.peek()) == 1


def test_what_the_error_says_helps(described, warehouse):
    execute(described, "alter table products replica identity full")
    feed = described.feed()
    snapshot(described, "products", warehouse)
    execute(described, "update products set price = 5 where product_id = 1",
            "update products set product_id = 999 where product_id = 1",
            "delete from products where product_id = 2")  # fmt: skip
    replicate(feed, warehouse)
    assert held(warehouse, "products") == true(described, "products")
    assert held(warehouse, "products")[-1][-1] == "long " * 2000


def test_a_key_that_changed_does_not_pass_for_the_whole_old_row(described, warehouse):
    feed = described.feed()
    execute(described, "update products set product_id = 999 where product_id = 1")
    with pytest.raises(IngestError, match=r"products\.description"):
        replicate(feed, warehouse)


# trouble


def test_a_database_that_is_not_there_is_named(database, warehouse):
    feed = database.feed()
    database.stop()
    with pytest.raises(IngestError, match=r"Feed\(feed_\w+\): .*does not exist.*run again"):
        replicate(feed, warehouse)
    with pytest.raises(IngestError, match=r"^orders: .*what was published before is safe"):
        snapshot("host=127.0.0.1 port=1", "orders", warehouse)


def test_a_table_that_the_shop_does_not_have_is_refused(database, warehouse):
    with pytest.raises(ValueError, match="no table 'refunds'"):
        snapshot(database, "refunds", warehouse)
    with pytest.raises(ValueError, match="no table 'refunds'"):
        apply("refunds", [Change("0/1", "delete", "refunds", {"id": 1})], warehouse)


def test_a_column_of_another_type_is_refused(database, warehouse):
    execute(database, "alter table orders add column note text default 'gift'")
    with pytest.raises(IngestError, match=r"orders\.note: not a flag as the Store made it"):
        snapshot(database, "orders", warehouse)


def test_times_are_in_utc_whatever_the_server_says(database, warehouse):
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(f"alter database {database.name} set timezone = 'America/New_York'")
    snapshot(database, "orders", warehouse)
    assert warehouse.query("FROM orders")["occurred_at"].min() == pd.Timestamp(SMALL.orders["occurred_at"].min())


def test_columns_that_change_between_two_changes_are_told(database, warehouse):
    feed = database.feed()
    snapshot(database, "orders", warehouse)
    execute(database, "update orders set quantity = 3 where order_id = 5",
            "alter table orders rename column status to state",
            "alter table orders rename column channel to status",
            "alter table orders rename column state to channel",
            "update orders set quantity = 4 where order_id = 6")  # fmt: skip
    before = held(warehouse, "orders")
    with pytest.raises(IngestError, match=r"orders: its columns changed.*new snapshot"):
        replicate(feed, warehouse)
    assert held(warehouse, "orders") == before


def test_a_column_that_comes_between_two_changes_is_told(database, warehouse):
    feed = database.feed()
    execute(database, "update orders set quantity = 3 where order_id = 5",
            "alter table orders add column note text",
            "update orders set quantity = 4 where order_id = 6")  # fmt: skip
    with pytest.raises(IngestError, match="orders: its columns changed"):
        replicate(feed, warehouse)
