"""Estimators, pipelines, splitters and searches: what they are by their names, and what their methods do."""

import ast
import re
from collections.abc import Callable

from dataml_lab.leakage.leakcheck import names
from dataml_lab.leakage.leakcheck.diary import Choice
from dataml_lab.leakage.leakcheck.interface import Call, Walker, generic, tags_of
from dataml_lab.leakage.leakcheck.scores import scored
from dataml_lab.leakage.leakcheck.values import (
    UNKNOWN,
    Fit,
    Step,
    Thing,
    Value,
    deep,
    in_order,
    overlap,
    together,
)

DATASETS = re.compile(r"(?:MNIST|CIFAR\w*|ImageFolder|.*Dataset|SVHN|STL10)$")


def estimator(walker: Walker, it: Call, dotted: str) -> Value | None:
    """A new object of a library's class, if the name is one of the kinds that are known here."""
    kind = kind_of(it.name)
    if not kind or (it.name[0].islower() and kind != "pipeline"):
        return None
    inner = [made for value in it.given for made in in_order(deep(value).things)]
    thing = Thing(kind, it.name, key=(it.name, walker.site(it.node)), line=walker.line, tags=tags_of(it),
                  inner=inner, options={"stops": stops(it), "calls": it.keywords, "text": ast.unparse(it.node)})
    data = generic([value for value in it.given if value.rows])
    if kind == "unknown" and not data.rows and DATASETS.search(it.name):
        data = walker.source(it.node)
    thing.options["data"] = data
    return walker.thing(thing).but(rows=data.rows if kind == "unknown" else frozenset(),
                                   learned=data.learned if kind == "unknown" else frozenset())


def kind_of(name: str) -> str:
    """The kind of object that a class makes, by its name."""
    if name in names.PIPELINES or "pipeline" in name.lower():
        return "pipeline"
    for kind, pattern in (("search", names.SEARCHES), ("splitter", names.SPLITTERS), ("harmless", names.HARMLESS),
                          ("learner", names.LEARNING), ("cluster", names.CLUSTERS), ("sampler", names.SYNTHETIC),
                          ("sampler", names.COPYING), ("sampler", names.THINNING), ("model", names.MODELS)):
        if pattern.match(name):
            return kind
    return "unknown" if name[:1].isupper() else ""


def stops(it: Call) -> bool:
    """Whether a call says to stop early, or to keep the best round, by the score on a set that it is given."""
    words = " ".join([*it.keywords, *(one.name for value in it.given for one in deep(value).things)])
    texts = " ".join(ast.unparse(child) for child in [*it.node.args, *(one.value for one in it.node.keywords)])
    early = it.keywords.get("early_stopping_rounds")
    return bool(names.STOPPING.search(f"{words} {texts}")) and not (early and early == Value(constant=None))


def leaf_things(made: Thing, depth: int = 5) -> list[Thing]:
    """The steps of a pipeline, those of pipelines in it among them."""
    if made.kind not in ("pipeline", "search") or not depth:
        return [made]
    return [leaf for inner in made.inner for leaf in leaf_things(inner, depth - 1)]


def role_of_thing(made: Thing) -> str:
    """What an estimator is in the end: "model", "learner", "harmless", …; a pipeline is what its steps are."""
    if made.kind == "search":
        return "model"
    if made.kind != "pipeline":
        return made.kind
    if made.name in ("ColumnTransformer", "make_column_transformer", "FeatureUnion", "make_union", "DataFrameMapper"):
        kinds = {leaf.kind for leaf in leaf_things(made)}
    else:
        kinds = {role_of_thing(inner) for inner in made.inner}
    return next((kind for kind in ("model", "learner", "unknown", "instance", "harmless") if kind in kinds), "unknown")


def estimator_method(walker: Walker, it: Call) -> Value | None:
    """A method of scikit-learn's kind, on any of the estimators that the receiver can be; None if it isn't one."""
    handler = ESTIMATOR_METHODS.get(it.name)
    if not handler and it.name.startswith("predict"):
        handler = _predict
    if not handler:
        return None
    things = in_order(it.receiver.things)
    if handler in (_predict, _score) and len(things) > 1:
        things = [any_of(things)]
    found = [handler(walker, it, made) for made in things]
    found = [value for value in found if value is not None]
    return together(found) if len(found) > 1 else found[0] if found else None


def any_of(things: list[Thing]) -> Thing:
    """One of several models, of which it isn't known which: a single candidate."""
    models = [made for made in things if made.fits] or things
    return Thing(models[0].kind, models[0].name, key=tuple(str(made.key) for made in models), line=models[0].line,
                 tags=frozenset().union(*(made.tags for made in models)),
                 fits=frozenset().union(*(made.fits for made in models)))


