"""The worker: the process in which a student's notebook runs. It runs cells and calls what they define, on request.

The judge, in another process, sends requests. A worker holds nothing but the student's work, and the judge believes
none of its replies: the student's code may have changed this module. A request is `[verb, ...]`, in `trusted_pickle`;
the reply is `["done", value]` or `["failed", kind, words]`, in `safe_codec`. During a request the worker can call what
the judge has lent it: it sends `["call", number, method, arguments, named]` and receives `["gave", value, changed
arguments]` or `["raised", exception]`.
"""

import contextlib
import gc
import itertools
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataml_lab.runtime.answers import Failed, Gives, Handle, NotAttempted, OutOfTime, become, called
from dataml_lab.runtime.deadline import Stopped, undisturbed, within
from dataml_lab.runtime.forms import CodecError
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.safe_codec import Channel, encode
from dataml_lab.runtime.shell import Shell, shell
from dataml_lab.runtime.trusted_pickle import Reference, loads, surely_same

KINDS = {NotAttempted: "not attempted", OutOfTime: "out of time", Failed: "failed"}


class Borrowed(Handle):
    """What the student's code gets for a handle that the judge lends: its methods, and nothing else of it."""

    def __init__(self, methods: dict[str, Callable]) -> None:
        self.__dict__.update(methods)

    def __deepcopy__(self, memo: dict) -> "Borrowed":
        return self


class Worker:
    """Serves the judge at the other end of a channel."""

    def __init__(self, channel: Channel, shell: Shell) -> None:
        self.channel, self.shell = channel, shell
        self.named: dict[str, Any] = {}  # the student's functions and classes, which the judge refers to by name
        self.things: dict[int, Any] = {}  # the student's objects that the judge refers to by number
        self.numbers = itertools.count(1)
        self.talking = threading.RLock()
        self.at_work = False  # whether a request is at work, in which what was lent can be called

    def serve(self) -> None:
        """Answers requests until the channel is closed."""
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self.answer(self.channel.receive())

    def answer(self, message: bytes) -> None:
        """Does what one request asks for, and replies."""
        before, self.at_work, verb, details = self.at_work, True, "", []
        try:
            verb, *details = loads(message, self._borrowed)
            if verb in ("gave", "raised"):  # to a question that a deadline cut short
                return
            reply = encode(["done", getattr(self, f"on_{verb}")(*details)])
        except tuple(KINDS) as error:
            reply = encode(["failed", next(KINDS[kind] for kind in KINDS if isinstance(error, kind)), str(error)])
        except KeyboardInterrupt:
            reply = encode(["failed", "failed", "It raised KeyboardInterrupt."])
        except Stopped:
            reply = encode(["failed", "stopped", ""])
        except CodecError as error:
            reply = encode(["failed", "failed", f"{_subject(verb, details)} returned {error}."])
        except Exception as error:  # the process goes on
            reply = encode(["failed", "failed", f"It could not be asked: {type(error).__name__}: {str(error)[:200]}."])
        with self.talking, undisturbed:  # by a deadline, or another thread: messages stay whole
            self.at_work = before
            self.channel.send(reply)

    def on_files(self, files: dict[str, bytes]) -> None:
        """Puts what was handed in beside the notebook where its cells look for it."""
        for name, data in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)

    def on_run(self, source: str, seconds: float) -> dict:
        """Runs a cell: its outputs, and the name that was not defined, if that ended it."""
        with within(seconds):
            return self.shell.run(source)

    def on_names(self) -> list[str]:
        """The names of all that can be called. Until they are asked for again they mean what they mean now: a check in
        a notebook, too, holds the functions themselves."""
        self.named = {name: value for name, value in self.shell.user_ns.items()
                      if type(name) is str and callable(value)}
        return list(self.named)

    def on_calls(self, thing: Any, name: str, given: list, method: str, gives: Gives) -> list:
        """What comes of calls of a thing of the student's, as a check would make them in a notebook: of each the
        result (of an object, its number), and of each argument None where it was left as it was, else [what it is]."""
        done = called(self._thing(thing), name, list(map(tuple, given)), method, gives)
        return [[self._kept(call.result) if gives == "object" else call.result, _changed(arguments, call.left)]
                for arguments, call in zip(given, done, strict=True)]

    def on_bare(self, thing: Any, arguments: list) -> list:
        """What a function returns, or the exception that it raises, for a caller in this process."""
        try:
            return ["returned", plain(self._thing(thing)(*arguments))]
        except Exception as error:
            return ["raised", self._kept(error), f"{type(error).__name__}: {error}"]

    def _thing(self, reference: str | int) -> Any:
        return self.named[reference] if isinstance(reference, str) else self.things[reference]

    def _kept(self, thing: Any) -> int:
        """The number by which the judge refers to a thing that stays here."""
        number = next(self.numbers)
        self.things[number] = thing
        return number

    def _borrowed(self, reference: Reference) -> Any:
        """What stands for a thing of the judge's."""
        number, _, methods = reference
        if number <= 0:
            return self.things[-number] if number else self.named[reference.name]
        if not methods:
            return self._caller(number, "")
        return Borrowed({method: self._caller(number, method) for method in methods})

    def _caller(self, number: int, method: str) -> Callable:
        def call(*arguments: Any, **named: Any) -> Any:
            verb, value, *changed = self._asked_back(_question(number, method, list(arguments), named))
            if verb == "raised":
                raise value
            for place, after in changed[0].items():
                become(named[place] if isinstance(place, str) else arguments[place], after)
            return value

        call.__name__ = method or "given"
        return call

    def _asked_back(self, message: bytes) -> list:
        """The judge's answer to a question; before it comes, the judge may ask for something itself."""
        reply = self._exchanged(message)
        while True:
            verb, *details = loads(reply, self._borrowed)
            if verb in ("gave", "raised"):
                return [verb, *details]
            self.answer(reply)
            reply = self._exchanged(b"")

    def _exchanged(self, message: bytes) -> bytes:
        """The next message from the judge, after this one is sent, unless it is empty."""
        with self.talking, undisturbed:
            if not self.at_work:
                raise RuntimeError("what a call was lent can't be used after its end")
            if message:
                self.channel.send(message)
            return self.channel.receive()


