import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import httpx
import pytest
from confluent_kafka import Consumer, KafkaError, Producer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataml_lab.pipeline import Consumed, Inbox, IngestError, RawZone, consume, push, read
from dataml_lab.pipeline.push import Span, arriving, positions
from dataml_lab.store import Store
from dataml_lab.store.broker import Broker
from dataml_lab.store.webhooks import Receiver, sign

SMALL = Store(users=120, days=60, seed=4)
LINES = SMALL.raw("orders").lines


def contents(zone):
    return {path.name: path.read_bytes() for path in zone.folder.iterdir()}


def landed(zone):
    """The landed lines by partition, in the order of the files' names."""
    found = {}
    for line in zone.lines():
        found.setdefault(int(line.file.split("-")[-3]), []).append(line.text)
    return found


def replayed(topic):
    """The lines that a topic holds, by partition."""
    return {number: [record.value().decode() for record in topic.replay(number)] for number in range(topic.partitions)}


@pytest.fixture(scope="module")
def topic():
    with SMALL.topic() as topic:
        yield topic


@pytest.fixture(scope="module")
def broker():
    broker = Broker()
    yield broker
    broker.stop()


@pytest.fixture
def log(broker, request):
    """A topic of its own on the broker; `log.write(values, partition)` appends to it."""
    log = SimpleNamespace(servers=broker.servers, name=f"log-{abs(hash(request.node.nodeid))}")
    broker.create(log.name, 2)
    log.write = partial(write, log)
    return log


def write(log, values, partition=0):
    producer = Producer({"bootstrap.servers": log.servers, "linger.ms": 0, "max.in.flight": 1})
    for value in values:
        producer.produce(log.name, value, partition=partition)
    assert producer.flush(30) == 0


# a topic


