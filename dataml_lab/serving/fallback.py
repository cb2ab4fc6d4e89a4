"""A model as a dependency: a question to it ends by a deadline, and where it fails there is another answer."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

Clock = Callable[[], float]
Found = TypeVar("Found")


class BadInput(ValueError):
    """The row can't be scored by any model: the caller's fault, which no fallback hides."""


class Late(TimeoutError):
    """No answer came by the deadline."""


class Refused(RuntimeError):
    """The circuit is open: the model isn't asked."""


class Unsound(RuntimeError):
    """An answer came, but it is none to go by."""


FAILURES = (OSError, RuntimeError)  # of a dependency: connections, time-outs, what `Remote` raises, and those above


class Reply(NamedTuple):
    """What a model answered: a number, and the model's version."""

    value: float
    version: str


class Answer(NamedTuple):
    """What the caller gets: a number; whether it is from the "model", the "cache" or the "default"; the version that it
    is of, "" for a default; its age in seconds; and why the model didn't answer, "" where it did."""

    value: float
    source: str
    version: str = ""
    age: float = 0.0
    why: str = ""


class Deadline:
    """Calls functions for so many seconds at most, each in a thread; what takes longer goes on there, unheard.

    At most `most` calls go on at once: where so many hang, another is Late at once, so that threads don't pile up.
    """

    def __init__(self, seconds: float, most: int = 32) -> None:
        self.seconds, self._room = seconds, threading.Semaphore(most)

    def call(self, function: Callable[..., Found], *arguments: Any) -> Found:
        """What the function returns or raises; Late after the seconds."""
        if not self._room.acquire(blocking=False):
            raise Late("too many questions hang")
        answers: SimpleQueue = SimpleQueue()
        try:
            threading.Thread(target=self._run, args=(answers, function, arguments), daemon=True).start()
        except RuntimeError:  # there can be no more threads
            self._room.release()
            raise
        try:
            found, error = answers.get(timeout=self.seconds)
        except Empty:
            raise Late(f"no answer within {self.seconds:g} s") from None
        if error is not None:
            raise error
        return found

    def _run(self, answers: SimpleQueue, function: Callable, arguments: tuple) -> None:
        try:
            answers.put((function(*arguments), None))
        except BaseException as error:
            answers.put((None, error))
        finally:
            self._room.release()


class Breaker:
    """A circuit breaker: after so many failures in a row it is open, and refuses all calls for a pause. Then one call
    is let through as a trial: if it works, the circuit is closed again; if it fails, another pause begins.

    BadInput is neither a failure nor a success. A call that began before the circuit opened changes nothing when it
    ends.

    Parameters
    ----------
    failures : in a row, until it opens
    pause : seconds
    clock : seconds that never go back

    >>> now = [0.0]
    >>> breaker = Breaker(failures=2, pause=10, clock=lambda: now[0])
    >>> for _ in "12":
    ...     try: breaker.call(lambda: 1 / 0)
    ...     except ZeroDivisionError: print(breaker.state)
    closed
    open
    >>> now[0] = 10.0
    >>> breaker.state, breaker.call(lambda: "works"), breaker.state
    ('half-open', 'works', 'closed')
    """

    def __init__(self, failures: int = 5, pause: float = 30.0, clock: Clock = time.monotonic) -> None:
        self.failures, self.pause, self._clock = failures, pause, clock
        self._lock, self._failed, self._until = threading.Lock(), 0, -math.inf
        self._opened, self._trial = 0, False  # how often it opened, and whether a trial goes on

    @property
    def state(self) -> str:
        """"closed", "open" or "half-open"."""
        if self._failed < self.failures:
            return "closed"
        return "open" if self._clock() < self._until or self._trial else "half-open"

    def call(self, function: Callable[..., Found], *arguments: Any) -> Found:
        """What the function returns or raises; Refused where it isn't called."""
        begun = self._begin()
        try:
            found = function(*arguments)
        except BadInput:
            self._end(begun, 0, forget=False)
            raise
        except BaseException:
            self._end(begun, 1, forget=False)
            raise
        self._end(begun, 0, forget=True)
        return found

    def _begin(self) -> int:
        """How often the circuit has been opened so far; Refused if it is open."""
        with self._lock:
            state = self.state
            if state == "open":
                rest = f"{max(self._until - self._clock(), 0):.3g} s more"
                raise Refused(f"the circuit is open: {'a trial goes on' if self._trial else rest}")
            self._trial = state == "half-open"
            return self._opened

    def _end(self, begun: int, failures: int, forget: bool) -> None:
        """Adds failures, or forgets those that were, and opens the circuit if they are too many; not for a call that
        began before it was opened."""
        with self._lock:
            if begun != self._opened:
                return
            self._trial, self._failed = False, 0 if forget else self._failed + failures
            if failures and self._failed >= self.failures:
                self._opened, self._until = self._opened + 1, self._clock() + self.pause


