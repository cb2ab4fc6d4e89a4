"""Calling a student's answer: by its name, on copies, in silence, with a deadline, and taking plain data back."""

import contextlib
import copy
import functools
import io
import math
import operator
import re
import time
import warnings
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from types import CoroutineType
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.runtime.deadline import PACKAGE, Stopped, TimeOut, within
from dataml_lab.runtime.plain import NotPlain, name_of, rebuilt
from dataml_lab.runtime.shown import shown

DEADLINE = 5.0  # seconds of processor time that one call of an answer may take
ASLEEP = 4  # times as long it may take by the clock, on a busy machine or asleep
MOST_PASTED, MOST_WRITTEN = 600, 160  # characters of an argument in a call to paste, and in a sentence
MOST_SAID = 200  # characters of an exception's message
TOGETHER = 45.0  # seconds that all calls in one judgement may take: stock grading stops a cell after 60

Gives = Literal["data", "object", "nothing"]  # how a result is taken: as plain data, as it is, or not at all


class NotAttempted(Exception):
    """The exercise still holds its stub, or the answer is missing; the message says which."""


class Failed(Exception):
    """A call of an answer ended without a usable result; the message is a sentence for its author."""


class OutOfTime(Failed):
    """A call of an answer ran past its deadline."""


class Handle:
    """Base of the objects that an answer is handed to work with. An answer calls their methods by name, with
    plain data, and nothing else, so that a handle can as well stand for an object in another process."""


class Call(NamedTuple):
    """What came of a call: its result, and the copies of its arguments as it left them."""

    result: Any
    left: tuple


class Remote(ABC):
    """Base of what stands for a function, class or object of a student's in another process."""

    @abstractmethod
    def calls(self, name: str, given: list[tuple], method: str, gives: Gives) -> list[Call]:
        """What `called` returns there."""


def calls(thing: Any, name: str, given: list[tuple], method: str = "", gives: Gives = "data") -> list[Call]:
    """Calls a function, class or object of a student's with each of these arguments in turn, here or in the process
    where it is: see `called`."""
    if issubclass(type(thing), Remote):
        return thing.calls(name, given, method, gives)
    return called(thing, name, given, method, gives)


def called(thing: Any, name: str, given: list[tuple], method: str, gives: Gives) -> list[Call]:
    """Calls a thing, or one of its methods, with copies of each of these arguments. All results and arguments are
    read after the last call, so that what a later call changes of an earlier result shows.

    `name` is what sentences call it. Raises `NotAttempted` where a call returns `NotImplemented`, as a stub does, and
    `Failed` where one raises, all together take more than `DEADLINE` seconds, or a result can't be taken as `gives`
    says."""
    name, lent = f"{name}.{method}" if method else name, [tuple(map(_lent, arguments)) for arguments in given]
    function = _method(thing, name, method) if method else thing
    with _in_silence(), _in_time(name):  # whatever may run the student's code, as a look at a result does
        results = [_returned(name, function, *arguments) for arguments in zip(given, lent, strict=True)]
        if any(result is NotImplemented for result in results):
            raise NotAttempted(f"the `{name}` that was run last still returns NotImplemented: run the answer cell "
                               "after a change")
        taken = [_taken(name, result, gives) for result in results]
    return [Call(result, arguments) for result, arguments in zip(taken, lent, strict=True)]


class Answer(NamedTuple):
    """A student's function: `answer(1)` returns what it returns, as plain data."""

    name: str
    function: Callable

    def __call__(self, *arguments: Any) -> Any:
        return self.call(*arguments).result

    def call(self, *arguments: Any) -> Call:
        """What comes of a call."""
        return calls(self.function, self.name, [arguments])[0]

    def each(self, arguments: list) -> list[Call]:
        """What comes of calls with one argument each, read after the last of them."""
        return calls(self.function, self.name, [(argument,) for argument in arguments])


class Maker(NamedTuple):
    """A student's class, or a function that makes objects: `maker()` makes one."""

    name: str
    kind: Callable

    def __call__(self, *arguments: Any) -> "Made":
        return Made(self.name, calls(self.kind, self.name, [arguments], gives="object")[0].result)


class Made(NamedTuple):
    """An object of a student's class: `made("add", 1)` returns what its method `add` returns, as plain data."""

    name: str
    thing: Any

    def __call__(self, method: str, *arguments: Any) -> Any:
        return self.call(method, *arguments).result

    def call(self, method: str, *arguments: Any, gives: Gives = "data") -> Call:
        """What comes of a call of a method."""
        return calls(self.thing, self.name, [arguments], method, gives)[0]


def _method(thing: Any, name: str, method: str) -> Callable:
    def call(*lent: Any) -> Any:
        function = getattr(thing, method, None)  # to look it up may run the student's code
        if not callable(function):
            raise Failed(f"{name.removesuffix(f'.{method}')} has no method `{method}`.")
        return function(*lent)

    return call