@pytest.mark.parametrize("limit", [1, 7, 1_000])
def test_every_record_lands_once_where_its_name_says(tmp_path, topic, limit):
    zone = RawZone(tmp_path)
    consumed = consume(topic, zone, limit)
    assert landed(zone) == replayed(topic)
    assert sorted(line.text for line in zone.lines()) == sorted(LINES)
    assert consumed == Consumed(sum(-(-end // limit) for end in topic.ends), len(LINES))
    assert positions(zone, "orders") == dict(enumerate(topic.ends)) and positions(zone, "users") == {}
    assert consume(topic, zone, limit) == Consumed(0, 0)


def test_a_line_is_the_record_at_the_offset_that_its_place_says(tmp_path, log):
    log.write([b"%d" % number for number in range(25)], partition=1)
    zone = RawZone(tmp_path)
    consume(log, zone, limit=10)
    assert [path.name for path in zone.files()] == [
        f"{log.name}-001-000000000000-000000000010.jsonl",
        f"{log.name}-001-000000000010-000000000020.jsonl",
        f"{log.name}-001-000000000020-000000000025.jsonl",
    ]
    assert [(int(line.file.split("-")[-2]) + line.line - 1, line.text) for line in zone.lines()] == [
        (number, str(number)) for number in range(25)
    ]


NAMES = ["orders", "orders-eu", "orders-000", "orders-000-000000000000", "shop.orders_v2", ".hidden", "orders.jsonl"]


def test_topics_share_a_zone_whatever_their_names(tmp_path, broker):
    zone = RawZone(tmp_path)
    topics = [SimpleNamespace(servers=broker.servers, name=name) for name in NAMES]
    for number, topic in enumerate(topics, 1):
        broker.create(topic.name, 1)
        write(topic, [b"%d" % number] * number)
    for _ in "twice":
        for topic in topics:
            consume(topic, zone, limit=2)
    assert sorted(line.text for line in zone.lines()) == sorted(str(n) for n in range(1, 8) for _ in range(n))
    assert [positions(zone, topic.name) for topic in topics] == [{0: number} for number in range(1, 8)]


def test_a_stopped_topic_says_so_at_once(tmp_path):
    topic = SMALL.topic()
    topic.stop()
    with pytest.raises(RuntimeError, match=r"this topic is stopped: make it again with store\.topic\(\)"):
        consume(topic, RawZone(tmp_path))


def test_a_second_run_lands_what_is_new(tmp_path, log):
    zone, written = RawZone(tmp_path), {0: [], 1: []}
    for count, partition in [(3, 0), (0, 0), (12, 1), (5, 0)]:
        values = [f"{partition}/{len(written[partition]) + number}" for number in range(count)]
        log.write(values, partition)
        written[partition] += values
        assert consume(log, zone, limit=4).records == count
    assert landed(zone) == written


def test_what_arrives_during_a_run_is_for_the_next_one(tmp_path, log):
    class Busy(RawZone):
        def land(self, name, lines):
            log.write([b"new"])
            return super().land(name, lines)

    log.write([b"old"] * 6)
    assert consume(log, Busy(tmp_path), limit=2) == Consumed(3, 6)
    assert consume(log, RawZone(tmp_path), limit=2) == Consumed(2, 3)
    assert landed(RawZone(tmp_path)) == {0: ["old"] * 6 + ["new"] * 3}


def test_any_value_is_one_line_and_none_vanishes(tmp_path, log):
    log.write([b'{\r\n "a":\n 1\n}', None, b"", b"\n\n", b"\xff", b'{"b": "\\n\xe2\x80\xa8"}', b'{"c": 1}\n'])
    zone = RawZone(tmp_path)
    assert consume(log, zone) == Consumed(1, 7)
    batch = read(zone)
    assert [(record.line, record.data) for record in batch.records] == [
        (1, {"a": 1}), (6, {"b": "\n\u2028"}), (7, {"c": 1}),
    ]  # fmt: skip
    assert [(refused.line, refused.reason) for refused in batch.quarantine] == [
        (2, "line: not an object"), (3, "line: not JSON"), (4, "line: not JSON"), (5, "line: not UTF-8"),
    ]  # fmt: skip


def parsed(text):
    """The value that the text says, as text; None where it is no JSON."""
    try:
        return json.dumps(json.loads(text))
    except ValueError:
        return None


@example('{"a": "b\nc"}')
@example('{"a": "b\r\nc"}')
@example('"b\\\n"')
@given(
    st.text(st.sampled_from('{}[]":,1ae\\nu0 \t\r\n'), max_size=12)
    | st.recursive(st.none() | st.integers() | st.text('ab"\\\r\n\t'), lambda inner: st.lists(inner), max_leaves=5).map(
        lambda value: json.dumps(value, indent=1)
    )
)
def test_a_line_is_valid_if_and_only_if_the_value_was(value):
    made = push.line(value.encode()).decode()
    assert parsed(made) == parsed(value)
    assert made.endswith("\n") and not set(made[:-1]) & set("\r\n")


def test_other_files_of_the_zone_are_no_checkpoint(tmp_path, log):
    zone = RawZone(tmp_path)
    theirs = Span(log.name, 0, 0, 9).name
    for name in ("page-000001.jsonl", f"{theirs}.jsonl", f"{log.name}-0.jsonl", f"x{theirs}", f"x-{theirs}"):
        zone.land(name, [b"{}\n"])
    log.write([b"{}"])
    assert consume(log, zone) == Consumed(1, 1)


@pytest.mark.parametrize("partition", [0, 1, 2])
def test_a_zone_that_is_ahead_of_the_topic_has_another_one(tmp_path, log, partition):
    log.write([b"{}"] * 3)
    zone = RawZone(tmp_path)
    zone.land(Span(log.name, partition, 0, 4).name, [b"{}\n"] * 4)
    with pytest.raises(
        IngestError, match=rf"partition {partition} .*up to 4: they are from another topic of that name"
    ):
        consume(log, zone)
    assert len(zone.files()) == 1


def test_what_the_source_deleted_is_told_unless_it_was_never_ours(tmp_path, log):
    log.write([b"x" * 500_000 for _ in range(15)])  # 7.5 MB of which our broker keeps 5 MiB
    first = consume(log, RawZone(tmp_path / "fresh"), limit=5).records
    assert 5 < first < 15
    zone = RawZone(tmp_path / "old")
    zone.land(Span(log.name, 0, 0, 1).name, [b"{}\n"])
    with pytest.raises(IngestError, match=rf"from 1 up to {15 - first} were deleted at the source before they landed"):
        consume(log, zone)


class Partition:
    """Stands for a consumer of a partition in which offsets are missing, as after a transaction."""

    def __init__(self, *offsets, end):
        eof = KafkaError(KafkaError._PARTITION_EOF)
        records = [SimpleNamespace(offset=lambda n=n: n, error=lambda: None) for n in offsets]
        self.messages = [*records, SimpleNamespace(offset=lambda: end, error=lambda: eof)]

    def assign(self, places):
        ((self.place),) = places

    def consume(self, number, timeout):
        taken, self.messages = self.messages[:number], self.messages[number:]
        return taken


def test_missing_offsets_hold_nothing_up():
    def found(*offsets, end, ahead):
        return [message.offset() for message in arriving(Partition(*offsets, end=end), ahead)]

    assert found(2, 3, 6, end=8, ahead=Span("t", 0, 2, 8)) == [2, 3, 6]
    assert found(2, 3, 7, 9, end=10, ahead=Span("t", 0, 2, 6)) == [2, 3]
    assert found(end=4, ahead=Span("t", 0, 2, 4)) == []


@pytest.mark.parametrize("servers", ["127.0.0.1:1", "nowhere.invalid:9092"])
def test_a_broker_that_is_not_there_is_named(tmp_path, monkeypatch, servers):
    monkeypatch.setattr(push, "SILENCE_S", 0.3)
    with pytest.raises(IngestError, match=rf"{servers}: .*what has landed is safe: run again"):
        consume(SimpleNamespace(servers=servers, name="orders"), RawZone(tmp_path))


def test_an_unknown_topic_is_named(tmp_path, broker):
    with pytest.raises(IngestError, match=r"unsold: .*[Uu]nknown topic.*: check the topic's name"):
        consume(SimpleNamespace(servers=broker.servers, name="unsold"), RawZone(tmp_path))


@pytest.fixture
def closed(monkeypatch):
    """The consumers that have been closed."""
    closed = []

    class Watched(Consumer):
        def close(self):
            closed.append(self)
            super().close()

    monkeypatch.setattr("confluent_kafka.Consumer", Watched)
    return closed


@pytest.mark.parametrize("fault", [KeyboardInterrupt, IngestError])
def test_an_interrupt_leaves_nothing_broken(tmp_path, log, closed, fused, fault):
    log.write([b"{}"] * 9)
    with fused(12, fault("stop")), pytest.raises(fault):
        consume(log, RawZone(tmp_path), limit=2)
    assert len(closed) == 1 and not list(tmp_path.glob(".*"))
    assert 0 < len(RawZone(tmp_path).files()) < 5
    consume(log, RawZone(tmp_path), limit=2)
    assert landed(RawZone(tmp_path)) == {0: ["{}"] * 9}


def test_a_crash_at_any_step_is_healed_by_a_rerun(tmp_path, log, fused, steps):
    for partition in (0, 1):
        log.write([b"%d" % number for number in range(5)], partition)
    undisturbed = RawZone(tmp_path / "undisturbed")
    consume(log, undisturbed, limit=2)
    for n in steps:
        zone = RawZone(tmp_path / str(n))
        with fused(n) as fuse:
            consume(log, zone, limit=2)
        consume(log, zone, limit=2)
        assert contents(zone) == contents(undisturbed), f"after a crash at step {n}"
        if not fuse.blew:
            break
    assert n > 25


# the inbox


@pytest.fixture
def inbox(tmp_path):
    with Inbox(tmp_path / "hooks.sqlite") as inbox:
        yield inbox


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.binary(max_size=2))))
def test_of_each_id_the_first_body_is_kept_and_others_are_conflicts(pushes):
    kept, others = {}, {}
    with Inbox(":memory:") as inbox:
        for event_id, body in pushes:
            if kept.setdefault(event_id, body) != body:
                others[event_id, body] = True
            inbox.keep(event_id, body)
        assert list(inbox) == list(kept.values()) and len(inbox) == len(kept)
        assert inbox.conflicts == list(others)


