"""`serving_pattern`: that its bill is the one of the prompt, that pairs differ in one field and want two patterns, and
that each slip loses its own property."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dataml_lab.checks.serving.daily_bill import (
    CASES,
    FIELDS,
    PATTERNS,
    TABLE,
    Scenario,
    bills,
    fresh,
    lead,
    load,
    scored,
)
from dataml_lab.checks.serving.scenarios import FLIPS, NAMES, SLIPS, TOPICS, fair, patterns
from dataml_lab.checks.serving.serving_pattern import DEAR, serving_pattern

SEEDS = range(10)
CASE, NUMBERS, *TOPICAL = [prop.name for prop in serving_pattern.properties]
PROPERTY = dict(zip(TOPICS, TOPICAL, strict=True))
world = cache(serving_pattern.fair_world)


def best(brief, table=TABLE):
    """The cheapest pattern by a bill."""
    return PATTERNS[int(bills(Scenario(*(np.array(brief[name]) for name in FIELDS)), table).argmin())]


def dearest(brief):
    return PATTERNS[int(bills(Scenario(*map(brief.get, FIELDS))).argmax())]


def failing(answer, seeds=(1, 2)):
    verdict = replace(serving_pattern, world=world).judge({"serving_pattern": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


def by_hand(scenario, requests=20_000):
    """The three bills, from the ages of answers at so many moments between two runs."""
    value = scenario.requests_per_day * scenario.worth
    ready = max(2, math.ceil(scenario.peak_per_s * scenario.answer_ms / 600))
    found = [12 * ready + value * (scenario.answer_ms > scenario.allowed_ms)]
    for runs, rows in ((1, scenario.keys), (96, scenario.changes_per_day)):
        ages = rows / runs / 1_000 + np.linspace(0, 86_400 / runs, requests)
        answered = (1 - scenario.unknown) * (ages <= scenario.fresh_s).mean()
        found.append(0.2 * runs + rows / 100_000 + value * (1 - answered))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bills_are_those_of_the_prompt(seed):
    assert fair(world(seed))
    for asked in world(seed).questions:
        value = asked.scenario.requests_per_day * asked.scenario.worth
        assert asked.bills == pytest.approx(by_hand(asked.scenario), abs=value / 10_000)
        assert lead(np.array(asked.bills)) > 1.05 > DEAR


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pair_differs_in_one_field_and_wants_two_patterns(seed):
    found = {field: [] for field in FIELDS}
    for topic, pairs in world(seed).pairs.items():
        for field, first, second in pairs:
            assert field in TOPICS[topic] and first.what == second.what not in NAMES
            assert first.scenario.at(field, getattr(second.scenario, field)) == second.scenario != first.scenario
            assert min(lead(np.array(asked.bills)) for asked in (first, second)) > FLIPS
            found[field].append({first.pattern, second.pattern})
    assert all(len(wanted) == 2 for pairs in found.values() for wanted in pairs) and all(found.values())
    assert set().union(*(wanted for pairs in found.values() for wanted in pairs)) == set(PATTERNS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_is_possible_no_load_is_a_whole_number_and_a_run_ends_before_the_next_one_starts(seed):
    for asked in world(seed).questions:
        assert asked.scenario.peak_per_s >= max(1, asked.scenario.requests_per_day / 86_400)
        assert 0.009 < load(asked.scenario) % 1 < 0.991
        assert asked.scenario.keys / 1_000 < 86_400 and asked.scenario.changes_per_day / 96 / 1_000 < 900


def test_each_clause_has_a_case_in_each_world():
    for seed in SEEDS:
        scenarios = [asked.scenario for asked in world(seed).questions]
        assert any(scenario.answer_ms == scenario.allowed_ms for scenario in scenarios)
        assert any(scenario.answer_ms > scenario.allowed_ms for scenario in scenarios)
        assert any(scenario.keys > 2 * scenario.requests_per_day for scenario in scenarios)
        assert any(load(scenario) < 1 for scenario in scenarios) and any(load(scenario) > 2 for scenario in scenarios)
        assert any(scenario.unknown == 0 for scenario in scenarios) and any(scenario.unknown for scenario in scenarios)
        young = [fresh(scenario, name, scored(scenario, name)) for scenario in scenarios for name in PATTERNS[1:]]
        assert min(young) == 0 and max(young) == 1 and any(0.1 < share < 0.9 for share in young)


def test_the_cases_want_all_patterns_and_names_mislead():
    wanted = {what: best(scenario.brief(what)) for what, scenario in CASES.items()}
    assert [*wanted.values()] == ["online", "batch", "precomputed", "batch", "batch", "online", "precomputed"]
    assert wanted["a “real-time” churn score for support"] == "batch"


def test_two_patterns_win_under_the_same_names():
    for seed in SEEDS:
        assert len({questions[0].pattern for questions in world(seed).renamed}) == 2
        assert all([asked.what for asked in questions] == list(NAMES) for questions in world(seed).renamed)


def test_a_seed_gives_the_same_world():
    assert repr(patterns(5)) == repr(patterns(5)) != repr(patterns(6))


def test_the_cheapest_pattern_has_every_property():
    assert failing(best, SEEDS) == {}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_a_slip_loses_the_property_that_is_about_it_and_is_named(slip):
    for seed in SEEDS[:4]:
        sentences = failing(lambda brief: best(brief, slip.table), [seed])
        lost = {PROPERTY[topic] for topic in (slip.topic, *slip.also)}
        assert sentences.keys() - {CASE} == lost
        assert f"Look at one part of your bill: {slip.about}." in sentences[PROPERTY[slip.topic]]


@pytest.mark.parametrize("field", FIELDS)
def test_who_does_not_look_at_a_field_is_found_by_its_property(field):
    """With the field at any one value, both scenarios of a pair get the same choice."""
    topic = next(topic for topic in TOPICS if field in TOPICS[topic])
    for value in (0.01, 900.0):
        sentences = failing(lambda brief, value=value: best({**brief, field: value}), [1])
        assert PROPERTY[topic] in sentences


@pytest.mark.parametrize("what", CASES)
def test_each_case_is_asked(what):
    sentences = failing(lambda brief: (dearest if brief["what"] == what else best)(brief), [1])
    assert sentences.keys() == {CASE} and sentences[CASE].startswith(f"For {what}, you chose ")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_one_pattern_for_everything_loses_all_but_the_names(pattern):
    assert failing(lambda brief: pattern, [1]).keys() == {CASE, *TOPICAL}


def test_each_sentence_ends_with_code_that_shows_the_failure():
    def answer(brief):
        return "online" if brief["what"] == NAMES[0] else "batch"

    for name, sentence in failing(answer).items():
        words, _, code = sentence.partition(" To see it:\n")
        returned = sorted(eval(line, {"serving_pattern": answer, "print": str}) for line in code.splitlines())
        assert returned == (["batch", "online"] if name == NUMBERS else ["batch"]) and "e-0" not in words


def test_a_sentence_has_the_bill_and_its_parts():
    what = "products on the front page"
    sentence = failing(lambda brief: "online" if brief["what"] == what else best(brief), [1])[CASE]
    assert sentence.startswith(f"For {what}, you chose 'online', which comes to 504.00 EUR a day (504.00 for "
                               "instances, 0.00 for rows, 0.00 lost) where 99.20 are possible. To see it:\n")


def test_what_is_no_pattern_is_told_with_the_three_that_are():
    for found in ("Batch", 0, None, ("batch",)):
        sentence = failing(lambda brief, found=found: found, [1])[CASE]
        assert "where one of 'online', 'batch', 'precomputed' is needed. To see it:" in sentence


def test_no_question_is_asked_twice_and_their_order_says_nothing():
    asked = []
    failing(lambda brief: asked.append(brief) or best(brief), [1])
    expected = [question.scenario.brief(question.what) for question in world(1).questions]
    assert sorted(map(repr, asked)) == sorted(map(repr, expected)) and asked != expected
