"""Exercise 3: that the worlds of payments are as their plan says, and that the oracle agrees with it."""

import runpy
from collections import Counter
from pathlib import Path

import pytest

from dataml_lab.checks.pipeline.clean_payments import clean_payments
from dataml_lab.checks.pipeline.payments import payments
from tests.catalogued import catalogued

SEEDS = range(10)
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "01b_clean" / "oracle.py"))["ORACLES"]


@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_are_fair_and_the_oracle_agrees_with_their_plan(seed):
    world, oracle = clean_payments.fair_world(seed), ORACLE["clean_payments"]
    faulty = world.bad_amounts + world.bad_names
    assert {case.fault.field for case in faulty} == {
        "payment_id", "order_id", "user_id", "amount", "method", "occurred_at"}
    for case in world.sound + world.repairable + faulty:
        assert oracle(case.raw) == case.clean
    assert all(case.clean for case in world.sound + world.repairable) and not any(case.clean for case in faulty)
    assert not any(oracle(raw) for raw in world.odd)
    assert Counter(oracle(raw) is None for raw in world.compound)[False] > 3


def test_a_seed_gives_the_same_world():
    assert repr(payments(5)) == repr(payments(5)) != repr(payments(6))


def test_each_record_is_asked_about_once_and_given_once_more_to_see_what_becomes_of_it():
    asked, world = Counter(), payments(1)

    def clean(raw):
        asked[repr(raw)] += 1
        return ORACLE["clean_payments"](raw)

    assert clean_payments.judge({"clean": clean}, [1]).earned == 6  # there are no tests of exercise 2
    expected = Counter(repr(raw) for raw in world.records * 2)
    assert asked == expected + Counter(repr(case.raw) for case in world.bad_amounts + world.bad_names)


@pytest.mark.parametrize("tests", [{}, {"test_0": lambda clean: NotImplemented},
                                   {f"test_{number}": lambda clean: None for number in range(51)}])
def test_own_tests_that_can_not_be_run_are_told(tests):
    last = {finding.property: finding.sentence for finding in
            clean_payments.judge({"clean": lambda raw: None} | tests, [1]).findings}
    assert last["passes your own tests"] == "Your tests of exercise 2 can't be run: see there."


def test_a_difference_that_no_property_names_costs_the_last_one_and_is_shown():
    def clean(raw):
        return None if isinstance(raw, dict) and raw.get("note") == "gift" else ORACLE["clean_payments"](raw)

    names = catalogued("cleaner_tests", "right_one_test") | {"clean": clean}
    *others, last = clean_payments.judge(names, [1], ORACLE["clean_payments"]).findings
    assert {finding.outcome for finding in others} == {"holds"}
    assert last.outcome == "fails" and last.sentence.endswith("'note': 'gift'}, which has no fault.")
