"""What is known of a value without running anything: which rows it holds, what was learned on which rows.

Rows are named by the way they came: a *path* of steps from a source, such as the second part of a split of the rows of
a file. A value that holds several sources has a path for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NamedTuple


class Step(NamedTuple):
    """A step from rows to some of them: by a split, a fold, a slice, a filter, a draw; at first, their source.

    Steps of one `key` are parts of one division: different `part`s share no rows. A slice has bounds, if they are
    numbers.
    """

    kind: str
    key: Any
    part: Any = 0
    bounds: tuple[int | None, int | None] | None = None


Path = tuple[Step, ...]
Rows = frozenset  # of Paths
NOTHING: Rows = frozenset()


def meet(one: Path, other: Path) -> bool:
    """Whether two paths can lead to the same row. Parts of different divisions are taken to share none."""
    for here, there in zip(one, other, strict=False):
        if here != there:
            return bool(here.bounds and there.bounds and cross(here.bounds, there.bounds))
    return True


def cross(one: tuple, other: tuple) -> bool:
    """Whether two slices with bounds from the same end share rows."""
    (start, stop), (begin, end) = one, other
    if any(bound is not None and bound < 0 for bound in (start, begin)):
        return stop is None and end is None  # both take the last rows
    if any(bound is not None and bound < 0 for bound in (stop, end)):
        return not start and not begin
    return (stop is None or (begin or 0) < stop) and (end is None or (start or 0) < end)


def overlap(one: Rows, other: Rows) -> bool:
    """Whether two sets of rows can share one."""
    return any(meet(here, there) for here in one for there in other)


def covers(whole: Rows, part: Rows) -> bool:
    """Whether each of the part's paths begins with one of the whole's."""
    return bool(part) and all(any(path[:len(root)] == root for root in whole) for path in part)


def split_anew(one: Rows, other: Rows) -> bool:
    """Whether the same rows were divided at random twice, and these are parts of two such divisions."""
    return bool(one and other) and all(divided(here, there) for here in one for there in other)


def divided(one: Path, other: Path) -> bool:
    for here, there in zip(one, other, strict=False):
        if here != there:
            return {here.kind, there.kind} <= {"split", "drawn"} and here.key != there.key
    return False


def narrowed(rows: Rows, step: Step) -> Rows:
    """The rows after one more step."""
    return frozenset((*path, step) for path in rows if len(path) < 12) or rows


class Learned(NamedTuple):
    """Something learned from rows: by a `fit`, as a statistic, or as a copy of rows (`how`), with words for it."""

    how: str
    what: str
    rows: Rows
    line: int
    column: str | None = None


class Fit(NamedTuple):
    """A model fitted once: what tells it from other candidates (`key`), its rows, and what their making learned."""

    key: Any
    name: str
    rows: Rows
    learned: frozenset
    line: int
    supervised: bool = True
    baseline: bool = False
    said: str = ""  # the part that the names of its data say


@dataclass(eq=False)
class Thing:
    """An object of the program that changes: an estimator, a splitter, a function or an object of its own classes."""

    kind: str
    name: str
    key: Any = None
    line: int = 0
    tags: frozenset = frozenset()
    inner: list["Thing"] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, "Value"] = field(default_factory=dict)
    fits: frozenset = frozenset()
    learned: frozenset = frozenset()
    node: Any = None
    scope: Any = None
    number: int = field(default_factory=count().__next__)


@dataclass(frozen=True)
class Value:
    """What is known of a value.

    `learned` is what its rows were made with, `statistics` what a number or a table of numbers tells of which rows;
    `fits` whose predictions it holds, `judged` the predictions that were compared with the truth in it, and `seen`
    the rows whose score it depends on. `tags` are the turns of loops that it depends on.
    """

    rows: Rows = NOTHING
    learned: frozenset = frozenset()
    statistics: frozenset = frozenset()
    fits: frozenset = frozenset()
    judged: frozenset = frozenset()
    seen: frozenset = frozenset()
    tags: frozenset = frozenset()
    things: frozenset = frozenset()
    items: tuple["Value", ...] | None = None
    entries: tuple[tuple[Any, "Value"], ...] | None = None
    constant: Any = None
    dotted: str | None = None
    mask: str | None = None
    step: Step | None = None
    counted: Rows = NOTHING  # the rows whose number it is
    mode: str = ""  # grouped, windowed, rowwise, missing: how statistics of it are to be read
    origin: Any = field(default=None, compare=False)

    def but(self, **changes: Any) -> "Value":
        """The same with some changes."""
        return replace(self, **changes)

    @property
    def all_learned(self) -> frozenset:
        """What data hold that were made with this value."""
        return self.learned | self.statistics

    @property
    def parts(self) -> list["Value"]:
        """The values in a list, a tuple or a dictionary."""
        return list(self.items or ()) + [value for _, value in self.entries or ()]


UNKNOWN = Value()


def in_order(things: Iterable[Thing]) -> list[Thing]:
    """Objects in the order in which they were made."""
    return sorted(things, key=lambda made: made.number)


def together(values: Iterable[Value]) -> Value:
    """What holds of a value that is any or all of these: all that one of them knows."""
    values = list(values)
    if len(values) == 1:
        return values[0]
    return Value(**{name: frozenset().union(*(getattr(value, name) for value in values))
                    for name in ("rows", "learned", "statistics", "fits", "judged", "seen", "tags", "things")},
                 mode=next((value.mode for value in values if value.mode), ""))


def deep(value: Value, depth: int = 4) -> Value:
    """A container's own knowledge together with all that is in it."""
    if not value.parts or not depth:
        return value
    return together([value.but(items=None, entries=None), *(deep(part, depth - 1) for part in value.parts)])


def either(one: Value, other: Value) -> Value:
    """The value after a branch: one or the other."""
    if one == other:
        return one
    joined = together([one, other])
    if covers(one.rows, other.rows) or covers(other.rows, one.rows):  # divided in one branch, and whole in the other
        joined = joined.but(rows=other.rows if covers(one.rows, other.rows) else one.rows)
    shape = one if one.items is not None or one.entries is not None else other
    if one.items is not None and other.items is not None and len(one.items) == len(other.items):
        return joined.but(items=tuple(either(*pair) for pair in zip(one.items, other.items, strict=True)))
    if one.entries is not None and other.entries is not None:
        return joined.but(entries=tuple({**dict(one.entries), **dict(other.entries)}.items()))
    return joined.but(items=shape.items, entries=shape.entries, constant=one.constant or other.constant,
                      dotted=one.dotted or other.dotted, step=one.step or other.step, mask=one.mask or other.mask,
                      origin=one.origin or other.origin)
