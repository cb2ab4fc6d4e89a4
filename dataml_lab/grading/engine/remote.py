"""The judge's end of the channel to a worker: `RemoteWorker`, and `RemoteObject` for what students define in it.

A check calls remote objects as it calls functions and objects in a notebook. Their replies are taken as plain data, and
otherwise not trusted: a worker that is gone, hangs, or sends what no honest one sends is ended, and the answer that was
being judged loses the properties that don't hold yet.
"""

import itertools
import math
import pickle
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from types import MethodType
from typing import Any, Protocol

from dataml_lab.runtime.answers import ASLEEP, DEADLINE, Call, Failed, Gives, Handle, NotAttempted, OutOfTime, Remote
from dataml_lab.runtime.deadline import Stopped, TimeOut
from dataml_lab.runtime.forms import CodecError
from dataml_lab.runtime.safe_codec import Channel, decode
from dataml_lab.runtime.shell import size_of
from dataml_lab.runtime.trusted_pickle import Reference, can_be_imported, dumps

GRACE = 2.0  # seconds beyond a deadline, in which the worker is to report that it was missed
MOST_CALLS = 1_000_000  # of what was lent, in one request
SENSELESS = "said what makes no sense"
MOST_WORDS = 1_000  # characters of a sentence
MOST_OUTPUT = 1_000_000  # characters that are kept of a notebook's outputs; honest processes send less of a cell
KINDS = {"not attempted": NotAttempted, "out of time": OutOfTime, "failed": Failed}


class Gone(OutOfTime):
    """The worker has ended, or was ended because it did not answer as workers do; the message says how."""


class Raised(Exception):
    """A student's function raised an exception, which its worker keeps under a number."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number = number


class Process(Protocol):
    """A process in which a worker runs, and the socket to it: see `Fork`."""

    socket: Any

    def kill(self) -> None:
        """Ends it."""

    def ended(self) -> str:
        """Why it ended, in words; empty while it runs."""


class RemoteObject(Remote):
    """A function, class or object of a student's in a worker: known by its name, or by a number."""

    def __init__(self, worker: "RemoteWorker", thing: str | int) -> None:
        self.worker, self.thing = worker, thing

    def calls(self, name: str, given: list[tuple], method: str, gives: Gives) -> list[Call]:
        """What comes of calls of the thing, in its process."""
        reply = self.worker.ask(self.thing, "calls", name, [list(arguments) for arguments in given], method, gives)
        if not _is_list(reply, len(given)):
            self.worker.lied("fewer results than calls")
        return [self._call(one, arguments, gives) for one, arguments in zip(reply, given, strict=True)]

    def _call(self, reply: Any, given: tuple, gives: Gives) -> Call:
        """A call from its result and the arguments that it changed: [value] at their place, None at that of others."""
        if not (_is_list(reply, 2) and _is_list(reply[1], len(given))
                and all(other is None or _is_list(other, 1) for other in reply[1])):
            self.worker.lied("no result and arguments")
        result, changed = reply
        if gives == "object":
            number = result if type(result) is int else self.worker.lied("no number of an object")
            result = RemoteObject(self.worker, number)
        left = (one if other is None else other[0] for one, other in zip(given, changed, strict=True))
        return Call(result, tuple(left))

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns, for code that is itself called by the student's: exceptions come through."""
        reply = self.worker.ask(self.thing, "bare", list(arguments))
        if _is_list(reply, 2) and reply[0] == "returned":
            return reply[1]
        if _is_list(reply, 3) and reply[0] == "raised" and type(reply[1]) is int:
            raise Raised(reply[1], _words(reply[2]))
        return self.worker.lied("neither a result nor an exception")


