"""Calling a student's answer: by its name, on copies, in silence, with a deadline, and taking plain data back."""

import contextlib
import copy
import functools
import io
import math
import operator
import signal
import sys
import threading
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from types import CoroutineType, FrameType
from typing import Any, NamedTuple

from dataml_lab.checks.plain import NotPlain, name_of, rebuilt
from dataml_lab.checks.plain import plain as plain  # the other side of an engine's process takes it from here

PACKAGE = str(Path(__file__).resolve().parents[1])
DEADLINE = 5.0  # seconds that one call of an answer may take
TOGETHER = 45.0  # seconds that all calls in one judgement may take: stock grading stops a cell after 60


class NotAttempted(Exception):
    """The exercise still holds its stub, or the answer is missing; the message says which."""


class Failed(Exception):
    """A call of an answer ended without a usable result; the message is a sentence for its author."""


class OutOfTime(Failed):
    """A call of an answer ran past its deadline."""


class Stopped(BaseException):
    """What a simulated system raises to end the answer that uses it: no `except Exception` holds it up."""


class TimeOut(Stopped):
    """The answer ran past its deadline."""


class Handle:
    """Base of the objects that an answer is handed to work with. An answer calls their methods by name, with
    plain data, and nothing else, so that a handle can as well stand for an object in another process."""


class Elsewhere(ABC):
    """Base of what stands for a function, class or object of a student's in another process."""

    @abstractmethod
    def ask(self, how: str, name: str, *arguments: Any) -> Any:
        """What the function `how` of `HOW` does with the thing itself, there."""


class Answer(NamedTuple):
    """A student's function. Calling it copies the arguments, silences output and warnings, and returns plain data.

    Raises `NotAttempted` when the function returns `NotImplemented`, as a stub does, and `Failed` when it
    raises, doesn't finish in `DEADLINE` seconds, or returns something that is not plain data.
    """

    name: str
    function: Callable

    def __call__(self, *arguments: Any) -> Any:
        return _done(called, self.function, self.name, *arguments)

    def and_after(self, *arguments: Any) -> tuple[Any, tuple]:
        """What a call returns, and the copies of its arguments as it left them."""
        return _done(called_and_left, self.function, self.name, *arguments)

    def each(self, arguments: list) -> tuple[list, list]:
        """What calls with each of these arguments return, and the copies of the arguments as the calls left them:
        both as they are after the last call, so that a result that a later call changed shows."""
        return _done(called_each, self.function, self.name, arguments)


class Maker(NamedTuple):
    """A student's class, or a function that makes objects. Calling it makes one, whose methods are called as answers
    are; `Failed` when that raises."""

    name: str
    kind: Callable

    def __call__(self, *arguments: Any) -> "Made":
        return Made(self.name, _done(made, self.kind, self.name, *arguments))


class Made(NamedTuple):
    """An object of a student's class: `made("add", 1)` calls its method `add`, as an `Answer` is called."""

    name: str
    thing: Any

    def __call__(self, method: str, *arguments: Any) -> Any:
        return _done(method_called, self.thing, self.name, method, *arguments)

    def told(self, method: str, *arguments: Any) -> tuple:
        """The copies of its arguments as a method left them, whose result may be anything, as that of `fit`."""
        return _done(method_told, self.thing, self.name, method, *arguments)


def _done(how: Callable, thing: Any, name: str, *arguments: Any) -> Any:
    """What is done with a thing of a student's: here, or in the process where it is."""
    if issubclass(type(thing), Elsewhere):
        return thing.ask(how.__name__, name, *arguments)
    return how(thing, name, *arguments)


def called(function: Callable, name: str, *arguments: Any) -> Any:
    """What a function returns for copies of these arguments, as plain data."""
    return called_and_left(function, name, *arguments)[0]


def called_and_left(function: Callable, name: str, *arguments: Any) -> tuple[Any, tuple]:
    """What a function returns, as plain data, and the copies of its arguments as it left them."""
    lent = tuple(map(_lent, arguments))
    return _result(name, function, lent, _plainly), lent


def called_each(function: Callable, name: str, arguments: list) -> tuple[list, list]:
    """What a function returns for each of these arguments, and their copies as it left them, after the last call."""
    lent = [_lent(argument) for argument in arguments]
    return _result(name, lambda: [function(argument) for argument in lent], (), _plainly), lent


def made(kind: Callable, name: str, *arguments: Any) -> Any:
    """The object that a student's class or function makes."""
    return _result(name, kind, tuple(map(_lent, arguments)))


def method_called(thing: Any, name: str, method: str, *arguments: Any) -> Any:
    """What a method of an object returns for copies of these arguments, as plain data."""
    return called(_method(thing, name, method), f"{name}.{method}", *arguments)


