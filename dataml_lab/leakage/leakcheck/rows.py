"""Walks through a program as it would run, and keeps for each variable which rows it holds (abstract interpretation).

Loops are walked twice, functions of the file where they are called, both branches of an `if` beside each other.
What was fitted, divided, scored and chosen on the way goes into a `Diary`, which `rules` reads.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager

from dataml_lab.leakage.leakcheck.estimators import iterated
from dataml_lab.leakage.leakcheck.expressions import Expressions
from dataml_lab.leakage.leakcheck.names import role_in
from dataml_lab.leakage.leakcheck.scope import Scope, TooLong, chooses, combined, deep_parts, names_in, strings, without
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Step, Thing, Value, deep, either, together

DEPTH = 8  # calls of functions within functions
TURNS = 8  # of a loop over things that are known
SHOWN = re.compile(r"pred|acc|score|hat|fitted", re.I)  # names of predictions and of scores
MODELLING = re.compile(r"\.(?:fit|predict|score|evaluate|backward)\w*\(")


class ProgramWalker(Expressions):
    """Walks through one program."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__()
        self.running: list[ast.AST] = []  # their functions
        self.called: set[ast.AST] = set()
        self.statement: ast.AST = tree
        self.callers: list[ast.AST] = []  # the statements with the calls that are being walked
        self.beside: tuple[ast.AST | None, ast.AST | None] = (None, None)  # the statements before and after
        self.loops: list[object] = []
        self.folds: list[object] = []
        self.steps = 0
        try:
            self.walk(tree.body)
            self.walk_uncalled(tree)
        except (TooLong, RecursionError):
            self.diary.cut_short = True

    # --- what is said of a number

    def text(self) -> str:
        """What is said of a number that a statement shows: its strings and targets, and the names of predictions.

        A line before it may announce it, and a line after it may print what it has assigned.
        """
        targets = [ast.unparse(target) for target in getattr(self.statement, "targets", [])]
        named = [node.id for node in ast.walk(self.statement) if isinstance(node, ast.Name) and SHOWN.search(node.id)]
        spoken = [text for statement in [self.statement, *self.callers[-2:]] for text in strings(statement)]
        found = [*spoken, *targets, *named]
        before, after = self.beside
        if before is not None and ast.unparse(before).startswith("print("):
            found += strings(before)
        if after is not None and any(target in ast.unparse(after) for target in targets):
            found += strings(after)
        return " ".join(found)

    def shown_at(self) -> int:
        """The line of a score: of the call, in a function that does nothing but to compute one."""
        line = self.line
        for function, (called_at, _) in zip(reversed(self.running), reversed(self.stack), strict=True):
            if MODELLING.search(ast.unparse(function)):
                break
            line = called_at
        return line

    def said(self, node: ast.AST) -> str:
        """The part of the rows that the names in an expression say: "train", "val", "test", or nothing."""
        found = {role_in(name.id) for name in ast.walk(node) if isinstance(name, ast.Name)} - {""}
        return found.pop() if len(found) == 1 else ""

    # --- statements

    def walk(self, body: list[ast.stmt]) -> None:
        """Walks statements one after another."""
        outer, around = self.statement, self.beside
        for number, statement in enumerate(body):
            self.statement = statement
            self.beside = (body[number - 1] if number else None, body[number + 1] if number + 1 < len(body) else None)
            getattr(self, f"walk_{type(statement).__name__}", self.walk_other)(statement)
        self.statement, self.beside = outer, around

    def walk_other(self, node: ast.stmt) -> None:
        """Evaluates the expressions of a statement that has no meaning of its own here."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)

    def walk_Expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def walk_Assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def walk_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.assign(node.target, self.value(node.value))

    def walk_AugAssign(self, node: ast.AugAssign) -> None:
        old, new = self.value(node.target), self.value(node.value)
        if old.items is not None and new.items is not None:
            self.assign(node.target, old.but(items=(old.items + new.items)[:64]))
        else:
            self.assign(node.target, combined(old, new).but(step=None))

    def walk_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self.update(target.value, without(self.value(target.value), names_in(self.value(target.slice))))

    def walk_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            self.scope.bind(alias.asname or name, Value(dotted=name))

    def walk_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.scope.bind(alias.asname or alias.name, Value(dotted=f"{node.module or ''}.{alias.name}"))

    def walk_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.scope.bind(node.name, self.thing(Thing("function", node.name, node=node, scope=self.scope)))

    walk_AsyncFunctionDef = walk_FunctionDef

    def walk_ClassDef(self, node: ast.ClassDef) -> None:
        made = Thing("class", node.name, node=node, scope=self.scope)
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                function = Thing("function", method.name, node=method, scope=self.scope)
                made.attributes[method.name] = self.thing(function)
        made.options["bases"] = [ast.unparse(base) for base in node.bases]
        self.scope.bind(node.name, self.thing(made))

    def walk_Return(self, node: ast.Return) -> None:
        self.scope.returned.append(self.value(node.value) if node.value else UNKNOWN)

    def walk_Global(self, node: ast.Global) -> None:
        self.scope.outward |= set(node.names)

    walk_Nonlocal = walk_Global

    def walk_If(self, node: ast.If) -> None:
        test = self.value(node.test)
        if self.loops and test.seen and chooses(node):
            self.diary.chosen(test.seen, self.line, bool(self.folds))
        before = dict(self.scope.variables)
        self.walk(node.body)
        after, self.scope.variables = self.scope.variables, before
        self.walk(node.orelse)
        self.scope.variables = {name: either(after[name], before[name]) if name in after and name in before
                                else after.get(name) or before[name] for name in {**before, **after}}

    def walk_Try(self, node: ast.Try) -> None:
        self.walk(node.body)
        for handler in node.handlers:
            self.walk(handler.body)
        self.walk(node.orelse + node.finalbody)

    walk_TryStar = walk_Try

    def walk_With(self, node: ast.With) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars:
                self.assign(item.optional_vars, value)
        self.walk(node.body)

    walk_AsyncWith = walk_With

    def walk_For(self, node: ast.For) -> None:
        value = iterated(self, self.value(node.iter), node)
        with self.looping(node, value):
            for element in self.elements(value, node):
                self.assign(node.target, element)
                self.walk(node.body)
        self.walk(node.orelse)

    walk_AsyncFor = walk_For

    def walk_While(self, node: ast.While) -> None:
        with self.looping(node, UNKNOWN):
            for _ in range(2):
                self.value(node.test)
                self.walk(node.body)

    def walk_Match(self, node: ast.Match) -> None:
        self.value(node.subject)
        for case in node.cases:
            self.walk(case.body)

    @contextmanager
    def looping(self, node: ast.AST, value: Value) -> Iterator[None]:
        """Notes that a loop is walked, and whether it is one over folds."""
        is_folds = value.mode == "folds" or any(part.mode == "folds" for part in deep_parts(value))
        self.loops.append(node)
        if is_folds:
            self.folds.append(node)
        yield
        self.loops.pop()
        if is_folds:
            self.folds.pop()

    def elements(self, value: Value, node: ast.AST) -> list[Value]:
        """The values of a loop's variable in its turns; two where they aren't known."""
        if value.entries is not None and value.entries:
            keys = [Value(constant=key) for key, _ in value.entries]
            return [self.turn(key, node, number) for number, key in enumerate(keys[:TURNS])]
        if value.items:
            return [self.turn(part, node, number) if not part.rows or len(value.items) > 1 else part
                    for number, part in enumerate(value.items[:TURNS])]
        if value.mode == "folds":
            return [value.but(mode="", constant=None)] * 2
        return [self.turn(value.but(constant=None, items=None, entries=None), node, number) for number in range(2)]

    def turn(self, value: Value, node: ast.AST, number: int) -> Value:
        """A value that depends on the turn of a loop."""
        if value.items is not None:
            return value.but(items=tuple(self.turn(part, node, number) for part in value.items))
        if value.fits or any(made.kind != "unknown" for made in value.things):
            return value
        return value.but(tags=value.tags | {(node.lineno, node.col_offset, number)})

    # --- functions of the program

    def walk_uncalled(self, tree: ast.Module) -> None:
        """Walks functions and methods that nothing in the file calls, with arguments of which only names are known."""
        for value in list(self.scope.variables.values()):
            for made in value.things:
                if made.kind == "function" and made.node not in self.called:
                    self.call_function(made, [], {}, made.node)
                elif made.kind == "class" and made.node not in self.called:
                    self.walk_class(made)

    def walk_class(self, made: Thing) -> None:
        """Walks the methods of a class that nothing uses."""
        instance = self.thing(Thing("instance", made.name, key=made.name, node=made.node, scope=made))
        for method in made.attributes.values():
            for function in method.things:
                self.call_function(function, [instance], {}, function.node)

    def call_function(self, made: Thing, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        """What a function of the program returns, by walking through it."""
        function = made.node
        if function in self.running or len(self.running) >= DEPTH:
            return together([UNKNOWN, *map(deep, arguments), *map(deep, keywords.values())])
        self.called.add(function)
        outer, self.scope = self.scope, Scope(outer=made.scope)
        statement, beside = self.statement, self.beside
        self.running.append(function)
        self.callers.append(statement)
        self.stack.append((node.lineno, node.col_offset))
        try:
            self.bind_parameters(function.args, arguments, keywords, function)
            if isinstance(function, ast.Lambda):
                return self.value(function.body)
            self.walk(function.body)
            return self.returned()
        finally:
            self.stack.pop()
            self.running.pop()
            self.callers.pop()
            self.scope, self.statement, self.beside = outer, statement, beside

    def returned(self) -> Value:
        """What a call returned: any of its returns, `yield`s too."""
        found = self.scope.returned or [UNKNOWN]
        result = found[0]
        for other in found[1:]:
            result = either(result, other)
        return result

    def bind_parameters(self, args: ast.arguments, given: list[Value], keywords: dict[str, Value],
                        function: ast.AST) -> None:
        """Binds what a call gives; else defaults; else, of a name, that it is rows of some source."""
        names = [arg.arg for arg in args.posonlyargs + args.args]
        defaults = dict(zip(names[len(names) - len(args.defaults):], args.defaults, strict=True))
        defaults |= {arg.arg: value for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value}
        bound = {**dict(zip(names, given, strict=False)), **{k: v for k, v in keywords.items() if k}}
        for name in [*names, *(arg.arg for arg in args.kwonlyargs)]:
            if name in bound:
                self.scope.bind(name, bound[name])
            elif name in defaults:
                self.scope.bind(name, self.value(defaults[name]))
            else:
                self.scope.bind(name, self.parameter(name, function))
        if args.vararg:
            self.scope.bind(args.vararg.arg, Value(items=tuple(given[len(names):])))
        if args.kwarg:
            self.scope.bind(args.kwarg.arg, UNKNOWN)

    def parameter(self, name: str, function: ast.AST) -> Value:
        """A parameter that nothing is given for: rows of the function's data, of the part that its name says."""
        role = role_in(name)
        step = Step("source", (function.lineno, "parameters"), role or "all")
        return self.named(Value(rows=frozenset([(step,)])), name) if name not in ("self", "cls") else UNKNOWN
