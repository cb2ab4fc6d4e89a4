"""The Store as a topic on the Kafka protocol, on a broker of its own or on a cluster that is there already.

A broker of its own is librdkafka's mock cluster in a process beside this one (see `mock_cluster`), which ends with
it. The environment variable DATAML_LAB_KAFKA, the bootstrap servers of a cluster, names one to use instead.
"""

import importlib.util
import os
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from dataml_lab.store import mock_cluster
from dataml_lab.store.raw import Raw
from dataml_lab.store.sidecar import Sidecar

SERVERS = "DATAML_LAB_KAFKA"
LIMIT = 5 * 1024 * 1024  # bytes a partition of our own broker holds
OVERHEAD = 100  # bytes that a record takes beside its key and value, at most
ADMINISTRATION = 3  # seconds a cluster has to make a topic
PATIENCE = 30  # seconds for what a broker has to do
USER = re.compile(r'"user_id": "?(\d+)')
QUIET = {"log_level": 0}  # librdkafka's own words come from its threads, into whatever is on the screen by then


class Broker:
    """A broker of our own; `servers` says where. `stop()` ends it, as does the end of this process."""

    def __init__(self) -> None:
        """Start one in a fraction of a second; RuntimeError with the reason if it doesn't start."""
        self._sidecar = Sidecar(Path(mock_cluster.__file__), library=str(library()))
        self.servers: str = self._sidecar.ask("servers")
        self.stop: Callable[[], None] = self._sidecar.stop

    def __repr__(self) -> str:
        return f"Broker({self.servers} {'runs' if self.runs else 'stopped'})"

    @property
    def runs(self) -> bool:
        """Whether it still runs, reachable or not."""
        return self._sidecar.alive

    @property
    def stopped(self) -> bool:
        """Whether `stop()` was called; unlike `runs`, a forked worker knows it too."""
        return not self._sidecar.stop.alive

    def create(self, topic: str, partitions: int) -> None:
        """Make a topic."""
        self._sidecar.ask("create", topic=topic, partitions=partitions)

    def down(self) -> None:
        """Make the broker unreachable, as if it had crashed."""
        self._sidecar.ask("down")

    def up(self) -> None:
        """Make it reachable again at the same address, with the log that it had."""
        self._sidecar.ask("up")


def library() -> Path:
    """The librdkafka in confluent-kafka; RuntimeError if it isn't where that package has it."""
    found = importlib.util.find_spec("confluent_kafka")
    package = Path(found.origin).parent if found else Path("nowhere")
    folders = (package.with_name("confluent_kafka.libs"), package / ".dylibs", package)
    files = [file for folder in folders for file in folder.glob("*rdkafka*") if "++" not in file.name]
    if not files:
        raise RuntimeError(
            "librdkafka is not installed here: `pip install confluent-kafka==2.16.1`, or name a Kafka cluster in the "
            f"environment variable {SERVERS}, such as host:9092"
        )
    return files[0]


class Member(Consumer):
    """A consumer that can be remembered weakly."""


class Topic:
    """The raw records of a table in a topic: `servers` and `name` say where. `len()` is how many it holds.

    On a broker of its own it has the table's name; on a cluster that is there already, a new one. `stop()` ends
    its own broker and closes the consumers that `consumer` gave, as does the end of a `with` or of the process;
    on a cluster that is there already the topic stays.
    """

    def __init__(self, raw: Raw, partitions: int) -> None:
        """A topic of all lines in the order of arrival, keyed by user; ValueError if they don't fit the broker."""
        servers = os.environ.get(SERVERS)
        self.broker = None if servers else Broker()
        self._servers = servers or self.broker.servers
        self.name = f"{raw.table}_{secrets.token_hex(4)}" if servers else raw.table
        self.partitions, self._consumers = partitions, WeakSet()
        try:
            self._fill(raw)
        except BaseException:
            self.stop()
            raise

    def _fill(self, raw: Raw) -> None:
        if self.broker:
            self.broker.create(self.name, self.partitions)
        else:
            self.partitions = create(self.servers, self.name, self.partitions)
        records = [(user(line), line, arrived) for line, arrived in zip(raw.lines, milliseconds(raw), strict=True)]
        counts = produce(self.servers, self.name, records, LIMIT if self.broker else None)
        self.ends = [counts[partition] for partition in range(self.partitions)]

    def __repr__(self) -> str:
        return f"Topic({self.name}: {len(self):,} records in {self.partitions} partitions at {self._servers})"

    def __len__(self) -> int:
        return sum(self.ends)

    def __enter__(self) -> "Topic":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def servers(self) -> str:
        """Where its broker is: host:port; RuntimeError once it is stopped."""
        if self.broker and self.broker.stopped:
            raise RuntimeError("this topic is stopped: make it again with store.topic()")
        return self._servers

    def stop(self) -> None:
        """End the broker if it is our own, and the consumers first; a second time does nothing."""
        if self.broker and self.broker.runs:
            self.broker.up()  # a consumer that can't take leave of its broker waits for minutes
            for consumer in list(self._consumers):
                consumer.close()
        if self.broker:
            self.broker.stop()

    def consumer(self, group: str, **settings: Any) -> Consumer:
        """A consumer in a group that reads from the group's last commit, or the start, and commits when told to.

        A silent member is given up after two seconds. Settings of librdkafka, with `_` for `.`, go first.
        """
        usual = {
            "bootstrap.servers": self.servers,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 2_000,
            "heartbeat.interval.ms": 300,
            "reconnect.backoff.max.ms": 500,
            **QUIET,
        }
        consumer = Member({**usual, **{name.replace("_", "."): value for name, value in settings.items()}})
        self._consumers.add(consumer)
        consumer.subscribe([self.name])
        return consumer

    def replay(self, partition: int, offset: int = 0) -> list[Message]:
        """The records of a partition from an offset to its end, outside any group."""
        settings = {"bootstrap.servers": self.servers, "group.id": "replay", "enable.auto.commit": False}
        consumer = Consumer({**settings, **QUIET})
        try:
            consumer.assign([TopicPartition(self.name, partition, offset)])
            return read(consumer, self.ends[partition] - offset)
        finally:
            consumer.close()


