"""The stream processor: counts records into windows as they come, and keeps in one file all that a crash must spare."""

import json
import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dataml_lab.pipeline.ingest import parse_line, printable
from dataml_lab.pipeline.push import open_sqlite, sqlite_errors
from dataml_lab.streaming.windows import Question, Sessions, Window, exactly, joined, micros

if TYPE_CHECKING:
    import pandas as pd

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
NEVER = (datetime.min.replace(tzinfo=UTC) - EPOCH) // TICK  # the watermark of a partition that has shown no event
encode = json.JSONEncoder().encode
# Times are whole microseconds, in the file and in memory: sums and edges of them are exact.
TABLES = """
CREATE TABLE IF NOT EXISTS question (text TEXT);
CREATE TABLE IF NOT EXISTS partitions (partition INTEGER PRIMARY KEY, position, watermark,
    counted, left_out, late, repeated, quarantined);
CREATE TABLE IF NOT EXISTS windows (partition, start, key TEXT, "end", events, cents,
    PRIMARY KEY (partition, start, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ids (partition, moment, id TEXT, PRIMARY KEY (partition, moment, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS late (partition, "offset", id TEXT, moment, behind,
    PRIMARY KEY (partition, "offset")) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantined (partition, "offset", reason TEXT, raw TEXT,
    PRIMARY KEY (partition, "offset")) WITHOUT ROWID;
"""
ADDED = """SELECT key, start, "end", sum(events), sum(cents) FROM windows GROUP BY key, start, "end\""""
JOINED = """
WITH placed AS (
    SELECT *, start < max("end") OVER (
        PARTITION BY key ORDER BY start, partition ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS overlaps
    FROM windows),
numbered AS (
    SELECT *, sum(coalesce(1 - overlaps, 1)) OVER (
        PARTITION BY key ORDER BY start, partition ROWS UNBOUNDED PRECEDING) AS number
    FROM placed)
SELECT key, min(start) AS start, max("end") AS "end", sum(events), sum(cents) FROM numbered GROUP BY key, number
"""
FINAL = 'SELECT * FROM ({}) WHERE ? OR "end" <= (SELECT min(watermark) FROM partitions)'


class Arrived(NamedTuple):
    """A record of a topic: its place there, and its value."""

    partition: int
    offset: int
    value: bytes | None


class Counts(NamedTuple):
    """How many records were counted in windows, left out by the question's `where`, and so on; all in all, taken."""

    counted: int = 0
    left_out: int = 0
    late: int = 0
    repeated: int = 0
    quarantined: int = 0


class Event(NamedTuple):
    """What a question needs of an event: id and key as JSON, when it occurred, its worth, whether `where` holds."""

    id: str
    key: str
    moment: int
    cents: int
    asked_for: bool


@dataclass(slots=True)
class Tally:
    """What is counted in a window that ends at `end`."""

    end: int
    events: int = 0
    cents: int = 0


