"""Rows that wait are scored together; what fails harms no other."""

import asyncio
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.serving.refusals import Busy, ScoreError
from dataml_lab.serving.scorer import Closed, Scorer

LONG = 60.0  # seconds, never reached


class Gate:
    """A model whose calls wait for `go`; `sizes` are the rows of each."""

    def __init__(self):
        self.go, self.inside, self.sizes = threading.Event(), threading.Event(), []

    def __call__(self, rows):
        self.inside.set()
        assert self.go.wait(LONG)
        self.sizes.append(len(rows))
        return [row["x"] for row in rows]


def test_rows_that_came_meanwhile_are_scored_together():
    async def asked():
        gate = Gate()
        scorer = Scorer(gate)
        first = scorer.submit({"x": 0.0})
        await asyncio.to_thread(gate.inside.wait, LONG)
        others = [scorer.submit({"x": float(number)}) for number in range(1, 20)]
        others[5].cancel()
        gate.go.set()
        found = await asyncio.gather(first, *others, return_exceptions=True)
        assert found[:6] + found[7:] == [*map(float, range(6)), *map(float, range(7, 20))]
        assert gate.sizes == [1, 18]
        scorer.close()

    asyncio.run(asked())


def test_a_full_queue_refuses_and_a_closed_one_too_but_what_waits_is_scored():
    async def asked():
        gate = Gate()
        scorer = Scorer(gate, most=2)
        waiting = [scorer.submit({"x": 0.0})]
        await asyncio.to_thread(gate.inside.wait, LONG)
        waiting += [scorer.submit({"x": 1.0}), scorer.submit({"x": 2.0})]
        with pytest.raises(Busy, match="queue is full, of 2"):
            scorer.submit({"x": 3.0})
        scorer.close()
        with pytest.raises(Closed):
            scorer.submit({"x": 3.0})
        gate.go.set()
        assert await asyncio.gather(*waiting) == [0.0, 1.0, 2.0]

    asyncio.run(asked())


def inverse(rows):
    """1/x, or an error that spoils the whole call."""
    return [1 / row["x"] for row in rows]


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0, 1, 2, 4]), min_size=1, max_size=12))
def test_each_row_gets_what_it_would_get_alone(values):
    async def asked():
        scorer = Scorer(inverse)
        found = await asyncio.gather(*[scorer.submit({"x": x}) for x in values], return_exceptions=True)
        scorer.close()
        return found

    for x, found in zip(values, asyncio.run(asked()), strict=True):
        assert isinstance(found, ScoreError) and "division" in str(found) if x == 0 else found == 1 / x


def test_a_model_that_would_end_the_thread_harms_no_later_row():
    async def asked():
        scorer = Scorer(lambda rows: sys.exit("the end") if rows[0]["x"] else [1.0])
        with pytest.raises(ScoreError, match="SystemExit: the end"):
            await scorer.submit({"x": 1})
        assert await scorer.submit({"x": 0}) == 1.0
        scorer.close()

    asyncio.run(asked())


@pytest.mark.parametrize(("answers", "told"), [([], "0 scores came for 1 rows"), ([float("nan")], "the score is nan"),
                                              (["much"], "could not convert")])
def test_what_is_no_score_is_an_error(answers, told):
    async def asked():
        scorer = Scorer(lambda rows: answers)
        with pytest.raises(ScoreError, match=told):
            await scorer.submit({})
        scorer.close()

    asyncio.run(asked())
