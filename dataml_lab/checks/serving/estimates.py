"""The estimate of a delivery's minutes: a model that answers, breaks, hangs or refuses, its cache, a clock, and what
comes of calls that use them."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, NamedTuple

from dataml_lab.runtime.answers import Failed, Handle, NotAttempted, OutOfTime
from dataml_lab.runtime.deadline import Stopped
from dataml_lab.runtime.plain import plain
from dataml_lab.runtime.shown import shown

Row = dict[str, Any]
DEADLINE = 0.5  # seconds that a call may take
ENDLESS = 50  # questions in a call after which it is stopped
NAME = "predict_with_fallback"
RAISED = f"{NAME} raised "  # begins what is said of an answer that did


class Event(NamedTuple):
    """What the model does with a question: after so many seconds it replies with minutes and its version, or raises an
    exception of a type that says something."""

    seconds: float
    minutes: Any = None
    version: str = ""
    raises: type[Exception] | None = None
    says: str = ""

    def __str__(self) -> str:
        if self.raises is TimeoutError:
            return "the model hung"
        if self.raises is ConnectionError:
            return f"the connection broke after {self.seconds:g} s"
        if self.raises:
            return f"`model.ask` raised {self.raises.__name__}: {self.says}"
        return f"version {self.version} of the model answered {self.minutes} minutes after {self.seconds:g} s"


class Right(NamedTuple):
    """What a call has to return; the age, in seconds, of an answer from the cache."""

    source: str
    minutes: float | None
    age: float | None = None

    def __str__(self) -> str:
        age = "" if self.age is None else f", 'age': {self.age:g}"
        return f"{{'minutes': {self.minutes}, 'source': '{self.source}'{age}}}"


class Step(NamedTuple):
    """A call: its row, the version that is expected, what the model does with one question after the other (the last
    event again and again), what is right (a `Right`, or the exception in words; None is not judged), how many questions
    are the most, the seconds since the call before, whether the cache "works", is "down" or is "another", an empty one,
    and why what is right is so."""

    row: Row
    version: str
    events: tuple[Event, ...]
    right: Right | str | None = None
    most: int = ENDLESS
    after: float = 1.0
    cache: str = "works"
    why: str = ""

    def __str__(self) -> str:
        row = f"{self.row['distance_m']} m to zone {self.row['zone']}, {self.row['weather']}"
        cache = {"works": "", "down": ", while the cache was down", "another": ", with another cache, which was empty"}
        did = [f"{event}{again(len(list(group)))}" for event, group in groupby(map(str, self.events))]
        return (f"order {self.row['order_id']} ({row}), version {self.version} expected{cache[self.cache]}: "
                f"{', then '.join(did)}")


class Story(NamedTuple):
    """Calls one after the other, and the name of what they are about."""

    about: str
    steps: tuple[Step, ...]


class Clock(Handle):
    """What an answer is given as `clock`: seconds, which run on only while the model is asked."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._looks = seconds, 0

    def now(self) -> float:
        """The seconds."""
        self._looks += 1
        return self._seconds

    def _pass(self, seconds: float) -> None:
        self._seconds += seconds


class Model(Handle):
    """What an answer is given as `model`: does what is planned, one event a question."""

    def __init__(self, events: tuple[Event, ...], clock: Clock) -> None:
        self._events, self._clock, self.asked = events, clock, 0

    def ask(self, row: Row, seconds: float | None = None) -> Row:
        """The model's reply; TimeoutError if it takes more than these seconds."""
        if not isinstance(row, dict) or not {"zone", "distance_m", "weather"} <= plain(row).keys():
            raise TypeError("model.ask takes a row: a dict with zone, distance_m and weather")
        if seconds is not None and (not isinstance(seconds, int | float) or seconds != seconds):
            raise TypeError(f"model.ask takes seconds: a number, not {shown(seconds, 60)}")
        event = self._events[min(self.asked, len(self._events) - 1)]
        self.asked += 1
        if self.asked > ENDLESS:
            raise Stopped(f"{NAME} asked the model {self.asked} times and was not done: when does its loop end?")
        if seconds is not None and event.seconds > seconds:
            self._clock._pass(max(seconds, 0))
            raise TimeoutError(f"no answer within {seconds:.3g} s")
        self._clock._pass(event.seconds)
        if event.raises:
            raise event.raises(event.says)
        return {"minutes": event.minutes, "version": event.version}


