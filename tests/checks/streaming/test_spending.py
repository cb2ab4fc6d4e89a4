"""`spending`: what passes for a window, and what the sentences say where the catalogue doesn't."""

import runpy
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataml_lab.checks.streaming.results import called
from dataml_lab.checks.streaming.spending import spending
from dataml_lab.runtime.answers import Failed, Made
from tests.catalogued import catalogued

LESSON = Path(__file__).parents[3] / "solutions" / "02a_windows"
ORACLE = runpy.run_path(str(LESSON / "oracle.py"))["ORACLES"]["spending"]
KEEPS, COMPLETED, OCCURRED, BEGINS, WAITS, SOON, ONCE, ASIDE, BATCH = [prop.name for prop in spending.properties]
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def answer(name):
    return catalogued("spending", name)["Spending"]


Right = answer("right_plain_dict")


def failing(answer, seeds=(1,), oracle=None):
    verdict = spending.judge({"Spending": answer}, seeds, oracle)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


def test_a_right_answer_has_every_property():
    assert failing(Right, range(5)) == {} == failing(Right, [1], ORACLE)


def test_an_answer_without_results_keeps_one_property_only():
    class Silent(Right):
        def tell(self, until):
            return []

        def finish(self):
            return []

    assert failing(Silent).keys() == {KEEPS, COMPLETED, OCCURRED, BEGINS, WAITS, SOON, ONCE, BATCH}


def test_only_the_oracle_knows_when_each_window_of_a_long_stream_is_due():
    late = answer("wrong_sleeps_after_fifty")
    assert failing(late) == {} and failing(late, [1], ORACLE).keys() == {BATCH}


def test_other_customers_are_spoken_of_only_where_there_are_some():
    class NothingAside(Right):
        def late(self):
            return []

    sentence = failing(NothingAside)[ASIDE]
    assert "Order 5004 occurred 120.001 s before" in sentence and "another customer" not in sentence
    assert "one of another customer" in failing(answer("wrong_clock_per_customer"))[ASIDE]


def test_what_is_put_aside_twice_or_is_no_order_is_reported():
    class Invents(Right):
        def late(self):
            return [*super().late(), 7]

    assert "7 is among those put aside, and no order has that id" in failing(Invents)[ASIDE]
    assert "put aside twice" in failing(answer("wrong_put_aside_twice"))[ASIDE]


# what passes for windows


class Reports:
    def __init__(self, result):
        self.result = result

    def finish(self):
        return self.result


def read(result):
    return called(Made("Spending", Reports(result)), None, "finish")


@pytest.mark.parametrize("result", [
    [(7, NOON, 2.5)], ((7, NOON, 2.5),), {(7, NOON, 2.5)}, [[np.int64(7), pd.Timestamp(NOON), np.float64(2.5)]],
    [(7, NOON.astimezone(timezone(timedelta(hours=5))), 2.5)],
], ids=["list", "tuple", "set", "numpy", "zone"])
def test_windows_may_be_written_in_many_ways(result):
    assert read(result) == [(7, NOON, 2.5, None)] and read(result)[0].start.tzinfo is UTC


@pytest.mark.parametrize("window", [
    (7, NOON.replace(tzinfo=None), 2.5), (7, "12:00", 2.5), (7, NOON, "2.50"), (7, NOON, float("nan")), (7, NOON, True),
    (None, NOON, 2.5), (7, NOON), 7, (7, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), 2.5),
])
def test_what_is_no_window_is_shown(window):
    with pytest.raises(Failed, match=r"returned .*, where a window is \(user_id, start, total\)"):
        read([window])


@pytest.mark.parametrize("result", [None, "none", {7: 2.5}])
def test_what_is_no_list_is_shown(result):
    with pytest.raises(Failed, match=r"returned .*, where a list of windows was expected"):
        read(result)


def test_what_is_cut_ends_with_an_ellipsis():
    with pytest.raises(Failed, match=r"1, 1, 1…, where a window is"):
        read([[1] * 1_000])
