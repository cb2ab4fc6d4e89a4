"""That correct cleaners are correct, faulty ones have one fault each, and what is said of tests."""

import math
import runpy
from decimal import Decimal
from functools import partial
from importlib import import_module
from types import SimpleNamespace

import pytest

from dataml_lab.checks.pipeline.cleaner_tests import cleaner_tests
from dataml_lab.checks.pipeline.cleaners import FAULTY, cleaners, silent
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import Answer, NotAttempted
from tests.catalogued import catalogued
from tests.grading.corpus import CORPUS

checks = import_module("dataml_lab.checks.pipeline.cleaner_tests")  # the package has the exercise by that name
SOUND = {"order_id": 17, "user_id": 3, "product_id": 5, "quantity": 1, "total": "42.50", "status": "completed",
         "channel": "web", "occurred_at": "2025-03-01T12:00:00+02:00", "received_at": "2025-03-01T10:00:03Z"}
PLAIN = SOUND | {"order_id": "17", "user_id": "3", "product_id": "5", "total": 42.0,
                 "occurred_at": "2025-03-01T12:00:00Z"}
SHOWN_BY = {
    "totals written as text": {"total": "17"}, "totals that are not finite": {"total": math.nan},
    "a total of zero": {"total": 0}, "negative totals": {"total": -1}, "very large totals": {"total": 1e6},
    "a user that is null": {"user_id": None}, "a total that is missing": {"total": None},
    "times with an offset": {"occurred_at": "2025-03-01T12:00:00+02:00"}, "the type of an id": {"order_id": 17},
    "cents": {"total": 42.5}, "dates that don't exist": {"occurred_at": "2025-02-30T12:00:00Z"},
    "the caller's record": {"occurred_at": "2025-03-01T12:00:00+00:00"},
}


def differs(clean, raw):
    """Whether a cleaner differs from the correct one, in its result or in what it leaves of the order."""
    given = dict(raw)
    try:
        found = clean(given)
    except ValueError:
        return True
    right = clean_order(raw)
    return (found is None) != (right is None) or bool(right and not found.items() >= right.items()) or given != raw


@pytest.mark.parametrize("area", FAULTY)
def test_a_faulty_cleaner_has_the_fault_of_its_area_and_no_other(area):
    shown_by = {other for other, change in SHOWN_BY.items() if differs(FAULTY[area], PLAIN | change)}
    also = {"the caller's record": set(SHOWN_BY)}.get(area, {area})
    assert area in shown_by and shown_by <= also
    missing = {name: value for name, value in PLAIN.items() if name != "total"}
    assert differs(FAULTY[area], missing) == (area == "a total that is missing")


@pytest.mark.parametrize("odd", [None, [], "order", 7, {}, PLAIN | {"total": 10**400}, PLAIN | {"total": -(10**400)},
                                 PLAIN | {"total": []}, PLAIN | {"user_id": {}}, PLAIN | {"occurred_at": 7}])
def test_no_cleaner_raises_for_what_is_no_order(odd):
    for clean in [*cleaners(1).correct.values(), *FAULTY.values()]:
        kept = clean(odd)
        assert kept is None or (clean is FAULTY["very large totals"] and kept["total"] > 1e300)


@pytest.mark.parametrize("seed", range(10))
def test_correct_cleaners_differ_only_where_the_contract_is_silent(seed):
    usual, another = cleaners(seed).correct.values()
    for change in [{}, *SHOWN_BY.values()]:
        right, found = usual(PLAIN | change), another(PLAIN | change)
        assert (right is None) == (found is None) and (right is None or found.items() > right.items())
    blanks = another(PLAIN | {"order_id": " 17 ", "total": True})
    assert (blanks["order_id"], blanks["total"], blanks["occurred_at"].tzname()) == (" 17 ", 1, "Z")


def told(*tests):
    """What is said of these tests, by property."""
    names = {f"test_{number}": test for number, test in enumerate(tests)}
    return {finding.property: finding.sentence for finding in cleaner_tests.judge(names, [1]).findings}


def test_a_test_that_has_the_order_is_told_what_it_lacks():
    def weak(clean):
        assert clean(SOUND)["total"] > 40

    assert "test_0 returns False" in told(lambda clean: clean(SOUND)["total"] == 42.5)["tests cents"]
    assert "test_0 gives it an order" in told(weak)["tests cents"] and "Does it assert" in told(weak)["tests cents"]
    assert "although" not in told(weak)["tests a total of zero"]


def test_a_test_that_fails_every_second_time_notices_nothing():
    refused = []

    def now_and_then(clean):
        refused.extend([None] * (clean(SOUND | {"total": 0}) is None))
        assert len(refused) % 2 == 0

    assert told(now_and_then)["tests a total of zero"]


def test_a_stub_hinders_no_other_test():
    def stub(clean):
        return NotImplemented

    found = cleaner_tests.judge({"test_stub": stub, "test_zero": lambda clean: clean(SOUND | {"total": 0})["total"]},
                                [1])
    assert found.earned == 0.5 and not found.not_attempted
    assert cleaner_tests.judge({"test_stub": stub}, [1]).not_attempted


