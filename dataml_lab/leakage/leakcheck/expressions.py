"""Expressions: what is known of their values."""

import ast
from collections.abc import Callable, Iterator

from dataml_lab.leakage.leakcheck import calls
from dataml_lab.leakage.leakcheck.assignments import Assignments
from dataml_lab.leakage.leakcheck.data import joined
from dataml_lab.leakage.leakcheck.estimators import iterated
from dataml_lab.leakage.leakcheck.names import PLACES, role_in
from dataml_lab.leakage.leakcheck.scope import Scope, TooLong, combined, element_of, names_in, only
from dataml_lab.leakage.leakcheck.values import (
    NOTHING,
    UNKNOWN,
    Step,
    Thing,
    Value,
    covers,
    either,
    narrowed,
    overlap,
    together,
)

STEPS = 150_000  # expressions of a program; what is left is not walked


class Expressions(Assignments):
    """The values of expressions."""

    def value(self, node: ast.expr | None) -> Value:
        """What is known of the value of an expression."""
        if node is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > STEPS:
            raise TooLong
        return getattr(self, f"value_{type(node).__name__}", self.value_other)(node)

    def value_other(self, node: ast.expr) -> Value:
        return together([UNKNOWN, *(self.value(child) for child in ast.iter_child_nodes(node)
                                    if isinstance(child, ast.expr))])

    def value_Constant(self, node: ast.Constant) -> Value:
        return Value(constant=node.value)

    def value_JoinedStr(self, node: ast.JoinedStr) -> Value:
        return Value(tags=together([UNKNOWN, *(self.value(part.value) for part in node.values
                                               if isinstance(part, ast.FormattedValue))]).tags)

    def value_Name(self, node: ast.Name) -> Value:
        found = self.scope.find(node.id)
        if found is None:
            return Value(dotted=node.id)
        if found.rows and not found.origin:
            return found.but(origin=(self.scope, node.id))
        return found

    def value_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    def value_Tuple(self, node: ast.Tuple | ast.List) -> Value:
        items: list[Value] = []
        for child in node.elts:
            if isinstance(child, ast.Starred):
                spread = self.value(child.value)
                items += spread.items if spread.items is not None else [spread]
            else:
                items.append(self.value(child))
        return Value(items=tuple(items))

    value_List = value_Set = value_Tuple

    def value_Dict(self, node: ast.Dict) -> Value:
        entries: list[tuple[object, Value]] = []
        for number, (key, child) in enumerate(zip(node.keys, node.values, strict=True)):
            value = self.value(child)
            if key is None:
                entries += value.entries or []
                continue
            name = self.value(key)
            entries.append((name.constant if name.constant is not None else ("", number), value))
        return Value(entries=tuple(entries))

    def value_IfExp(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return either(self.value(node.body), self.value(node.orelse))

    def value_BoolOp(self, node: ast.BoolOp) -> Value:
        return together(map(self.value, node.values)).but(mask=ast.unparse(node))

    def value_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value.constant, int | float):
            return Value(constant=-value.constant)
        step = value.step and value.step._replace(part=1 - value.step.part) if value.step and value.step.part in (
            0, 1) and isinstance(node.op, ast.Invert) else None
        return value.but(constant=None, mask=ast.unparse(node) if value.mask else None, step=step)

    def value_BinOp(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if left.items is not None and right.items is not None and isinstance(node.op, ast.Add):
            return Value(items=(left.items + right.items)[:64])
        if left.items is not None and isinstance(node.op, ast.Mult) and isinstance(right.constant, int):
            return left.but(items=(left.items * min(right.constant, 3))[:64])
        if isinstance(left.constant, str) and isinstance(right.constant, str) and isinstance(node.op, ast.Add):
            return Value(constant=left.constant + right.constant)
        result = combined(left, right)
        if isinstance(node.op, ast.Add) and left.rows and right.rows and not overlap(left.rows, right.rows):
            result = result.but(rows=left.rows | right.rows)  # two lists, one after the other
        if isinstance(node.op, ast.Sub):
            result = self.judging(result, left, right)
        return result.but(mask=ast.unparse(node) if left.mask and right.mask else None)

    def value_Compare(self, node: ast.Compare) -> Value:
        left, others = self.value(node.left), [self.value(child) for child in node.comparators]
        result = combined(left, *others)
        result = self.judging(result, left, others[0])
        return result.but(mask=ast.unparse(node), constant=None)

    def judging(self, result: Value, left: Value, right: Value) -> Value:
        """Predictions beside the truth of the same rows: the mean of it is a score."""
        one, other = (left, right) if left.fits else (right, left)
        if one.fits and not other.fits and other.rows:
            judged = frozenset([(one.fits, one.rows or other.rows, one.tags, other.tags, one.seen)])
            return result.but(judged=judged, fits=frozenset())
        return result

    def value_Lambda(self, node: ast.Lambda) -> Value:
        return self.thing(Thing("function", "lambda", node=node, scope=self.scope))

    def value_Await(self, node: ast.Await) -> Value:
        return self.value(node.value)

    def value_Yield(self, node: ast.Yield) -> Value:
        self.scope.returned.append(self.value(node.value))
        return UNKNOWN

    def value_Starred(self, node: ast.Starred) -> Value:
        return self.value(node.value)

    def value_ListComp(self, node: ast.ListComp) -> Value:
        return Value(items=tuple(self.comprehended(node, lambda: self.value(node.elt)))[:64])

    value_SetComp = value_GeneratorExp = value_ListComp

    def value_DictComp(self, node: ast.DictComp) -> Value:
        pairs = self.comprehended(node, lambda: Value(items=(self.value(node.key), self.value(node.value))))
        return Value(entries=tuple((key.constant if key.constant is not None else ("", number), value)
                                   for number, (key, value) in enumerate(pair.items for pair in pairs)))

    def comprehended(self, node: ast.ListComp | ast.DictComp, make: Callable[[], Value]) -> list[Value]:
        """The elements of a comprehension; what its conditions know, they know."""
        outer, self.scope = self.scope, Scope(outer=self.scope)
        try:
            return list(self.generated(node.generators, make))
        finally:
            self.scope = outer

    def generated(self, generators: list[ast.comprehension], make: Callable[[], Value]) -> Iterator[Value]:
        """Makes an element for each turn of the generators."""
        if not generators:
            yield make()
            return
        first, *rest = generators
        source = iterated(self, self.value(first.iter), first.iter)
        with self.looping(first.iter, source):
            for element in self.elements(source, first.iter):
                self.assign(first.target, element)
                condition = together([UNKNOWN, *map(self.value, first.ifs)])
                for made in self.generated(rest, make):
                    yield made.but(statistics=made.statistics | condition.statistics) if condition.statistics else made

    def value_Attribute(self, node: ast.Attribute) -> Value:
        return calls.attribute(self, self.value(node.value), node.attr)

    def value_Call(self, node: ast.Call) -> Value:
        return calls.call(self, node)

    def value_Slice(self, node: ast.Slice) -> Value:
        for child in (node.lower, node.upper, node.step):
            self.value(child)
        return UNKNOWN

    def value_Subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        if base.dotted and base.dotted.endswith((".c_", ".r_")):
            return joined(self, self.value(node.slice), "c_" in base.dotted, node)
        index = self.value(node.slice)
        if base.entries is not None or (base.items is not None and not base.rows):
            return element_of(base, index)
        attribute = node.value.attr if isinstance(node.value, ast.Attribute) else ""
        return self.taken(base, node.slice, index, attribute)

    def taken(self, base: Value, place: ast.expr, index: Value, attribute: str) -> Value:
        """Columns or rows of data."""
        if isinstance(place, ast.Tuple) and place.elts:
            rows = self.taken(base, place.elts[0], index.items[0], "iloc") if index.items else base
            chosen = index.items[-1] if index.items else UNKNOWN
            return rows.but(learned=rows.learned | chosen.statistics, tags=rows.tags | chosen.tags)
        columns = names_in(index)
        told = index.statistics | frozenset(one for one in index.learned if index.mask or one.how == "copy")
        if index.mask:  # rows of categories that are frequent enough: which rows are meant, nothing in them
            told = frozenset(one for one in told if one.how != "statistic" or "count" not in one.what)
        result = base.but(mask=None, constant=None, origin=None, tags=base.tags | index.tags,
                          seen=base.seen | index.seen)
        result = result.but(learned=base.learned | told) if base.rows else result.but(statistics=base.statistics | told)
        if columns and attribute != "iloc":
            alone = isinstance(index.constant, str) and not base.mode
            return only(result, columns).but(mode="column" if alone else result.mode)
        if isinstance(place, ast.Slice) and (part := self.counted_part(base.rows, place)):
            return result.but(rows=part)
        step = self.step(place, index)
        if step and base.mode == "places" and not base.rows:
            return result.but(step=step)
        if not step or not base.rows:
            return result
        if step.kind in ("fold", "split"):
            self.diary.divided(base, step.kind, self.line)
        return result.but(rows=narrowed(base.rows, step), mode="" if base.mode == "missing" else base.mode)

    def step(self, place: ast.expr, index: Value) -> Step | None:
        """The step that an index makes from rows to some of them; None if it takes all rows, or columns."""
        if isinstance(place, ast.Slice):
            return self.slice_step(place)
        if isinstance(place, ast.Subscript) and isinstance(place.slice, ast.Slice) and not index.constant:
            return index.step or self.slice_step(place.slice)
        if index.step:
            return index.step
        if index.mask:
            return Step("filter", index.mask, index.tags)
        name = ast.unparse(place)
        if not isinstance(place, ast.Constant) and "shuf" not in name and "perm" not in name:
            last = name.rpartition(".")[2] if isinstance(place, ast.Name | ast.Attribute) else ""
            if PLACES.search(last) or (role_in(last) and not index.rows):
                return Step("places", "places", (name, index.tags))
        return None

    def counted_part(self, rows: frozenset, place: ast.Slice) -> frozenset:
        """The sources before or after a bound that is the number of rows of one of several that were put together."""
        bound = place.upper if place.upper is not None else place.lower
        counted = self.value(bound).counted if bound is not None else NOTHING
        inside = frozenset(path for path in rows if counted and covers(counted, frozenset([path])))
        first = (place.upper is not None) != isinstance(bound, ast.UnaryOp)
        if place.lower is not None and place.upper is not None and not isinstance(place.lower, ast.Constant):
            return rows - inside if rows - inside and inside else NOTHING
        return (inside if first else rows - inside) if inside and rows - inside else NOTHING

    def slice_step(self, place: ast.Slice) -> Step | None:
        """The step of a slice; None if it takes all rows."""
        if place.lower is None and place.upper is None:
            return None
        given = [self.value(bound) if bound else None for bound in (place.lower, place.upper)]
        bounds = tuple(bound.constant if bound else None for bound in given)
        known = all(bound is None or isinstance(bound.constant, int) for bound in given)
        text = ast.unparse(place)
        tags = together([UNKNOWN, *(bound for bound in given if bound)]).tags
        return Step("slice", "slice", (text, tags), bounds if known else None)
