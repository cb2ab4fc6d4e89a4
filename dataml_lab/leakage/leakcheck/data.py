"""Methods of tables, arrays, lists and dictionaries: which rows they keep, and what they learn from them."""

import ast
import re

from dataml_lab.leakage.leakcheck import names
from dataml_lab.leakage.leakcheck.interface import Call, Walker, method
from dataml_lab.leakage.leakcheck.scores import judged
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Step, Value, deep, narrowed, overlap, together


def joined(walker: Walker, values: Value, beside: bool, node: ast.AST) -> Value:
    """Data put below each other hold the rows of all; rows that are in two of them are copies."""
    found = [deep(value) for value in (values.items or [part for _, part in values.entries or ()] or [values])]
    found = [value for value in found if value.rows]
    whole = together([UNKNOWN, *found])
    if beside or not found:
        rows = found[0].rows if found else frozenset()
        return whole.but(rows=rows, learned=whole.all_learned, statistics=frozenset())
    shared = [one.rows | other.rows for place, one in enumerate(found) for other in found[place + 1:]
              if overlap(one.rows, other.rows) and not one.fits and not other.fits and one.tags == other.tags]
    copies = frozenset().union(*(walker.learn("copy", "rows are added that are already there", rows)
                                 for rows in shared[:1]))
    return whole.but(learned=whole.all_learned | copies, statistics=frozenset())


def merged(left: Value, right: Value) -> Value:
    """Data with what was computed for each of a group's rows."""
    return left.but(learned=left.all_learned | right.all_learned, origin=None, mask=None, statistics=frozenset())


def container_method(walker: Walker, it: Call) -> Value | None:
    """A method of a list or a dictionary; None if it is none."""
    value, target = it.receiver, it.node.func.value
    if it.name in ("append", "add", "extend", "insert", "update") and it.arguments and not value.rows:
        added = it.arguments[-1]
        if it.name == "update" and value.entries is not None:
            changed = value.but(entries=tuple({**dict(value.entries), **dict(added.entries or ())}.items()))
        else:
            extra = added.items if it.name == "extend" and added.items is not None else (added,)
            changed = value.but(items=((value.items or ()) + tuple(extra))[-32:])
        walker.update(target, changed)
        return UNKNOWN
    if value.entries is None:
        return None
    if it.name == "items":
        return Value(items=tuple(Value(items=(Value(constant=key if not isinstance(key, tuple) else None), part))
                                 for key, part in value.entries))
    if it.name == "values":
        return Value(items=tuple(part for _, part in value.entries))
    if it.name == "keys":
        return Value(items=tuple(Value(constant=key if not isinstance(key, tuple) else None)
                                 for key, _ in value.entries))
    if it.name in ("get", "pop") and it.arguments:
        return dict(value.entries).get(it.arguments[0].constant) or deep(value)
    return None


def data_method(walker: Walker, it: Call) -> Value:
    """A method of data, or of what isn't known."""
    value = it.receiver if it.receiver.rows or not it.receiver.parts else deep(it.receiver)
    if value.judged and it.name in ("mean", "sum", "item", "all", "average"):
        return judged(walker, value)
    if it.name in names.STATISTICS:
        return statistic(walker, it, value)
    if it.name in ("eq", "ne", "sub", "subtract") and it.arguments:
        return walker.judging(with_arguments(walker, it, value), value, deep(it.arguments[0]))
    if it.name == "rank":
        return value.but(learned=value.learned | walker.learn("statistic", "rank is computed", value.rows), origin=None)
    result = with_arguments(walker, it, value)
    if it.keywords.get("inplace", UNKNOWN).constant is True:
        walker.update(it.node.func.value, result.but(origin=it.receiver.origin))
    return result