def test_names_that_no_function_has_are_no_tests():
    names = {7: print, None: print, "test_\nforged: 9 of 9": print, "test_ ": print, "test_fine": lambda clean: None}
    assert [test.name for test in cleaner_tests.answer(names)] == ["test_fine"]
    with pytest.raises(NotAttempted):
        cleaner_tests.answer({"test_\n": print})


@pytest.mark.parametrize("quantity", [2, 2.0, "2", "2.0"])
def test_a_whole_number_is_whole_however_it_is_written(quantity):
    assert [clean(PLAIN | {"quantity": quantity})["quantity"] for clean in cleaners(1).correct.values()] == [2, 2]


DECIDED = [{}, *SHOWN_BY.values(), *({"total": total} for total in (
    "nan", " inf ", "soon", "4,50", "42.50 EUR", "", [], 10**400, "0", "999999.99", "-3")),
    {"quantity": "2.0"}, {"quantity": 1.5}, {"user_id": ""}, {"user_id": "A-17"},
    {"occurred_at": "2025-03-01T25:00:00Z"},
    {"occurred_at": "2025-03-01T12:00+05:30"}, {"occurred_at": "soon"}, {"occurred_at": 7}, {"status": " completed"}]
SILENT = [{"order_id": " 17 "}, {"user_id": 3.0}, {"user_id": True}, {"product_id": []}, {"quantity": True},
          {"quantity": " 2 "}, {"total": "1_000"}, {"total": "1e3"}, {"total": "+5"}, {"total": Decimal("42.50")},
          {"occurred_at": "2025-03-01 12:00:00Z"}, {"received_at": "20250301T120000Z"},
          {"occurred_at": "2025-03-01T24:00:00Z"}]


@pytest.mark.parametrize("change", DECIDED)
def test_the_contract_decides_about_what_it_names(change):
    assert silent(PLAIN | change) is None


@pytest.mark.parametrize("change", SILENT)
def test_the_contract_is_silent_about_odd_spellings(change):
    assert silent(PLAIN | change) == next(iter(change))


def refuses(clean, **change):
    assert clean(SOUND | change) is None


def reads(clean, **change):
    found = clean(SOUND | change)
    assert found and all(found[field] == float(value) for field, value in change.items())


@pytest.mark.parametrize("over", [partial(refuses, quantity=True), partial(refuses, total=True),
                                  partial(refuses, total="1e3"), partial(reads, total="1_000")])
def test_a_failure_where_the_contract_is_silent_costs_nothing_and_notices_nothing(over):
    usual = catalogued("cleaner_tests", "right_one_test")["test_everything"]
    assert not any(told(over, usual).values())
    alone = told(over)
    assert not alone.pop("passes on correct cleaners") and all(alone.values())


def test_what_such_a_failure_hides_is_told():
    def test(clean):
        refuses(clean, total=-1)
        refuses(clean, total="1e3")
        reads(clean, total=0)

    found = told(test)
    assert not found["tests negative totals"]
    assert "fails on correct ones as well, over total = '1e3', about which the contract is silent" in found[
        "tests a total of zero"]


def test_who_asserts_what_a_correct_cleaner_may_add_is_told_the_assertion_and_the_order():
    def test(clean):
        assert len(clean(SOUND)) == 9

    sentence = told(test)["passes on correct cleaners"]
    assert "adds a field" in sentence and "AssertionError" in sentence and "'total': '42.50'" in sentence


# ------------------------------------------------------------------------------------------------ what tests can't know

def test_the_order_of_the_cleaners_is_the_seeds():
    known, orders = {str(number): lambda raw, number=number: {"number": number} for number in range(14)}, []
    for seed in range(10):
        met = []
        checks.attempted([Answer("test_a", lambda clean, met=met: met.append(clean({})["number"]))], known, seed, 2)
        orders.append(tuple(met))
        assert sorted(met[:14]) == sorted(met[14:]) == list(range(14)) and met[:14] != met[14:]
    assert len(set(orders)) == 10 and len({order[0] for order in orders}) > 3


def unwrapped(patch):
    """A grader that hands out the cleaners themselves."""
    wrapped = checks.run
    patch.setattr(checks, "run", lambda test, clean: wrapped(Answer(test.name, lambda _: test.function(clean)), clean))


def in_order(patch):
    """A grader that begins with the correct cleaners."""
    patch.setattr(checks.np.random, "default_rng", lambda seed: SimpleNamespace(permutation=list, choice=max,
                                                                                integers=min))


@pytest.mark.parametrize(("attack", "without_the_mend"), [
    ("error_messages", unwrapped), ("by_call_number", in_order)])
def test_an_attack_earns_only_where_the_grader_allows_it(attack, without_the_mend, monkeypatch):
    file = CORPUS / "hostile" / f"cleaner_tests_{attack}.py"
    assert cleaner_tests.judge(runpy.run_path(str(file)), [1, 2, 3]).earned == 0
    without_the_mend(monkeypatch)
    assert cleaner_tests.judge(runpy.run_path(str(file)), [1, 2, 3]).earned >= 3
