"""The student's side: a process that runs the cells of a notebook and calls what they define, when it is asked to.

It holds nothing but the student's work. What it says is believed by nobody: it may be anything that the student's
code makes of this module. Requests are `[verb, ...]`, and each is answered by `["done", value]` or `["failed", kind,
words]`. While it is at work on one, it may ask back for what it was lent: `["call", number, method, arguments,
named]`, answered by `["gave", value, changed arguments]` or `["raised", exception]`.
"""

import contextlib
import itertools
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataml_lab.grading.engine.forms import WireError
from dataml_lab.grading.engine.shell import Shell, shell
from dataml_lab.grading.engine.told import Reference, heard
from dataml_lab.grading.engine.wire import Line, encode
from dataml_lab.runtime.answers import Failed, Gives, Handle, NotAttempted, OutOfTime, become, called
from dataml_lab.runtime.deadline import Stopped, undisturbed, within
from dataml_lab.runtime.plain import plain

KINDS = {NotAttempted: "not attempted", OutOfTime: "out of time", Failed: "failed"}


class Borrowed(Handle):
    """What stands for a handle that the student's code was lent: its methods, and nothing else of it."""

    def __init__(self, methods: dict[str, Callable]) -> None:
        self.__dict__.update(methods)

    def __deepcopy__(self, memo: dict) -> "Borrowed":
        return self


class Pupil:
    """The process as it serves its judge, at the other end of the line."""

    def __init__(self, line: Line, shell: Shell) -> None:
        self.line, self.shell = line, shell
        self.named: dict[str, Any] = {}  # functions and classes of the student's that the judge knows by name
        self.things: dict[int, Any] = {}  # objects of the student's that it has a reference to
        self.numbers = itertools.count(1)
        self.talking = threading.RLock()
        self.at_work = False  # whether there is a request that a call of something lent can belong to

    def serve(self) -> None:
        """Does what it is asked to, until the line is closed."""
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self.answer(self.line.receive())

    def answer(self, message: bytes) -> None:
        """Does what one request asks for, and says what came of it."""
        before, self.at_work, verb, details = self.at_work, True, "", []
        try:
            verb, *details = heard(message, self._borrowed)
            if verb in ("gave", "raised"):  # to a question that a deadline cut short
                return
            reply = encode(["done", getattr(self, f"on_{verb}")(*details)])
        except tuple(KINDS) as error:
            reply = encode(["failed", next(KINDS[kind] for kind in KINDS if isinstance(error, kind)), str(error)])
        except KeyboardInterrupt:
            reply = encode(["failed", "failed", "It raised KeyboardInterrupt."])
        except Stopped:
            reply = encode(["failed", "stopped", ""])
        except WireError as error:
            reply = encode(["failed", "failed", f"{_spoken_of(verb, details)} returned {error}."])
        except Exception as error:  # the process goes on
            reply = encode(["failed", "failed", f"It could not be asked: {type(error).__name__}: {str(error)[:200]}."])
        with self.talking, undisturbed:  # by a deadline, or another thread: messages stay whole
            self.at_work = before
            self.line.send(reply)

    def on_files(self, files: dict[str, bytes]) -> None:
        """Puts what was handed in beside the notebook where its cells look for it."""
        for name, data in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)

    def on_run(self, source: str, seconds: float) -> dict:
        """Runs a cell: what it wrote, and the name that it found missing."""
        with within(seconds):
            return self.shell.run(source)

    def on_names(self) -> list[str]:
        """The names of all that can be called, which stay what they are now, as those that a check in a notebook has
        found."""
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
            verb, *details = heard(reply, self._borrowed)
            if verb in ("gave", "raised"):
                return [verb, *details]
            self.answer(reply)
            reply = self._exchanged(b"")

    def _exchanged(self, message: bytes) -> bytes:
        """What comes next on the line, once a message is sent; an empty one isn't."""
        with self.talking, undisturbed:
            if not self.at_work:
                raise RuntimeError("what a call was lent can't be used after its end")
            if message:
                self.line.send(message)
            return self.line.receive()


def _spoken_of(verb: str, details: list) -> str:
    """What a request is about, in a sentence."""
    if verb != "calls":
        return "A cell"
    _, name, _, method, _ = details
    return f"{name}.{method}" if method else name


def _question(*details: Any) -> bytes:
    """The message that asks for a call of something lent, with plain data."""
    try:
        return encode(["call", *details])
    except WireError:
        return encode(["call", *plain(list(details))])


def _changed(given: list, left: tuple) -> list:
    return [None if _same(one, other) else [_as_data(other)] for one, other in zip(given, left, strict=True)]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit, as far as they can be written; what was lent always is."""
    if isinstance(one, Handle) or callable(one):
        return True
    with contextlib.suppress(TypeError, WireError):
        return _bytes(one) == _bytes(other)
    return False


def _bytes(value: Any) -> bytes:
    """Bytes that differ where a value does; of objects of the package, where their data do."""
    try:
        return encode(value)
    except WireError:
        return encode(plain(value))


def _as_data(value: Any) -> Any:
    """A value in a form that a judge takes, or its type in words."""
    try:
        found = plain(value)
        encode(found)
        return found
    except (TypeError, WireError):
        return f"<{type(value).__name__}>"


def serve(connection: socket.socket) -> None:
    """Serves the judge at the other end of a connection, in a folder whose modules can be imported."""
    sys.path.insert(0, "")
    Pupil(Line(connection), shell()).serve()