def with_arguments(walker: Walker, it: Call, value: Value) -> Value:
    """Data after a method that keeps its rows, with what its arguments know."""
    rowwise = it.constant(1, "axis") in (1, "columns") or it.name in ("applymap", "map")
    rowwise = rowwise or (it.name == "apply" and value.mode == "column")
    element = value.but(origin=None, mode="rowwise" if rowwise else "", things=frozenset())
    given = [UNKNOWN]
    for argument in it.given:
        functions = [made for made in argument.things if made.kind == "function"]
        given += [walker.call_function(made, [element], {}, it.node) for made in functions] or [deep(argument)]
    extra = together(given)
    learned = value.learned | (extra.all_learned if value.rows else extra.learned)
    if value.mode == "grouped" and it.name == "transform":
        function = it.argument(0, "func") or UNKNOWN
        name = function.constant or (function.dotted or "").rpartition(".")[2]
        if name in names.STATISTICS | {"rank", "nunique"}:
            learned |= walker.learn("statistic", f"{name} of groups is computed", value.rows)
    return value.but(learned=learned, statistics=value.statistics | (frozenset() if value.rows else extra.statistics),
                     tags=value.tags | extra.tags, origin=None, constant=None, seen=value.seen | extra.seen,
                     mode=mode_after(it.name, value.mode), mask=mask_after(it, value),
                     rows=value.rows, fits=value.fits, items=value.items if not value.rows else None)


def mode_after(name: str, mode: str) -> str:
    """How statistics of what a method returns are to be read."""
    if name == "groupby":
        return "grouped"
    if name in ("rolling", "expanding", "ewm"):
        return "windowed"
    if name in ("isnull", "isna", "notnull", "notna", "duplicated"):
        return "missing"
    return "" if name in ("transform", "apply", "reset_index") else mode


def mask_after(it: Call, value: Value) -> str | None:
    """The text of a method's result if it is a mask."""
    if it.name in ("isin", "isnull", "isna", "notnull", "notna", "between", "duplicated", "contains", "startswith",
                   "endswith", "eq", "gt", "lt", "ge", "le", "ne", "any", "all"):
        return ast.unparse(it.node)
    return value.mask if it.name in ("to_numpy", "astype", "copy", "fillna") else None


def statistic(walker: Walker, it: Call, value: Value) -> Value:
    """A statistic of data: numbers that are about their rows."""
    by_row = it.constant(0, "axis") in (1, "columns", -1) and it.name not in ("quantile", "agg")
    if not value.rows or value.fits or value.mode in ("rowwise", "missing", "windowed") or by_row:
        return value.but(origin=None, constant=None, mode="" if value.mode == "windowed" else value.mode, mask=None)
    if it.name in names.COUNTS and value.mode != "grouped":
        return Value(tags=value.tags)
    of = " of groups" if value.mode == "grouped" else ""
    learned = walker.learn("statistic", f"{it.name}{of} is computed", value.rows)
    return Value(statistics=value.learned | learned, tags=value.tags, seen=value.seen)


@method("sample")
def _(walker: Walker, it: Call) -> Value:
    """Rows drawn at random: all of them, some, or some more than once."""
    value, again = it.receiver.but(origin=None), it.constant(2, "replace")
    if again is True:
        return value.but(learned=value.learned | walker.learn("copy", "sample draws rows again", value.rows))
    if it.keywords.get("frac", UNKNOWN).constant in (1, 1.0):
        return value
    seed = it.keywords.get("random_state", UNKNOWN).constant
    key = (seed, ast.unparse(it.node)) if seed is not None else walker.site(it.node)
    return value.but(rows=narrowed(value.rows, Step("drawn", key, 0)))


@method("repeat")
def _(walker: Walker, it: Call) -> Value:
    """Rows several times; a data set of TensorFlow begins again without an argument."""
    copies = walker.learn("copy", "repeat copies rows", it.receiver.rows) if it.arguments else frozenset()
    return it.receiver.but(origin=None, learned=it.receiver.learned | copies)