@dataclass(slots=True)
class Partition:
    """The memory of a partition: what is still open, and what the file doesn't have yet."""

    position: int = 0
    watermark: int = NEVER
    counts: list[int] = field(default_factory=lambda: [*Counts()])
    ids: set[str] = field(default_factory=set)
    windows: dict[tuple[int, str], Tally] = field(default_factory=dict)  # by start and key
    starts: dict[str, list[int]] = field(default_factory=dict)  # of the windows of a key, in order
    forgettable: list[tuple[int, str]] = field(default_factory=list)  # a heap of (moment, id)
    closable: list[tuple[int, int, str]] = field(default_factory=list)  # a heap of (end or earlier, start, key)
    new_ids: list[tuple[int, str]] = field(default_factory=list)
    changed: set[tuple[int, str]] = field(default_factory=set)  # (start, key), there or no longer
    late: list[tuple[int, str, int, int]] = field(default_factory=list)
    quarantined: list[tuple[int, str, str]] = field(default_factory=list)

    def take(self, offset: int, event: Event, question: Question, lateness: int) -> None:
        """Counts the event, or says why it doesn't count; either way the watermark may move."""
        if not event.asked_for:
            self.counts[1] += 1
        elif event.moment < self.watermark:
            self.counts[2] += 1
            self.late.append((offset, event.id, event.moment, self.watermark - event.moment))
        elif event.id in self.ids:
            self.counts[3] += 1
        else:
            self.counts[0] += 1
            self.count(event, question)
        self.watermark = max(self.watermark, event.moment - lateness)
        while self.forgettable and self.forgettable[0][0] < self.watermark:
            self.ids.discard(heappop(self.forgettable)[1])

    def refuse(self, offset: int, reason: str, raw: str) -> None:
        """Puts a record that is no event in quarantine."""
        self.counts[4] += 1
        self.quarantined.append((offset, printable(reason), printable(raw)))

    def count(self, event: Event, question: Question) -> None:
        """Adds the event to its windows, and remembers that it did."""
        self.remember(event.moment, event.id)
        self.new_ids.append((event.moment, event.id))
        tally_of = self.session if isinstance(question.windows, Sessions) else self.tally
        for window in question.windows.around(event.moment):
            tally = tally_of(event.key, window)
            tally.events += 1
            tally.cents += event.cents

    def remember(self, moment: float, identity: str) -> None:
        """Keeps an id until the watermark has passed its moment: a repeat is late then."""
        self.ids.add(identity)
        heappush(self.forgettable, (moment, identity))

    def tally(self, key: str, window: Window) -> Tally:
        """The tally of a key's window, which is opened if need be."""
        place = window.start, key
        if place not in self.windows:
            self.open(key, window.start, Tally(window.end))
        self.changed.add(place)
        return self.windows[place]

    def session(self, key: str, window: Window) -> Tally:
        """The tally of the key's session that the window and the sessions that it overlaps become together."""
        parts = [Window(start, self.windows[start, key].end) for start in self.overlapping(key, window)]
        whole = joined([window, *parts])
        tally = self.tally(key, whole)
        tally.end = whole.end
        for start in (part.start for part in parts if part.start > whole.start):
            part = self.drop(key, start)
            tally.events += part.events
            tally.cents += part.cents
            self.changed.add((start, key))
        return tally

    def overlapping(self, key: str, window: Window) -> list[int]:
        """The starts of the key's sessions that overlap the window."""
        starts = self.starts.get(key, [])
        first = last = bisect_left(starts, window.end)
        while first and window.start < self.windows[starts[first - 1], key].end:
            first -= 1
        return starts[first:last]

    def open(self, key: str, start: int, tally: Tally) -> None:
        """Has a window be open until the watermark reaches its end."""
        self.windows[start, key] = tally
        insort(self.starts.setdefault(key, []), start)
        heappush(self.closable, (tally.end, start, key))

    def drop(self, key: str, start: int) -> Tally:
        """The tally of a window that is open no longer."""
        starts = self.starts[key]
        del starts[bisect_left(starts, start)]
        if not starts:
            del self.starts[key]
        return self.windows.pop((start, key))

    def close(self) -> None:
        """Drops the windows that the watermark has closed."""
        while self.closable and self.closable[0][0] <= self.watermark:
            _, start, key = heappop(self.closable)
            tally = self.windows.get((start, key))  # None: it became part of another session
            if tally and tally.end <= self.watermark:
                self.drop(key, start)
            elif tally:  # a session that has become longer
                heappush(self.closable, (tally.end, start, key))

    @property
    def size(self) -> int:
        """How many windows are open and ids remembered."""
        return len(self.windows) + len(self.ids)