def method_told(thing: Any, name: str, method: str, *arguments: Any) -> tuple:
    """The copies of its arguments as a method of an object left them, whatever it returns."""
    lent = tuple(map(_lent, arguments))
    _result(f"{name}.{method}", _method(thing, name, method), lent)
    return lent


HOW = {how.__name__: how for how in (called, called_and_left, called_each, made, method_called, method_told)}


def _method(thing: Any, name: str, method: str) -> Callable:
    def call(*lent: Any) -> Any:
        function = getattr(thing, method, None)  # to look it up may run the student's code
        if not callable(function):
            raise Failed(f"{name} has no method `{method}`.")
        return function(*lent)

    return call


def _result(name: str, function: Callable, lent: tuple, read: Callable[[str, Any], Any] | None = None) -> Any:
    """What a function returns, as it is read. All that may run the student's code happens in silence and in time: the
    call, a look at what it returns, and the description of what it raises."""
    with _in_silence(), _in_time(name):
        result = _returned(name, function, lent)
        if result is NotImplemented:
            raise NotAttempted(f"the `{name}` that was run last still returns NotImplemented: run the answer cell "
                               "after a change")
        return read(name, result) if read else result


def _returned(name: str, function: Callable, lent: tuple) -> Any:
    """What a function returns; `Failed` with a description of what it raises."""
    try:
        return function(*lent)
    except BaseException as error:  # pytest.fail, too, is no Exception
        if _is_ours(error) or type(error) is KeyboardInterrupt:
            raise
        words = _described(error)
    finally:
        for argument in lent:
            if isinstance(argument, Lent):
                argument.undo()
    raise Failed(f"{name} raised {words}.")


def _plainly(name: str, result: Any) -> Any:
    """A result as plain data; `Failed` where it is none."""
    try:
        if type(result) is CoroutineType:
            result.close()
            raise Failed(f"{name} is an `async def`, and nobody awaits it: make it a `def`.")
        return rebuilt(result)
    except NotPlain as error:
        words = str(error)
    except MemoryError:
        words = "more than fits into memory"
    except BaseException as error:
        if _is_ours(error):
            raise
        words = f"what can't be read: that raised {_described(error)}"
    raise Failed(f"{name} returned {words}.")


def _is_ours(error: BaseException) -> bool:
    """Whether an exception comes from this package, such as the crash of a simulated system: what the student's code
    raises itself, by whatever name, is an exception like any other."""
    if not issubclass(type(error), Stopped | Failed):
        return False
    files = [filename for filename, _ in _places(error)]
    return bool(files) and files[-1].startswith(PACKAGE)


def _places(error: BaseException) -> list[tuple[str, int]]:
    """The file and line of each frame that an exception came through, the innermost last. No file is opened."""
    found, step = [], error.__traceback__
    while step is not None:
        found.append((str.__str__(step.tb_frame.f_code.co_filename), step.tb_lineno))
        step = step.tb_next
    return found


def _described(error: BaseException) -> str:
    """An exception as type, message and the line of the answer it came from: `KeyError: 'total' (line 3)`."""
    try:
        message = " ".join(str.__str__(str(error))[:1_000].split())[:200]
    except BaseException:
        message = "(its message can't be shown)"
    lines = [line for filename, line in _places(error) if not filename.startswith(PACKAGE)]
    place = f" (line {lines[0]} of its cell)" if lines else ""
    return f"{name_of(type(error))}{': ' if message else ''}{message}{place}"


def maker(namespace: Mapping[str, Any], name: str) -> Maker:
    """The class `name` of a notebook's namespace; `NotAttempted` where there is none."""
    if not callable(namespace.get(name)):
        raise NotAttempted(f"there is no class `{name}` yet: run the answer cell first")
    return Maker(name, namespace[name])


def answer(namespace: Mapping[str, Any], name: str) -> Answer:
    """The function `name` of a notebook's namespace; `NotAttempted` where there is none."""
    if not callable(namespace.get(name)):
        raise NotAttempted(f"there is no function `{name}` yet: run the answer cell first")
    return Answer(name, namespace[name])


def answers(namespace: Mapping[str, Any], pattern: str) -> list[Answer]:
    """The functions of a notebook's namespace whose names match a pattern such as `test_*`, by name."""
    names = sorted(name for name in namespace if type(name) is str and name.isidentifier() and fnmatch(name, pattern))
    found = [Answer(name[:80], namespace[name]) for name in names if callable(namespace[name])]
    if not found:
        raise NotAttempted(f"there is no function named `{pattern}` yet: run the answer cell first")
    return found


