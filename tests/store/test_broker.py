import os
import re
import signal
import sys
import time
from collections import defaultdict

import confluent_kafka
import pytest
from confluent_kafka import TopicPartition

from dataml_lab import doctor
from dataml_lab.store import Faults, Store, broker
from dataml_lab.store.broker import Broker, read

SMALL = Store(users=120, days=60, seed=4)
LINES = SMALL.raw("orders").lines
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups and no SIGKILL")


@pytest.fixture(scope="module")
def topic():
    with SMALL.topic() as topic:
        yield topic


@pytest.fixture(scope="module")
def cluster():
    """A cluster that was there before."""
    cluster = Broker()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def on_cluster(cluster):
    """The same topic on the cluster that was there before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(broker.SERVERS, cluster.servers)
        patch.setattr(broker, "ADMINISTRATION", 0.3)  # our own makes a topic at its first mention
        topic = SMALL.topic()
    with topic:
        yield topic


@pytest.fixture(params=["topic", "on_cluster"])
def either(request):
    return request.getfixturevalue(request.param)


def texts(messages):
    return [message.value().decode() for message in messages]


def everything(topic):
    return [message for partition in range(topic.partitions) for message in topic.replay(partition)]


def test_it_holds_every_line_once_and_where_it_says(either, cluster, on_cluster):
    assert sorted(texts(everything(either))) == sorted(LINES) and len(either) == len(LINES)
    assert (either.broker is None) == (either.servers == cluster.servers)
    assert either.partitions == 4 and all(either.ends)


def test_equal_stores_fill_equal_partitions(topic, on_cluster):
    """Also with the records that have lost their user, and so their key."""
    one, other = ([texts(each.replay(number)) for number in range(4)] for each in (topic, on_cluster))
    assert one == other and not all(message.key() for message in everything(topic))


def test_a_user_stays_in_one_partition_in_the_order_of_arrival(either):
    places, seen = defaultdict(set), defaultdict(list)
    for message in everything(either):
        found = re.search(r'"user_id": "?(\d+)', message.value().decode())
        assert (message.key() or b"").decode() == (found[1] if found else "")
        if found:
            places[found[1]].add(message.partition())
            seen[found[1]].append(message.value().decode())
    assert {len(place) for place in places.values()} == {1} and len(places) > 50
    position = {line: number for number, line in enumerate(LINES)}
    orders = [[position[line] for line in lines] for lines in seen.values()]
    assert all(order == sorted(order) for order in orders)


def test_records_bear_the_time_of_their_arrival(topic):
    stamps = {message.value().decode(): message.timestamp()[1] for message in everything(topic)}
    raw = SMALL.raw("orders")
    expected = raw.received_at.astype("datetime64[ms]").astype(int).tolist()
    assert [stamps[line] for line in raw.lines] == expected


def test_a_group_goes_on_where_it_committed(either):
    first = either.consumer("payday", fetch_wait_max_ms=10)
    half = read(first, len(LINES) // 2)
    first.commit(asynchronous=False)
    lost = read(first, 5)
    first.close()
    second = either.consumer("payday", fetch_wait_max_ms=10)
    rest = read(second, len(LINES) - len(half))
    second.close()
    assert sorted(texts(half + rest)) == sorted(LINES) and set(texts(lost)) <= set(texts(rest))


def test_members_of_a_group_share_the_partitions_and_inherit_from_the_dead(topic):
    first, second = topic.consumer("shared"), topic.consumer("shared")
    for _ in range(300):
        first.poll(0.05), second.poll(0.05)
        if len(first.assignment()) == len(second.assignment()) == 2:
            break
    mine, theirs = ({p.partition for p in consumer.assignment()} for consumer in (first, second))
    assert mine | theirs == {0, 1, 2, 3} and not mine & theirs
    second.close()
    for _ in range(300):
        first.poll(0.05)
        if len(first.assignment()) == 4:
            break
    assert len(first.assignment()) == 4
    first.close()


def test_replay_starts_at_an_offset(either):
    whole = texts(either.replay(1))
    assert texts(either.replay(1, 3)) == whole[3:] and either.replay(1, either.ends[1]) == []


def test_another_process_reads_it(topic, processes):
    code = ("from confluent_kafka import Consumer\n"
            f"c = Consumer({{'bootstrap.servers': {topic.servers!r}, 'group.id': 'elsewhere',"
            "'auto.offset.reset': 'earliest', 'session.timeout.ms': 2000})\n"
            f"c.subscribe([{topic.name!r}])\nn = 0\n"
            f"while n < {len(topic)}: n += len(c.consume(100, 0.2))\nprint(n); c.close()")  # fmt: skip
    with processes.parent(code) as parent:
        assert parent.words == [str(len(topic))]


def test_a_broker_that_was_down_has_its_log_and_its_address():
    with SMALL.topic() as topic:
        consumer = topic.consumer("patient", reconnect_backoff_max_ms=200)
        before = read(consumer, 5)
        topic.broker.down()
        with pytest.raises(confluent_kafka.KafkaException):
            confluent_kafka.Producer({"bootstrap.servers": topic.servers, "log_level": 0}).list_topics(timeout=0.5)
        topic.broker.up()
        assert sorted(texts(before + read(consumer, len(topic) - 5))) == sorted(LINES)
        consumer.close()


def test_what_does_not_fit_is_an_error_and_nothing_is_lost_silently():
    with pytest.raises(ValueError, match=r"over the 5 MiB .* take more partitions or a smaller Store"):
        Store(users=500, days=60).topic("activity", Faults.none(), partitions=1)
    with Store(users=500, days=60).topic("activity", Faults.none(), partitions=4) as topic:
        consumer = topic.consumer("g")
        lows = [consumer.get_watermark_offsets(TopicPartition(topic.name, p), 10)[0] for p in range(4)]
        consumer.close()
    assert lows == [0] * 4


def test_without_faults_no_user_is_missing_its_key():
    with SMALL.topic("orders", Faults.none(), partitions=2) as topic:
        assert all(message.key() for message in everything(topic)) and topic.partitions == 2


def test_stopping_may_be_repeated():
    topic = SMALL.topic()
    topic.stop()
    topic.stop()
    assert "stopped" in repr(topic.broker)
    with pytest.raises(RuntimeError, match="has ended: start a new one"):
        topic.broker.up()


@pytest.mark.parametrize("use", [lambda t: t.consumer("g"), lambda t: t.replay(0), lambda t: t.servers])
def test_a_stopped_topic_says_so_at_once(use):
    topic = SMALL.topic()
    topic.stop()
    with pytest.raises(RuntimeError, match=r"this topic is stopped: make it again with store\.topic\(\)"):
        use(topic)
    assert "records in 4 partitions" in repr(topic)


@pytest.mark.parametrize("was", ["up", "down", "killed", "closed before"])
def test_consumers_that_were_left_open_are_closed_in_silence(capfd, processes, was):
    with SMALL.topic() as topic:
        left = topic.consumer("left")
        read(left, 5)
        pid = topic.broker._sidecar.pid
        if was == "down":
            topic.broker.down()
        elif was == "killed":
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            processes.until(lambda: not topic.broker.runs)
        elif was == "closed before":
            left.close()
        begun = time.monotonic()
    assert time.monotonic() - begun < 20
    if was != "killed":  # a consumer can't take leave of a broker that is gone
        with pytest.raises(RuntimeError, match="closed"):
            left.consume(1, 0.1)
    time.sleep(0.3)
    assert capfd.readouterr().err == ""


def test_what_an_interrupt_left_unsent_is_not_sent_in_the_background(capfd, monkeypatch):
    cluster, made = Broker(), []
    cluster.create("t", 1)

    class Watched(confluent_kafka.Producer):
        def __init__(self, settings):
            super().__init__(settings)
            made.append(self)

    def interrupted():
        yield None, "{}", 1
        cluster.down()
        for number in range(10):
            yield None, "{}", number
        raise KeyboardInterrupt

    monkeypatch.setattr(broker, "Producer", Watched)
    with pytest.raises(KeyboardInterrupt):
        broker.produce(cluster.servers, "t", interrupted(), None)
    (producer,) = made
    assert producer.flush(5) == 0
    cluster.stop()
    time.sleep(0.3)
    assert capfd.readouterr().err == ""


@posix
def test_a_forked_worker_knows_that_it_is_not_stopped(topic):
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(topic.servers != topic._servers)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def test_records_that_do_not_come_have_two_reasons(topic):
    consumer = topic.consumer("read already")
    read(consumer, len(topic))
    with pytest.raises(TimeoutError, match=r"0 of 1 .*is the broker there, or has this group read them already\?"):
        read(consumer, 1, patience=0.1)
    consumer.close()


def test_a_topic_of_our_own_has_the_name_of_its_table(topic, on_cluster):
    assert topic.name == "orders" and re.fullmatch(r"orders_[0-9a-f]{8}", on_cluster.name)


@posix
@pytest.mark.parametrize("end", ["kill", *(pytest.param(end, marks=pytest.mark.full) for end in ("exit", "interrupt"))])
def test_it_is_gone_with_its_process(processes, end):
    code = "from dataml_lab.store.broker import Broker\nbroker = Broker()"
    with processes.parent(code) as parent:
        (pid,) = processes.family(parent.pid)
        processes.finish(parent, end)
        processes.until(lambda: processes.gone(pid))


@posix
def test_an_interrupt_of_the_notebook_does_not_reach_it(processes):
    code = ("import signal; from dataml_lab.store.broker import Broker\n"
            "signal.signal(signal.SIGINT, lambda *_: None)\nbroker = Broker()\nprint(broker.servers)")  # fmt: skip
    with processes.parent(code) as parent:
        os.killpg(parent.pid, signal.SIGINT)
        assert confluent_kafka.Producer({"bootstrap.servers": parent.words[0]}).list_topics(timeout=10).brokers


def test_errors_say_what_to_do(monkeypatch):
    monkeypatch.setattr(broker, "ADMINISTRATION", 0.3)
    monkeypatch.setenv(broker.SERVERS, "127.0.0.1:1")
    with pytest.raises(doctor.Trouble, match=r"no topic could be made at 127.0.0.1:1, the servers of DATAML_LAB_KAFKA"):
        doctor.kafka()
    monkeypatch.delenv(broker.SERVERS)
    assert "holds" in doctor.kafka()
    monkeypatch.setattr(broker.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="pip install confluent-kafka"):
        Broker()