class RemoteWorker:
    """A worker in another process, in which the cells of a notebook run on request."""

    def __init__(self, process: Process) -> None:
        self.process, self.channel = process, Channel(process.socket)
        self.until = math.inf  # the moment, of `time.monotonic`, up to which answers may be asked
        self.gone = ""  # how the worker ended, once it has
        self.lies: list[str] = []  # what it sent that no honest worker sends
        self._lent: dict[int, Any] = {}
        self._numbers = itertools.count(1)
        self._depth = 0
        self._raised: Stopped | None = None

    def give(self, files: Mapping[str, bytes]) -> None:
        """Puts files beside the notebook."""
        self._asked(["files", dict(files)], 60)

    def run(self, source: str, seconds: float) -> dict:
        """Runs a cell: its `outputs`, and the name that it found `missing`. Gone where it ends the process."""
        found = self._asked(["run", source, seconds], seconds)
        return found if _is_run(found) else self.lied("no list of outputs")

    def namespace(self) -> dict[str, RemoteObject]:
        """What can be called of what the cells have defined, by name."""
        names = self._asked(["names"], DEADLINE)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.lied("no list of names")
        return {name: RemoteObject(self, name) for name in names}

    def ask(self, thing: str | int, how: str, *details: Any) -> Any:
        """Makes a request about a thing in the worker; what is lent for it can be called until it is done."""
        if time.monotonic() > self.until:
            raise OutOfTime("All calls of your answer together took longer than they may.")
        self._depth += 1
        try:
            return self._asked([how, thing, *details], ASLEEP * DEADLINE)
        finally:
            self._depth -= 1
            if not self._depth:
                self._lent, self._raised = {}, None

    def _asked(self, request: list, seconds: float) -> Any:
        """The worker's reply to a request. Raises what a check expects: NotAttempted, Failed, OutOfTime; or Gone."""
        until = time.monotonic() + seconds + GRACE
        self._send(dumps(request, self._lend))
        for _ in range(MOST_CALLS):
            if time.monotonic() > until:
                self._lost("asked back and did not answer in time")
            verb, *details = self._received(until)
            if verb != "call":
                return self._came_of_it(verb, details)
            self._send(self._answered(*details) if len(details) == 4 else self.lied("a call of nothing"))
        return self.lied("questions without an end")

    def _came_of_it(self, verb: str, details: list) -> Any:
        if verb == "done" and len(details) == 1:
            return details[0]
        if verb == "failed" and len(details) == 2:
            kind, words = details
            if kind == "stopped":
                raise self._raised or Failed("It was stopped.")
            if isinstance(kind, str) and kind in KINDS:
                raise KINDS[kind](_words(words))
        return self.lied("an answer to nothing that it was asked")

    def _send(self, message: bytes) -> None:
        if self.gone:
            raise Gone(self.gone)
        try:
            self.process.socket.settimeout(GRACE + DEADLINE)
            self.channel.send(message)
        except OSError:
            self._lost("took nothing in any more")

    def _received(self, until: float) -> list:
        """The next message, which is a list that begins with a verb."""
        try:
            message = decode(self.channel.receive(until))
        except TimeoutError:
            self._lost("did not answer in time")
        except (EOFError, OSError):
            self._lost("is gone")
        except CodecError as error:
            self.lied(str(error))
        return message if isinstance(message, list) and message else self.lied("no message")

    def _lost(self, how: str) -> Any:
        """Ends the worker; raises Gone, with the reason that its fork server reports, if it had ended before."""
        why = self.process.ended()
        self._end(f"was ended: {why}" if why else f"{how}, and was ended")

    def lied(self, what: str) -> Any:
        """Ends a worker that sends what no honest one sends; raises Gone."""
        self.lies.append(what)
        self._end(f"{SENSELESS} ({_words(what)[:200]}), and was ended")

    def _end(self, how: str) -> Any:
        self.process.kill()
        self.gone = f"The process that your code ran in {how}."
        raise Gone(self.gone)

    def _lend(self, thing: Any) -> Reference | None:
        """The reference for a function or handle that an answer may call, or for an object of its own."""
        if isinstance(thing, RemoteObject):
            own = isinstance(thing.thing, int)
            return Reference(-thing.thing if own else 0, "" if own else thing.thing)
        if not (isinstance(thing, Handle) or callable(thing)):
            return None
        number = next(self._numbers)
        self._lent[number] = thing
        return Reference(number, "", methods(type(thing)))  # its name may be the secret: that of a faulty cleaner

    def _answered(self, number: Any, method: Any, arguments: Any, named: Any) -> bytes:
        """The reply to a call of something lent: what it returns or raises."""
        try:
            call = self._borrowed(number, method)
            if not isinstance(arguments, list) or not isinstance(named, dict) or not all(map(_is_text, named)):
                self.lied("a call without arguments")
            return self._gave(call, arguments, named)
        except (Gone, TimeOut):  # they end the judgement of the answer
            raise
        except Raised as error:
            return dumps(["raised", Reference(-error.number, "")], self._lend)
        except (Exception, Stopped) as error:
            self._raised = error if isinstance(error, Stopped) else self._raised
            return dumps(["raised", _portable(error)], self._lend)

    def _gave(self, call: Callable, arguments: list, named: dict) -> bytes:
        """What a call returns, and by place or name each dict or list among its arguments that it changed."""
        given = {**dict(enumerate(arguments)), **named}
        boxes = {place: argument for place, argument in given.items() if isinstance(argument, dict | list)}
        before = {} if isinstance(call, MethodType) else {place: pickle.dumps(box) for place, box in boxes.items()}
        result = call(*arguments, **named)
        changed = {place: boxes[place] for place in before if pickle.dumps(boxes[place]) != before[place]}
        return dumps(["gave", result, changed], self._lend)

    def _borrowed(self, number: Any, method: Any) -> Callable:
        """The method of a lent thing, or the thing itself where that is a function."""
        thing = self._lent.get(number) if isinstance(number, int) else None
        if thing is None:
            raise ReferenceError("what a call was lent can't be used after its end")
        if not isinstance(thing, Handle) and method == "":
            return thing
        if method not in methods(type(thing)):
            self.lied("a call of what is no method")
        return getattr(thing, method)


@cache
def methods(kind: type) -> tuple[str, ...]:
    """The names of the methods of handles of a kind; none of functions."""
    if not issubclass(kind, Handle):
        return ()
    return tuple(name for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name)))


def _portable(error: BaseException) -> BaseException:
    """The exception as one of its nearest base class that the worker can import and that keeps its words."""
    kinds = [kind for kind in type(error).__mro__ if "<locals>" not in kind.__qualname__ and can_be_imported(kind)]
    for kind, arguments in [(kinds[0], error.args), *((kind, (str(error),)) for kind in kinds)]:
        with suppress(Exception):
            found = kind.__new__(kind, *arguments)
            vars(found).update(vars(error))
            dumps(found, lambda _: None)
            if str(found) == str(error):
                return found
    return RuntimeError(type(error).__name__)


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_run(found: Any) -> bool:
    """Whether this is what running a cell gives."""
    if not (isinstance(found, dict) and found.keys() == {"outputs", "missing"} and isinstance(found["missing"], str)):
        return False
    kinds = {"stream": 3, "result": 2, "display": 2, "error": 4}
    return isinstance(found["outputs"], list) and all(
        isinstance(output, list) and output and kinds.get(str(output[0])) == len(output) and all(map(_is_text, output))
        for output in found["outputs"]) and size_of(found["outputs"]) <= MOST_OUTPUT


def _words(text: Any) -> str:
    """Words of a worker's as they may be shown: on one line, printable, and no longer than a sentence."""
    printable = "".join(c if c.isprintable() else " " for c in str(text)[:MOST_WORDS])
    return printable.encode("utf-8", "replace").decode("utf-8")