def _fit(walker: Walker, it: Call, made: Thing) -> Value | None:
    """Fits; returns the estimator."""
    role, data = role_of_thing(made), it.argument(0, "X", "x", "data", "X_train", "texts") or made.options.get("data")
    if made.kind in ("splitter", "function", "class") or (role == "sampler"):
        return None
    truth = it.argument(1, "y", "target")
    data = deep(data) if data else UNKNOWN
    if role == "unknown":
        role = "model" if truth is not None or not it.arguments or it.keywords.keys() & {"epochs"} else "learner"
    if role == "instance":
        role = "model" if truth is not None else "unknown"
    if role in ("learner", "cluster") or (role == "unknown" and data.rows):
        made.learned = learned_by(walker, made, data)
    if role == "model" or made.kind == "model":
        fit_model(walker, it, made, data, truth)
    return it.receiver.but(rows=frozenset())


def learned_by(walker: Walker, made: Thing, data: Value) -> frozenset:
    """What a transformer learns when it is fitted."""
    leaves = [leaf.name for leaf in leaf_things(made) if leaf.kind in ("learner", "cluster", "unknown", "instance")]
    name = made.name if made.kind != "pipeline" else f"{made.name} with {', '.join(dict.fromkeys(leaves))}"
    return walker.learn("fit", f"{name} is fitted", data.rows)


def fit_model(walker: Walker, it: Call, made: Thing, data: Value, truth: Value | None) -> None:
    """Notes that a model was fitted, and on what; a search divides its rows into folds."""
    tags = made.tags | data.tags | (truth.tags if truth else frozenset())
    learned = data.all_learned | (about_scale(truth) if truth else frozenset())
    supervised = truth is not None or not it.arguments or bool(it.keywords.keys() & {"epochs", "validation_data"})
    name = next((leaf.name for leaf in leaf_things(made) if leaf.kind == "model"), made.name)
    baseline = bool(names.BASELINES.search(f"{name} {ast.unparse(it.node.func)} {walker.text()}"))
    told = " ".join(ast.unparse(argument) for argument in it.node.args[:2])
    key = (made.key, tuple(walker.stack), told, tags, learned)
    fit = Fit(key, name, data.rows, learned, walker.line, supervised, baseline, walker.said(it.node))
    made.fits = frozenset([fit])
    made.learned = walker.learn("fit", f"{name} is fitted", data.rows)
    walker.diary.fits.append(fit)
    if made.kind == "search":
        walker.diary.divided(data.but(learned=learned), "cv", walker.line)
    note_stops(walker, it, made, fit)


def about_scale(truth: Value) -> frozenset:
    """What a target was scaled with; a label that a statistic defines is the task itself."""
    return frozenset(one for one in truth.learned if one.how != "statistic")


def note_stops(walker: Walker, it: Call, made: Thing, fit: Fit) -> None:
    """Notes a fit that stops early, or keeps its best round, by the score on a set that it was given."""
    given = [it.keywords[name] for name in it.keywords if name in names.EVALUATION_SETS]
    keeps_best = "CatBoost" in made.name and "use_best_model=False" not in made.options.get("text", "")
    if not given or not (stops(it) or made.options.get("stops") or keeps_best):
        return
    for value in given:
        parts = [deep(part) for part in value.items or () if deep(part).rows] or [deep(value)]
        held = [part for part in parts if part.rows and not overlap(part.rows, fit.rows)]
        if held:
            walker.diary.choices.append(Choice(held[-1].rows, walker.line, "stop", bool(walker.folds),
                                               frozenset([fit])))


def _transform(walker: Walker, it: Call, made: Thing) -> Value | None:
    """Data transformed with what the estimator has learned."""
    if made.kind in ("splitter", "function", "class"):
        return None
    data = deep(it.argument(0, "X", "x", "texts", "sequences", "raw_documents") or UNKNOWN)
    return data.but(learned=data.all_learned | made.learned | walk_inner(made), tags=data.tags | made.tags, origin=None,
                    mask=None, constant=None, items=None, entries=None)


def walk_inner(made: Thing) -> frozenset:
    """What the steps of a pipeline have learned."""
    return frozenset().union(*(inner.learned for inner in made.inner)) if made.kind == "pipeline" else frozenset()


def _fit_transform(walker: Walker, it: Call, made: Thing) -> Value | None:
    """Fits, and transforms the same data."""
    if _fit(walker, it, made) is None:
        return None
    if made.kind in ("model", "search"):
        return _predict(walker, it, made)
    return _transform(walker, it, made)


def _fit_resample(walker: Walker, it: Call, made: Thing) -> Value | None:
    """Rows resampled: copied, made of neighbours, or thinned."""
    data, truth = (deep(it.argument(place, name) or UNKNOWN) for place, name in enumerate(("X", "y")))
    learned = resampled(walker, [leaf.name for leaf in leaf_things(made)], data.rows)
    return Value(items=(data.but(learned=data.all_learned | learned, origin=None), truth.but(origin=None)))


