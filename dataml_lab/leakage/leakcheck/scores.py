"""Looks at rows: predictions that are compared with the truth."""

import ast

from dataml_lab.leakage.leakcheck import names
from dataml_lab.leakage.leakcheck.diary import Score
from dataml_lab.leakage.leakcheck.interface import Call, Walker
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Value, deep


def scored(walker: Walker, fits: frozenset, data: Value, truth: Value, tags: frozenset,
           given: list[ast.expr] | None = None) -> Value:
    """Notes a look at rows, and returns the score: a number that has seen them."""
    truth_tags = deep(truth).tags if truth is not data else frozenset()
    if fits and data.rows:
        walker.diary.scores.append(Score(
            fits, data.rows, data.all_learned, walker.shown_at(), truth_tags, tags, data.seen, walker.text(),
            bool(walker.folds), walker.said(ast.Tuple(given) if given else walker.statement)))
    return Value(tags=tags, seen=frozenset([data.rows]) if data.rows else frozenset())


def judged(walker: Walker, value: Value) -> Value:
    """The mean, or the sum, of predictions beside the truth: a score."""
    result = UNKNOWN
    for fits, rows, tags, truth, seen in value.judged:
        data = Value(rows=rows, learned=value.learned, tags=tags, seen=seen)
        result = scored(walker, fits, data, Value(tags=truth), tags)
    return result


def metric(walker: Walker, it: Call) -> Value | None:
    """A function that compares predictions with the truth; None if it doesn't."""
    if names.UNSUPERVISED_METRICS.search(it.name):
        return UNKNOWN
    values = [deep(value) for value in it.given]
    made = [thing for value in values[:1] for thing in value.things if thing.fits]
    if it.name.endswith(("loss", "entropy")) and values and values[0].things:
        return None  # of a network that is trained by hand
    if made and len(values) > 2 and values[1].rows:
        fits = frozenset().union(*(one.fits for one in made))
        return scored(walker, fits, values[1], values[2], values[1].tags, it.node.args[1:])
    found = [value for value in values if value.fits]
    truths = [value for value in values if not value.fits and value.rows]
    if found and (truths or len(found) > 1):
        data = found[0] if found[0].rows else found[0].but(rows=truths[0].rows)
        truth = truths[0] if truths else UNKNOWN
        return scored(walker, found[0].fits, data, truth, found[0].tags, it.node.args)
    return None
