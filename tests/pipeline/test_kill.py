"""kill -9 in the middle of each way to ingest, and a rerun: what is stored is what was served, each once.

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
import time
from contextlib import closing, contextmanager

import pandas as pd
import psutil
import psycopg
import pytest
from jupyter_client import KernelManager

from dataml_lab.pipeline import IngestError, RawZone, Warehouse, consume, push, replicate, snapshot
from dataml_lab.store import Store, broker, postgres
from dataml_lab.store.feed import Feed
from dataml_lab.store.postgres import Server
from dataml_lab.store.schema import schema

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

PATIENCE = 30  # seconds; a busy machine is slow
STORE = Store(users=300, days=60, seed=4)
LINES = STORE.raw("orders").lines
PRELUDE = f"""
import json
from pathlib import Path
import pandas as pd
from dataml_lab.pipeline import Inbox, RawZone, Warehouse, consume, pull, replicate, snapshot
from dataml_lab.store import Store
from dataml_lab.store.feed import Feed
from dataml_lab.store.webhooks import Receiver
store = {STORE!r}
"""


def until(condition):
    """Wait until a condition holds, and fail if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def running(processes):
    """Those that have not ended; in a container an orphan may stay as a zombie."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def gone(process):
    try:
        return not running([process])
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(autouse=True)
def nothing_left():
    """In the end no process is there that a test started."""
    before = set(psutil.Process().children(recursive=True))
    yield
    started = set(psutil.Process().children(recursive=True)) - before
    until(lambda: all(map(gone, started)))


@pytest.fixture(autouse=True)
def own_systems(monkeypatch):
    """A system that the machine names in its environment would not be ours to kill."""
    for name in (postgres.DSN, broker.SERVERS):
        monkeypatch.delenv(name, raising=False)


class Kernel:
    """A Jupyter kernel in which a code runs in the background."""

    def __init__(self, code):
        self.manager = KernelManager(kernel_name="python3", transport_encryption="auto")
        self.manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.process = psutil.Process(self.manager.provisioner.process.pid)
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
        family = [self.process, *self.process.children(recursive=True)]
        os.kill(self.process.pid, signal.SIGKILL)
        self.manager.provisioner.process.wait()  # its first thread may be a zombie while others still hold files
        until(lambda: all(map(gone, family)))


@contextmanager
def kernel(code):
    """A kernel that runs this code; in the end it's killed, and gone with all that it started."""
    kernel = Kernel(code)
    try:
        yield kernel
    finally:
        if not gone(kernel.process):
            kernel.kill()
        kernel.client.stop_channels()
        kernel.manager.cleanup_resources()


def kill_midway(code, progress):
    """Run a code in a kernel that is killed as soon as it shows progress."""
    with kernel(code) as victim:
        until(progress)
        victim.kill()


@contextmanager
def complete(code):
    """A kernel that has run this code to its end, and still has what the code has made."""
    with kernel(code) as other:
        assert other.answer() == "ok"
        yield other


def files(folder):
    return sorted(path.name for path in folder.glob("*.jsonl"))


def texts(folder):
    return [line.text for line in RawZone(folder).lines()]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


# the kernel


def test_a_kernel_that_pulls_from_the_api(tmp_path):
    zone = tmp_path / "zone"
    code = f"""
with store.serve(busy_every=None) as server:
    pull(server.url, RawZone({str(zone)!r}), limit=2)
"""
    expected = [json.loads(line) if line.endswith("}") else {"unreadable": line} for line in LINES]
    kill_midway(code, lambda: len(files(zone)) > 5)
    assert 5 < len(texts(zone)) < len(LINES)
    with complete(code):
        assert [json.loads(text) for text in texts(zone)] == expected


CONSUMING = """
topic = store.topic()
consume(topic, RawZone({!r}), limit=1)
"""


def test_a_kernel_that_consumes_a_topic(tmp_path):
    """Its broker dies with it, and the next kernel's has another topic with the same records."""
    zone = tmp_path / "zone"
    code = CONSUMING.format(str(zone))
    kill_midway(code, lambda: len(files(zone)) > 5)
    assert 5 < len(texts(zone)) < len(LINES)
    with complete(code):
        assert sorted(texts(zone)) == sorted(LINES)


def test_an_interrupted_kernel_goes_on(tmp_path):
    zone = tmp_path / "zone"
    with kernel(CONSUMING.format(str(zone))) as patient:
        until(lambda: len(files(zone)) > 5)
        patient.manager.interrupt_kernel()
        assert patient.answer() == "KeyboardInterrupt"
        assert 5 < len(texts(zone)) < len(LINES) and not list(zone.glob(".*"))
        patient.execute(f"consume(topic, RawZone({str(zone)!r}))")
        assert patient.answer() == "ok"
    assert sorted(texts(zone)) == sorted(LINES)


