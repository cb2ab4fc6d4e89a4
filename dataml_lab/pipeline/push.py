"""Push: land what a source sends of its own accord, the records of a topic and the events of webhooks."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dataml_lab.pipeline.durable import storage_errors
from dataml_lab.pipeline.ingest import IngestError, RawZone

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

    from dataml_lab.store.broker import Topic

SILENCE_S = 10
LOCKED_S = 10
LANDED = re.compile(r"(.+)-(\d{3,})-(\d{12,})-(\d{12,})\.jsonl")  # a topic's name may have dashes of its own
BREAKS_TO_TABS = bytes.maketrans(b"\r\n", b"\t\t")
SQLITE_REMEDIES = {
    "not a database": "give the {what} a file of its own",
    "disk I/O": "free some space, or use another disk, then run again; what was kept before is safe",
    "full": "free some space, then run again; what was kept before is safe",
    "malformed": "the file is damaged: use a copy of it, or give the {what} a new one",
    "readonly": "choose a file you may write to, or change its permissions",
    "unable to open": "is its folder there, and may you write to it?",
    "locked": "another process is in the middle of a change: end it, or wait for it, then run again",
}


class Consumed(NamedTuple):
    """What one consume landed."""

    files: int = 0
    records: int = 0


class Span(NamedTuple):
    """The records of a topic's partition from offset `start` up to before `end`; `name` is that of their file."""

    topic: str
    partition: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """Such as orders-003-000000001000-000000002000.jsonl."""
        return f"{self.topic}-{self.partition:03}-{self.start:012}-{self.end:012}.jsonl"


def consume(topic: "Topic", zone: RawZone, limit: int = 1_000) -> Consumed:
    """Lands the records that the topic holds now beyond those in the zone, `limit` to a file.

    A file's name says which offsets of which topic it holds, so that the names are the checkpoint: data and
    position become durable in the same rename. A crash loses nothing and repeats nothing, whatever the broker
    remembers of us. Topics of different names may share a zone. Raises IngestError when the broker stays silent,
    or the zone holds offsets that the topic doesn't have.
    """
    consumed = Consumed()
    with reading(topic.servers) as consumer:
        for ahead in outstanding(consumer, topic.name, positions(zone, topic.name)):
            records = arriving(consumer, ahead)
            while batch := list(islice(records, limit)):
                ahead = land_batch(batch, ahead, zone)
                consumed = Consumed(consumed.files + 1, consumed.records + len(batch))
    return consumed


def land_batch(batch: list["Message"], ahead: Span, zone: RawZone) -> Span:
    """Lands the first records of the span, a line for each; returns the rest of the span."""
    end = batch[-1].offset() + 1
    zone.land(ahead._replace(end=end).name, (line(message.value()) for message in batch))
    return ahead._replace(start=end)


def line(value: bytes | None) -> bytes:
    r"""A JSON value as one line, valid just when the value was. A value that is absent is `null`.

    Line breaks become tabs: white space like them between JSON's words, and like them forbidden in its strings.

    >>> line(b'{"order_id":\n 17}'), line(None)
    (b'{"order_id":\t 17}\n', b'null\n')
    """
    return (b"null" if value is None else value.translate(BREAKS_TO_TABS)) + b"\n"


def positions(zone: RawZone, topic: str) -> dict[int, int]:
    """The offset to go on from in each partition of a topic: the largest end among its landed files."""
    ends: dict[int, int] = {}
    for landed in filter(None, (LANDED.fullmatch(path.name) for path in zone.files())):
        name, partition, _, end = landed[1], *map(int, landed.groups()[1:])
        if name == topic:
            ends[partition] = max(end, ends.get(partition, 0))
    return ends


def outstanding(consumer: "Consumer", topic: str, landed: dict[int, int]) -> list[Span]:
    """What partitions hold now beyond the landed offsets. Raises IngestError if the two don't fit."""
    return [span for span in spans(consumer, topic, landed) if span.start < span.end]


def spans(consumer: "Consumer", topic: str, landed: dict[int, int], into: str = "zone") -> list[Span]:
    """What each partition holds now beyond the offsets landed `into` something, be it nothing."""
    from confluent_kafka import TopicPartition

    known = consumer.list_topics(topic, timeout=SILENCE_S).topics[topic]
    if known.error:
        raise IngestError(f"{topic}: {known.error.str()}: check the topic's name and the broker's address")
    found = []
    for partition in sorted({*known.partitions, *landed}):
        place = TopicPartition(topic, partition)
        held = consumer.get_watermark_offsets(place, SILENCE_S) if partition in known.partitions else (0, 0)
        found.append(beyond(topic, partition, landed.get(partition), *held, into))
    return found


def beyond(topic: str, partition: int, landed: int | None, first: int, end: int, into: str = "zone") -> Span:
    """The span from the landed offset (None: from the first that the partition holds) to the partition's end.

    >>> beyond("orders", 3, 5, first=0, end=7)
    Span(topic='orders', partition=3, start=5, end=7)
    >>> beyond("orders", 3, 9, first=0, end=7)
    Traceback (most recent call last):
    dataml_lab.pipeline.ingest.IngestError: partition 3 of orders ends at offset 7, but the zone holds offsets
    up to 9: they are from another topic of that name; give this one a zone of its own
    """
    start = first if landed is None else landed
    if start > end:
        raise IngestError(
            f"partition {partition} of {topic} ends at offset {end}, but the {into} holds offsets up to {start}: "
            f"they are from another topic of that name; give this one a {into} of its own"
        )
    if start < first:
        raise IngestError(
            f"partition {partition} of {topic}: the offsets from {start} up to {first} were deleted at the source "
            f"before they landed; what has landed is safe: land the rest in a new {into}"
        )
    return Span(topic, partition, start, end)


