"""The contract of every exercise: whatever an answer returns or raises, there is a verdict in words; a scene is played
once; a world is frozen, and a seed gives it again."""

import asyncio
import io
import math
import pickle
from collections import Counter
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, wraps
from pathlib import Path
from types import FunctionType

import nbformat
import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks import LESSONS, exercises
from dataml_lab.checks.exercise import MOST_CODE, MOST_WORDS, UNJUDGED
from dataml_lab.grading.source import answer_source, notebook, without_solution_marks
from dataml_lab.runtime.answers import Failed

ROOT = Path(__file__).parents[2]
EXERCISES = {name: (lesson, replace(exercise, world=cache(exercise.world)))
             for lesson in list(LESSONS)[:2] for name, exercise in exercises(lesson).items()}
every = pytest.mark.parametrize("name", EXERCISES)
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
SLOW = {"features", "find_skew", "tips_at", "encoder", "leaky_twin", "daily_summary"}


class Content(pickle.Pickler):
    """Pickles a function as its name."""

    def reducer_override(self, thing):
        return (str, (thing.__qualname__,)) if isinstance(thing, FunctionType) else NotImplemented


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
    return defined(answer_source(books(EXERCISES[name][0])[0], name))


def solution(name):
    """The names that the solutions of an exercise and of those before it in its lesson define."""
    lesson, _ = EXERCISES[name]
    names = list(exercises(lesson))
    cells = [answer_source(books(lesson)[1], one) for one in names[:names.index(name) + 1]]
    return defined("\n\n".join(map(without_solution_marks, cells)))


def defined(source):
    names = {"__name__": "answer"}
    exec(source, names)
    return names


def odd(name, act):
    """The answer of an exercise, each function and method of which does this."""
    def function(*_, **__):
        return act()

    def remade(thing):
        methods = [method for method in vars(thing) if callable(vars(thing)[method]) and not method.startswith("__")]
        return type(thing.__name__, (), dict.fromkeys(methods, function))

    return {label: remade(thing) if isinstance(thing, type) else function for label, thing in stub(name).items()
            if getattr(thing, "__module__", "") == "answer"}


def raising(error):
    def act():
        raise error
    return act


def judged(name, act):
    """The verdict on an odd answer, of which each part is in order."""
    verdict = EXERCISES[name][1].judge(odd(name, act), [1])
    for finding in verdict.findings:
        words, *_ = finding.sentence.split("\n")
        assert finding.outcome == "holds" or words.endswith((".", "?", "Try it:")), verdict
        assert len(finding.sentence) <= MOST_WORDS + MOST_CODE + 1
        assert not words.startswith(UNJUDGED), verdict
    assert verdict.earned < verdict.points / 2, verdict
    assert not verdict.not_attempted and "dataml_lab" not in str(verdict)
    return verdict


@every
def test_whatever_is_returned_or_raised_is_a_verdict_in_words_and_judging_leaves_no_trace(name):
    exercise = EXERCISES[name][1]
    before = content(exercise.fair_world(1))
    acts = [*((lambda value=value: value) for value in (TELLING if name in SLOW else ODD)),
            *map(raising, RAISED[:2] if name in SLOW else RAISED)]
    first = judged(name, acts[0])
    for act in acts[1:]:
        judged(name, act)
    assert judged(name, acts[0]) == first and content(exercise.fair_world(1)) == before


@every
def test_a_stub_and_a_missing_answer_are_not_attempted(name):
    exercise = EXERCISES[name][1]
    for names in ({}, stub(name), odd(name, lambda: NotImplemented), dict.fromkeys(odd(name, print), 3)):
        verdict = exercise.judge(names, [1])
        assert verdict.not_attempted and verdict.earned == 0


@every
def test_a_solution_meets_each_scene_once_in_a_world_that_stays_as_it_is(name):
    exercise, played = EXERCISES[name][1], Counter()

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
    assert max(played.values()) == 1
    assert content(exercise.fair_world(1)) == before


@every
def test_a_world_is_frozen_and_made_again_from_its_seed(name):
    lesson, exercise = EXERCISES[name]
    world, make = exercise.fair_world(1), exercises(lesson)[name].world
    assert world.__dataclass_params__.frozen if is_dataclass(world) else isinstance(world, tuple)
    assert content(make(2)) == content(make(2)) != content(make(3))