def _returned(name: str, function: Callable, given: tuple, lent: tuple) -> Any:
    """What a function returns for what it is lent; `Failed` with a description of what it raises, and a call to try."""
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
    raise Failed(f"{name} raised {words}.{_input(name, given)}")


def _input(name: str, given: tuple) -> str:
    """The end of a sentence, on what was given: a call to paste where one can be written, as none can of a method or
    with a table; else those arguments that are plain data."""
    data = [argument for argument in given if _is_short_data(argument)]
    call = f"{name}({', '.join(shown(argument, MOST_PASTED) for argument in data)})"
    if len(data) == len(given) and "." not in name and "…" not in call:
        return f" To see it:\n{call}"
    return f" It was given {', '.join(shown(argument, MOST_WRITTEN) for argument in data)}." if data else ""


def _is_short_data(argument: Any) -> bool:
    """Whether an argument is plain data that fits into a sentence: no table or array, and nothing lent in it."""
    try:
        return not isinstance(rebuilt(argument), pd.DataFrame | pd.Series | np.ndarray)
    except NotPlain:
        return False


def _taken(name: str, result: Any, gives: Gives) -> Any:
    """A result as it is wanted: as it is, not at all, or as plain data; `Failed` where it is none."""
    if gives != "data":
        return result if gives == "object" else None
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
        message = _shortened(str.__str__(str(error))[:5_000])
    except BaseException:
        message = "(its message can't be shown)"
    lines = [line for filename, line in _places(error) if not filename.startswith(PACKAGE)]
    place = f" (line {lines[0]} of its cell)" if lines else ""
    return f"{name_of(type(error))}{': ' if message else ''}{message}{place}"


def _shortened(message: str) -> str:
    """A message in one line, at most 200 characters. What is cut ends in "…"; after it comes the error that the message
    quotes last, if it quotes any, as scikit-learn does when each fold failed."""
    words = " ".join(message.split())
    if len(words) <= MOST_SAID:
        return words
    quoted = re.findall(r"^\w+Error: .+", message, re.MULTILINE)
    cause = f" {quoted[-1].strip()[:MOST_SAID // 2]}" if quoted else ""
    return f"{words[:MOST_SAID - len(cause) - 1]}…{cause}"


Taker = Callable[[Mapping[str, Any]], Any]  # finds an answer among the names of a notebook


def function(name: str) -> Taker:
    """Takes the function of this name as an `Answer`; `NotAttempted` where there is none."""
    return lambda names: Answer(name, _named(names, name, "function"))


def class_(name: str) -> Taker:
    """Takes the class of this name as a `Maker`; `NotAttempted` where there is none."""
    return lambda names: Maker(name, _named(names, name, "class"))


def functions(pattern: str) -> Taker:
    """Takes the functions whose names match a pattern such as `test_*`, by name, as a list of `Answer`s."""
    def take(names: Mapping[str, Any]) -> list[Answer]:
        known = sorted(name for name in names if type(name) is str and name.isidentifier() and fnmatch(name, pattern))
        found = [Answer(name[:80], names[name]) for name in known if callable(names[name])]
        if not found:
            raise NotAttempted(f"there is no function named `{pattern}` yet: run the answer cell first")
        return found

    return take


def _named(names: Mapping[str, Any], name: str, kind: str) -> Callable:
    if not callable(names.get(name)):
        raise NotAttempted(f"there is no {kind} `{name}` yet: run the answer cell first")
    return names[name]


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


class _Kept(io.TextIOBase):
    """A text stream of which the last pieces are kept."""

    def __init__(self) -> None:
        self.pieces: deque[str] = deque(maxlen=200)

    def write(self, text: str) -> int:
        self.pieces.append(text[:500])
        return len(text)

    def end(self, lines: int = 12) -> str:
        """The last lines of it, without control characters."""
        text = "".join(c for c in "".join(self.pieces)[-2_000:] if c.isprintable() or c == "\n")
        return "\n".join(text.strip().split("\n")[-lines:])


printed = _Kept()  # what answers in this process wrote to standard output, the end of it


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """Warnings and standard error of the block go nowhere, standard output into what is `printed`."""
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(_Kept()), warnings.catch_warnings():
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
    """Raises `OutOfTime` in the block when it has worked for `DEADLINE` or run for longer than a busy machine explains,
    or all calls have run for as long as they may."""
    global _left
    began, longest = time.monotonic(), ASLEEP * DEADLINE
    try:
        if _left <= 0:
            raise TimeOut
        with within(min(longest, _left), work=DEADLINE):
            yield
    except TimeOut:
        ran = time.monotonic() - began
        seconds = longest if ran >= longest else DEADLINE
        raise OutOfTime(f"All calls of your answer together took longer than {TOGETHER:.0f} seconds." if ran >= _left
                        else f"{name} was still running after {seconds:.0f} seconds and was stopped.") from None
    finally:
        _left -= time.monotonic() - began