def arriving(consumer: "Consumer", ahead: Span) -> Iterator["Message"]:
    """The records of a span, in their order, as they come. Raises IngestError when none comes for SILENCE_S."""
    from confluent_kafka import TopicPartition

    consumer.assign([TopicPartition(ahead.topic, ahead.partition, ahead.start)])
    at, heard = ahead.start, time.monotonic()
    while at < ahead.end:
        if time.monotonic() > heard + SILENCE_S:
            raise IngestError(
                f"partition {ahead.partition} of {ahead.topic}: nothing came for {SILENCE_S} s; "
                "what has landed is safe: run again to continue when the broker is there"
            )
        for message in consumer.consume(min(ahead.end - at, 1_000), timeout=0.2):
            if is_end(message) or message.offset() >= ahead.end:
                return
            yield message
            at, heard = message.offset() + 1, time.monotonic()


def is_end(message: "Message") -> bool:
    """Whether this tells of a partition's end; False for a record, and KafkaException for what tells of trouble."""
    if not (error := message.error()):
        return False
    from confluent_kafka import KafkaError, KafkaException

    if error.code() != KafkaError._PARTITION_EOF:
        raise KafkaException(error)
    return True


@contextmanager
def reading(servers: str) -> Iterator["Consumer"]:
    """A consumer, closed in the end; what it reports as wrong becomes IngestError."""
    from confluent_kafka import Consumer, KafkaException

    settings = {
        "bootstrap.servers": servers,
        "group.id": "ingest",  # has to be there, though we join no group
        "auto.offset.reset": "error",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "fetch.wait.max.ms": 10,  # a request that waits for more in one partition holds up the next partition
        "reconnect.backoff.max.ms": 500,
        "log_level": 0,
    }
    consumer = Consumer(settings)
    try:
        yield consumer
    except KafkaException as cause:
        reason = cause.args[0].str()
        raise IngestError(f"{servers}: {reason}; what has landed is safe: run again to continue") from cause
    finally:
        consumer.close()


class Inbox:
    """Events that are pushed to us, in an SQLite file: each is kept once, by its id. Threads may share it.

    Another body under the id of an event is no event, nor is it lost: it is among the `conflicts`. Processes may
    share it too: they wait for each other, up to LOCKED_S.

    >>> with Inbox(":memory:") as inbox:
    ...     for event_id, body in [("a", b"1"), ("b", b"2"), ("a", b"1"), ("b", b"3")]:
    ...         inbox.keep(event_id, body)
    ...     list(inbox), inbox.conflicts
    ([b'1', b'2'], [('b', b'3')])
    """

    def __init__(self, path: str | Path) -> None:
        self.path, self._lock = Path(path), threading.Lock()
        self._connection = open_sqlite(self.path, "inbox")
        self._ask("CREATE TABLE IF NOT EXISTS events (event_id TEXT PRIMARY KEY, body BLOB)")
        self._ask("CREATE TABLE IF NOT EXISTS conflicts (event_id TEXT, body BLOB, PRIMARY KEY (event_id, body))")

    def __repr__(self) -> str:
        return f"Inbox({str(self.path)!r})"

    def __enter__(self) -> "Inbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        ((events,),) = self._ask("SELECT count(*) FROM events")
        return events

    def __iter__(self) -> Iterator[bytes]:
        return (body for (body,) in self._ask("SELECT body FROM events ORDER BY rowid"))

    @property
    def conflicts(self) -> list[tuple[str, bytes]]:
        """The ids and bodies that came under the id of an earlier event with another body."""
        return self._ask("SELECT event_id, body FROM conflicts ORDER BY rowid")

    def keep(self, event_id: str, body: bytes) -> None:
        """Keeps an event unless it is there already; when this returns, it is on the disk.

        So the sender may be told that it arrived. Raises IngestError if it can't be kept.
        """
        self._ask("INSERT OR IGNORE INTO events VALUES (?, ?)", event_id, body)
        self._ask("INSERT OR IGNORE INTO conflicts SELECT ?1, ?2 FROM events WHERE event_id = ?1 AND body <> ?2",
                  event_id, body)  # fmt: skip

    def land(self, zone: RawZone) -> Path:
        """Lands all events, in the order of their arrival, as one file under the inbox's name."""
        return zone.land(f"{self.path.stem}.jsonl", map(line, self))

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._connection.close()

    def _ask(self, sql: str, *values: object) -> list[tuple]:
        with self._lock, sqlite_errors(self.path, "inbox"):
            return self._connection.execute(sql, values).fetchall()


def open_sqlite(path: Path, what: str) -> sqlite3.Connection:
    """An SQLite file, made if need be, on which a commit that returns is on the disk; `what` it is is for errors.

    Threads may share it if they take turns. Without a BEGIN each statement is committed at once.
    """
    with storage_errors(IngestError, path), sqlite_errors(path, what):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, LOCKED_S, isolation_level=None, check_same_thread=False)
        log_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def log_ahead(connection: sqlite3.Connection) -> None:
    """Has SQLite keep a log, which takes one wait for the disk per event instead of several."""
    deadline = time.monotonic() + LOCKED_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # SQLite doesn't wait for others with this, whatever its timeout
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@contextmanager
def sqlite_errors(path: Path, what: str) -> Iterator[None]:
    """Turns a failure of SQLite into IngestError: which file, what happened, what to do."""
    try:
        yield
    except sqlite3.Error as cause:
        known = (remedy.format(what=what) for words, remedy in SQLITE_REMEDIES.items() if words in str(cause))
        raise IngestError(f"{path}: {cause}: {next(known, 'what was kept before is safe')}") from cause