def resampled(walker: Walker, kinds: list[str], rows: frozenset) -> frozenset:
    """What resampling leaves in data: copies, rows made of others, or a choice of rows by their neighbours."""
    found = frozenset()
    for name in kinds:
        if names.SYNTHETIC.match(name):
            found |= walker.learn("copy", f"{name} makes rows out of their neighbours", rows)
            found |= walker.learn("fit", f"{name} is fitted", rows)
        elif names.COPYING.match(name):
            found |= walker.learn("copy", f"{name} copies rows", rows)
        elif names.THINNING.match(name):
            found |= walker.learn("fit", f"{name} is fitted", rows)
    return found


def _predict(walker: Walker, it: Call, made: Thing) -> Value | None:
    """Predictions for rows."""
    if made.kind in ("splitter", "function", "class"):
        return None
    data = deep(it.argument(0, "X", "x", "data", "generator", "exog") or UNKNOWN)
    if not made.fits and made.kind in ("cluster", "learner", "harmless"):
        return data.but(learned=data.all_learned | made.learned, origin=None)
    return predicted(walker, made, data)


def predicted(walker: Walker, made: Thing, data: Value) -> Value:
    """The predictions of a model as it is fitted now."""
    walker.diary.used(made.fits, data, walker.line)
    tags = data.tags | made.tags
    return Value(rows=data.rows, learned=data.all_learned, fits=made.fits, tags=tags, seen=data.seen,
                 things=frozenset([made]) if made.kind in ("model", "unknown", "instance") and not made.fits else
                 frozenset())


def _score(walker: Walker, it: Call, made: Thing) -> Value | None:
    """The score of a model on rows."""
    data, truth = it.argument(0, "X", "x", "generator"), it.argument(1, "y")
    if data is None or made.kind in ("splitter", "function", "class", "cluster", "learner"):
        return None
    data = deep(data)
    if truth is None and it.name == "score":
        return UNKNOWN
    return scored(walker, made.fits, data, truth or data, data.tags | made.tags, it.node.args)


def _split(walker: Walker, it: Call, made: Thing) -> Value | None:
    """The folds of a splitter: pairs of places, of rows to fit to and rows to test on."""
    if made.kind != "splitter":
        return None
    once = "ShuffleSplit" in made.name and made.options["calls"].get("n_splits", UNKNOWN).constant == 1
    kind, key = "split" if once else "fold", (walker.site(it.node), made.tags)
    fit_rows, test_rows = (Value(step=Step(kind, key, part)) for part in (0, 1))
    return Value(items=(Value(items=(fit_rows, test_rows)),) * 2, mode="" if once else "folds")


def iterated(walker: Walker, value: Value, node: ast.AST) -> Value:
    """What a loop goes over; a splitter of the older kind is itself the list of its folds."""
    splitters = [made for made in value.things if made.kind == "splitter"]
    if not splitters:
        return value
    key = (walker.site(node), splitters[0].tags)
    return Value(items=(Value(items=tuple(Value(step=Step("fold", key, part)) for part in (0, 1))),) * 2, mode="folds")


def _same(walker: Walker, it: Call, made: Thing) -> Value | None:
    """The estimator itself."""
    if it.name == "set_params":
        made.tags |= tags_of(it)
        made.key = (made.key, walker.site(it.node))
    made.options["stops"] = made.options.get("stops") or (it.name == "set_params" and stops(it))
    return it.receiver


def _backward(walker: Walker, it: Call, made: Thing) -> Value | None:
    """A step of training by hand: the network is fitted to the rows that its loss was computed on."""
    rows = Value(rows=it.receiver.rows, learned=it.receiver.all_learned)
    fit = Fit((made.key, "trained by hand"), made.name, rows.rows, rows.learned, walker.line)
    made.fits = frozenset([fit])
    return UNKNOWN


ESTIMATOR_METHODS: dict[str, Callable] = {
    "fit": _fit, "fit_generator": _fit, "partial_fit": _fit, "train": _fit, "fit_on_texts": _fit, "adapt": _fit,
    "fit_on_sequences": _fit, "build_vocab": _fit, "train_on_batch": _fit, "transform": _transform,
    "texts_to_sequences": _transform, "texts_to_matrix": _transform, "inverse_transform": _transform,
    "sequences_to_matrix": _transform, "fit_transform": _fit_transform, "fit_predict": _fit_transform,
    "fit_resample": _fit_resample, "fit_sample": _fit_resample, "predict": _predict, "decision_function": _predict,
    "forecast": _predict, "get_forecast": _predict, "score": _score, "evaluate": _score, "evaluate_generator": _score,
    "split": _split, "set_params": _same, "compile": _same, "to": _same, "eval": _same, "cuda": _same, "cpu": _same,
    "clone": _same, "backward": _backward, "summary": _same,
}