class Cache:
    """The newest reply for each key, for as long as it isn't too old; the keys used least recently are dropped.

    Parameters
    ----------
    oldest : seconds after which a reply is not given any more
    most : keys
    clock : seconds that never go back
    """

    def __init__(self, oldest: float, most: int = 100_000, clock: Clock = time.monotonic) -> None:
        self.oldest, self.most, self._clock = oldest, most, clock
        self._kept: OrderedDict[Hashable, tuple[float, Reply]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: Hashable, reply: Reply) -> None:
        """Keeps the reply in place of the key's last."""
        with self._lock:
            self._kept[key] = self._clock(), reply
            self._kept.move_to_end(key)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def get(self, key: Hashable) -> tuple[Reply, float] | None:
        """The key's reply and its age in seconds; None without one that is young enough."""
        with self._lock:
            if key not in self._kept:
                return None
            at, reply = self._kept[key]
            age = self._clock() - at
            if age > self.oldest:
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return reply, age


def sound(reply: Reply) -> str:
    """What is wrong with a reply: that its value is no finite number; "" if nothing is.

    >>> sound(Reply(float("nan"), "3"))
    'the value is nan'
    """
    return "" if math.isfinite(reply.value) else f"the value is {reply.value}"


class Fallback:
    """Asks a model, and answers from a cache, or by default, where it doesn't answer: where one of FAILURES is raised.

    Parameters
    ----------
    ask : a reply for a row; raises BadInput for a row that no model can score, and one of FAILURES where none came
    default : a number for a row, by a rule that always works
    deadline, breaker, cache : of the questions
    wrong : what is wrong with a reply, such as another version than is expected; "" if nothing is. A wrong reply counts
        as a failure, and isn't kept.

    >>> def hangs_up(row): raise ConnectionError("nobody is there")
    >>> fallback = Fallback(hangs_up, lambda row: 0.01, Deadline(5.0), Breaker(), Cache(oldest=60))
    >>> fallback("order 7", {"amount": 20.0})
    Answer(value=0.01, source='default', version='', age=0.0, why='ConnectionError: nobody is there')
    """

    def __init__(self, ask: Callable[[Mapping[str, Any]], Reply], default: Callable[[Mapping[str, Any]], float],
                 deadline: Deadline, breaker: Breaker, cache: Cache, wrong: Callable[[Reply], str] = sound) -> None:
        self._ask, self._default, self._wrong = ask, default, wrong
        self.deadline, self.breaker, self.cache = deadline, breaker, cache

    def __call__(self, key: Hashable, row: Mapping[str, Any]) -> Answer:
        """The answer for a row, whose replies are kept under the key. Raises BadInput, and errors that are none of
        FAILURES, such as a TypeError: a bug is not hidden."""
        try:
            reply = self.breaker.call(self._checked, row)
        except FAILURES as error:
            return self._instead(key, row, f"{type(error).__name__}: {error}")
        self.cache.put(key, reply)
        return Answer(reply.value, "model", reply.version)

    def _checked(self, row: Mapping[str, Any]) -> Reply:
        reply = self.deadline.call(self._ask, row)
        if problem := self._wrong(reply):
            raise Unsound(problem)
        return reply

    def _instead(self, key: Hashable, row: Mapping[str, Any], why: str) -> Answer:
        if kept := self.cache.get(key):
            reply, age = kept
            return Answer(reply.value, "cache", reply.version, age, why)
        return Answer(self._default(row), "default", why=why)
