"""kill -9 in the middle of each way to ingest, and a rerun elsewhere: what is stored is what was served, each once.

The victims are the Jupyter kernel that ingests, the database and the broker. A kill comes when the victim's work
shows on the disk or in the database, and so at any point of the next step; that it came in the middle is asserted.
"""

import inspect
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pandas as pd
import psutil
import psycopg
import pytest
from jupyter_client import KernelManager

from dataml_lab.pipeline import Inbox, IngestError, RawZone, Warehouse, consume, pull, push, replicate, snapshot
from dataml_lab.store import Store, broker, postgres
from dataml_lab.store.feed import Feed
from dataml_lab.store.postgres import Server
from dataml_lab.store.schema import schema
from dataml_lab.store.webhooks import Receiver

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

PATIENCE = 120  # seconds; a busy machine is slow
STORE = Store(users=150, days=60, seed=4)
LINES = STORE.raw("orders").lines
PRELUDE = f"""
import json
from pathlib import Path
import pandas as pd
from dataml_lab.pipeline import Inbox, RawZone, Warehouse, consume, pull, replicate, snapshot
from dataml_lab.store import Store
from dataml_lab.store.webhooks import Receiver
store = {STORE!r}
"""


@pytest.fixture(autouse=True)
def nothing_left(processes):
    """In the end no process is there that a test started."""
    before = set(processes.family(os.getpid()))
    yield
    started = set(processes.family(os.getpid())) - before
    processes.until(lambda: all(map(processes.gone, started)))


@pytest.fixture(autouse=True, scope="module")
def own_systems():
    """A system that the machine names in its environment would not be ours to kill."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (postgres.DSN, broker.SERVERS):
            patch.delenv(name, raising=False)
        yield


class Kernel:
    """A Jupyter kernel in which a code runs in the background."""

    def __init__(self, code, processes):
        self.processes = processes
        self.manager = KernelManager(kernel_name="python3", transport_encryption="auto")
        self.manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.pid = self.manager.provisioner.process.pid
        self.execute(PRELUDE + code)

    def execute(self, code):
        self.request = self.client.execute(code, stop_on_error=False)

    def answer(self):
        """How the code that was executed last has ended: "ok", or the name of its error."""
        while True:  # an answer that was awaited in vain while the kernel started may come first
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == self.request:
                return message["content"].get("ename", message["content"]["status"])

    def kill(self):
        """End it without warning; none of the processes that it started may survive it."""
        family = [self.pid, *self.processes.family(self.pid)]
        os.kill(self.pid, signal.SIGKILL)
        self.manager.provisioner.process.wait()  # its first thread may be a zombie while others still hold files
        self.processes.until(lambda: all(map(self.processes.gone, family)))

    def close(self):
        """In the end it's killed, and gone with all that it started."""
        if not self.processes.gone(self.pid):
            self.kill()
        self.client.stop_channels()
        self.manager.cleanup_resources()


@pytest.fixture
def kernel(processes):
    """Opens a kernel that runs a code, for the length of a `with`."""
    return lambda code: closing(Kernel(code, processes))


@pytest.fixture
def kill_midway(kernel, processes):
    """Runs a code in a kernel that is killed as soon as it shows progress."""

    def run(code, progress):
        with kernel(code) as victim:
            processes.until(progress)
            victim.kill()

    return run


def files(folder):
    return sorted(path.name for path in folder.glob("*.jsonl"))


def texts(folder):
    return [line.text for line in RawZone(folder).lines()]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


# the kernel


def test_a_kernel_that_pulls_from_the_api(tmp_path, kill_midway):
    zone = tmp_path / "zone"
    code = f"""
with store.serve(busy_every=None) as server:
    pull(server.url, RawZone({str(zone)!r}), limit=2)
"""
    expected = [json.loads(line) if line.endswith("}") else {"unreadable": line} for line in LINES]
    kill_midway(code, lambda: len(files(zone)) > 5)
    assert 5 < len(texts(zone)) < len(LINES)
    with STORE.serve(busy_every=None) as server:
        pull(server.url, RawZone(zone))
    assert [json.loads(text) for text in texts(zone)] == expected


CONSUMING = """
topic = store.topic()
consume(topic, RawZone({!r}), limit=1)
"""


@pytest.mark.full
def test_a_kernel_that_consumes_a_topic(tmp_path, kill_midway):
    """Its broker dies with it, and another topic holds the same records."""
    zone = tmp_path / "zone"
    kill_midway(CONSUMING.format(str(zone)), lambda: len(files(zone)) > 5)
    assert 5 < len(texts(zone)) < len(LINES)
    with STORE.topic() as topic:
        consume(topic, RawZone(zone))
    assert sorted(texts(zone)) == sorted(LINES)


