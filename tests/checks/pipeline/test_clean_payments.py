"""That the worlds of payments are as their plan says, and that the oracle agrees with it."""

import runpy
from collections import Counter
from pathlib import Path

import pytest

from dataml_lab.checks.pipeline.clean_payments import clean_payments
from dataml_lab.checks.pipeline.payments import payments
from tests.catalogued import catalogued

SEEDS = range(10)
SOUND = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}
ORACLE = runpy.run_path(str(Path(__file__).parents[3] / "solutions" / "01c_clean" / "oracle.py"))["ORACLES"]


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

    assert clean_payments.judge({"clean": clean}, [1]).earned == 6  # there are no tests of cleaners
    expected = Counter(repr(raw) for raw in world.records * 2)
    assert asked == expected + Counter(repr(case.raw) for case in world.bad_amounts + world.bad_names)


@pytest.mark.parametrize(("tests", "words"), [
    ({}, "You have no tests of cleaners yet. This point needs tests that notice at least 6 of its 12 faulty cleaners."),
    ({"test_0": lambda clean: NotImplemented}, "You have no tests of cleaners yet."),
    ({"test_0": lambda clean: None}, "notice 0 of 12 faulty cleaners. This point needs tests that notice at least 6"),
    ({f"test_{number}": lambda clean: None for number in range(51)}, "can't be run. There are 51 functions")])
def test_own_tests_that_can_not_be_run_or_notice_little_are_told(tests, words):
    last = {finding.property: finding.sentence for finding in
            clean_payments.judge({"clean": lambda raw: None} | tests, [1]).findings}
    assert words in last["passes your own tests"]


def hides_its_error(raw):
    try:
        return unheard_of(raw)  # noqa: F821
    except Exception:
        return None


def test_a_cleaner_that_refuses_everything_is_asked_for_an_error_of_its_own():
    first = clean_payments.judge({"clean": hides_its_error}, [1]).findings[0]
    assert "Does your `except` catch every error?" in first.sentence


def test_a_difference_that_no_property_names_costs_the_last_one_and_is_shown():
    def clean(raw):
        return None if isinstance(raw, dict) and raw.get("note") == "gift" else ORACLE["clean_payments"](raw)

    names = catalogued("cleaner_tests", "right_one_test") | {"clean": clean}
    *others, last = clean_payments.judge(names, [1], ORACLE["clean_payments"]).findings
    assert {finding.outcome for finding in others} == {"holds"}
    assert last.outcome == "fails" and last.sentence.endswith("'note': 'gift'}, which has no fault.")


def of_payments(test):
    """What is said of the oracle's cleaner of payments and this test beside others."""
    names = catalogued("cleaner_tests", "right_one_test") | {"clean": ORACLE["clean_payments"], "test_own": test}
    found = clean_payments.judge(names, [1]).findings
    return {one.property: one.sentence for one in found}["passes your own tests"]


@pytest.mark.parametrize("change", [{"total": "1_000"}, {"total": True}, {"user_id": []}, {"order_id": "  "}])
def test_own_tests_may_refuse_what_the_contract_is_silent_about(change):
    def test_own(clean):
        assert clean(SOUND | change) is None

    assert not of_payments(test_own)


def test_the_order_over_which_an_own_test_fails_is_shown_as_order_and_as_payment():
    def test_own(clean):
        for total in (1, 2):
            assert clean(SOUND | {"total": total})["channel"] == "web"
        raise ValueError("no")

    assert of_payments(test_own) == "test_own fails on a correct cleaner of orders: mend it first."

    def strict(clean):
        for user in ("7", "007"):
            assert clean(SOUND | {"user_id": user})["user_id"] == user

    names = catalogued("cleaner_tests", "right_one_test") | catalogued("clean_payments", "wrong_ids_as_numbers")
    found = clean_payments.judge(names | {"test_own": strict}, [1]).findings
    sentence = {one.property: one.sentence for one in found}["passes your own tests"]
    assert "'user_id': '007'" in sentence
    assert "as a payment {'order_id': 1, 'method': 'card', 'payment_id': 17" in sentence