class Lent:
    """A function that an answer is lent. What it changes of dicts and lists of the answer's is undone after the call,
    since the answer may use them again."""

    def __init__(self, function: Callable) -> None:
        functools.update_wrapper(self, function)
        self.function, self.changed = function, []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        boxes = [value for value in (*arguments, *named.values()) if issubclass(type(value), dict | list)]
        before = [_content(box) for box in boxes]
        try:
            return self.function(*arguments, **named)
        finally:
            self.changed += [pair for pair in zip(boxes, before, strict=True) if not _holds(*pair)]

    def __deepcopy__(self, memo: dict) -> "Lent":
        return self

    def undo(self) -> None:
        """Makes what it changed what it was before."""
        for value, before in reversed(self.changed):
            become(value, before)
        self.changed = []


def _content(box: dict | list) -> dict | list:
    """A copy of a dict or list, by no method of its own."""
    return dict(dict.items(box)) if issubclass(type(box), dict) else list(list.__iter__(box))


def _holds(box: dict | list, content: dict | list) -> bool:
    """Whether a dict or list holds the same objects as a copy of it."""
    def parts(of: dict | list) -> list:
        return [*dict.keys(of), *dict.values(of)] if isinstance(of, dict) else of

    now = parts(_content(box))
    return len(now) == len(parts(content)) and all(map(operator.is_, now, parts(content)))


def become(value: dict | list, other: dict | list) -> None:
    """Gives a dict or list the content of another, whatever methods it has itself."""
    if issubclass(type(value), dict):
        dict.clear(value)
        dict.update(value, other)
    else:
        list.clear(value)
        list.extend(value, other)


def _lent(argument: Any) -> Any:
    """What the answer gets for an argument: handles themselves, functions to call, and of data a copy."""
    if isinstance(argument, Handle):
        return argument
    return Lent(argument) if callable(argument) else copy.deepcopy(argument)


class _Sink(io.TextIOBase):
    """A text stream that swallows what is written to it."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """Standard output, standard error and warnings of the block go nowhere."""
    with contextlib.redirect_stdout(_Sink()), contextlib.redirect_stderr(_Sink()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_left = math.inf  # seconds, of those that all calls together may take


@contextlib.contextmanager
def together(seconds: float) -> Iterator[None]:
    """In the block all calls of answers together may take so long; the one that takes longer is `OutOfTime`, and so are
    those after it. Calls in another process don't count."""
    global _left
    before, _left = _left, seconds
    try:
        yield
    finally:
        _left = before


@contextlib.contextmanager
def _in_time(name: str) -> Iterator[None]:
    """Raises `OutOfTime` in the block when it has run for `DEADLINE`, or all calls for as long as they may."""
    global _left
    began, seconds = time.monotonic(), min(DEADLINE, _left)
    try:
        if seconds <= 0:
            raise TimeOut
        with within(seconds):
            yield
    except TimeOut:
        alone = f"{name} was still running after {DEADLINE:.0f} seconds and was stopped."
        raise OutOfTime(alone if seconds == DEADLINE else
                        f"All calls of your answer together took longer than {TOGETHER:.0f} seconds.") from None
    finally:
        _left -= time.monotonic() - began


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `TimeOut` in the block once it has run this long.

    Needs the main thread of a system with interval timers (Linux, macOS); elsewhere the block just runs.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    missed = 0

    def stop(_: int, frame: FrameType | None) -> None:
        nonlocal missed
        if undisturbed.depth:
            undisturbed.late = stop
            return
        missed += 1
        if missed > 1:  # a bare `except:` has swallowed one
            _end_at_the_next_line(frame)
        raise TimeOut

    before, tracing = signal.signal(signal.SIGALRM, stop), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)  # again and again
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if missed > 1:
            sys.settrace(tracing)


class Undisturbed:
    """A block that no deadline of `within` cuts short: one that passes meanwhile does so at its end. To mask the signal
    would not do, since a second thread takes it, and the main thread is disturbed all the same."""

    depth, late = 0, None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.late = self.late if self.depth else None
            self.depth += 1

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self.depth -= 1
        if self.late and not self.depth:
            frame, late, self.late = sys._getframe(), self.late, None
            while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
                frame = frame.f_back
            late(signal.SIGALRM, frame)


undisturbed = Undisturbed()


def _end_at_the_next_line(frame: FrameType | None) -> None:
    """Lets the frames of an answer raise `TimeOut` at the next line that they come to: that of an `except` and those
    after it are outside of the `try` that swallowed one."""
    def again(_: FrameType, event: str, __: Any) -> Callable:
        if event == "line":
            raise TimeOut
        return again

    while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
        frame.f_trace, frame = again, frame.f_back
    sys.settrace(lambda *_: None)