def test_what_is_kept_is_on_the_disk(tmp_path, inbox):
    assert inbox._ask("PRAGMA synchronous") == [(2,)]
    inbox.keep("a", b"1")
    with Inbox(tmp_path / "hooks.sqlite") as other:
        assert list(other) == [b"1"]
        other.keep("a", b"1")
    assert len(inbox) == 1


def test_threads_may_share_it(inbox):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: inbox.keep(str(number % 100), b"%d" % (number % 100)), range(400)))
    assert sorted(map(int, inbox)) == list(range(100)) and inbox.conflicts == []


def test_pushed_events_land_once_in_the_order_of_their_arrival(tmp_path, inbox):
    zone = RawZone(tmp_path / "zone")
    with Receiver("s", inbox.keep) as receiver:
        hooks = SMALL.webhooks(receiver.url, "s", repeated=0.2)
        assert not hooks.send(0, 100).failed
        assert inbox.land(zone) == zone.folder / "hooks.jsonl"
        assert not hooks.send().failed
    for _ in range(2):
        inbox.land(zone)
        assert [line.text.encode() for line in zone.lines()] == list(dict(hooks.events).values())
    assert sorted(line.text for line in zone.lines()) == sorted(LINES) and len(zone.files()) == 1


def test_a_body_with_line_breaks_is_one_line(tmp_path, inbox):
    inbox.keep("a", b'{"a":\n1}')
    inbox.keep("b", b"")
    inbox.land(RawZone(tmp_path / "zone"))
    assert contents(RawZone(tmp_path / "zone")) == {"hooks.jsonl": b'{"a":\t1}\n\n'}