@method("head", "tail")
def _(walker: Walker, it: Call) -> Value:
    """The first rows, or the last."""
    number = it.constant(0, "n")
    if not it.given or (isinstance(number, int) and number <= 30):
        return it.receiver.but(origin=None)
    known = isinstance(number, int)
    text = ast.unparse(it.node.args[0] if it.node.args else it.node)
    bounds = (None, number) if it.name == "head" else (-number if known else None, None)
    part = f":{text}" if it.name == "head" else f"-{text}:"
    step = Step("slice", "slice", part, bounds if known else None)
    return it.receiver.but(rows=narrowed(it.receiver.rows, step), origin=None)


@method("query")
def _(walker: Walker, it: Call) -> Value:
    """The rows that a condition is true of."""
    named = [walker.scope.find(name) for name in re.findall(r"@(\w+)", ast.unparse(it.node))]
    tags = together([UNKNOWN, *(value for value in [*named, *map(deep, it.arguments)] if value)]).tags
    step = Step("filter", ast.unparse(it.node.args[0]) if it.node.args else "query", tags)
    return it.receiver.but(rows=narrowed(it.receiver.rows, step), origin=None)


@method("drop")
def _(walker: Walker, it: Call) -> Value:
    """Data without columns, or without rows: those of a sample leave the rest."""
    value, what = it.receiver, it.argument(0, "columns", "labels", "index") or UNKNOWN
    columns = [what.constant] if isinstance(what.constant, str) else [
        one.constant for one in what.items or () if isinstance(one.constant, str)]
    result = value.but(origin=None, learned=frozenset(
        one for one in value.learned if not one.column or one.column not in columns) | deep(what).statistics)
    inside = [path for path in deep(what).rows if any(path[:-1] == whole for whole in value.rows)]
    if inside and len(inside) == len(value.rows):
        rest = inside[0][-1]._replace(part="rest", bounds=None)
        result = result.but(rows=narrowed(value.rows, rest))
    if it.keywords.get("inplace", UNKNOWN).constant is True:
        walker.update(it.node.func.value, result.but(origin=value.origin))
    return result


@method("pop")
def _(walker: Walker, it: Call) -> Value:
    """A column, which the data then lack."""
    column, value = it.constant(0, "item"), it.receiver
    walker.update(it.node.func.value, value.but(learned=frozenset(
        one for one in value.learned if one.column != column or not one.column)))
    return value.but(origin=None, learned=frozenset(one for one in value.learned if one.column in (None, column)))


@method("append")
def _(walker: Walker, it: Call) -> Value:
    """A table with another below it."""
    if it.receiver.items is not None and not isinstance(it.node.func.value, ast.Call):
        walker.update(it.node.func.value, it.receiver.but(items=(*it.receiver.items, *it.arguments)[-32:]))
        return UNKNOWN
    return joined(walker, Value(items=(it.receiver, *it.arguments)), False, it.node)


@method("merge", "join")
def _(walker: Walker, it: Call) -> Value:
    """Rows with columns of another table."""
    return merged(it.receiver, deep(it.argument(0, "right", "other") or UNKNOWN))


@method("unique", "nunique")
def _(walker: Walker, it: Call) -> Value:
    """The different values of a column, which are no rows."""
    return Value(tags=it.receiver.tags, mode="places")


@method("drop_duplicates")
def _(walker: Walker, it: Call) -> Value:
    """Data without copies of rows."""
    value = it.receiver.but(origin=None, learned=frozenset(one for one in it.receiver.learned if one.how != "copy"))
    if it.keywords.get("inplace", UNKNOWN).constant is True:
        walker.update(it.node.func.value, value.but(origin=it.receiver.origin))
    return value


@method("isin")
def _(walker: Walker, it: Call) -> Value:
    """A mask of the rows whose value is among others: of a part of the values, if those were divided."""
    step = next((value.step for value in map(deep, it.arguments) if value.step), None)
    return it.receiver.but(origin=None, mask=ast.unparse(it.node), step=step, statistics=frozenset(
        one for value in it.given for one in deep(value).statistics))
