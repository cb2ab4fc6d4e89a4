"""Calls and attributes: of the program's own functions and classes, of estimators, of libraries, of data."""

import ast

from dataml_lab.leakage.leakcheck import libraries, names
from dataml_lab.leakage.leakcheck.data import container_method, data_method
from dataml_lab.leakage.leakcheck.estimators import estimator, estimator_method, predicted
from dataml_lab.leakage.leakcheck.interface import METHODS, Call, Walker, generic, tags_of
from dataml_lab.leakage.leakcheck.scores import metric
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Thing, Value, deep, in_order, together


def call(walker: Walker, node: ast.Call) -> Value:
    """What a call returns, with what it does on the way."""
    receiver, name = None, ""
    if isinstance(node.func, ast.Attribute):
        receiver, name = walker.value(node.func.value), node.func.attr
        function = attribute(walker, receiver, name) if receiver.things or receiver.dotted else UNKNOWN
    else:
        function = walker.value(node.func)
    arguments = [value for argument in node.args for value in spread(walker, argument)]
    keywords = {keyword.arg or "": walker.value(keyword.value) for keyword in node.keywords}
    spread_out = keywords.pop("", UNKNOWN).entries or ()
    keywords.update({key: value for key, value in spread_out if isinstance(key, str)})
    if receiver is not None and not receiver.dotted:
        return method_call(walker, Call(node, name, arguments, keywords, receiver), function)
    return function_call(walker, Call(node, name, arguments, keywords), function)


def spread(walker: Walker, argument: ast.expr) -> tuple[Value, ...]:
    """The arguments that one stands for: several if it is starred."""
    value = walker.value(argument)
    return value.items if isinstance(argument, ast.Starred) and value.items is not None else (value,)


def function_call(walker: Walker, it: Call, function: Value) -> Value:
    """A call of a function or a class: of the program, or of a library."""
    for made in in_order(function.things):
        if made.kind == "function":
            return walker.call_function(made, it.arguments, it.keywords, it.node)
        if made.kind == "class":
            return instantiated(walker, it, made)
        return called_thing(walker, it, made)
    name = (function.dotted or it.name).rpartition(".")[2]
    it = it._replace(name=name)
    if name in libraries.LIBRARY:
        return libraries.LIBRARY[name](walker, it)
    if made := estimator(walker, it, function.dotted or ""):
        return made
    return other_function(walker, it, function.dotted or "")


def instantiated(walker: Walker, it: Call, made: Thing) -> Value:
    """An object of a class of the program, after its __init__."""
    bases = " ".join(made.options["bases"])
    kind = "model" if any(word in bases for word in ("Module", "Model", "Classifier", "Regressor")) else "instance"
    methods = dict(made.attributes)
    for base in made.options["bases"]:
        found = walker.scope.find(base)
        for parent in found.things if found else ():
            methods = {**parent.attributes, **methods}
    thing = Thing(kind, made.name, key=(made.name, walker.site(it.node)), line=walker.line, attributes=methods,
                  tags=tags_of(it), scope=made)
    walker.called.add(made.node)
    value = walker.thing(thing)
    rows = generic(it.given)
    if "__init__" in methods:
        own_method(walker, it, value, methods["__init__"])
    return value.but(rows=rows.rows, learned=rows.all_learned)


def called_thing(walker: Walker, it: Call, made: Thing) -> Value:
    """An object that is called: a network that predicts; a layer."""
    if "__call__" in made.attributes or (made.kind == "instance" and "forward" in made.attributes):
        name = "__call__" if "__call__" in made.attributes else "forward"
        return own_method(walker, it._replace(name=name), walker.thing(made), made.attributes[name])
    rows = it.arguments[0] if it.arguments else UNKNOWN
    if made.kind == "unknown" and any(deep(value).things or value.fits for value in it.given):
        return generic(it.given)
    if made.kind in ("model", "unknown", "instance"):
        made.options["called"] = True
        return predicted(walker, made, deep(rows)).but(things=frozenset([made]))
    return generic(it.given)


