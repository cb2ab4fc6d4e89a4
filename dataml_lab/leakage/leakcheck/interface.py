"""A call as the walker sees it, and the tables of what functions of libraries and methods of data do with rows."""

import ast
from collections.abc import Callable
from typing import NamedTuple, Protocol

from dataml_lab.leakage.leakcheck import names
from dataml_lab.leakage.leakcheck.diary import Diary
from dataml_lab.leakage.leakcheck.scope import Scope
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Thing, Value, covers, deep, together


class Walker(Protocol):
    """Walks through a program; what a call needs of it."""

    diary: Diary
    scope: Scope
    statement: ast.AST
    stack: list[tuple[int, int]]
    folds: list
    called: set[ast.AST]
    line: int
    value: Callable[..., Value]
    thing: Callable[[Thing], Value]
    source: Callable[..., Value]
    learn: Callable[..., frozenset]
    site: Callable[[ast.AST], tuple]
    text: Callable[[], str]
    shown_at: Callable[[], int]
    said: Callable[[ast.AST], str]
    update: Callable[[ast.expr, Value], None]
    judging: Callable[[Value, Value, Value], Value]
    call_function: Callable[..., Value]
    elements: Callable[[Value, ast.AST], list[Value]]


class Call(NamedTuple):
    """A call with the values of its arguments; `receiver` is what a method is called on."""

    node: ast.Call
    name: str
    arguments: list[Value]
    keywords: dict[str, Value]
    receiver: Value | None = None

    def argument(self, place: int, *keywords: str) -> Value | None:
        """An argument by its place or one of its names; None if it isn't given."""
        for keyword in keywords:
            if keyword in self.keywords:
                return self.keywords[keyword]
        return self.arguments[place] if place < len(self.arguments) else None

    @property
    def given(self) -> list[Value]:
        """All arguments."""
        return [*self.arguments, *self.keywords.values()]

    def constant(self, place: int, keyword: str) -> object:
        """The constant that an argument is, or None."""
        found = self.argument(place, keyword)
        return found.constant if found else None


Handler = Callable[[Walker, Call], Value]
LIBRARY: dict[str, Handler] = {}
METHODS: dict[str, Handler] = {}


def library(*called: str) -> Callable[[Handler], Handler]:
    """Registers what functions of libraries do, by the last part of their names."""
    return lambda handler: LIBRARY.update(dict.fromkeys(called, handler)) or handler


def method(*called: str) -> Callable[[Handler], Handler]:
    """Registers what methods of data do."""
    return lambda handler: METHODS.update(dict.fromkeys(called, handler)) or handler


def tags_of(it: Call) -> frozenset:
    """The turns of loops that a call depends on; a seed makes no other candidate."""
    return together([UNKNOWN, *map(deep, it.arguments),
                     *(deep(value) for name, value in it.keywords.items() if name not in names.SEEDS)]).tags


def generic(values: list[Value]) -> Value:
    """What an unknown function makes of its arguments: the same rows, if they hold rows of one kind only."""
    found = [deep(value) for value in values]
    whole = together([UNKNOWN, *found])
    rows = [value.rows for value in found if value.rows]
    same = rows and all(covers(rows[0], one) or covers(one, rows[0]) for one in rows[1:])
    return whole.but(rows=rows[0] if same else frozenset(), learned=whole.all_learned if same else whole.learned,
                     statistics=frozenset() if same else whole.statistics, mode="", mask=None,
                     things=frozenset(one for one in whole.things if one.kind == "model" or "called" in one.options))