class Processor:
    """Answers a question from the records of a topic as they come, in an SQLite file that survives any crash.

    An event is late, and counted nowhere but in `late()`, if it occurred before the watermark of its partition: the
    latest moment that an earlier event of the partition told, minus `lateness` seconds. A window is closed when the
    watermark reaches its end. So what is closed never changes, and the answer depends neither on how the records of
    several partitions are mixed nor on the sizes of batches; one event whose clock is far ahead makes those after it
    late, though. An event counts once, by its identity in its partition; what is remembered is bounded by the windows
    that are open and the events of the last `lateness` seconds. A repeat that comes later than that is late.

    One key may be in several partitions: the pieces of its windows, sessions too, are put together in `results()`.
    Threads may share it, and processes its file: they wait for each other.

    >>> from dataml_lab.streaming import Tumbling
    >>> record = b'{"order_id": 1, "user_id": 3, "product_id": 5, "quantity": 1, "total": 42.5, "channel": "web",'
    >>> record += b' "status": "completed", "occurred_at": "2025-03-01T12:03Z", "received_at": "2025-03-01T12:03Z"}'
    >>> with Processor(":memory:", Question(Tumbling(300)), lateness=60) as processor:
    ...     processor.take([Arrived(0, 0, record), Arrived(0, 1, record)])
    ...     processor.results(preliminary=True)[["user_id", "events", "total"]].values.tolist(), processor.counts
    ([['3', 1, 42.5]], Counts(counted=1, left_out=0, late=0, repeated=1, quarantined=0))
    """

    def __init__(self, path: str | Path, question: Question, lateness: float) -> None:
        """Opens the file, or makes it. Raises ValueError if it is there and answers another question, or none.

        So it does for a lateness that is no time, and for a question whose windows are none.
        """
        if not 0 <= lateness < inf:
            raise ValueError(f"Processor(lateness={lateness!r}): seconds from 0 on are needed")
        self.path, self.question, self.lateness = Path(path), question, lateness
        self._exactly, self._lateness = question._replace(windows=exactly(question.windows)), micros(lateness)
        self._memory: dict[int, Partition] | None = None
        self._lock = threading.RLock()  # a connection has one transaction, whichever thread asks
        self._connection = open_sqlite(self.path, "processor")
        with self._transaction():
            self._prepare()

    def __repr__(self) -> str:
        return f"Processor({str(self.path)!r}, {described(self.question, self.lateness)})"

    def __enter__(self) -> "Processor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        with self._lock:
            self._connection.close()

    def take(self, records: Iterable[Arrived]) -> None:
        """Counts records of any partitions, each partition's in the order of offsets.

        All of it is one transaction, on the disk when this returns. Records below a partition's position have been
        taken before and change nothing. Raises IngestError if the file fails; after any error the processor is as it
        was before.
        """
        records = list(records)
        with self._changing() as partitions:
            for number, offset, value in records:
                partition = partitions[number]
                if offset >= partition.position:
                    self._take_one(partition, offset, value)
                    partition.position = offset + 1
            for number in {record.partition for record in records}:
                self._write(number, partitions[number])
                partitions[number].close()

    def expect(self, starts: dict[int, int]) -> None:
        """Notes the partitions that will be read, from these offsets: no window is final until each has closed it."""
        with self._changing() as partitions:
            for number, start in starts.items():
                if number not in partitions:
                    partitions[number] = Partition(start)
                    self._write(number, partitions[number])

    def results(self, preliminary: bool = False) -> "pd.DataFrame":
        """What each key's windows hold: key, start, end, events, total (EUR), by start and key.

        The key's column has its name in the question, and is absent if that is None; so is `total` without a value.
        Only windows that are closed in all partitions seen are there, or with `preliminary` what others hold so far.
        """
        import pandas as pd

        question = self.question
        sql = FINAL.format(JOINED if isinstance(question.windows, Sessions) else ADDED)
        table = pd.DataFrame(self._ask(sql, preliminary), columns=["key", "start", "end", "events", "total"])
        table["key"] = [showable(key) for key in table["key"]]
        table = table.sort_values(["start", "key"], ignore_index=True)
        table = table.assign(start=moments(table["start"]), end=moments(table["end"]), total=table["total"] / 100)
        table = table.astype({"events": "int64", "total": "float64"})
        unasked = ["key"] * (question.key is None) + ["total"] * (question.value is None)
        return table.drop(columns=unasked).rename(columns={"key": question.key})

    def late(self) -> "pd.DataFrame":
        """The late events: partition, offset, identity, when it occurred, how far `behind` the watermark that was."""
        import pandas as pd

        names = ["partition", "offset", self.question.identity, self.question.time, "behind"]
        table = pd.DataFrame(self._ask("SELECT * FROM late"), columns=names)
        table[names[2]] = [showable(identity) for identity in table[names[2]]]
        table[names[3]] = moments(table[names[3]])
        types = {"partition": "int64", "offset": "int64", "behind": "timedelta64[us]"}
        return table.astype({"behind": "int64"}).astype(types)

    def quarantined(self) -> "pd.DataFrame":
        """The records that are no events: partition, offset, reason, raw (text)."""
        import pandas as pd

        types = {"partition": "int64", "offset": "int64", "reason": "str", "raw": "str"}
        return pd.DataFrame(self._ask("SELECT * FROM quarantined"), columns=list(types)).astype(types)

    @property
    def positions(self) -> dict[int, int]:
        """The offset to go on from in each partition seen."""
        return dict(self._ask("SELECT partition, position FROM partitions"))

    @property
    def watermark(self) -> datetime | None:
        """The moment up to which results are final: the smallest watermark of the partitions seen; None before it."""
        ((smallest,),) = self._ask("SELECT min(watermark) FROM partitions")
        return None if smallest in (None, NEVER) else EPOCH + smallest * TICK

    @property
    def counts(self) -> Counts:
        """What became of the records taken."""
        ((*sums,),) = self._ask(f"SELECT {', '.join(f'sum({name})' for name in Counts._fields)} FROM partitions")
        return Counts(*(number or 0 for number in sums))

    @property
    def state_size(self) -> int:
        """How many windows are open and ids remembered, which the processor holds in memory too."""
        with self._transaction():
            return sum(partition.size for partition in self._remembered().values())

    def _take_one(self, partition: Partition, offset: int, value: bytes | None) -> None:
        text = (b"null" if value is None else value).decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        try:
            event = event_of(self.question.parse(parse_line(text)), self.question)
        except (ValueError, OverflowError) as error:  # the latter for a worth that is infinite
            partition.refuse(offset, told(error), text)
        else:
            partition.take(offset, event, self._exactly, self._lateness)

    def _prepare(self) -> None:
        tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "question" not in tables:
            raise ValueError(f"{self.path} is a database of something else: give the processor a file of its own")
        for statement in TABLES.split(";"):
            self._connection.execute(statement)
        asked = described(self.question, self.lateness)
        ((found,),) = self._connection.execute("SELECT max(text) FROM question")
        if found is None:
            self._connection.execute("INSERT INTO question VALUES (?)", [asked])
        elif found != asked:
            raise ValueError(f"{self.path} answers {found}, not {asked}: give this question a file of its own")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, sqlite_errors(self.path, "processor"), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _changing(self) -> Iterator[dict[int, Partition]]:
        """The partitions to be changed with the file; they are forgotten unless all goes well, and loaded again."""
        with self._lock:
            with self._transaction():
                partitions, self._memory = self._remembered(), None
                yield partitions
            self._memory = partitions

    def _remembered(self) -> dict[int, Partition]:
        """The partitions as they are in the file, which another process may have changed."""
        ((version,),) = self._connection.execute("PRAGMA data_version")
        if self._memory is None or version != self._version:
            self._memory, self._version = self._load(), version
        return self._memory

    def _load(self) -> dict[int, Partition]:
        ask = self._connection.execute
        partitions = defaultdict(Partition)
        for number, position, watermark, *counts in ask("SELECT * FROM partitions"):
            partitions[number] = Partition(position, watermark, counts)
        for number, moment, identity in ask("SELECT * FROM ids"):
            partitions[number].remember(moment, identity)
        still_open = 'SELECT windows.* FROM windows JOIN partitions USING (partition) WHERE "end" > watermark'
        for number, start, key, end, events, cents in ask(still_open):
            partitions[number].open(key, start, Tally(end, events, cents))
        return partitions

    def _write(self, number: int, partition: Partition) -> None:
        """Brings the file up to date with a partition."""
        write = self._connection.executemany
        row = (number, partition.position, partition.watermark, *partition.counts)
        write("INSERT OR REPLACE INTO partitions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
        gone, there = [], []
        for start, key in partition.changed:
            tally = partition.windows.get((start, key))
            if tally:
                there.append((number, start, key, tally.end, tally.events, tally.cents))
            else:
                gone.append((number, start, key))
        write("DELETE FROM windows WHERE partition = ? AND start = ? AND key = ?", gone)
        write("INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?, ?, ?)", there)
        write("DELETE FROM ids WHERE partition = ? AND moment < ?", [(number, partition.watermark)])
        recent = ((number, *known) for known in partition.new_ids if known[0] >= partition.watermark)
        write("INSERT INTO ids VALUES (?, ?, ?)", recent)
        write("INSERT INTO late VALUES (?, ?, ?, ?, ?)", ((number, *row) for row in partition.late))
        write("INSERT INTO quarantined VALUES (?, ?, ?, ?)", ((number, *row) for row in partition.quarantined))
        for unwritten in (partition.changed, partition.new_ids, partition.late, partition.quarantined):
            unwritten.clear()

    def _ask(self, sql: str, *values: object) -> list[tuple]:
        with self._lock, sqlite_errors(self.path, "processor"):
            return self._connection.execute(sql, values).fetchall()


def as_text(value: object) -> str:
    """An id or a key as JSON, so that 7 and "7" remain two."""
    return str(value) if type(value) is int else encode(value)  # which takes three times as long


def event_of(fields: dict, question: Question) -> Event:
    """What the question needs of an event. TypeError if its time has no zone, KeyError if it lacks a field."""
    where, value = question.where, question.value
    return Event(
        as_text(fields[question.identity]),
        "null" if question.key is None else as_text(fields[question.key]),
        (fields[question.time] - EPOCH) // TICK,
        0 if value is None else round(fields[value] * 100),
        where is None or fields[where[0]] == where[1],
    )


def showable(value: str) -> object:
    """An id or a key as it was, but what no table can hold is spelt out."""
    value = json.loads(value)
    return printable(value) if isinstance(value, str) else value


def told(error: ValueError | OverflowError) -> str:
    """Why a record was refused, without the detail that `parse_line` adds."""
    return str(error.args[0]) if type(error) is ValueError and error.args else str(error)


def described(question: Question, lateness: float) -> str:
    """The question as text, equal just when it is the same, be a number given as 300 or as 300.0."""
    windows = type(question.windows)(*map(float, question.windows))
    parse = getattr(question.parse, "__name__", type(question.parse).__name__)
    return f"{question._replace(windows=windows, parse=parse)} with a lateness of {float(lateness)} s"


def moments(microseconds: "pd.Series") -> "pd.Series":
    """Whole microseconds since 1970 as moments in UTC."""
    return microseconds.astype("int64").astype("datetime64[us]").dt.tz_localize("UTC")