def _subject(verb: str, details: list) -> str:
    """What a sentence about a request begins with."""
    if verb != "calls":
        return "A cell"
    _, name, _, method, _ = details
    return f"{name}.{method}" if method else name


def _question(*details: Any) -> bytes:
    """The message that asks for a call of something lent, with plain data."""
    try:
        return encode(["call", *details])
    except CodecError:
        return encode(["call", *plain(list(details))])


def _changed(given: list, left: tuple) -> list:
    return [None if _same(one, other) else [_as_data(other)] for one, other in zip(given, left, strict=True)]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit, as far as they can be written; what was lent always is."""
    if isinstance(one, Handle) or callable(one) or surely_same(one, other):
        return True
    with contextlib.suppress(TypeError, CodecError):
        return _bytes(one) == _bytes(other)
    return False


def _bytes(value: Any) -> bytes:
    """Bytes that differ where a value does; of objects of the package, where their data do."""
    try:
        return encode(value)
    except CodecError:
        return encode(plain(value))


def _as_data(value: Any) -> Any:
    """A value as data that can be sent, or its type in words."""
    try:
        found = plain(value)
        encode(found)
        return found
    except (TypeError, CodecError):
        return f"<{type(value).__name__}>"


def serve(connection: socket.socket) -> None:
    """Serves the judge at the other end of a connection, in a folder whose modules can be imported. Objects in cycles
    stay to its end: a collection could run a student's `__del__` outside of every deadline."""
    gc.disable()
    sys.path.insert(0, "")
    Worker(Channel(connection), shell()).serve()
