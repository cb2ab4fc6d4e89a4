"""Calling a student's answer: by its name, on copies, in silence, with a deadline, and taking plain data back."""

import contextlib
import copy
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


class Answer(NamedTuple):
    """A student's function. Calling it copies the arguments, silences output and warnings, and returns plain data.

    Raises `NotAttempted` when the function returns `NotImplemented`, as a stub does, and `Failed` when it
    raises, doesn't finish in `DEADLINE` seconds, or returns something that is not plain data.
    """

    name: str
    function: Callable

    def __call__(self, *arguments: Any) -> Any:
        return self.and_after(*arguments)[0]

    def and_after(self, *arguments: Any) -> tuple[Any, tuple]:
        """What a call returns, and the copies of its arguments as it left them."""
        lent = tuple(map(_lent, arguments))
        result = self._result(lent)
        if result is NotImplemented:
            raise NotAttempted(f"the `{self.name}` that was run last still returns NotImplemented: run the answer cell "
                               "after a change")
        if inspect.iscoroutine(result):
            result.close()
            raise Failed(f"{self.name} is an `async def`, and nobody awaits it: make it a `def`.")
        try:
            return plain(result), lent
        except TypeError as error:
            raise Failed(f"{self.name} returned {error}.") from None

    def each(self, arguments: list) -> tuple[list, list]:
        """What calls with each of these arguments return, and the copies of the arguments as the calls left them:
        both as they are after the last call, so that a result that a later call changed shows."""
        lent = [_lent(argument) for argument in arguments]
        results, _ = Answer(self.name, lambda: [self.function(argument) for argument in lent]).and_after()
        return results, lent

    def _result(self, lent: tuple) -> Any:
        try:
            with _in_silence(), within(DEADLINE):
                return self.function(*lent)
        except TimeOut:
            raise OutOfTime(f"{self.name} was still running after {DEADLINE:.0f} seconds and was stopped.") from None
        except (KeyboardInterrupt, Stopped, Failed):
            raise
        except BaseException as error:  # pytest.fail, too, is no Exception
            raise Failed(f"{self.name} raised {_described(error)}.") from None


class Maker(NamedTuple):
    """A student's class. Calling it makes a new object, whose methods are called as answers are; `Failed` when
    that raises."""

    name: str
    kind: Callable

    def __call__(self) -> "Made":
        return Made(self.name, Answer(self.name, self.kind)._result(()))


class Made(NamedTuple):
    """An object of a student's class: `made("add", 1)` calls its method `add`, as an `Answer` is called."""

    name: str
    thing: Any

    def __call__(self, method: str, *arguments: Any) -> Any:
        def call(*lent: Any) -> Any:
            function = getattr(self.thing, method, None)  # to look it up may run the student's code
            if not callable(function):
                raise Failed(f"{self.name} has no method `{method}`.")
            return function(*lent)

        return Answer(f"{self.name}.{method}", call)(*arguments)


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


def _lent(argument: Any) -> Any:
    """What the answer gets for an argument: handles and functions themselves, and of data a copy."""
    return argument if isinstance(argument, Handle) or callable(argument) else copy.deepcopy(argument)


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
