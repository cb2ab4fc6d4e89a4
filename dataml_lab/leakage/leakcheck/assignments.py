"""Assignments: to names, parts of tuples, columns, attributes and elements."""

import ast

from dataml_lab.leakage.leakcheck.diary import Diary
from dataml_lab.leakage.leakcheck.names import role_in
from dataml_lab.leakage.leakcheck.scope import Scope, first_name, names_in, with_entry, without
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Learned, Step, Thing, Value, deep, narrowed, together


class Assignments:
    """Where a walker is, and what assignments change."""

    def __init__(self) -> None:
        self.diary = Diary()
        self.scope = Scope()
        self.stack: list[tuple[int, int]] = []  # the calls that are being walked
        self.statement: ast.AST = ast.Module([], [])

    @property
    def line(self) -> int:
        """The line that is being walked."""
        return getattr(self.statement, "lineno", 1)

    def site(self, node: ast.AST) -> tuple:
        """What tells a place in the program from others, with the calls that led to it."""
        return (*self.stack, (node.lineno, node.col_offset))

    def thing(self, made: Thing) -> Value:
        """A value that is an object of the program."""
        return Value(things=frozenset([made]), tags=made.tags)

    def source(self, node: ast.AST, name: str = "") -> Value:
        """Rows that come from here: of a file, or of a call that isn't known."""
        step = Step("source", self.site(node), name)
        role = role_in(name) if name else ""
        if role:
            self.diary.roles.setdefault((step,), role)
        return Value(rows=frozenset([(step,)]))

    def learn(self, how: str, what: str, rows: frozenset) -> frozenset:
        """Something learned from rows, at the line that is walked; nothing if there are none."""
        return frozenset([Learned(how, what, rows, self.line)]) if rows else frozenset()

    def assign(self, target: ast.expr, value: Value) -> None:
        """Gives a value to a name, to the parts of a tuple, to a column, an attribute or an element."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, self.named(value, target.id))
        elif isinstance(target, ast.Tuple | ast.List):
            self.unpack(target, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value)
        elif isinstance(target, ast.Subscript):
            self.store(target, value)
        elif isinstance(target, ast.Attribute):
            self.store_attribute(target, value)

    def named(self, value: Value, name: str) -> Value:
        """Notes the part that a name says rows to be: "test" of the rows that `X_test` holds."""
        role = role_in(name)
        for path in value.rows if role and not value.fits else ():
            self.diary.say(path, role)
        return value

    def unpack(self, target: ast.Tuple | ast.List, value: Value) -> None:
        """Gives the parts of a value to names; of an unknown source, names say which part is which."""
        targets = target.elts
        if value.items is not None and any(isinstance(one, ast.Starred) for one in targets):
            value = together(map(deep, value.items)) if value.items else UNKNOWN
        if value.items is not None and len(value.items) == len(targets):
            parts = list(value.items)
        else:
            parts = [self.part_of(value, one, targets) for one in targets]
        for one, part in zip(targets, parts, strict=True):
            self.assign(one, part)

    def part_of(self, value: Value, target: ast.expr, targets: list[ast.expr]) -> Value:
        """A part of a value whose parts aren't known."""
        role = role_in(first_name(target))
        roles = {role_in(first_name(one)) for one in targets}
        step = Step("split", ("unpacked", self.line, *self.stack), role or "all")
        if role and len(roles) > 1 and value.rows:
            return value.but(rows=narrowed(value.rows, step), items=None, entries=None, constant=None)
        return value.but(items=None, entries=None, constant=None, step=None)

    def store(self, target: ast.Subscript, value: Value) -> None:
        """Puts a value into a column, into rows, or under a key."""
        base, place = target.value, target.slice
        if isinstance(base, ast.Attribute) and base.attr in ("loc", "iloc", "at", "iat"):
            base, place = base.value, place
        old, index = self.value(base), self.value(place)
        if old.entries is not None or (old.items is not None and not old.rows):
            self.update(base, with_entry(old, index, value))
            return
        columns = names_in(index.items[-1] if index.items and isinstance(place, ast.Tuple) else index)
        learned = frozenset(one._replace(column=columns[0] if len(columns) == 1 else one.column)
                            for one in value.all_learned | index.statistics)
        whole = without(old, columns) if base is target.value else old
        rows = old.rows or value.rows
        self.update(base, whole.but(rows=rows, learned=whole.learned | learned, seen=old.seen | value.seen))

    def store_attribute(self, target: ast.Attribute, value: Value) -> None:
        """Sets an attribute of an object, or a column that is written as one."""
        base = self.value(target.value)
        for made in base.things:
            made.attributes[target.attr] = value
        if base.rows and not base.things and target.attr not in ("columns", "index", "name"):
            learned = frozenset(one._replace(column=target.attr) for one in value.all_learned)
            kept = without(base, [target.attr])
            self.update(target.value, kept.but(learned=kept.learned | learned))

    def update(self, node: ast.expr, value: Value) -> None:
        """Puts a changed object back where it came from: a variable, all names for it, an attribute, an element."""
        if isinstance(node, ast.Name):
            self.update_name(self.scope, node.id, value)
        elif isinstance(node, ast.Attribute):
            for made in self.value(node.value).things:
                made.attributes[node.attr] = value
        elif isinstance(node, ast.Subscript):
            base = self.value(node.value)
            if base.entries is not None or base.items is not None:
                self.update(node.value, with_entry(base, self.value(node.slice), value, replacing=True))
            elif base.rows:
                self.store(node, value)

    def update_name(self, scope: Scope, name: str, value: Value, depth: int = 0) -> None:
        """Changes a variable where it is defined, and the one it is another name for."""
        home = scope
        while name not in home.variables and home.outer:
            home = home.outer
        old = home.variables.get(name)
        home.variables[name] = value
        if old is not None and old.origin and depth < 4:
            origin = old.origin
            home.variables[name] = value.but(origin=origin)
            self.update_name(*origin, value.but(origin=None), depth + 1)