class Cache(Handle):
    """What an answer is given as `cache`: values by key, which outlive its process."""

    def __init__(self, kept: dict, works: bool) -> None:
        self._kept, self._works = kept, works

    def get(self, key: Any) -> Any:
        """The value that was put last under a key; None where there is none."""
        self._require()
        return plain(self._kept.get(plain(key)))

    def put(self, key: Any, value: Any) -> None:
        """Keeps a value under a key, in place of the last one."""
        self._require()
        self._kept[plain(key)] = plain(value)

    def _require(self) -> None:
        if not self._works:
            raise ConnectionError("the cache is down")


class Told(NamedTuple):
    """What came of a step: what was returned, or what was raised in words; questions to the model, looks at the clock,
    and seconds taken."""

    step: Step
    returned: Any
    raised: str
    asked: int
    looks: int
    seconds: float

    @property
    def wrong(self) -> str:
        """What is wrong with it, in words; empty where nothing is."""
        step = self.step
        if isinstance(step.right, str):
            through = self.raised.startswith(step.right)
            return "" if through else f"It {self.did}, where that exception has to go through."
        if step.right is None:
            return ""
        if self.raised or not is_right(self.returned, step.right):
            return f"It {self.did}, where {step.right} is right.{only_source(self.returned, step.right)}"
        if self.asked > step.most:
            return f"It asked the model {times(self.asked)}, where {times(step.most)} is the most."
        return ""

    @property
    def did(self) -> str:
        """What the answer did, in words."""
        return f"raised {self.raised}" if self.raised else f"returned {shown(self.returned, 160)}"

    def __str__(self) -> str:
        right = f"; right: {self.step.right}" if self.step.right else ""
        return f"{self.step}\n    {self.did}, {self.seconds:.2f} s, {self.asked} asked{right}"


def again(count: int) -> str:
    """That something happened more than once, as the end of a clause."""
    return f", {times(count)}" if count > 1 else ""


def times(count: int) -> str:
    """How often, in words."""
    return "once" if count == 1 else f"{count} times"


def is_right(found: Any, right: Right) -> bool:
    """Whether what was returned has the source and minutes that are right, and of a cached answer the age, to a
    second."""
    if not isinstance(found, dict) or not isinstance(found.get("source"), str) or found["source"] != right.source:
        return False
    if right.minutes is None:
        return found.get("minutes", 0) is None
    close = is_number(found.get("minutes")) and abs(found["minutes"] - right.minutes) < 1e-9
    return close and (right.age is None or (is_number(found.get("age")) and abs(found["age"] - right.age) <= 1))


def only_source(found: Any, right: Right) -> str:
    """That only the source is wrong, as a further sentence; empty where it isn't so."""
    alike = isinstance(found, dict) and is_right({**found, "source": right.source, "age": right.age}, right)
    return " The minutes are right, and the source isn't." if alike and found.get("source") != right.source else ""


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be compared."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def play(answer: Callable, story: Story, began: float = 0.0) -> list[Told]:
    """What comes of the steps of a story, on a clock that begins there and a cache that is empty."""
    clock, kept, found = Clock(began), {}, []
    for step in story.steps:
        clock._pass(step.after)
        cache = Cache({} if step.cache == "another" else kept, step.cache != "down")
        found.append(called(answer, step, Model(step.events, clock), cache, clock))
    return found


def called(answer: Callable, step: Step, model: Model, cache: Cache, clock: Clock) -> Told:
    """What comes of one call."""
    began, looks, returned, raised = clock._seconds, clock._looks, None, ""
    try:
        returned = answer(step.row, step.version, model, cache, clock)
    except (OutOfTime, NotAttempted):
        raise
    except Stopped as stopped:
        raise Failed(str(stopped)) from None
    except Failed as failure:
        if not str(failure).startswith(RAISED):
            raise
        raised, _, _ = str(failure).removeprefix(RAISED).partition(". It was given ")
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
    return Told(step, returned, raised, model.asked, clock._looks - looks, clock._seconds - began)
