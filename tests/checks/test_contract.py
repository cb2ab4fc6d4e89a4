"""The contract of every exercise: whatever an answer returns or raises, there is a verdict in words; a scene is played
once; a world is frozen, and a seed gives it again."""

import asyncio
import io
import math
import pickle
from collections import Counter
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, wraps
from pathlib import Path
from types import FunctionType, MappingProxyType

import nbformat
import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks import PARTS, exercises, part_of
from dataml_lab.checks.exercise import MOST_CODE, MOST_WORDS, UNJUDGED
from dataml_lab.checks.help import without_solution_marks
from dataml_lab.grading.source import answer_source, notebook
from dataml_lab.runtime.answers import Failed, Handle

ROOT = Path(__file__).parents[2]
EXERCISES = {name: replace(exercise, world=cache(exercise.world))
             for lesson in PARTS for name, exercise in exercises(lesson).items()}
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
ENDLESS = []
ENDLESS.append(ENDLESS)


class Oddity:
    """Is equal to everything, and text for nobody."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        raise ValueError("no")


class Unsayable(BaseException):
    """Has no message that could be shown."""

    def __str__(self):
        raise ValueError("no")


TELLING = [None, math.nan, Oddity(), [(1, NOON, 2.0)]]  # also for exercises whose check takes long
ODD = [*TELLING, True, -1, 10**400, Decimal("sNaN"), "x" * 10**5, "\x1b[2J\nholds", {}, ENDLESS, {"every": 900}, pd.NA,
       np.array([900]), pd.DataFrame({"a": [1]}), (n for n in range(3)), print]
RAISED = [ValueError("a"), StopIteration(), SystemExit(3), RecursionError(), asyncio.CancelledError(), Unsayable(),
          UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a"), Failed("")]
SLOW = {"features", "leaky_twin", "daily_summary"}  # checks that take long


class Content(pickle.Pickler):
    """Pickles a function as its name, of tables what can be seen, and of a dataclass its fields."""

    def reducer_override(self, thing):
        if isinstance(thing, FunctionType):
            return str, (thing.__qualname__,)
        if isinstance(thing, MappingProxyType):
            return dict, (dict(thing),)
        if isinstance(thing, pd.DataFrame | pd.Series):
            return str, (f"{thing.dtypes} {thing.to_csv()}",)
        if is_dataclass(thing) and not isinstance(thing, type):
            return tuple, ([getattr(thing, field.name) for field in fields(thing)],)
        return NotImplemented


def content(world):
    """Bytes that are equal for equal worlds."""
    written = io.BytesIO()
    Content(written).dump(world)
    return written.getvalue()


@cache
def books(lesson):
    """The notebook of a lesson as students get it, and as it is solved."""
    return (nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4),
            notebook(ROOT / "solutions" / lesson / f"{lesson}.py"))


def stub(name):
    """The names that the answer cell defines as students get it."""
    return defined(answer_source(books(part_of(name))[0], name))


def solution(name):
    """The names that the solutions of an exercise and of those before it in its lesson define."""
    names = list(exercises(part_of(name)))
    cells = [answer_source(books(part_of(name))[1], one) for one in names[:names.index(name) + 1]]
    return defined("\n\n".join(map(without_solution_marks, cells)))


def defined(source):
    """The names that an answer cell defines."""
    names = {"__name__": "answer"}
    exec(source, names)
    return names


def methods(thing):
    """The names of a class's own methods, those of two underscores aside."""
    return [name for name in vars(thing) if callable(vars(thing)[name]) and not name.startswith("__")]


def odd(name, act):
    """The answer of an exercise, each function and method of which does this with its arguments."""
    def function(*given, **_):
        return act(*given)

    return {label: type(label, (), dict.fromkeys(methods(thing), function)) if isinstance(thing, type) else function
            for label, thing in stub(name).items() if getattr(thing, "__module__", "") == "answer"}


def returning(value):
    return lambda *given: value


def raising(error):
    def act(*given):
        raise error
    return act


def misusing(value):
    """Calls each method of each handle with this, whatever that raises, and returns it."""
    def act(*given):
        for handle in given:
            for method in methods(type(handle)) if isinstance(handle, Handle) else []:
                with suppress(Exception):
                    getattr(handle, method)(value)
        return value
    return act


def judged(name, names):
    """The verdict on an odd answer, of which each part is in order."""
    verdict = EXERCISES[name].judge(names, [1])
    failing = [finding for finding in verdict.findings if finding.outcome == "fails"]
    assert failing and not verdict.not_attempted and "dataml_lab" not in str(verdict)
    for finding in failing:
        words, *_ = finding.sentence.split("\n")
        assert words.endswith((".", "?", "To see it:")) and not words.startswith(UNJUDGED), verdict
        assert len(finding.sentence) <= MOST_WORDS + MOST_CODE + 1
    return verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_whatever_is_returned_or_raised_is_a_verdict_in_words_and_judging_leaves_no_trace(name):
    before = content(EXERCISES[name].fair_world(1))
    values, errors = (TELLING, RAISED[:2]) if name in SLOW else (ODD, RAISED)
    acts = [*map(returning, values), *map(raising, errors), *map(misusing, TELLING)]
    first, *others = [judged(name, odd(name, act)) for act in acts]
    assert all(verdict.earned < verdict.points / 2 for verdict in (first, *others))
    assert judged(name, odd(name, acts[0])) == first and content(EXERCISES[name].fair_world(1)) == before


@pytest.mark.parametrize(("name", "label"), [(name, label) for name in EXERCISES for label, thing in stub(name).items()
                                             if isinstance(thing, type) and thing.__module__ == "answer"])
def test_a_class_with_one_odd_method_is_told_in_words(name, label):
    right = solution(name)[label]
    for method in methods(stub(name)[label]):
        for act in (returning(math.nan), raising(ValueError("a"))):
            judged(name, {label: type(label, (right,), {method: lambda self, *given, act=act: act(*given)})})


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_and_a_missing_answer_are_not_attempted(name):
    for names in ({}, stub(name), odd(name, returning(NotImplemented)),
                  dict.fromkeys(odd(name, print), 3)):
        verdict = EXERCISES[name].judge(names, [1])
        assert verdict.not_attempted and verdict.earned == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_meets_each_scene_once_in_a_world_that_stays_as_it_is(name):
    exercise, played = EXERCISES[name], Counter()

    def counted(label, play):
        @wraps(play)
        def once(*given):
            played[label] += 1
            return play(*given)
        return once

    counting = replace(exercise, scenes={label: counted(label, play) for label, play in exercise.scenes.items()})
    before = content(exercise.fair_world(1))
    verdict = counting.judge(solution(name), [1])
    assert verdict.earned == verdict.points, verdict
    assert set(played.values()) <= {1}
    assert content(exercise.fair_world(1)) == before


@pytest.mark.parametrize("name", [name for name in EXERCISES if EXERCISES[name].scenes])
def test_a_world_is_frozen_and_made_again_from_its_seed(name):
    world, make = EXERCISES[name].fair_world(1), exercises(part_of(name))[name].world
    assert world.__dataclass_params__.frozen if is_dataclass(world) else isinstance(world, tuple)
    assert content(make(2)) == content(make(2)) != content(make(3))
