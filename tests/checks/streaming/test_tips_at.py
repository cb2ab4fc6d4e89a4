"""`tips_at`: that its cases tip once or never, and that only an answer that finds where has its properties."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from dataml_lab.checks.streaming.bill import CASES, EVERY, FIELDS, STREAM, Scenario, Table, bill, bills, margin
from dataml_lab.checks.streaming.choices import SLIPS, waiting
from dataml_lab.checks.streaming.choose import choose, too_dear
from dataml_lab.checks.streaming.tips_at import (
    LIKE,
    NEAR,
    case,
    cases,
    compared,
    ends,
    fair,
    fault,
    measured,
    tipping_points,
    tips_at,
)
from dataml_lab.runtime.shown import digits

SEEDS = range(10)
FINE = 100.0 ** np.linspace(-1, 1, 3_001)
FADES, EARNS, COSTS, RERUNS, NEVER = [prop.name for prop in tips_at.properties]
ASKED = {"half_life_s": FADES, "worth": EARNS, "events_per_day": EARNS, "run_cost": COSTS, "stream_day": COSTS,
         "reruns_per_day": RERUNS}
world, fair_choices = cache(cases), cache(choose.fair_world)


def tipping(seed):
    return [asked for asked in world(seed).all if asked.tips]


def root(brief, name):
    """The tipping point to twelve digits, where there is one."""
    scenario = Scenario(**{field: brief[field] for field in FIELDS})

    def at(log):
        return float(margin(scenario.at(name, 10.0 ** log)))

    low, high = np.log10(brief[name]) - 2, np.log10(brief[name]) + 2
    return 10.0 ** brentq(at, low, high, xtol=1e-12) if at(low) * at(high) < 0 else None


def failing(answer, seeds=(1,)):
    verdict = replace(tips_at, world=world).judge({"tips_at": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_choice_tips_once_or_never_on_a_fine_grid_and_clearly(seed):
    assert fair(world(seed)) and world(seed).tipping.keys() == set(FIELDS)
    assert [asked.field for asked in tipping(seed)] == [name for name in FIELDS for _ in range(2)]
    assert len({asked.field for asked in world(seed).never}) == len(world(seed).never) >= 3
    for asked in world(seed).all:
        found = margin(asked.scenario.at(asked.field, asked.now * FINE))
        assert (np.diff(np.sign(found)) != 0).sum() == len(asked.tips) <= 1
        assert min(abs(found[0]), abs(found[-1])) > 0.2 and (asked.tips or abs(found).min() > 0.09)
        if asked.tips:
            assert asked.tips[0] == pytest.approx(root(asked.scenario.brief(""), asked.field), rel=1e-4)


def test_a_seed_gives_the_same_world():
    assert repr(cases(5)) == repr(world(5)) != repr(world(6))


def test_the_example_of_the_prompt():
    found = case("live tracking of deliveries", CASES["a “real-time” warehouse dashboard"], "stream_day")
    assert round(found.tips[0], 1) == 50.8 and ends(found) == pytest.approx((0.6, 6_000))


def test_an_exact_root_has_every_property_and_one_within_four_per_cent_too():
    assert failing(root, SEEDS) == {}
    for factor in (0.96, 1.04):
        assert failing(lambda brief, name, factor=factor: (at := root(brief, name)) and at * factor, [1, 2]) == {}


@pytest.mark.parametrize("field", FIELDS)
def test_who_is_wrong_about_a_field_loses_its_property_alone(field):
    for factor in (0.94, 1.06):
        def answer(brief, asked, factor=factor):
            found = root(brief, asked)
            return found * factor if found and asked == field else found

        sentences = failing(answer)
        assert sentences.keys() == {ASKED[field]} and f"with {field} = " in sentences[ASKED[field]]
    sentences = failing(lambda brief, asked: None if asked == field else root(brief, asked))
    assert sentences.keys() == {ASKED[field]} and "found no tipping point: at " in sentences[ASKED[field]]


def test_who_always_has_a_value_loses_the_last_property_and_who_never_has_one_loses_all():
    sentences = failing(lambda brief, name: root(brief, name) or brief[name])
    assert sentences.keys() == {NEVER} and "and the choice never tips: at " in sentences[NEVER]
    assert failing(lambda brief, name: None).keys() == {FADES, EARNS, COSTS, RERUNS, NEVER}


def test_a_value_beyond_the_range_is_no_tipping_point():
    found = world(1).tipping["worth"][0]
    for value in (ends(found)[0] / 1.01, ends(found)[1] * 1.01, 1e299, 1e-299):
        assert "which is not between" in fault(value, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_sentences_have_the_bills_on_both_sides_and_not_the_tipping_point(seed):
    for found in tipping(seed):
        right = found.tips[0]
        for value in (None, right * 1.2, right / 1.2):
            sentence, _, code = fault(value, found).partition(" To see it:\n")
            here = {"tips_at": lambda *given: given, "print": lambda value: value}
            assert eval(code, here) == (found.scenario.brief(found.what), found.field)
            assert f" {digits(right)}:" not in sentence and "e-0" not in sentence and "e+" not in sentence
            low, high = ends(found) if value is None else (value / NEAR, value * NEAR)
            assert compared(found, low, high) in sentence and "your" in sentence and "bill" in sentence
            at_low, at_high = (found.scenario.at(found.field, value) for value in (low, high))
            assert f"at {digits(low)} a day costs {bill(at_low, STREAM):,.2f} EUR as a stream and " in sentence
            assert f"{bills(at_high)[1:].min():,.2f} in the best batches" in sentence


def test_the_lessons_cases_are_measured():
    table = measured(tips_at.answer({"tips_at": root}))
    assert all(what in table for what in CASES) and "50.8" in table and "wrong" not in table
    assert "half_life_s          8 -> 0.466, stream cheaper above" in table  # below, even a stream is too slow
    assert "half_life_s      3,600 -> 2,370, stream cheaper below" in table and "e+" not in table
    wrong = measured(tips_at.answer({"tips_at": lambda brief, name: brief[name]}))
    assert wrong.count("(wrong)") == 15
    assert max(map(len, wrong.splitlines() + table.splitlines())) <= 80  # a verdict indents by 14, a page holds 96


def test_each_case_is_asked_about_once_in_an_order_that_says_nothing():
    asked = []
    replace(tips_at, measured=None).judge({"tips_at": lambda *given: asked.append(given) or root(*given)}, [1])
    each = [(known.scenario.brief(known.what), known.field) for known in tips_at.fair_world(1).all]
    assert sorted(map(repr, asked)) == sorted(map(repr, each)) and asked != each


# ------------------------------------------------------------------------------------------------ the bill of `choose`

def sampled(waits, first):
    """A bill with the mean over so many waits, the first of them so many steps after 0."""
    return waiting(lambda lives: sum(0.5 ** (lives * (n + first) / waits) for n in range(waits)) / waits)


def with_both_ends(waits):
    """A bill with the mean over so many waits, the first of them 0 and the last the time between two runs."""
    return waiting(lambda lives: sum(0.5 ** (lives * n / (waits - 1)) for n in range(waits)) / waits)


BILLS = [
    *(slip.table for slip in SLIPS), *LIKE,
    *(Table(event=event) for event in ((2e-6, 2e-6), (2e-5, 2e-6), (2e-6, 2e-4), (2e-7, 2e-6), (2e-6, 0.0))),
    *(Table(rerun=rerun) for rerun in ((0, 0), (2, 2), (40, 2), (2, 0), (20, 40), (2, 400), (1, 20), (4, 80))),
    *(sampled(waits, first) for waits in (3, 10, 60, 100) for first in (0, 0.5, 1)),
    *(with_both_ends(waits) for waits in (10, 100, 1_000)),
]


def searched(scenario, field, table):
    """Where a right search by this bill finds that the choice tips."""
    return next(iter(tipping_points(scenario, field, table)), None)


@pytest.mark.parametrize("table", BILLS)
def test_a_bill_that_holds_in_choose_loses_nothing_here(table):
    asked = [each for seed in range(3) for each in fair_choices(seed).questions]
    if not any(too_dear(each, EVERY[int(bills(each.scenario, table).argmin())]) for each in asked):
        for known in [known for seed in range(3) for known in world(seed).all]:
            assert fault(searched(known.scenario, known.field, table), known) is None, known
        assert "wrong" not in measured(tips_at.answer({"tips_at": by(table)}))


def by(table):
    """An answer that searches by this bill."""
    return lambda brief, name: searched(Scenario(**{field: brief[field] for field in FIELDS}), name, table)


def test_where_a_bill_that_is_a_little_off_tips_the_exact_value_stands_beside_it():
    table = measured(tips_at.answer({"tips_at": by(with_both_ends(100))}))
    assert "half_life_s         30 -> 0.352 (exactly: never)" in table
    assert "worth            0.004 -> 0.0000402 (exactly: never)" in table
    assert "half_life_s          8 -> 0.496 (exactly: 0.466), stream cheaper above" in table
    assert table.count("exactly") == 3 and max(map(len, table.splitlines())) <= 80


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_a_search_is_not_blamed_for_a_mistake_in_the_bill(slip):
    for known in world(1).all:
        value = searched(known.scenario, known.field, slip.table)
        sentence = fault(value, known)
        assert not sentence or "If your bill says otherwise, mend that first." in sentence or (
            "a bill with a mistake in one part" in sentence and value)


def test_where_a_bill_with_a_mistake_tips_the_part_is_named():
    (average, *_), known = SLIPS, world(1).tipping["half_life_s"][0]
    for slip in SLIPS:
        sentence = fault(searched(known.scenario, known.field, slip.table), known)
        assert not sentence or " tips there " not in sentence or slip.about in sentence or average.about in sentence
    assert "mend that first" in fault(known.tips[0] * 1.2, known)
