"""Whatever an answer returns or raises, `judge` has a verdict with a sentence for each property that fails."""

import asyncio
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.checks import exercises

LESSON = {name: replace(exercise, world=cache(exercise.world))
          for name, exercise in exercises("02_batch_and_stream").items()}
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
NESTED = [[]]
for _ in range(30):
    NESTED = [NESTED]
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


NUMBERS = [True, 0.5, -1, math.nan, math.inf, -math.inf, 10**400, 5e-324, 1.7e308, 1j, Decimal(900), Decimal("NaN"),
           Fraction(1, 3), np.float64(0.5), np.float64("nan"), np.int64(7), np.bool_(1)]
MOMENTS = [NOON, NOON.replace(tzinfo=None), date(2025, 3, 1), timedelta(1), np.datetime64("2025-03-01"), pd.NaT,
           pd.Timestamp(NOON)]
WINDOWS = [[None], [()], [(1, 2)], [(1, 2, 3)], [(1, NOON, 2.0, 3)], [(1, NOON.replace(tzinfo=None), 2.0)],
           [(1, NOON, math.nan)], [(1.5, NOON, 2.0)], [(10**400, NOON, 2.0)], [(1, NOON, 10**400)], [(1, pd.NaT, 2.0)],
           [("x" * 10_000, NOON, 2.0)]]
CONTAINERS = ["900", b"900", "", [], (), {}, set(), frozenset({900}), {900}, [900], (900,), {"every": 900}, NESTED,
              ENDLESS, np.array([900]), np.array(900), pd.Series([900]), pd.DataFrame({"a": [1]})]
OTHERS = [None, pd.NA, Oddity(), object(), print, int, Ellipsis, iter([1]), (n for n in range(3)), range(3),
          {"a": 1}.items(), memoryview(b"a"), ValueError("a")]
ODD = [*NUMBERS, *MOMENTS, *WINDOWS, *CONTAINERS, *OTHERS]
RAISED = [ValueError("a"), KeyError("total"), StopIteration(), GeneratorExit(), SystemExit(3), RecursionError(),
          MemoryError(), AssertionError(), asyncio.CancelledError(), BaseException("a"),
          UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a")]


def spendings(result):
    """Classes of which a method, or all three, return this."""
    def silent(*_):
        return []

    def odd(*_):
        return result()

    for methods in ((odd, silent, silent), (silent, odd, silent), (silent, silent, odd), (odd, odd, odd)):
        yield type("Spending", (), dict(zip(("take", "finish", "late"), methods, strict=True)))


def delivers(result):
    """Functions that use, write or return this."""
    yield lambda log, table: result()
    yield lambda log, table: log.read(result())
    yield lambda log, table: log.commit(result())
    yield lambda log, table: table.write(result())
    yield lambda log, table: table.write({result(): 1})
    yield lambda log, table: table.get(result())
    yield lambda log, table: table.write({record["user_id"]: result() for offset in range(0, 100, 20)
                                          for record in log.read(offset)} | {"odd": result()})


def answers(result):
    """The exercises, with answers that come to what this function returns."""
    yield from ((LESSON["spending"], {"Spending": kind}) for kind in spendings(result))
    yield from ((LESSON["deliver"], {"deliver": function}) for function in delivers(result))
    yield from ((LESSON[name], {name: lambda *_: result()}) for name in ("choose", "tips_at"))


def judged(result):
    """Judges them all; what they are told is a sentence each."""
    for exercise, namespace in answers(result):
        verdict = exercise.judge(namespace, [1])
        failing = [finding for finding in verdict.findings if finding.outcome == "fails"]
        told = [finding.sentence.partition("\n")[0] for finding in failing]
        assert told and all(sentence.endswith((".", "?", " Try it:")) for sentence in told), verdict
        assert verdict.earned < verdict.points / 2
        assert "dataml_lab" not in str(verdict)


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_whatever_is_returned_is_told(value):
    judged(lambda: value)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_is_told(error):
    def raises():
        raise error

    judged(raises)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-10**30, 10**30), st.floats(), st.text(max_size=5),
                    st.datetimes(), st.datetimes(timezones=st.timezones()), st.binary(max_size=5))
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.tuples(inner, inner, inner), st.dictionaries(st.integers(), inner, max_size=2),
    st.lists(st.tuples(st.integers(), st.datetimes(timezones=st.timezones()), st.floats()), max_size=3)), max_leaves=6)


@settings(deadline=None, derandomize=True, max_examples=30, database=None)
@given(VALUES)
def test_whatever_hypothesis_thinks_of_is_told(value):
    judged(lambda: value)


def test_generators_and_coroutines_are_told():
    def generator(*_):
        yield 1

    async def coroutine(*_):
        return 1

    for exercise, namespace in answers(lambda: 1):
        for function in (generator, coroutine):
            kind = type("Spending", (), {"take": function, "finish": function, "late": function})
            verdict = exercise.judge({name: kind if name == "Spending" else function for name in namespace}, [1])
            assert all(finding.outcome == "fails" for finding in verdict.findings)


@pytest.mark.parametrize("name", LESSON)
def test_a_stub_and_a_missing_answer_are_not_attempted(name):
    stub = type("Spending", (), {method: lambda *_: NotImplemented for method in ("take", "finish", "late")})
    given = {"Spending": stub, name: lambda *_: NotImplemented}
    for namespace in ({}, given, {name: 3, "Spending": 3}):
        verdict = LESSON[name].judge(namespace, [1])
        assert verdict.not_attempted and verdict.earned == 0


def test_a_verdict_depends_on_no_exercise_judged_before():
    def verdicts(order):
        found = {}
        for name in order:
            for exercise, namespace in answers(lambda: [(1, NOON, 2.0)]):
                if exercise.name == name:
                    found.setdefault(name, []).append(exercise.judge(namespace, [1, 2]))
        return found

    assert verdicts(LESSON) == verdicts(reversed(LESSON))
