"""Which cells of a lesson a student's cells depend on. The others show things, and need not run to grade."""

import ast
import builtins
import symtable
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

from dataml_lab.runtime.answers import ASLEEP
from dataml_lab.runtime.deadline import TimeOut, within

SECONDS = 5.0  # of processor time, in which the names of a cell are found
EVERYTHING = "*"  # names that can't be known from the source
MAGIC = "get_ipython"  # what magics are calls of


class Names(NamedTuple):
    """What a cell gives to those after it (names that it binds, or whose things it changes), and what it takes."""

    gives: frozenset[str]
    takes: frozenset[str]


NOTHING = Names(frozenset(), frozenset())


@lru_cache(maxsize=1_000)
def names(source: str) -> Names:
    """The names of a cell; nothing of one that is no Python, or so full of magics that to read it takes `SECONDS`."""
    try:
        with within(ASLEEP * SECONDS, work=SECONDS):
            return _names(source)
    except TimeOut:
        return NOTHING


def _names(source: str) -> Names:
    """The names of a cell, however long it takes to read it."""
    try:
        code = TransformerManager().transform_cell(source)
        tree, table = ast.parse(code), symtable.symtable(code, "cell", "exec")
    except (SyntaxError, ValueError, RuntimeError, MemoryError):  # so much is nested in it, or so many magics are
        return NOTHING
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stars = {EVERYTHING for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"}
    given = bound | defined | _imported(tree) | _changed(tree) | stars
    taken = (_taken(table) | _taken_by_magics(tree)) - defined - _imported(tree) - set(dir(builtins))
    return Names(frozenset(given - {MAGIC}), frozenset(taken - {MAGIC}))


def _taken(table: symtable.SymbolTable) -> set[str]:
    """The global names that are read in a scope and in those inside it."""
    read = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
    own = {symbol.get_name() for symbol in read if symbol.is_global() or table.get_type() == "module"}
    return own.union(*map(_taken, table.get_children()))


def _taken_by_magics(tree: ast.Module) -> set[str]:
    """The names that are read in code which a magic, as `%timeit`, is given as text."""
    texts = [argument.value for node in ast.walk(tree) if isinstance(node, ast.Call) and _root(node) == MAGIC
             for argument in node.args[1:] if isinstance(argument, ast.Constant)]
    return set().union(*(_names(text).takes for text in texts if isinstance(text, str)))


def _imported(tree: ast.Module) -> set[str]:
    """The names that the imports of a cell bind."""
    return {(alias.asname or alias.name).split(".")[0] for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}


def _changed(tree: ast.Module) -> set[str]:
    """The names of things of which a part is assigned or deleted, or a method called for its effect."""
    targets = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Subscript)
               and isinstance(node.ctx, ast.Store | ast.Del)]
    targets += [node.value.func for node in ast.walk(tree) if isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)]
    return {found for found in map(_root, targets) if found}


def _root(node: ast.AST) -> str:
    """The name that a chain of attributes, items and calls begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def needed(lesson: Mapping[str, str], own: Iterable[str]) -> set[str]:
    """The ids of those cells of the lesson (sources by id) on which sources of the student's own depend, directly or
    through one another."""
    return needed_for(lesson, set().union(*(names(source).takes for source in own)))


def needed_for(lesson: Mapping[str, str], wanted: set[str]) -> set[str]:
    """The ids of those cells of the lesson that these names depend on."""
    known = {cell: names(source) for cell, source in lesson.items()}
    found: set[str] = set()
    while True:
        more = {cell for cell in known.keys() - found if known[cell].gives & (wanted | {EVERYTHING})}
        if not more:
            return found
        found |= more
        wanted = wanted.union(*(known[cell].takes for cell in more))
