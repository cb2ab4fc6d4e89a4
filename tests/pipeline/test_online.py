import threading
from datetime import date

import httpx
import pandas as pd
import pytest

from dataml_lab.pipeline import ServeError, Warehouse, endpoint, online, publish_features, rebuild
from dataml_lab.store import Store

pytestmark = pytest.mark.xdist_group("online")  # they share a server
SMALL = Store(users=120, days=60, seed=4)
DAY = date(2025, 2, 20)


def summary(users, orders=1, day=DAY):
    return pd.DataFrame(
        {"day": day, "user_id": list(users), "orders_30d": orders, "spend_30d": 9.99, "days_since_order": 3}
    )


@pytest.fixture(scope="module")
def database():
    with SMALL.database("orders") as database:
        yield database


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        connection.execute("drop table if exists user_features")
        yield connection


@pytest.fixture
def client(database):
    with endpoint(database.dsn) as served, httpx.Client(base_url=served.url) as client:
        yield client


def held(connection):
    return connection.execute("SELECT * FROM user_features ORDER BY user_id").fetchall()


# publishing


def test_the_newest_day_replaces_what_was_there(connection):
    publish_features(connection, pd.concat([summary([1, 2, 3]), summary([1, 4], day=date(2025, 2, 19))]))
    assert [row[:2] for row in held(connection)] == [(1, DAY), (2, DAY), (3, DAY)]
    for _ in range(2):
        publish_features(connection, summary([2, 5], orders=7))
        assert held(connection) == [(2, DAY, 7, 9.99, 3), (5, DAY, 7, 9.99, 3)]


@pytest.mark.parametrize("engine", ["postgres", "duckdb with text ids"])
def test_a_summary_of_either_engine_is_published(connection, engine):
    rebuild(connection, [DAY], table="expected")
    columns = ["day", "user_id", "orders_30d", "spend_30d", "days_since_order"]
    rows = connection.execute("SELECT user_id, day, orders_30d, spend_30d, days_since_order FROM expected ORDER BY 1")
    rows = rows.fetchall()
    connection.execute("DROP TABLE expected")
    if engine == "postgres":
        frame = pd.DataFrame([(row[1], row[0], *row[2:]) for row in rows], columns=columns)
    else:
        with Warehouse(":memory:") as warehouse:
            warehouse.publish("orders", SMALL.orders.astype({"user_id": "str"}), key="order_id")
            rebuild(warehouse.connection, [DAY])
            frame = warehouse.query("FROM daily_summary")
    assert frame["days_since_order"].isna().any() and frame["days_since_order"].notna().any()
    publish_features(connection, frame)
    assert held(connection) == rows


def test_readers_see_the_old_features_until_the_new_ones_are_there(connection, database, monkeypatch):
    publish_features(connection, summary([1, 2]))
    before, seen, load = held(connection), [], online.load

    def look_and_load(connection, table, frame):
        with database.connect() as reader:
            reader.execute("set lock_timeout = '1s'")
            seen.append(held(reader))
            load(connection, table, frame)
            seen.append(held(reader))

    monkeypatch.setattr(online, "load", look_and_load)
    publish_features(connection, summary([3]))
    assert seen == [before, before] and len(held(connection)) == 1


def test_a_publication_that_fails_changes_nothing(connection):
    publish_features(connection, summary([1, 2]))
    before = held(connection)
    with pytest.raises(ServeError, match="the summary has no rows"):
        publish_features(connection, summary([]))
    with pytest.raises(ServeError, match=r"user_features: duplicate key .*the table is as it was: correct that in the"):
        publish_features(connection, summary([1, 3, 3]))
    assert held(connection) == before


def test_a_publication_to_a_table_of_other_columns_says_so(connection):
    connection.execute("create table user_features (user_id bigint, day date, spent float)")
    with pytest.raises(
        ServeError, match=r'user_features: column "orders_30d" .* does not exist; the table is as it was'
    ):
        publish_features(connection, summary([1]))


def test_a_publication_without_a_database_says_so(database):
    with database.connect() as lost, database.connect() as other:
        other.execute("select pg_terminate_backend(%s)", [lost.info.backend_pid])
        with pytest.raises(ServeError, match=r"user_features: .*; the table is as it was: connect and publish again"):
            publish_features(lost, summary([1]))
        with pytest.raises(ServeError, match=r"the connection is (closed|lost); .*: connect and publish again"):
            publish_features(lost, summary([1]))


# looking up


