"""A change feed: what was inserted, updated and deleted in a PostgreSQL database, in the order of its commits.

PostgreSQL writes every change to its log before it does it; a replication slot is a bookmark in that log. The
feed reads on from the bookmark with SQL functions and decodes PostgreSQL's own format, `pgoutput` version 1
(https://www.postgresql.org/docs/18/protocol-logicalrep-message-formats.html).
"""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.adapt import Transformer
from psycopg.pq import Format


class Unchanged:
    """Stands for a long value that an update left alone: PostgreSQL doesn't write it to its log again."""

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED = Unchanged()


class Change(NamedTuple):
    """One changed row.

    `row` is the new row; of a deleted one, its key (the rest is None). `old` is what the row was before, as far
    as the table's replica identity tells: normally nothing, or the old key if that changed. `lsn` is the place
    in the log where the change's transaction ends, which its changes share.
    """

    lsn: str
    operation: str  # "insert", "update", "delete"
    table: str
    row: dict[str, Any]
    old: dict[str, Any] | None = None


class Relation(NamedTuple):
    """A table as the log describes it before its first change, and again when its columns have changed."""

    table: str
    columns: tuple[str, ...]
    types: tuple[int, ...]


class Message:
    """The bytes of a pgoutput message, read from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> Any:
        """The next number of this `struct` layout."""
        (value,) = struct.unpack_from(f">{layout}", self.data, self.at)
        self.at += struct.calcsize(f">{layout}")
        return value

    def kind(self) -> str:
        """The next byte as a letter."""
        return chr(self.take("B"))

    def text(self) -> str:
        """The next text, up to its zero byte."""
        end = self.data.index(0, self.at)
        text, self.at = self.data[self.at : end].decode(), end + 1
        return text

    def values(self) -> list[bytes | Unchanged | None]:
        """The next row."""
        return [self.value() for _ in range(self.take("H"))]

    def value(self) -> bytes | Unchanged | None:
        """The next value of a row, as PostgreSQL writes it."""
        kind = self.kind()
        if kind in "nu":
            return None if kind == "n" else UNCHANGED
        start = self.at + 4
        self.at = start + self.take("I")
        return self.data[start : self.at]


class Decoder:
    """Changes from pgoutput messages; `connection` knows how to read PostgreSQL's values."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._relations: dict[int, Relation] = {}
        self._transformer = Transformer(connection)
        self._pending: list[Change] = []

    def changes(self, messages: Iterator[bytes]) -> Iterator[Change]:
        """The changes of all transactions that end within these messages."""
        for message in map(Message, messages):
            match message.kind():
                case "R":
                    self._learn(message)
                case "I" | "U" | "D" as kind:
                    self._pending.append(self._change(kind, message))
                case "C":
                    yield from self._committed(message)

    def _learn(self, message: Message) -> None:
        number, _, table, _ = message.take("I"), message.text(), message.text(), message.kind()
        columns = [(message.kind(), message.text(), message.take("I"), message.take("i"))
                   for _ in range(message.take("H"))]  # fmt: skip
        self._relations[number] = Relation(table, tuple(c[1] for c in columns), tuple(c[2] for c in columns))

    def _change(self, kind: str, message: Message) -> Change:
        relation, old = self._relations[message.take("I")], None
        row_kind, row = message.kind(), self._row(relation, message)
        if kind == "U" and row_kind in "KO":
            message.kind()
            old, row = row, self._row(relation, message)
        if kind == "D" and row_kind == "O":
            old = row
        return Change("", {"I": "insert", "U": "update", "D": "delete"}[kind], relation.table, row, old)

    def _row(self, relation: Relation, message: Message) -> dict[str, Any]:
        values = map(self._load, message.values(), relation.types)
        return dict(zip(relation.columns, values, strict=True))

    def _load(self, value: bytes | Unchanged | None, type_: int) -> Any:
        if isinstance(value, bytes):
            return self._transformer.get_loader(type_, Format.TEXT).load(value)
        return value

    def _committed(self, message: Message) -> Iterator[Change]:
        message.take("B"), message.take("Q")
        end = message.take("Q")
        yield from (change._replace(lsn=f"{end >> 32:X}/{end & 0xFFFFFFFF:X}") for change in self._pending)
        self._pending.clear()


class Feed:
    """The changes of some tables since the feed was made: `peek()`, process, `acknowledge()`.

    What was acknowledged doesn't come again, unless the server crashes: it notes the place of a slot only now
    and then, so that after a crash changes from before that place come a second time. A feed that nobody reads
    keeps the server's log from being cleared: `drop()` ends it. Another process reads the same feed by its name:
    `Feed(dsn, name)`.
    """

    def __init__(self, dsn: str, name: str) -> None:
        self.dsn, self.name = dsn, name

    def __repr__(self) -> str:
        return f"Feed({self.name})"

    @classmethod
    def make(cls, dsn: str, name: str, tables: tuple[str, ...]) -> "Feed":
        """A new feed; RuntimeError if the server isn't set up for one, psycopg's error if the name is taken."""
        feed = cls(dsn, name)
        with feed._connect() as connection:
            (level,) = connection.execute("show wal_level").fetchone()
            if level != "logical":
                raise RuntimeError(f"the server's wal_level is {level!r}: a feed needs `logical` in its settings")
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("create publication {} for table {}").format(sql.Identifier(name), names))
            connection.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", [name])
        return feed

    def peek(self, limit: int | None = None) -> list[Change]:
        """The next changes, in the order of commits; the same ones again until they are acknowledged.

        Whole transactions: the last one is that in which the feed passes `limit` messages of the log. None are
        left when there are none; the feed then moves past what else is in the log, so that it can be cleared.
        """
        if limit is not None and limit < 1:
            raise ValueError(f"peek(limit={limit}): at least 1 is needed")
        with self._connect() as connection:
            while True:
                (end,) = connection.execute("select pg_current_wal_flush_lsn()").fetchone()
                messages = self._messages(connection, limit)
                if changes := list(Decoder(connection).changes(data for _, data in messages)):
                    return changes
                if limit is None or len(messages) < limit:  # it was read to its end, or further
                    self._advance(connection, end)
                    return []
                self._advance(connection, messages[-1][0])

    def acknowledge(self, changes: list[Change]) -> None:
        """These changes, all before them, and the rest of the last one's transaction shall not come again."""
        if changes:
            with self._connect() as connection:
                self._advance(connection, changes[-1].lsn)

    def drop(self) -> None:
        """End the feed."""
        with self._connect() as connection:
            connection.execute("select pg_drop_replication_slot(%s)", [self.name])
            connection.execute(sql.SQL("drop publication {}").format(sql.Identifier(self.name)))

    def _messages(self, connection: psycopg.Connection, limit: int | None) -> list[tuple[str, bytes]]:
        """The next messages, and where in the log each is; a commit's place is the end of its transaction."""
        return connection.execute(
            "select lsn::text, data from pg_logical_slot_peek_binary_changes"
            "(%s, null, %s, 'proto_version', '1', 'publication_names', %s)",
            [self.name, limit, self.name],
            binary=True,
        ).fetchall()

    def _advance(self, connection: psycopg.Connection, lsn: str) -> None:
        connection.execute("select pg_replication_slot_advance(%s, %s)", [self.name, lsn])

    def _connect(self) -> psycopg.Connection:
        options = "-c timezone=UTC -c datestyle=ISO"  # the server writes a change's times as its reader's session does
        return psycopg.connect(self.dsn, autocommit=True, options=options)
