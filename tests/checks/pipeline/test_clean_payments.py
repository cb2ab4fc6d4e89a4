"""Exercise 3: that the worlds of payments are as their plan says, and that the oracle agrees with it."""

import runpy
from collections import Counter
from pathlib import Path

import pytest

from dataml_lab.checks.pipeline.clean_payments import clean_payments
from dataml_lab.checks.pipeline.payments import payments
from dataml_lab.runtime import answers

SEEDS = range(10)
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "01_pipeline" / "oracle.py"))["ORACLES"]


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
        cleaned = ORACLE["clean_payments"](raw)
        return None if isinstance(raw, dict) and raw.get("note") == "gift" else cleaned

    names = {"clean": clean} | {f"test_{area}": test for area, test in OWN_TESTS.items()}
    *others, last = clean_payments.judge(names, [1], ORACLE["clean_payments"]).findings
    assert {finding.outcome for finding in others} == {"holds"}
    assert last.outcome == "fails" and last.sentence.endswith("'note': 'gift'}, which has no fault.")


def test_a_cleaner_that_never_ends_is_stopped_once(monkeypatch):
    monkeypatch.setattr(answers, "DEADLINE", 0.2)

    def clean(raw):
        while True:
            pass

    verdict = clean_payments.judge({"clean": clean}, [1])
    assert [finding.outcome for finding in verdict.findings] == ["fails", *["not judged"] * 6]
    assert "still running" in verdict.findings[0].sentence


ORDER = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}


def refuses(field, *values):
    """A test that a cleaner refuses orders with such a value."""
    def test(clean):
        assert [clean(ORDER | {field: value}) for value in values] == [None] * len(values)
    return test


def keeps(total):
    """A test that a cleaner keeps a total."""
    def test(clean):
        assert clean(ORDER | {"total": total})["total"] == float(total)
    return test


OWN_TESTS = {"totals": refuses("total", None, "nan", -1, 1e6), "user": refuses("user_id", None), "zero": keeps(0),
             "cents": keeps("0.25")}