def test_a_sender_is_told_of_no_conflict_but_of_what_could_not_be_kept(inbox):
    def post(event_id, body):
        headers = {"Event-Id": event_id, "Signature": sign("s", event_id, body)}
        return httpx.post(receiver.url, content=body, headers=headers).status_code

    with Receiver("s", inbox.keep) as receiver:
        assert [post("a", b"1"), post("a", b"2")] == [204, 204]
        assert (list(inbox), inbox.conflicts) == ([b"1"], [("a", b"2")])
        inbox.close()
        inbox.close()
        assert post("b", b"1") == 500
    with pytest.raises(IngestError, match=r"hooks\.sqlite: .*closed.*: what was kept before is safe"):
        inbox.keep("b", b"1")


def test_what_is_no_inbox_is_named(tmp_path):
    (tmp_path / "orders.jsonl").write_text('{"order_id": 1}\n' * 100)
    with pytest.raises(IngestError, match=r"orders\.jsonl: file is not a database: give the inbox a file of its own"):
        Inbox(tmp_path / "orders.jsonl")
    with pytest.raises(IngestError, match=r"unable to open database file"):
        Inbox(tmp_path)
    with pytest.raises(IngestError, match=r"orders\.jsonl"):
        Inbox(tmp_path / "orders.jsonl" / "inbox")


@pytest.mark.parametrize("lock", ["BEGIN; SELECT count(*) FROM sqlite_master", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_it_waits_for_another_process_that_opens_it(tmp_path, lock):
    other = sqlite3.connect(tmp_path / "hooks.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE t (n)")
    statements = lock.split("; ")
    for statement in statements:
        cursor = other.execute(statement)
    release = threading.Timer(0.3, lambda: (cursor.close(), other.execute("ROLLBACK")))
    release.start()
    with Inbox(tmp_path / "hooks.sqlite") as inbox:
        inbox.keep("a", b"1")
        assert list(inbox) == [b"1"]
    release.join()
    other.close()


def test_one_that_stays_locked_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(push, "LOCKED_S", 0.1)
    with Inbox(tmp_path / "hooks.sqlite") as inbox:
        other = sqlite3.connect(tmp_path / "hooks.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(IngestError, match=r"hooks\.sqlite: database is locked: another process .* end it"):
            inbox.keep("a", b"1")
        other.close()
    fresh = sqlite3.connect(tmp_path / "fresh.sqlite", isolation_level=None)
    fresh.execute("BEGIN EXCLUSIVE")
    with pytest.raises(IngestError, match=r"fresh\.sqlite: database is locked: another process .* end it"):
        Inbox(tmp_path / "fresh.sqlite")
    fresh.close()


def test_it_is_read_while_events_arrive(inbox):
    stop = threading.Event()

    def push_on():
        for number in range(10**6):
            if stop.is_set():
                return
            inbox.keep(str(number), b"%d" % number)

    thread = threading.Thread(target=push_on)
    thread.start()
    try:
        while len(inbox) < 200:
            seen = list(map(int, inbox))
            assert seen == list(range(len(seen)))
    finally:
        stop.set()
        thread.join()
