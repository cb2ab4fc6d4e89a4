"""Calling a student's answer: by its name, on copies, in silence, with a deadline, and taking plain data back."""

import contextlib
import copy
import functools
import inspect
import io
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

PACKAGE = str(Path(__file__).resolve().parents[1])
DEADLINE = 5.0  # seconds that one call of an answer may take


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


class Elsewhere:
    """Base of what stands for a function, class or object of a student's in another process."""

    def ask(self, how: str, name: str, *arguments: Any) -> Any:
        """What the function `how` of `HOW` does with the thing itself, there."""
        raise NotImplementedError


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
    if isinstance(thing, Elsewhere):
        return thing.ask(how.__name__, name, *arguments)
    return how(thing, name, *arguments)


def called(function: Callable, name: str, *arguments: Any) -> Any:
    """What a function returns for copies of these arguments, as plain data."""
    return called_and_left(function, name, *arguments)[0]


def called_and_left(function: Callable, name: str, *arguments: Any) -> tuple[Any, tuple]:
    """What a function returns, as plain data, and the copies of its arguments as it left them."""
    lent = tuple(map(_lent, arguments))
    return _plainly(name, _result(name, function, lent)), lent


def called_each(function: Callable, name: str, arguments: list) -> tuple[list, list]:
    """What a function returns for each of these arguments, and their copies as it left them, after the last call."""
    lent = [_lent(argument) for argument in arguments]
    return _plainly(name, _result(name, lambda: [function(argument) for argument in lent], ())), lent


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


def _plainly(name: str, result: Any) -> Any:
    """A result as plain data; `Failed` where it is none."""
    if inspect.iscoroutine(result):
        result.close()
        raise Failed(f"{name} is an `async def`, and nobody awaits it: make it a `def`.")
    try:
        return plain(result)
    except TypeError as error:
        raise Failed(f"{name} returned {error}.") from None


def _result(name: str, function: Callable, lent: tuple) -> Any:
    try:
        with _in_silence(), within(DEADLINE):
            result = function(*lent)
    except TimeOut:
        raise OutOfTime(f"{name} was still running after {DEADLINE:.0f} seconds and was stopped.") from None
    except (KeyboardInterrupt, Stopped, Failed):
        raise
    except BaseException as error:  # pytest.fail, too, is no Exception
        raise Failed(f"{name} raised {_described(error)}.") from None
    finally:
        for argument in lent:
            if isinstance(argument, Lent):
                argument.undo()
    if result is NotImplemented:
        raise NotAttempted(f"the `{name}` that was run last still returns NotImplemented: run the answer cell after a "
                           "change")
    return result


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
    found = [Answer(name, value) for name, value in sorted(namespace.items())
             if fnmatch(name, pattern) and callable(value)]
    if not found:
        raise NotAttempted(f"there is no function named `{pattern}` yet: run the answer cell first")
    return found


SCALARS = (type(None), bool, float, str, bytes, date, timedelta, Decimal)
ZONES = (type(None), timezone, ZoneInfo)


def plain(value: Any, depth: int = 20) -> Any:
    """The same value, rebuilt from built-in types, arrays and frames, or TypeError saying what it holds instead.

    An object that lies about itself (a number equal to everything, a dict with methods of its own) doesn't get
    through: only exact types do, subclasses are converted to their base.

    >>> plain({"total": np.float64(4.5), "ids": (1, True)})
    {'total': 4.5, 'ids': (1, True)}
    """
    if depth == 0:
        raise TypeError("data nested more than twenty levels deep")
    if type(value) in SCALARS:
        return value
    if type(value) is int:
        return _plain_whole(value)
    if type(value) is datetime:
        return value if type(value.tzinfo) in ZONES else value.replace(tzinfo=_plain_zone(value))
    if isinstance(value, dict):
        return {plain(k, depth - 1): plain(v, depth - 1) for k, v in dict.items(value)}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(plain(item, depth - 1) for item in kind.__iter__(value))
    return _plain_scalar(value)


def _plain_whole(value: int) -> int:
    """The number itself, or TypeError where it is too long to be written: Python refuses more than 4,300 digits."""
    if value.bit_length() > 4_096:
        raise TypeError("a whole number of more than a thousand digits")
    return value


def _plain_zone(moment: datetime) -> timezone:
    """The offset of a moment whose zone is an object of the answer's own; TypeError where that gives none."""
    try:
        return timezone(moment.utcoffset())
    except Exception:
        raise TypeError("a datetime whose time zone tells no offset") from None


def _plain_scalar(value: Any) -> Any:
    """A scalar or table of a library in its plain form: a timestamp as datetime, a numpy number as a number."""
    if type(value) in (np.ndarray, pd.DataFrame, pd.Series, pd.Index):
        return value.copy()
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return plain(value.to_pydatetime(warn=False)) if 1 <= value.year <= 9999 else str(value)
    if isinstance(value, np.generic):
        return value.item()
    for kind, base in ((int, int.__int__), (float, float.__float__), (str, str.__str__), (bytes, bytes.__bytes__)):
        if isinstance(value, kind):  # by the base's own method: an Enum of texts says something else of itself
            return plain(base(value))
    raise TypeError(f"an object of type {type(value).__name__}, where plain data was expected")


class Lent:
    """A function that an answer is lent. What it changes of dicts and lists of the answer's is undone after the call,
    since the answer may use them again."""

    def __init__(self, function: Callable) -> None:
        functools.update_wrapper(self, function)
        self.function, self.given = function, []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.given += [(value, copy.copy(value)) for value in arguments if isinstance(value, dict | list)]
        return self.function(*arguments, **named)

    def __deepcopy__(self, memo: dict) -> "Lent":
        return self

    def undo(self) -> None:
        """Makes what it was given what it was before."""
        for value, before in reversed(self.given):
            become(value, before)
        self.given = []


def become(value: dict | list, other: dict | list) -> None:
    """Gives a dict or list the content of another."""
    value.clear()
    value.update(other) if isinstance(value, dict) else value.extend(other)


def _lent(argument: Any) -> Any:
    """What the answer gets for an argument: handles themselves, functions to call, and of data a copy."""
    if isinstance(argument, Handle):
        return argument
    return Lent(argument) if callable(argument) else copy.deepcopy(argument)


def _described(error: BaseException) -> str:
    """An exception as type, message and the line of the answer it came from: `KeyError: 'total' (line 3)`."""
    try:
        message = str(error)
    except Exception:
        message = "(its message can't be shown)"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
             if not frame.filename.startswith(PACKAGE)]
    place = f" (line {lines[0]} of its cell)" if lines else ""
    return f"{type(error).__name__}{': ' if message else ''}{message[:200]}{place}"


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


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `TimeOut` in the block once it has run this long.

    Needs the main thread of a system with interval timers (Linux, macOS); elsewhere the block just runs.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeOut

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)  # again and again: a bare `except:` may swallow one
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
