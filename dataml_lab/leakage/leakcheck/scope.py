"""Variables and the values in them: scopes, columns of data, elements of lists and dictionaries."""

import ast
from dataclasses import dataclass, field

from dataml_lab.leakage.leakcheck.values import UNKNOWN, Value, deep, either, together


class TooLong(Exception):
    """A program took more steps than it is given."""


@dataclass(eq=False)
class Scope:
    """The variables of a module, a class or a call, and the scope around it."""

    variables: dict[str, Value] = field(default_factory=dict)
    outer: "Scope | None" = None
    returned: list[Value] = field(default_factory=list)
    outward: set[str] = field(default_factory=set)  # names that `global` or `nonlocal` says are the outer scope's

    def find(self, name: str) -> Value | None:
        """The value of a variable here or further out."""
        scope: Scope | None = self
        while scope:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.outer
        return None

    def bind(self, name: str, value: Value) -> None:
        """Gives a variable a value."""
        if name in self.outward and self.outer:
            self.outer.bind(name, value)
        else:
            self.variables[name] = value


def combined(*values: Value) -> Value:
    """Data or numbers made of others by arithmetic: rows made with statistics of rows have learned from them."""
    value = together([UNKNOWN, *(deep(one) for one in values)])
    holders = [one for one in values if one.rows]
    if not holders:
        return value
    return value.but(rows=holders[0].rows, learned=value.all_learned, statistics=frozenset())


def names_in(index: Value) -> list[str]:
    """The names of columns in an index."""
    if isinstance(index.constant, str):
        return [index.constant]
    items = index.items or ()
    return [one.constant for one in items] if items and all(isinstance(one.constant, str) for one in items) else []


def only(value: Value, columns: list[str]) -> Value:
    """Some columns of data, with what is in them."""
    return value.but(learned=frozenset(one for one in value.learned if one.column is None or one.column in columns))


def without(value: Value, columns: list[str]) -> Value:
    """Data without some columns, and without what was learned in them."""
    return value.but(learned=frozenset(one for one in value.learned if one.column not in columns or not one.column))


def with_entry(base: Value, index: Value, value: Value, replacing: bool = False) -> Value:
    """A dictionary or a list with one more element."""
    if base.items is not None and base.entries is None:
        return base.but(items=(*base.items, value)[:64])
    key = index.constant if isinstance(index.constant, str | int | float) else ("", len(base.entries or ()))
    return base.but(entries=tuple({**dict(base.entries or ()), key: value}.items())[:64])


def element_of(base: Value, index: Value) -> Value:
    """The element of a container at an index; any of them if that isn't known."""
    if base.entries is not None and isinstance(index.constant, str | int | float):
        found = dict(base.entries)
        if index.constant in found:
            return found[index.constant]
    if base.items and isinstance(index.constant, int) and -len(base.items) <= index.constant < len(base.items):
        return base.items[index.constant]
    parts = base.parts
    if not parts:
        return base.but(items=None, entries=None)
    result = parts[0]
    for part in parts[1:]:
        result = either(result, part)
    return result.but(tags=result.tags | index.tags, constant=None)


def deep_parts(value: Value) -> list[Value]:
    """All values in a container, at any depth."""
    return [found for part in value.parts for found in [part, *deep_parts(part)]]


def first_name(target: ast.expr) -> str:
    """The first name that a target binds."""
    return next((node.id for node in ast.walk(target) if isinstance(node, ast.Name)), "")


def strings(node: ast.AST) -> list[str]:
    """The texts in a statement."""
    return [child.value for child in ast.walk(node) if isinstance(child, ast.Constant) and isinstance(child.value, str)]


def chooses(node: ast.If) -> bool:
    """Whether a branch keeps something: by an assignment, by saving it, or by ending the loop."""
    return any(isinstance(child, ast.Assign | ast.Break) or
               (isinstance(child, ast.Call) and "save" in ast.unparse(child.func)) for child in ast.walk(node))
