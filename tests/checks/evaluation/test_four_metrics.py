"""Exercise `four_metrics`: that what its worlds have planned is what slow sums find, and mistakes differ from it."""

import math
import runpy

import pytest

from dataml_lab.checks.evaluation.four_metrics import FUNCTIONS, four_metrics, same
from dataml_lab.checks.evaluation.metric_cases import cases
from dataml_lab.grading import COURSE
from tests.catalogued import catalogued

oracle = runpy.run_path(str(COURSE / "solutions" / "05b_metrics" / "oracle.py"))["ORACLES"]["four_metrics"]
SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planned_is_what_is_found_and_mistakes_come_out_otherwise(seed):
    for case in cases(seed).planned:
        assert same(oracle(case.function, *case.asked), case.right), case.what
        for words, other in case.instead:
            assert not math.isclose(other, case.right, abs_tol=1e-3), (case.what, words)


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_are_as_the_prompt_says(seed):
    world = cases(seed)
    for case in [*world.planned, *world.mixed]:
        first, *others = case.asked
        if case.function == "average_precision":
            assert isinstance(first, list) and isinstance(others[0], set)
        else:
            assert {type(column) for column in case.asked} == {list}
            assert {len(column) for column in case.asked} == {len(first)} and len(first) <= 200
        if case.function == "capped_mape":
            assert not all(map(math.isnan, first)) and all(map(math.isfinite, others[0]))
        if case.function == "macro_f1":
            assert None not in first


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_compared_with_the_oracle_has_everything_at_once(seed):
    (truth, predicted), (labels, scores, _), (amounts, guesses), (shown, relevant) = (
        case.asked for case in cases(seed).mixed)
    assert None in predicted and set(predicted) - set(truth) - {None}
    assert len(set(scores)) < len(scores) and set(labels) == {0, 1}
    assert 0 in amounts and -1 in amounts and any(map(math.isnan, amounts)) and len(amounts) == len(guesses)
    assert len(set(shown)) < len(shown) and relevant - set(shown)


def test_functions_that_are_not_written_yet_cost_their_points_only():
    right = catalogued("four_metrics", "right_plain")
    for others in ({}, dict.fromkeys(FUNCTIONS[1:], lambda *given: NotImplemented)):
        verdict = four_metrics.judge({**others, "macro_f1": right["macro_f1"]}, [1], oracle)
        assert (verdict.earned, verdict.points, verdict.not_attempted) == (3, 10, "")
        assert "auc_within_days isn't written: " in str(verdict)


def test_the_oracle_finds_what_no_case_has():
    right = catalogued("four_metrics", "right_plain")

    def fails_on_many(shown, relevant):
        return right["average_precision"](shown, relevant) if len(shown) < 20 else 0.5

    verdict = four_metrics.judge({**right, "average_precision": fails_on_many}, [1], oracle)
    assert verdict.earned == 9 and "compared with slow and obvious sums" in verdict.findings[-1].sentence