def test_a_kernel_that_receives_webhooks(tmp_path):
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

    def send(**how):
        until(lambda: address.exists() and address.read_text())
        reports.append(STORE.webhooks(address.read_text(), "secret", repeated=0.1, **how).send())

    with kernel(code) as victim:
        assert victim.answer() == "ok"
        sender = threading.Thread(target=send, kwargs={"tries": 1})
        sender.start()
        until(lambda: len(kept()) > 20)
        victim.kill()
        sender.join()
    assert set(reports[0].delivered) <= kept() and 20 < len(reports[0].delivered) < len(LINES)
    assert len(kept() - set(reports[0].delivered)) <= 1
    address.unlink()
    with complete(code) as second:
        send()
        second.execute(f"inbox.land(RawZone({str(zone)!r}))")
        assert second.answer() == "ok"
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


def stored(path):
    with Warehouse(path) as warehouse:
        return rows(warehouse)


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


MAKING = inspect.getsource(live) + """
def make(path, mark):
    global database
    database = store.database("orders", until="2025-01-10")
    feed = database.feed()
    with Warehouse(path) as warehouse:
        snapshot(database, "orders", warehouse)
    live(database)
    mark.with_suffix(".new").write_text(json.dumps([database.dsn, feed.name]))
    mark.with_suffix(".new").replace(mark)
"""


def replicating(path, mark, make):
    """The code that copies orders to the warehouse; `make` says when to make them."""
    return MAKING + f"""
path, mark = Path({str(path)!r}), Path({str(mark)!r})
if {make}:
    make(path, mark)
feed = Feed(*json.loads(mark.read_text()))
with Warehouse(path) as warehouse:
    applied = replicate(feed, warehouse, limit=1)
"""


def test_a_kernel_that_replicates_its_own_database(tmp_path):
    """The database dies with it: the next kernel makes its own, and takes a snapshot into the same warehouse."""
    path, mark = tmp_path / "shop.duckdb", tmp_path / "feed"
    code = replicating(path, mark, "True")
    kill_midway(code, acknowledging(mark))
    halfway = stored(path)
    with complete(code):
        (dsn, _) = json.loads(mark.read_text())
        assert stored(path) == true(dsn) != halfway and len(halfway) > 10


@pytest.fixture
def survivor(monkeypatch):
    """A server that is there before and after the kernels, named in the environment."""
    server = Server()
    monkeypatch.setenv(postgres.DSN, server.dsn)
    yield server
    server.stop()


@pytest.mark.usefixtures("survivor")
def test_a_kernel_that_replicates_a_database_that_survives(tmp_path):
    """The next kernel continues the feed by its name, and finds what has changed meanwhile."""
    path, mark = tmp_path / "shop.duckdb", tmp_path / "feed"
    code = replicating(path, mark, "not mark.exists()")
    kill_midway(code, acknowledging(mark))
    dsn, name = json.loads(mark.read_text())
    halfway, left = stored(path), len(Feed(dsn, name).peek())
    assert left > 10 and halfway != true(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update orders set order_id = order_id + 1000000 where order_id % 10 = 7")
    with complete(code):
        assert stored(path) == true(dsn)
        assert Feed(dsn, name).peek() == []


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


@pytest.mark.parametrize("before", [True, False], ids=["published", "acknowledged"])
def test_a_database_that_crashes(tmp_path, before):
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
    until(lambda: not database.server._keeper.alive)


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


@pytest.fixture
def undisturbed(tmp_path):
    """What a zone holds that nothing has disturbed."""
    with STORE.topic() as topic:
        consume(topic, RawZone(tmp_path / "undisturbed"), limit=10)
    return contents(tmp_path / "undisturbed")


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


def test_a_broker_that_is_killed(tmp_path, undisturbed, monkeypatch):
    """A new topic of the same Store goes on where the old one ended."""
    monkeypatch.setattr(push, "SILENCE_S", 0.5)
    zone = tmp_path / "zone"
    with STORE.topic() as topic:
        broker = psutil.Process(topic.broker._sidecar.pid)
        with pytest.raises(IngestError, match="what has landed is safe: run again to continue"):
            consume(topic, Watched(zone, 3, broker.kill), limit=10)
        until(lambda: gone(broker))
    assert 3 <= len(files(zone)) < len(undisturbed)
    with STORE.topic() as topic:
        consume(topic, RawZone(zone), limit=10)
    assert contents(zone) == undisturbed
    assert sorted(texts(zone)) == sorted(LINES)