def test_features_come_with_their_day(connection, client):
    publish_features(connection, summary([17]).assign(days_since_order=float("nan")))
    answer = client.get("/users/17/features")
    assert answer.status_code == 200 and answer.json() == {
        "user_id": 17, "day": "2025-02-20", "orders_30d": 1, "spend_30d": 9.99, "days_since_order": None
    }  # fmt: skip
    publish_features(connection, summary([17], orders=2))
    assert client.get("/users/17/features").json()["orders_30d"] == 2
    assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("user_id", "status", "sentence"),
    [
        (
            "18",
            404,
            "There are no features of user 18: no orders of theirs are known up to 2025-02-20.",
        ),
        ("0", 404, "no features of user 0"),
        ("9" * 18, 404, "no features of user 9999"),
        ("x", 422, "'x' is no user id: a whole number"),
        ("-1", 422, "is no user id"),
        ("1.0", 422, "is no user id"),
        ("²", 422, "is no user id"),
        ("9" * 19, 422, "is no user id"),
        ("9" * 5_000, 422, "is no user id"),
    ],
)
def test_a_bad_request_gets_a_sentence(connection, client, user_id, status, sentence):
    publish_features(connection, summary([17]))
    answer = client.get(f"/users/{user_id}/features")
    assert answer.status_code == status and sentence in answer.json()["detail"]


def test_before_the_first_publication_it_says_so(connection, client):
    answer = client.get("/users/17/features")
    assert answer.status_code == 503 and "No features are published yet" in answer.json()["detail"]
    publish_features(connection, summary([17]))
    assert client.get("/users/17/features").status_code == 200
    connection.execute("delete from user_features")
    answer = client.get("/users/17/features")
    assert answer.status_code == 503 and "No features are published yet" in answer.json()["detail"]


def test_many_may_ask_at_once(connection, client):
    publish_features(connection, summary(range(1, 41)))
    found = {}

    def ask(user):
        found[user] = client.get(f"/users/{user}/features").json()["user_id"]

    threads = [threading.Thread(target=ask, args=(user,)) for user in range(1, 41)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {user: user for user in range(1, 41)}


def test_it_keeps_one_connection_and_gives_it_back(connection, database):
    publish_features(connection, summary([17]))
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with endpoint(database.dsn) as served:
        assert "serves /users/<user_id>/features" in repr(served)
        for _ in range(5):
            httpx.get(f"{served.url}/users/17/features")
        assert connection.execute(others).fetchone() == (1,)
    served.stop()
    connection.execute("select pg_sleep(0.1)")
    assert connection.execute(others).fetchone() == (0,) and "stopped" in repr(served)


def test_it_survives_a_crash_of_the_database():
    with SMALL.database("orders") as database:
        with database.connect() as connection:
            publish_features(connection, summary([17]))
        with endpoint(database.dsn) as served, httpx.Client(base_url=served.url) as client:
            assert client.get("/users/17/features").status_code == 200
            database.crash()
            for _ in range(2):
                answer = client.get("/users/17/features")
                assert answer.status_code == 503 and "The database does not answer" in answer.json()["detail"]
            assert client.get("/health").status_code == 200
            database.restart()
            assert client.get("/users/17/features").json()["user_id"] == 17
            database.crash()
            database.restart()  # nobody asked in between
            assert client.get("/users/17/features").json()["user_id"] == 17


@pytest.mark.parametrize("user_id", [17.5, None, pd.NA, True, 2**70, "x", float("inf")])
def test_an_id_that_is_no_whole_number_is_refused(connection, user_id):
    publish_features(connection, summary([1, 2]))
    before = held(connection)
    with pytest.raises(ServeError, match="user ids are whole numbers"):
        publish_features(connection, summary(pd.Series([3, user_id], dtype=object)))
    assert held(connection) == before


def test_two_publications_at_once_take_turns(connection, database, monkeypatch):
    publish_features(connection, summary([1]))
    load, second = online.load, []

    def load_while_another_begins(one, table, frame):
        if not second:
            second.append(threading.Thread(target=publish_elsewhere))
            second[0].start()
            second[0].join(0.5)
        load(one, table, frame)

    def publish_elsewhere():
        with database.connect() as another:
            publish_features(another, summary([1, 2], orders=5))

    monkeypatch.setattr(online, "load", load_while_another_begins)
    publish_features(connection, summary([1, 2, 3]))
    second[0].join()
    assert [row[:3] for row in held(connection)] == [(1, DAY, 5), (2, DAY, 5)]


def test_the_largest_ids_have_features(connection, client):
    publish_features(connection, summary([2**63 - 1]))
    assert client.get(f"/users/{2**63 - 1}/features").json()["user_id"] == 2**63 - 1
    assert client.get(f"/users/{2**63}/features").status_code == 422


def test_a_feature_that_is_added_later_is_served(connection, client):
    publish_features(connection, summary([17]))
    for _ in range(10):
        assert client.get("/users/17/features").status_code == 200
    connection.execute("alter table user_features add column vip boolean default true")
    assert client.get("/users/17/features").json()["vip"] is True


def test_a_table_that_is_locked_holds_nobody_up_for_long(connection, database, client):
    publish_features(connection, summary([17]))
    with database.connect() as migration, migration.transaction():
        migration.execute("lock table user_features in access exclusive mode")
        answer = client.get("/users/17/features", timeout=10)
        assert answer.status_code == 503 and "The database does not answer" in answer.json()["detail"]
    assert client.get("/users/17/features").status_code == 200