def test_an_interrupted_kernel_goes_on(tmp_path, kernel, processes):
    zone = tmp_path / "zone"
    with kernel(CONSUMING.format(str(zone))) as patient:
        processes.until(lambda: len(files(zone)) > 5)
        patient.manager.interrupt_kernel()
        assert patient.answer() == "KeyboardInterrupt"
        assert 5 < len(texts(zone)) < len(LINES) and not list(zone.glob(".*"))
        patient.execute(f"consume(topic, RawZone({str(zone)!r}))")
        assert patient.answer() == "ok"
    assert sorted(texts(zone)) == sorted(LINES)


@pytest.mark.full
def test_a_kernel_that_receives_webhooks(tmp_path, kernel, processes):
    """The sender lives on: of what it was told has arrived, nothing may be lost."""
    path, address, zone = tmp_path / "hooks.sqlite", tmp_path / "address", tmp_path / "zone"
    code = f"""
inbox = Inbox({str(path)!r})
receiver = Receiver("secret", inbox.keep)
Path({str(address)!r}).write_text(receiver.url)
"""

    def kept():
        with closing(sqlite3.connect(path)) as inbox:
            return {event_id for (event_id,) in inbox.execute("select event_id from events")}

    reports = []

    def send(url, **how):
        reports.append(STORE.webhooks(url, "secret", repeated=0.1, **how).send())

    with kernel(code) as victim:
        assert victim.answer() == "ok"
        sender = threading.Thread(target=send, args=(address.read_text(),), kwargs={"tries": 1})
        sender.start()
        processes.until(lambda: len(kept()) > 20)
        victim.kill()
        sender.join()
    assert set(reports[0].delivered) <= kept() and 20 < len(reports[0].delivered) < len(LINES)
    assert len(kept() - set(reports[0].delivered)) <= 1
    with Inbox(path) as inbox, Receiver("secret", inbox.keep) as receiver:
        send(receiver.url)
        inbox.land(RawZone(zone))
    assert not reports[1].failed and sorted(texts(zone)) == sorted(LINES)


# the change feed

def live(database):
    """A hundred transactions on a database of orders that begins before 11 January."""
    for day in pd.date_range("2025-01-11", "2025-03-02"):
        database.advance(day)
    with database.connect() as connection:
        for number in range(1, 31):
            connection.execute("update orders set total = total + 1, quantity = 9 where order_id %% 40 = %s", [number])
            connection.execute("delete from orders where order_id = %s", [number * 3])


def rows(warehouse):
    return warehouse.query("FROM orders ORDER BY 1").astype(object).to_numpy().tolist()


def true(dsn):
    """The rows of the orders themselves, with money as the warehouse has it."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute("select * from orders order by 1")
        money = [column.name for column in cursor.description].index(*schema("orders").names("money"))
        return [[*row[:money], float(row[money]), *row[money + 1 :]] for row in cursor]


def acknowledging(mark):
    """Whether the feed whose address and name are in the file `mark` has been acknowledged several times."""
    places = set()

    def told():
        if not mark.exists():
            return False
        dsn, name = json.loads(mark.read_text())
        with psycopg.connect(dsn) as connection:
            query = "select confirmed_flush_lsn::text from pg_replication_slots where slot_name = %s"
            places.add(connection.execute(query, [name]).fetchone())
        return len(places) > 5

    return told


def replicating(path, mark):
    """The code that makes orders and copies them to the warehouse; `mark` tells of the feed."""
    return inspect.getsource(live) + f"""
database = store.database("orders", until="2025-01-10")
feed, mark = database.feed(), Path({str(mark)!r})
with Warehouse({str(path)!r}) as warehouse:
    snapshot(database, "orders", warehouse)
    live(database)
    mark.with_suffix(".new").write_text(json.dumps([database.dsn, feed.name]))
    mark.with_suffix(".new").replace(mark)
    replicate(feed, warehouse, limit=1)
