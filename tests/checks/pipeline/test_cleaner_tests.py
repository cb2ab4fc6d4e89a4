"""Exercise 2: that correct cleaners are correct, faulty ones have one fault each, and what is said of tests."""

import math

import pytest

from dataml_lab.checks.pipeline.cleaner_tests import cleaner_tests
from dataml_lab.checks.pipeline.cleaners import FAULTY, cleaners
from dataml_lab.pipeline import clean_order
from dataml_lab.runtime.answers import NotAttempted

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
