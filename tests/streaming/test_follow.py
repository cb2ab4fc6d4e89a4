import sys
import threading
import time
from types import SimpleNamespace

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from dataml_lab.pipeline import IngestError, push
from dataml_lab.pipeline.push import Span
from dataml_lab.store import Store, broker
from dataml_lab.store.broker import QUIET, Broker
from dataml_lab.streaming import Arrived, Processor, Question, Tumbling, follow
from dataml_lab.streaming.follow import arriving, show_progress, wanted

STORE = Store(users=150, days=60, seed=4)
DAILY = Question(Tumbling(86_400))
LATENESS = 5 * 86_400


@pytest.fixture(autouse=True, scope="module")
def own_broker():
    """A broker that the machine names in its environment would not be ours to take down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(broker.SERVERS, raising=False)
        yield


@pytest.fixture(scope="module")
def orders(own_broker):
    with STORE.topic() as topic:
        yield topic


@pytest.fixture(scope="module")
def undisturbed(orders, toys):
    """What a processor tells that took the records in one go, without a consumer."""
    with Processor(":memory:", DAILY, LATENESS) as processor:
        replayed = [orders.replay(number) for number in range(orders.partitions)]
        processor.take(Arrived(m.partition(), m.offset(), m.value()) for part in replayed for m in part)
        return toys.everything(processor)


@pytest.fixture
def daily(tmp_path):
    with Processor(tmp_path / "daily.sqlite", DAILY, LATENESS) as processor:
        yield processor


@pytest.fixture
def few(tmp_path, toys):
    """A processor of toys."""
    with Processor(tmp_path / "few.sqlite", toys.question(Tumbling(10)), lateness=5) as processor:
        yield processor


@pytest.fixture(scope="module")
def cluster():
    cluster = Broker()
    yield cluster
    cluster.stop()


@pytest.fixture
def log(cluster, toys, request):
    return Log(cluster, f"log-{abs(hash(request.node.nodeid))}", toys.value)


class Log:
    """A topic on a broker; `write` appends to it."""

    def __init__(self, broker, name, value):
        self.broker, self.servers, self.name, self.value = broker, broker.servers, name, value
        broker.create(name, 2)
        self.producer = Producer({"bootstrap.servers": self.servers, "linger.ms": 0, "max.in.flight": 1, **QUIET})

    def write(self, *events, partition=0):
        for event in events:
            self.producer.produce(self.name, self.value(event), partition=partition)
        assert self.producer.flush(30) == 0


@pytest.fixture
def mortal(toys, monkeypatch):
    """A log of two partitions that may go down; consumers fetch a few of its records at a time, as it has them."""

    class Slow(Consumer):
        def __init__(self, settings):
            super().__init__({**settings, "queued.min.messages": 1, "fetch.queue.backoff.ms": 5})

    monkeypatch.setattr("confluent_kafka.Consumer", Slow)
    broker = Broker()
    log = Log(broker, "mortal", toys.value)
    log.partitions = [[toys.Toy(n, "abc"[n % 3], n / 2 - n % 17) for n in range(p, 400, 2)] for p in (0, 1)]
    for start in range(0, 200, 10):
        for number, events in enumerate(log.partitions):
            log.write(*events[start : start + 10], partition=number)
    yield log
    broker.stop()


class Watched(Processor):
    """A processor that calls `act` when it has taken so many batches."""

    def watch(self, number, act):
        self.left, self.act = number, act
        return self

    def take(self, records):
        super().take(records)
        self.left -= 1
        if self.left == 0:
            self.act()


@pytest.fixture
def watched(tmp_path, toys):
    with Watched(tmp_path / "watched.sqlite", toys.question(Tumbling(10)), lateness=5) as processor:
        yield processor


@pytest.mark.parametrize("batch", [1, 7, 5_000])
def test_it_takes_each_record_once(orders, daily, toys, undisturbed, batch):
    followed = follow(orders, daily, batch)
    assert followed.records == len(orders) == sum(daily.counts) and followed.seconds > 0
    assert toys.everything(daily) == undisturbed
    assert follow(orders, daily, batch).records == 0 and toys.everything(daily) == undisturbed


def test_a_second_run_takes_what_is_new(log, few, toys):
    for number in range(4):
        log.write(*(toys.Toy(10 * number + n, "abc"[n], number) for n in range(number)))
        assert follow(log, few).records == number
    assert sorted(toys.shown(few.results(True))) == [("a", 0, 10, 3, 300), ("b", 0, 10, 2, 200), ("c", 0, 10, 1, 100)]


def test_what_arrives_meanwhile_is_for_the_next_run(log, tmp_path, toys):
    class Busy(Processor):
        def take(self, records):
            log.write(toys.Toy(9, "a", 1))
            super().take(records)

    log.write(*(toys.Toy(n, "a", 1) for n in range(6)))
    with Busy(tmp_path / "p.sqlite", toys.question(Tumbling(10)), lateness=5) as busy:
        assert follow(log, busy, batch=2).records == 6


def test_until_one_has_seen_enough(log, few, toys):
    """What arrives after the end of the topic is in the results, too, and in partitions that were empty."""
    log.write(toys.Toy(0, "a", 1))
    written, asked = [0], iter(range(100))

    def enough():
        counted = few.counts.counted
        if counted == len(written) < 6:
            log.write(toys.Toy(counted, "a", 2), partition=counted % 2)
            written.append(counted)
        return counted == 6 or next(asked) == 99

    assert follow(log, few, until=enough).records == 6 and few.positions == {0: 3, 1: 3}
    assert toys.shown(few.results(True)) == [("a", 0, 10, 6, 600)]


def test_a_silent_topic_is_no_silent_broker(log, few, toys, monkeypatch):
    monkeypatch.setattr(push, "SILENCE_S", 0.3)
    log.write(toys.Toy(0, "a", 1))
    polls = iter(range(8))
    assert follow(log, few, until=lambda: next(polls) == 7).records == 1


def test_no_window_is_final_while_a_partition_is_still_to_come(log, watched, toys):
    for number in (0, 1):
        log.write(toys.Toy(1, "a", 1), toys.Toy(2, "a", 90), partition=number)
    seen = []
    watched.watch(2, lambda: seen.append((sorted(watched.positions), watched.results()["events"].tolist())))
    follow(log, watched, batch=1)
    assert seen[0][0] == [0, 1] and seen[0][1] in ([], [2]) and watched.results()["events"].tolist() == [2]


def agrees(toys, processor, partitions):
    every, final = toys.answer(Tumbling(10), partitions, lateness=5)
    assert toys.shown(processor.results(True)) == every and toys.shown(processor.results()) == final
    assert processor.counts.late > 5 and processor.positions == dict(enumerate(map(len, partitions)))


def test_a_broker_that_goes_down_and_comes_back(mortal, watched, toys):
    at_return = []

    def come_back():
        at_return.append(sum(watched.counts))
        mortal.broker.up()

    def go_down():
        mortal.broker.down()
        threading.Timer(0.7, come_back).start()

    assert follow(mortal, watched.watch(3, go_down), batch=10).records == 400
    assert 3 <= at_return[0] < 400
    agrees(toys, watched, mortal.partitions)


@pytest.mark.parametrize("until", [None, lambda: False], ids=["to the end", "for ever"])
def test_a_broker_that_stays_down_is_an_error_and_no_loss(mortal, watched, toys, monkeypatch, until):
    monkeypatch.setattr(push, "SILENCE_S", 0.5)
    for _ in range(2):
        with pytest.raises(IngestError, match=r"is safe: run again to continue"):
            follow(mortal, watched.watch(3, mortal.broker.down), 10, until)
        assert 3 <= sum(watched.counts) < 400
    mortal.broker.up()
    monkeypatch.setattr(push, "SILENCE_S", 10)
    follow(mortal, watched.watch(0, None), 10)
    agrees(toys, watched, mortal.partitions)


def test_an_interrupt_leaves_a_file_to_go_on_with(mortal, watched, toys, monkeypatch):
    closed = []

    class Closing(Consumer):
        def close(self):
            closed.append(self)
            super().close()

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("confluent_kafka.Consumer", Closing)
    with pytest.raises(KeyboardInterrupt):
        follow(mortal, watched.watch(3, interrupt), batch=10)
    assert len(closed) == 1 and 3 <= sum(watched.counts) <= 30  # each batch was committed before the next one
    follow(mortal, watched)
    agrees(toys, watched, mortal.partitions)


def test_a_file_of_another_topic_is_told(log, few, toys):
    log.write(toys.Toy(0, "a", 1))
    few.take(Arrived(0, n, b"{}") for n in range(4))
    with pytest.raises(IngestError, match=r"but the processor holds offsets up to 4: .* a processor of its own"):
        follow(log, few)


def test_an_unknown_topic_and_a_broker_that_is_not_there(cluster, few, monkeypatch):
    with pytest.raises(IngestError, match=r"unsold: .*[Uu]nknown topic.*: check the topic's name"):
        follow(SimpleNamespace(servers=cluster.servers, name="unsold"), few)
    monkeypatch.setattr(push, "SILENCE_S", 0.3)
    with pytest.raises(IngestError, match=r"127\.0\.0\.1:1: .*is safe: run again to continue"):
        follow(SimpleNamespace(servers="127.0.0.1:1", name="orders"), few)


def test_silence_is_that_of_the_broker_while_nobody_takes(monkeypatch):
    """Not the time that the taker took."""
    monkeypatch.setattr(push, "SILENCE_S", 0.05)
    come = iter([[message(0, 0)], [], [message(0, 1)]])
    consumer = SimpleNamespace(assign=lambda places: None, consume=lambda number, timeout: next(come))
    taken = 0
    for arrived in arriving(consumer, {0: Span("t", 0, 0, 2)}, 1, None):
        taken += len(arrived)
        time.sleep(0.1)
    assert taken == 2


def message(partition, offset, error=None):
    found = error and KafkaError(error)
    return SimpleNamespace(
        partition=lambda: partition, offset=lambda: offset, value=lambda: b"{}", error=lambda: found
    )  # fmt: skip


def test_missing_offsets_hold_nothing_up():
    """As after a transaction, of which the markers are no records."""
    end = KafkaError._PARTITION_EOF
    ahead = {0: Span("t", 0, 2, 8), 1: Span("t", 1, 0, 3), 2: Span("t", 2, 0, 5)}
    come = [message(0, 2), message(0, 6), message(1, 2), message(1, 3), message(2, 7), message(0, 8, end)]
    assert [arrived[:2] for arrived in wanted(come, ahead)] == [(0, 2), (0, 6), (1, 2)] and ahead == {}


def test_trouble_is_not_overheard():
    with pytest.raises(KafkaException):
        wanted([message(-1, -1001, KafkaError._ALL_BROKERS_DOWN)], {0: Span("t", 0, 0, 1)})


def test_progress_is_told_on_a_terminal_when_it_takes_long(capsys, monkeypatch):
    show_progress(500, 2_000, 3)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show_progress(500, 2_000, 1.9)
    assert capsys.readouterr().err == ""
    show_progress(500, 2_000, 3)
    show_progress(500, None, 3)
    assert capsys.readouterr().err == "took 500 records of 2,000, 9 s left \rtook 500 records \r"
