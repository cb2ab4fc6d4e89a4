"""Exercise 4: that its cases tip once or never, and that only who says where has its properties."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from dataml_lab.checks.shown import digits
from dataml_lab.checks.streaming.bill import CASES, FIELDS, STREAM, Scenario, bill, bills, margin
from dataml_lab.checks.streaming.tips_at import (
    NEAR,
    Case,
    amiss,
    cases,
    clear,
    compared,
    fair,
    flipped,
    measured,
    tips_at,
)

SEEDS = range(30)
FINE = 100.0 ** np.linspace(-1, 1, 3_001)
world = cache(cases)


def tipping(seed):
    return [case for found in world(seed).tipping.values() for case in found]


def root(brief, name):
    """The tipping point to twelve digits, where there is one."""
    scenario = Scenario(**{field: brief[field] for field in FIELDS})

    def at(log):
        return float(margin(scenario._replace(**{name: 10.0 ** log})))

    low, high = np.log10(brief[name]) - 2, np.log10(brief[name]) + 2
    return 10.0 ** brentq(at, low, high, xtol=1e-12) if at(low) * at(high) < 0 else None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_choice_tips_once_or_never_on_a_fine_grid(seed):
    for case in [*tipping(seed), *world(seed).never]:
        found = np.sign(margin(case.at(getattr(case.scenario, case.field) * FINE)))
        assert (found[1:] != found[:-1]).sum() == (1 if case.tips else 0) and (found != 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_there_are_two_cases_a_field_that_tip_and_three_that_do_not(seed):
    assert {name: [case.field for case in found] for name, found in world(seed).tipping.items()} == {
        name: [name, name] for name in FIELDS}
    assert len({case.field for case in world(seed).never}) == len(world(seed).never) >= 3
    for case in world(seed).never:
        assert abs(margin(case.at(getattr(case.scenario, case.field) * FINE))).min() > 0.09  # by no hair


def test_every_seed_gives_a_fair_world_at_once():
    assert all(fair(world(seed)) for seed in SEEDS)


def test_a_seed_gives_the_same_world():
    assert repr(cases(5)) == repr(cases(5)) != repr(cases(6))


def test_ends_are_a_hundredth_and_a_hundred_times():
    case = Case("", CASES["finding fraudulent card payments"], "worth", True)
    assert case.ends == pytest.approx((0.00004, 0.4)) and case.at(1.0).worth == 1.0 and case.brief["worth"] == 0.004


def test_the_example_of_the_prompt():
    brief = Case("live tracking of deliveries", CASES["a “real-time” warehouse dashboard"], "stream_day", True).brief
    assert round(root(brief, "stream_day"), 1) == 50.8


# mistakes


FADES, EARNS, COSTS, RERUNS, NEVER = [prop.name for prop in tips_at.properties]
ASKED = {FADES: {"half_life_s"}, EARNS: {"worth", "events_per_day"}, COSTS: {"run_cost", "stream_day"},
         RERUNS: {"reruns_per_day"}}


def judged(answer, seeds=(1, 2)):
    return replace(tips_at, world=world).judge({"tips_at": answer}, seeds)


def failing(answer, seeds=(1, 2)):
    return {finding.property: finding.sentence for finding in judged(answer, seeds).findings
            if finding.outcome == "fails"}


@pytest.mark.parametrize("seed", range(15))
def test_an_exact_root_has_every_property_and_one_within_four_per_cent_too(seed):
    assert failing(root, [seed]) == {}
    for factor in (0.96, 1.04):
        assert failing(lambda brief, name, factor=factor: (at := root(brief, name)) and at * factor, [seed]) == {}


@pytest.mark.parametrize("name", ASKED)
def test_who_is_wrong_about_a_field_loses_its_property(name):
    for field in ASKED[name]:
        for factor in (0.94, 1.06, 3.0):
            def answer(brief, asked, field=field, factor=factor):
                found = root(brief, asked)
                return found * factor if found and asked == field else found

            sentences = failing(answer)
            assert sentences.keys() == {name} and f"with {field} = " in sentences[name]
        sentences = failing(lambda brief, asked, field=field: None if asked == field else root(brief, asked))
        assert sentences.keys() == {name} and "found no tipping point: at " in sentences[name]


def test_who_always_has_a_value_loses_the_last_property():
    sentences = failing(lambda brief, name: root(brief, name) or brief[name])
    assert sentences.keys() == {NEVER} and "and the choice never tips: at " in sentences[NEVER]


def test_who_never_has_one_keeps_nothing():
    assert failing(lambda brief, name: None).keys() == {FADES, EARNS, COSTS, RERUNS, NEVER}


def test_a_value_beyond_the_range_is_no_tipping_point():
    case = next(case for case in world(1).tipping["worth"])
    for value in (case.ends[0] / 1.01, case.ends[1] * 1.01, 1e299, 1e-299):
        assert "which is not between" in amiss(value, case)


@pytest.mark.parametrize("seed", SEEDS)
def test_sentences_tell_the_bills_on_both_sides_and_not_the_tipping_point(seed):
    for case in tipping(seed):
        right = root(case.brief, case.field)
        for value in (None, right * 1.2, right / 1.2):
            sentence = amiss(value, case)
            assert f" {digits(right)}:" not in sentence and f" {digits(right)} a day" not in sentence
            low, high = case.ends if value is None else (value / NEAR, value * NEAR)
            assert compared(case, low, high) in sentence
            assert f"at {digits(low)} a day costs {bill(case.at(low), STREAM):,.2f} EUR as a stream and " in sentence
            assert f"{bills(case.at(high))[1:].min():,.2f} in the best batches" in sentence


def test_a_sentence_ends_with_code_that_shows_the_failure_and_has_no_powers_of_ten():
    for case in tipping(1) + tipping(2):
        sentence, _, code = amiss(case.now, case).partition(" Try it:\n")
        assert eval(code, {"tips_at": lambda brief, field: (brief, field)}) == (case.brief, case.field)
        assert "e-0" not in sentence and "e+" not in sentence


def test_a_case_that_tips_within_the_range_is_clear_at_its_ends():
    for case in tipping(1):
        low, high = (margin(case.at(value)) for value in case.ends)
        assert low * high < 0 and min(abs(low), abs(high)) > 0.2 and flipped(case) == 1 and clear(case)


# what is measured beside the words


def test_the_lessons_cases_are_measured():
    table = measured(tips_at.take({"tips_at": root}), world(1))
    assert all(what in table for what in CASES) and "50.8" in table and "wrong" not in table
    assert "half_life_s          8 -> 0.466, stream cheaper above" in table  # below, even a stream is too slow
    assert "half_life_s      3,600 -> 2,370, stream cheaper below" in table and "e+" not in table
    wrong = measured(tips_at.take({"tips_at": lambda brief, name: brief[name]}), world(1))
    assert wrong.count("(wrong)") == 15
    assert max(map(len, wrong.splitlines() + table.splitlines())) <= 80  # a verdict indents by 14, a page holds 96


def test_a_verdict_is_the_same_twice():
    def answer(brief, name):
        return brief[name]

    assert judged(answer) == judged(answer) and judged(root) == judged(root)


def test_each_case_is_asked_about_once_in_an_order_that_says_nothing():
    """An answer that says None to what it meets for the first time after so many calls learns nothing from that."""
    asked = []

    def counting(brief, name):
        asked.append((brief, name))
        return None if len(asked) > 2 * len(ASKED) + 2 else brief[name]

    verdict = tips_at.judge({"tips_at": counting}, [1, 2, 3])
    each = [(case.brief, case.field) for case in cases(1).tips + cases(1).never]
    first = asked[:len(each)]
    assert sorted(map(repr, first)) == sorted(map(repr, each)) and first != each
    assert verdict.findings[-1].outcome == "fails"