def read(consumer: Consumer, number: int, patience: float = PATIENCE) -> list[Message]:
    """The next records of a consumer; TimeoutError if they don't come, KafkaException for an error in between."""
    found: list[Message] = []
    deadline = time.monotonic() + patience
    while len(found) < number:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{len(found)} of {number} records came within {patience} s: "
                "is the broker there, or has this group read them already?"
            )
        found += map(sound, consumer.consume(min(number - len(found), 10_000), timeout=0.2))
    return found


def sound(message: Message) -> Message:
    """A message that is a record and no error."""
    if message.error():
        raise KafkaException(message.error())
    return message


def create(servers: str, name: str, partitions: int) -> int:
    """Make a topic on a cluster; returns how many partitions it has.

    A cluster that has no administration makes topics at their first mention, with as many partitions as it
    likes. RuntimeError if there is no topic in the end.
    """
    admin = AdminClient({"bootstrap.servers": servers, **QUIET})
    with suppress(KafkaException):
        admin.create_topics([NewTopic(name, partitions)], request_timeout=ADMINISTRATION)[name].result()
    producer = Producer({"bootstrap.servers": servers, **QUIET})
    try:
        found = producer.list_topics(name, ADMINISTRATION).topics[name]
    except KafkaException as error:
        raise RuntimeError(f"no topic could be made at {servers}, the servers of {SERVERS}: {error}") from None
    if found.error or not found.partitions:
        raise RuntimeError(f"no topic could be made at {servers}, the servers of {SERVERS}: {found.error}")
    return len(found.partitions)


def user(line: str) -> str | None:
    """The user of a raw line as the key of a record; None where the line has lost it.

    >>> user('{"order_id": 7, "user_id": 12, "total": 4.5}'), user('{"order_id": 7, "us')
    ('12', None)
    """
    found = USER.search(line)
    return found and found[1]


def milliseconds(raw: Raw) -> list[int]:
    """When each line arrived, in Unix milliseconds."""
    return raw.received_at.astype("datetime64[ms]").astype(int).tolist()


Record = tuple[str | None, str, int]


def produce(servers: str, topic: str, records: Iterable[Record], limit: int | None) -> Counter[int]:
    """Send (key, value, time) records to a topic in this order; returns how many went to each partition.

    ValueError before a partition holds more bytes than `limit`; RuntimeError if the broker does not take them.
    """
    counts, sizes, errors = Counter(), Counter(), []

    def delivered(error: KafkaError | None, message: Message) -> None:
        if error:
            errors.append(error)
        else:
            counts[message.partition()] += 1
            sizes[message.partition()] += len(message) + len(message.key() or b"") + OVERHEAD

    settings = {
        "bootstrap.servers": servers,
        "enable.idempotence": True,
        "message.timeout.ms": PATIENCE * 1000,
        "partitioner": "consistent",  # the usual one scatters records without a key at random
        **QUIET,
    }
    producer = Producer(settings)
    try:
        for number, (key, value, time_) in enumerate(records):
            producer.produce(topic, value.encode(), key, timestamp=time_, on_delivery=delivered)
            if number % 5_000 == 4_999:
                producer.flush(PATIENCE)
                complain(topic, errors, sizes, limit)
        producer.flush(PATIENCE)
        complain(topic, errors, sizes, limit)
    except BaseException:
        producer.purge()  # or it goes on trying to send what is left
        raise
    return counts


def complain(topic: str, errors: list[KafkaError], sizes: Counter[int], limit: int | None) -> None:
    """Raise if records were refused, or a partition is over its limit and so has begun to forget."""
    if errors:
        raise RuntimeError(f"the broker did not take {len(errors):,} records of {topic}: {errors[0]}")
    over = [partition for partition, size in sizes.items() if limit and size > limit]
    if over:
        raise ValueError(
            f"partition {over[0]} of {topic} is over the {limit / 2**20:g} MiB that our own broker holds: take more "
            f"partitions or a smaller Store, or name a Kafka cluster in the environment variable {SERVERS}"
        )