def own_method(walker: Walker, it: Call, receiver: Value, function: Value) -> Value:
    """A call of a method of a class of the program."""
    for made in (made for made in in_order(function.things) if made.kind == "function"):
        decorators = [ast.unparse(one) for one in getattr(made.node, "decorator_list", [])]
        bound = [] if "staticmethod" in decorators else [receiver]
        return walker.call_function(made, [*bound, *it.arguments], it.keywords, it.node)
    return UNKNOWN


def method_call(walker: Walker, it: Call, function: Value) -> Value:
    """A method: of an object of the program, of an estimator, of data."""
    for made in in_order(it.receiver.things):
        if any(one.kind == "function" for one in made.attributes.get(it.name, UNKNOWN).things):
            result = own_method(walker, it, it.receiver, made.attributes[it.name])
            return result if it.name != "fit" or result.things else it.receiver
        if made.kind == "instance" and (found := mixed_in(walker, it, made)):
            return found
    if it.receiver.things and (found := estimator_method(walker, it)):
        return found
    if it.name in METHODS and it.receiver.rows:
        return METHODS[it.name](walker, it)
    return container_method(walker, it) or data_method(walker, it)


def mixed_in(walker: Walker, it: Call, made: Thing) -> Value | None:
    """`fit_transform` of a transformer of the program's own, which a mixin gives it."""
    if it.name != "fit_transform" or "transform" not in made.attributes:
        return None
    if "fit" in made.attributes:
        own_method(walker, it, it.receiver, made.attributes["fit"])
    return own_method(walker, it._replace(arguments=it.arguments[:1], keywords={}), it.receiver,
                      made.attributes["transform"])


def other_function(walker: Walker, it: Call, dotted: str) -> Value:
    """A function that isn't known: a metric by its name; else what it returns holds what it is given."""
    if names.METRICS.match(it.name) and (found := metric(walker, it)) is not None:
        return found
    if it.name in names.PLAIN_FUNCTIONS:
        return Value(tags=together([UNKNOWN, *map(deep, it.given)]).tags)
    result = generic(it.given)
    callbacks(walker, it, result)
    if result.rows or result.parts or result.fits or any(value.rows for value in it.given):
        return result
    if result.seen or result.statistics or result.tags or not dotted or hasattr(__builtins__, it.name):
        return result
    return walker.source(it.node).but(tags=result.tags, things=result.things)


def callbacks(walker: Walker, it: Call, data: Value) -> None:
    """Walks the functions that a call is given, with the rows that it is given."""
    for value in it.given:
        for made in value.things:
            if made.kind == "function" and made.node not in walker.called:
                walker.call_function(made, [data.but(things=frozenset())], {}, it.node)


def attribute(walker: Walker, value: Value, name: str) -> Value:
    """An attribute of an object, of data, or of a module."""
    for made in in_order(value.things):
        if name in made.attributes:
            return made.attributes[name]
        if (found := estimator_attribute(made, name)) is not None:
            return found
    if value.dotted:
        return Value(dotted=f"{value.dotted}.{name}")
    if name == "shape" and value.rows:
        return Value(tags=value.tags, counted=value.rows)
    if name in ("shape", "dtypes", "dtype", "size", "ndim", "name", "columns") and not value.statistics:
        return Value(tags=value.tags)
    if name == "dt":
        return value.but(learned=frozenset(one for one in value.learned if one.how != "statistic"))
    if not value.rows or name in ("loc", "iloc", "at", "iat", "values", "T", "str", "cat", "index", "array", "ix",
                                  "data", "toarray", "columns", "codes"):
        return value.but(constant=None)
    return value.but(learned=frozenset(one for one in value.learned if one.column in (None, name)), origin=None,
                     mode=value.mode or "column")


def estimator_attribute(made: Thing, name: str) -> Value | None:
    """An attribute that an estimator learned, or the estimator within it; None if it is neither."""
    if name in ("best_estimator_", "named_steps", "steps", "estimator", "estimators_", "model", "history", "module"):
        return Value(things=frozenset([made]), tags=made.tags)
    if name == "labels_" and made.learned:
        rows = frozenset().union(*(one.rows for one in made.learned))
        return Value(rows=rows, learned=made.learned)
    if name.endswith("_") and not name.startswith(("_", "best_", "cv_results")) and made.learned:
        return Value(statistics=made.learned, tags=made.tags)
    return None
