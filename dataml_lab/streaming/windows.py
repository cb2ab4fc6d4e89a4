"""Windows: the spans of event time into which an endless stream is cut, and what is asked of each of them."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from dataml_lab.pipeline import parse_order

SECOND_US = 1_000_000


class Window(NamedTuple):
    """The time from `start` up to before `end`, in Unix seconds, or finer units where the windows are in those."""

    start: float
    end: float


class Tumbling(NamedTuple):
    """Windows of `size` seconds, one beginning where the other ends: a moment is in one of them."""

    size: float

    def around(self, moment: float) -> list[Window]:
        """The window that a moment is in.

        >>> Tumbling(300).around(299), Tumbling(300).around(300)
        ([Window(start=0, end=300)], [Window(start=300, end=600)])
        """
        start = moment // self.size * self.size
        return [Window(start, start + self.size)]


class Sliding(NamedTuple):
    """Windows of `size` seconds, one every `slide` seconds: a moment is in `size / slide` of them, which is whole."""

    size: float
    slide: float

    def around(self, moment: float) -> list[Window]:
        """The windows that a moment is in, the latest first.

        >>> Sliding(600, slide=300).around(700)
        [Window(start=600, end=1200), Window(start=300, end=900)]
        """
        latest = moment // self.slide * self.slide
        starts = (latest - number * self.slide for number in range(round(self.size / self.slide)))
        return [Window(start, start + self.size) for start in starts]


class Sessions(NamedTuple):
    """Windows as long as somebody is active: each ends `gap` seconds after its last event."""

    gap: float

    def around(self, moment: float) -> list[Window]:
        """The session of one event alone; those that overlap are one (see `joined`).

        >>> Sessions(1800).around(100)
        [Window(start=100, end=1900)]
        """
        return [Window(moment, moment + self.gap)]


Windows = Tumbling | Sliding | Sessions


def joined(windows: Iterable[Window]) -> Window:
    """The window from where the first begins to where the last ends.

    >>> joined([Window(100, 1900), Window(700, 2500)])
    Window(start=100, end=2500)
    """
    windows = list(windows)
    return Window(min(window.start for window in windows), max(window.end for window in windows))


def exactly(windows: Windows) -> Windows:
    """The windows in whole microseconds, in which edges are exact. Raises ValueError if they are none.

    >>> Tumbling(0.1).around(0.7), exactly(Tumbling(0.1)).around(micros(0.7))
    ([Window(start=0.6000000000000001, end=0.7000000000000001)], [Window(start=700000, end=800000)])
    """
    exact = type(windows)(*map(micros, windows))
    if min(exact) < 1 or (isinstance(exact, Sliding) and exact.size % exact.slide):
        raise ValueError(f"{windows}: windows last a microsecond or more, and slide by a part of their size")
    return exact


def micros(seconds: float) -> int:
    """Seconds as whole microseconds."""
    return round(seconds * SECOND_US)


class Question(NamedTuple):
    """What to find out: by key and window, how many events there are and what they sum to.

    `parse` makes an event of what a record says, and raises a ValueError (as `parse_order` does) for what is none. The
    other names are fields of an event: its identity, its key (None: all events together), the time at which it
    occurred (a datetime with a zone), the EUR that it is worth (None: events are only counted), and a field with the
    value that an event must have to count (None: all count).
    """

    windows: Windows
    key: str | None = "user_id"
    value: str | None = "total"
    where: tuple[str, str] | None = ("status", "completed")
    identity: str = "order_id"
    time: str = "occurred_at"
    parse: Callable[[Any], dict] = parse_order
