"""`choose`: that pairs differ in one field and want different sides, and that each slip loses its own property."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dataml_lab.checks.streaming.bill import CASES, DAY_S, EVERY, FIELDS, STREAM, TABLE, Scenario, bill, bills, margin
from dataml_lab.checks.streaming.choices import FLIPS, NAMES, PAIRS, SLIPS, choices, fair
from dataml_lab.checks.streaming.choose import DEAR, TEXTS, choose

SEEDS = range(10)
CASE, NUMBERS, *WEIGHS = [prop.name for prop in choose.properties]
WEIGHED = dict(zip(TEXTS, WEIGHS, strict=True))
world = cache(choose.fair_world)


def best(brief, table=TABLE):
    """The cheapest choice by a bill."""
    return EVERY[int(bills(Scenario(**{name: brief[name] for name in FIELDS}), table).argmin())]


def failing(answer, seeds=(1, 2, 3)):
    verdict = replace(choose, world=world).judge({"choose": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


def test_a_pair_differs_in_one_field_and_wants_both_sides():
    for seed in SEEDS:
        assert fair(world(seed)) and world(seed).pairs.keys() == set(FIELDS) == set(TEXTS)
        for name, found in world(seed).pairs.items():
            assert len(found) == PAIRS
            for first, second in found:
                assert [field for field, one, other in zip(FIELDS, first.scenario, second.scenario, strict=True)
                        if one != other] == [name] and first.what == second.what not in NAMES
                assert margin(first.scenario) * margin(second.scenario) < 0
                for asked in (first, second):
                    by_side = asked.bills[0], min(asked.bills[1:])
                    assert max(by_side) / min(by_side) > FLIPS > DEAR


def test_either_side_wins_under_the_same_names():
    for seed in SEEDS:
        assert sorted(margin(questions[0].scenario) > 0 for questions in world(seed).renamed) == [False, True]
        assert all([asked.what for asked in questions] == list(NAMES) for questions in world(seed).renamed)


def test_the_cases_want_different_choices_and_the_live_dashboard_a_batch():
    wanted = {what: best(scenario.brief(what)) for what, scenario in CASES.items()}
    assert [every == STREAM for every in wanted.values()] == [False, True, False, True, False]
    assert wanted["a weekly e-mail of recommendations"] >= DAY_S
    assert sum(bill(scenario, STREAM) / bills(scenario).min() > DEAR for scenario in CASES.values()) == 3


def test_a_seed_gives_the_same_world():
    assert repr(choices(5)) == repr(world(5)) != repr(world(6))


def test_the_cheapest_choice_has_every_property():
    assert failing(best, SEEDS) == {}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_a_slip_loses_the_property_that_is_about_it_and_is_named(slip):
    found = [failing(lambda brief: best(brief, slip.table), [seed]) for seed in SEEDS[:5]]
    assert {frozenset(sentences) - {CASE} for sentences in found} == {frozenset([WEIGHED[slip.field]])}
    assert len({CASE in sentences for sentences in found}) == 1
    told = [sentences[WEIGHED[slip.field]] for sentences in found]
    assert all(f"Look at one part of your bill: {slip.about}." in each for each in told)


@pytest.mark.parametrize("name", FIELDS)
def test_who_does_not_look_at_a_field_is_found_by_its_property(name):
    """With the field at any one value, both scenarios of a pair get the same choice."""
    for value in (1e-3, 60.0):
        sentences = failing(lambda brief, value=value: best({**brief, name: value}), [1])
        assert f"Two briefs differ only in {name}, " in sentences[WEIGHED[name]]


@pytest.mark.parametrize("what", CASES)
def test_each_case_is_asked(what):
    dearest = EVERY[int(bills(CASES[what]).argmax())]
    sentences = failing(lambda brief: dearest if brief["what"] == what else best(brief), [1])
    assert sentences.keys() == {CASE} and sentences[CASE].startswith(f"For {what}, you chose ")


def test_who_is_too_dear_under_every_name_goes_by_numbers():
    dearest = failing(lambda brief: EVERY[int(bills(Scenario(*map(brief.get, FIELDS))).argmax())], [1])
    assert dearest.keys() == {CASE, *WEIGHS}


def test_each_sentence_ends_with_code_that_shows_the_failure_and_names_no_right_choice():
    def answer(brief):
        return 900 if brief["what"] == NAMES[0] else 3_600

    for name, sentence in failing(answer).items():
        words, _, code = sentence.partition(" To see it:\n")
        printed = sorted(eval(line, {"choose": answer, "print": lambda found: [found]}) for line in code.splitlines())
        assert printed == ([[900], [3_600]] if name == NUMBERS else [[3_600]])
        assert "e-0" not in words and "e+" not in words
        assert not any(f"run every {every} s" in words for every in EVERY if every not in (STREAM, 900, 3_600))


def test_a_sentence_has_the_bill_and_its_parts():
    what = "the leaderboard of an online game"
    sentence = failing(lambda brief: 900 if brief["what"] == what else best(brief), [1])[CASE]
    assert sentence.startswith(f"For {what}, you chose a run every 900 s, which comes to 4,003.10 EUR a day (38.40 to "
                               "run, 16.00 for events, 0.00 to compute history again, 3,948.70 lost by waiting) where "
                               "856.41 are possible. To see it:\n")


@pytest.mark.parametrize("change", [float, np.int64, np.float32])
def test_a_choice_may_be_any_number(change):
    assert failing(lambda brief: change(best(brief)), [1]) == {}


def test_no_question_is_asked_twice_and_their_order_says_nothing():
    asked = []
    failing(lambda brief: asked.append(brief) or best(brief), [1])
    expected = [question.scenario.brief(question.what) for question in world(1).questions]
    assert sorted(map(repr, asked)) == sorted(map(repr, expected)) and asked != expected
