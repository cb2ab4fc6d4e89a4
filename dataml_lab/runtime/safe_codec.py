"""Values as bytes, for a reader that does not trust the writer: to read them runs no code of the writer's.

A message is a tree in JSON, and the bytes of its arrays. In the tree, JSON's own scalars and lists stand for
themselves, and everything else is an object with one key, the tag of a `Form`. Types survive: what is read has the
types of what was written, columns and indexes of frames included.
"""

import json
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

from dataml_lab.runtime.forms import MOST_BYTES, TAGS, CodecError, Data, form_of

DEPTH = 60  # levels of nesting
MOST_VALUES = 2_000_000  # of a message, arrays not counted: three bytes of JSON can be an object of two hundred
JSON = frozenset({type(None), bool, int, float, str})
TEXT = frozenset({str})
WRITE = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
HEAD = struct.Struct("<II")  # bytes of the tree; number of arrays
SIZE = struct.Struct("<Q")  # bytes of an array, or of a message


def encode(value: Any) -> bytes:
    """The bytes of a value; CodecError naming the type of what can't be written."""
    writer = _Writer()
    try:
        tree = _of_few_values(WRITE(writer.tree(value, DEPTH))).encode("ascii")
    except (RecursionError, ValueError) as error:  # of a number too long for text, too
        raise CodecError(str(error)) from None
    sizes = [SIZE.pack(len(array)) for array in writer.arrays]
    message = b"".join([HEAD.pack(len(tree), len(sizes)), *sizes, tree, *writer.arrays])
    if len(message) > MOST_BYTES:
        raise CodecError(f"{len(message) >> 20} MB of data, where {MOST_BYTES >> 20} are the most")
    return message


def decode(message: bytes) -> Any:
    """The value of these bytes. Raises CodecError, whatever the bytes are."""
    try:
        tree, arrays = _parts(memoryview(message))
        return _Reader(arrays).value(json.loads(_of_few_values(str(tree, "ascii"))), DEPTH)
    except CodecError:
        raise
    except (Exception, RecursionError) as error:  # pandas and numpy raise whatever they like on nonsense
        raise CodecError(f"no value ({type(error).__name__}: {str(error)[:200]})") from None


def _of_few_values(tree: str) -> str:
    """The tree, as JSON; CodecError where it may have so many values that they take gigabytes."""
    if len(tree) > MOST_VALUES and sum(map(tree.count, ",[{")) > MOST_VALUES:
        raise CodecError(f"more than {MOST_VALUES:,} values")
    return tree


def _parts(message: memoryview) -> tuple[memoryview, list[memoryview]]:
    """The tree of a message, and its arrays."""
    length, count = HEAD.unpack_from(message)
    sizes = [length, *(SIZE.unpack_from(message, HEAD.size + SIZE.size * number)[0] for number in range(count))]
    place, found = HEAD.size + SIZE.size * count, []
    for size in sizes:
        found.append(message[place:place + size])
        place += size
    if place != len(message):
        raise CodecError("a message that is longer or shorter than it says")
    return found[0], found[1:]


class _Writer:
    """Makes trees, and keeps the bytes of arrays beside them."""

    def __init__(self) -> None:
        self.arrays = []

    def tree(self, value: Any, depth: int) -> Any:
        """The tree of a value that is no deeper than this."""
        if type(value) in JSON:
            return value
        if depth == 0:
            raise CodecError("data nested too deeply")
        if type(value) is list:
            return value if JSON.issuperset(map(type, value)) else self._each(value, depth - 1)
        if type(value) is dict and TEXT.issuperset(map(type, value)):
            simple = JSON.issuperset(map(type, value.values()))
            return {"d": value if simple else dict(zip(value, self._each(value.values(), depth - 1), strict=True))}
        if type(value) is Data:
            self.arrays.append(value.buffer)
            return {"": len(self.arrays) - 1}
        form = form_of(value)
        if form is None:
            raise CodecError(f"an object of type {type(value).__name__[:60]}, where plain data was expected")
        return {form.tag: self.tree(form.write(value), depth - 1)}

    def _each(self, values: Iterable[Any], depth: int) -> list:
        """The trees of values; most are scalars, and those aren't worth a call."""
        return [value if type(value) in JSON else self.tree(value, depth) for value in values]


class _Reader:
    """Makes values of trees."""

    def __init__(self, arrays: list[memoryview]) -> None:
        self.arrays = arrays

    def value(self, tree: Any, depth: int) -> Any:
        """The value of a tree that is no deeper than this."""
        if type(tree) in JSON:
            return tree
        if depth == 0:
            raise CodecError("data nested too deeply")
        if type(tree) is list:
            return tree if JSON.issuperset(map(type, tree)) else self._each(tree, depth - 1)
        (tag, content), = tree.items()
        return self._tagged(tag, content, depth - 1)

    def _each(self, trees: Iterable[Any], depth: int) -> list:
        """The values of trees."""
        return [tree if type(tree) in JSON else self.value(tree, depth) for tree in trees]

    def _tagged(self, tag: str, content: Any, depth: int) -> Any:
        if tag == "d":
            simple = JSON.issuperset(map(type, content.values()))
            return content if simple else dict(zip(content, self._each(content.values(), depth), strict=True))
        if tag == "":
            return Data(self.arrays[content])
        return TAGS[tag].read(self.value(content, depth))


class Channel:
    """A connection to another process that takes and brings whole messages."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self._ahead = connection, b""

    def send(self, message: bytes) -> None:
        """Sends a message."""
        self.connection.sendall(SIZE.pack(len(message)) + message)

    def receive(self, until: float | None = None, most: int = MOST_BYTES) -> bytes:
        """The next message; EOFError where the other end is closed. With `until`, a moment of `time.monotonic`,
        TimeoutError where it is not complete by then, however slowly it comes; CodecError where it is too long."""
        while len(self._ahead) < SIZE.size:
            self._ahead += self._more(1 << 16, until)
        size, = SIZE.unpack_from(self._ahead)
        if size > most:
            raise CodecError(f"a message of {size >> 20:,} MB, where {most >> 20} are the most")
        parts, there = [self._ahead[SIZE.size:]], len(self._ahead) - SIZE.size
        while there < size:
            parts.append(self._more(min(size - there, 1 << 20), until))
            there += len(parts[-1])
        message = b"".join(parts)
        self._ahead = message[size:]
        return message[:size]

    def _more(self, most: int, until: float | None) -> bytes:
        if until is not None:
            self.connection.settimeout(max(until - time.monotonic(), 1e-6))
        got = self.connection.recv(most)
        if not got:
            raise EOFError("the other end is closed")
        return got