"""


def test_a_kernel_that_replicates_its_own_database(tmp_path, kill_midway):
    """The database dies with it: another one is made, and a snapshot taken into the same warehouse."""
    path, mark = tmp_path / "shop.duckdb", tmp_path / "feed"
    kill_midway(replicating(path, mark), acknowledging(mark))
    with STORE.database("orders", until="2025-01-10") as database, Warehouse(path) as warehouse:
        halfway, feed = rows(warehouse), database.feed()
        snapshot(database, "orders", warehouse)
        live(database)
        replicate(feed, warehouse)
        assert rows(warehouse) == true(database.dsn) != halfway and len(halfway) > 10


@pytest.fixture
def survivor(monkeypatch):
    """A server that is there before and after the kernel, named in the environment."""
    server = Server()
    monkeypatch.setenv(postgres.DSN, server.dsn)
    yield server
    server.stop()


@pytest.mark.full
@pytest.mark.usefixtures("survivor")
def test_a_kernel_that_replicates_a_database_that_survives(tmp_path, kill_midway):
    """A rerun continues the feed by its name, and finds what has changed meanwhile."""
    path, mark = tmp_path / "shop.duckdb", tmp_path / "feed"
    kill_midway(replicating(path, mark), acknowledging(mark))
    dsn, name = json.loads(mark.read_text())
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update orders set order_id = order_id + 1000000 where order_id % 10 = 7")
    feed = Feed(dsn, name)
    with Warehouse(path) as warehouse:
        left, halfway = len(feed.peek()), rows(warehouse)
        assert replicate(feed, warehouse).total() == left > 10 and halfway != rows(warehouse) == true(dsn)
    assert feed.peek() == []


# the database


class Failing(Feed):
    """A feed whose database crashes at the third acknowledgement, `before` it is noted or after."""

    def __init__(self, feed, database, before):
        super().__init__(feed.dsn, feed.name)
        self.database, self.before, self.left = database, before, 3

    def acknowledge(self, changes):
        self.left -= 1
        if self.left == 0 and self.before:
            self.database.crash()
        super().acknowledge(changes)
        if self.left == 0 and not self.before:
            self.database.crash()


@pytest.mark.parametrize("before", [
    pytest.param(True, marks=pytest.mark.full, id="published"), pytest.param(False, id="acknowledged")])
def test_a_database_that_crashes(tmp_path, processes, before):
    with STORE.database("orders", until="2025-01-10") as database, Warehouse(tmp_path / "shop.duckdb") as warehouse:
        feed = database.feed()
        snapshot(database, "orders", warehouse)
        live(database)
        with pytest.raises(IngestError, match=r"Feed\(.*what was published before is safe: run again"):
            replicate(Failing(feed, database, before), warehouse, limit=1)
        database.restart()
        left = len(feed.peek())
        assert rows(warehouse) != true(database.dsn)
        assert replicate(feed, warehouse).total() == left > 10
        assert rows(warehouse) == true(database.dsn)
    processes.until(lambda: not database.server._keeper.alive)


# the broker


class Watched(RawZone):
    """A zone that calls `act` when it has landed so many files."""

    def __init__(self, folder, number, act):
        super().__init__(folder)
        self.left, self.act = number, act

    def land(self, name, lines):
        path = super().land(name, lines)
        self.left -= 1
        if self.left == 0:
            self.act()
        return path


@pytest.fixture(scope="module")
def undisturbed(own_systems, tmp_path_factory):
    """What a zone holds that nothing has disturbed."""
    zone = tmp_path_factory.mktemp("undisturbed")
    with STORE.topic() as topic:
        consume(topic, RawZone(zone), limit=10)
    return contents(zone)


def test_a_broker_that_goes_down_and_comes_back(tmp_path, undisturbed):
    zone, at_return = tmp_path / "zone", []

    def come_back():
        at_return.append(len(files(zone)))
        topic.broker.up()

    def go_down():
        topic.broker.down()
        threading.Timer(0.7, come_back).start()

    with STORE.topic() as topic:
        consume(topic, Watched(zone, 3, go_down), limit=10)
    assert contents(zone) == undisturbed and 3 <= at_return[0] < len(undisturbed)


@pytest.mark.full
def test_a_broker_that_stays_down_is_an_error_and_no_loss(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr(push, "SILENCE_S", 0.5)
    zone = tmp_path / "zone"
    with STORE.topic() as topic:
        with pytest.raises(IngestError, match="what has landed is safe: run again to continue"):
            consume(topic, Watched(zone, 3, topic.broker.down), limit=10)
        assert 3 <= len(files(zone)) < len(undisturbed)
        with pytest.raises(IngestError, match="what has landed is safe: run again to continue"):
            consume(topic, RawZone(zone), limit=10)
        topic.broker.up()
        consume(topic, RawZone(zone), limit=10)
    assert contents(zone) == undisturbed


@pytest.mark.full
def test_a_broker_that_is_killed(tmp_path, undisturbed, processes, monkeypatch):
    """A new topic of the same Store goes on where the old one ended."""
    monkeypatch.setattr(push, "SILENCE_S", 0.5)
    zone = tmp_path / "zone"
    with STORE.topic() as topic:
        broker = psutil.Process(topic.broker._sidecar.pid)
        with pytest.raises(IngestError, match="what has landed is safe: run again to continue"):
            consume(topic, Watched(zone, 3, broker.kill), limit=10)
        processes.until(lambda: processes.gone(broker.pid))
    assert 3 <= len(files(zone)) < len(undisturbed)
    with STORE.topic() as topic:
        consume(topic, RawZone(zone), limit=10)
    assert contents(zone) == undisturbed
    assert sorted(texts(zone)) == sorted(LINES)
