"""Exercise find_skew: that pairs are equal or differ in one matter alone, and which cases may come up."""

import math
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from dataml_lab.checks import practice
from dataml_lab.checks.features.find_skew import CALLS, Watched, differ, find_skew, searched, spare, wrong_with
from dataml_lab.checks.features.pairs import Pair, outcome, skews
from dataml_lab.runtime.answers import Answer, Failed
from dataml_lab.runtime.deadline import Stopped

BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 59, 59, 999_999, UTC)
ZONES = [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-23, minutes=-59)),
         ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")]
AMOUNTS = [None, 0.01, 1, 10_000, 12.345, 0.015, 2.675, 19.99, 33.333333]
world = cache(skews)


def known(of):
    return sorted({event["category"] for number in range(60) for event in of.sampler(number)["events"]})


def odd_case(dice, categories, as_of=None):
    """A case that may come up, with everything that the prompt allows, and often events at the same moment."""
    as_of = as_of or datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(365 * 86_400))
    ages = [timedelta(0), timedelta(microseconds=1), timedelta(hours=5), timedelta(days=dice.randrange(220)),
            timedelta(days=dice.uniform(-30, 300))]
    events = [{"occurred_at": min(max(as_of - dice.choice(ages), BEGIN), END).astimezone(dice.choice(ZONES)),
               "amount": dice.choice([*AMOUNTS, dice.uniform(0.01, 10_000), dice.uniform(0.01, 99)]),
               "category": dice.choice([*categories, *categories, "x", " ", "\ud800", categories[0].upper()])}
              for _ in range(dice.choice([0, 1, 2, 3, dice.randrange(51)]))]
    return {"as_of": as_of, "events": events}


def test_equal_pairs_are_equal_on_every_case_that_may_come_up():
    for seed in range(10):
        of, dice = world(seed), random.Random(seed)
        categories = known(of)
        for _ in range(100):
            case = odd_case(dice, categories)
            assert wrong_with(case) is None and not differ(of.equal, case)


def test_no_feature_depends_on_the_order_of_simultaneous_events():
    """But of those pairs where the last event in place counts."""
    dice = random.Random(3)
    for seed in range(10):
        pairs = [pair for matter in ("missing", "days", "zone") for pair in world(seed).differing[matter]]
        case = odd_case(dice, known(world(seed)), datetime(2025, 6, 1, tzinfo=UTC))
        for event in case["events"]:
            event["occurred_at"] = case["as_of"].astimezone(event["occurred_at"].tzinfo)
        turned = {**case, "events": case["events"][::-1]}
        for function in [function for pair in pairs for function in (pair.train, pair.serve)]:
            pair = Pair("", function, lambda _, function=function, case=turned: function(case))
            assert not differ(pair, case)


def test_everyday_cases_show_nothing_and_are_as_the_prompt_says():
    for seed in range(10):
        of = world(seed)
        assert len(known(of)) == 4
        for case in map(of.sampler, range(60)):
            moments, amounts = ([event[name] for event in case["events"]] for name in ("occurred_at", "amount"))
            assert wrong_with(case) is None and moments == sorted(set(moments))
            assert all(moment < case["as_of"] and moment.tzinfo is UTC for moment in moments)
            assert all(round(amount, 2) == amount for amount in amounts)
            assert not any(differ(pair, case) for pair in of.pairs)


def test_the_first_step_of_the_prompt_shows_a_difference():
    of = practice("find_skew")
    pair, case = of.differing["missing"][0], of.sampler(0)
    assert not differ(pair, case)
    case["events"][-1]["amount"] = None
    assert differ(pair, case)


def test_a_sample_is_fresh_and_the_same_for_the_same_number():
    sampler = world(1).sampler
    first = sampler(3)
    first["events"].clear()
    assert sampler(3) == sampler(3) != sampler(4) and sampler(3)["events"] and skews(1).sampler(3) == sampler(3)
    with pytest.raises(ValueError, match="from 0 on"):
        sampler(-1)


def test_functions_leave_a_case_as_it_was_and_return_new_features():
    for pair in world(2).pairs:
        case = odd_case(random.Random(2), known(world(2)))
        before = repr(case)
        first = outcome(pair.train, case).features
        first["more"] = 1
        assert repr(case) == before and "more" not in outcome(pair.train, case).features


def test_equal_functions_look_different():
    """Rounding errors, NaN for None, other orders and exceptions on both sides: what a comparison must bear."""
    noise, gaps, order, raised = 0, 0, 0, 0
    for seed in range(10):
        pair, empty = world(seed).equal, {"as_of": END.replace(month=3), "events": []}
        for case in [*map(world(seed).sampler, range(20)), empty]:
            one, other = outcome(pair.train, case), outcome(pair.serve, case)
            raised += bool(one.raised and other.raised)
            order += list(one.features) != list(other.features)
            both = [(value, other.features[name]) for name, value in one.features.items()]
            gaps += any((a is None) != (b is None) for a, b in both)
            noise += any(a != b for a, b in both if None not in (a, b) and not math.isnan(a + b))
    assert min(noise, gaps, order, raised) > 9


def result(value):
    """A function that returns a value, or raises it where that is an exception."""
    def function(case):
        if isinstance(value, Exception):
            raise value
        return value
    return function


def test_differing_is_what_the_prompt_says():
    nan = math.nan
    for one, other in [({"a": None}, {"a": nan}), ({"a": 3}, {"a": 3.0}), ({"a": 1e9}, {"a": 1e9 + 0.5}),
                       (KeyError("a"), ValueError()), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 0}, {"a": 9e-10})]:
        assert not differ(Pair("", result(one), result(other)), {})
    for one, other in [({"a": None}, {"a": 0}), ({"a": 1}, {}), ({"a": 1}, KeyError("a")), ({"a": 0}, {"a": 1.1e-9}),
                       ({"a": None}, {}), ({}, KeyError())]:
        assert differ(Pair("", result(one), result(other)), {}) and differ(Pair("", result(other), result(one)), {})


EVENT = {"occurred_at": BEGIN, "amount": 0.01, "category": " "}
CASE = {"as_of": datetime(2025, 1, 1, tzinfo=UTC), "events": [EVENT] * 50}
BERLIN = timezone(timedelta(hours=1))


@pytest.mark.parametrize("case", [
    CASE, {**CASE, "events": []}, {**CASE, "as_of": END}, *({**CASE, "events": [{**EVENT, **more}]} for more in [
        {"amount": None}, {"amount": 10_000}, {"amount": 0.0123456}, {"occurred_at": END},
        {"occurred_at": datetime(2024, 1, 1, 1, tzinfo=BERLIN)}, {"category": "\ud800"}])])
def test_a_case_that_may_come_up(case):
    assert wrong_with(case) is None


@pytest.mark.parametrize(("case", "says"), [
    ((), "is ()"), ({}, "is a dict with []"), ({**CASE, "more": 1}, "as_of"),
    *(({**CASE, "as_of": moment}, "has as_of") for moment in [
        None, BEGIN, datetime(2025, 2, 1), END + timedelta(days=1), datetime(2025, 2, 1, tzinfo=BERLIN)]),
    *(({**CASE, "events": events}, "0 to 50") for events in ([EVENT] * 51, None, (EVENT,))),
    *(({**CASE, "events": [{**EVENT, **more}]}, says) for more, says in [
        ({"amount": 0}, "amount 0"), ({"amount": math.nan}, "nan"), ({"amount": True}, "True"),
        ({"amount": 10_000.01}, "10000.01"), ({"amount": "3"}, "'3'"), ({"category": ""}, "category"),
        ({"category": None}, "None"), ({"more": 1}, "more"), ({"occurred_at": datetime(2024, 5, 1)}, "time zone"),
        ({"occurred_at": datetime.min.replace(tzinfo=BERLIN)}, "2024 or 2025"),
        ({"occurred_at": datetime(2024, 1, 1, tzinfo=BERLIN)}, "in UTC")])])
def test_a_case_that_may_not_come_up(case, says):
    assert says in wrong_with(case)


def test_a_function_can_be_called_so_often_and_no_more():
    function = Watched(Pair("", result({}), result({}))).train
    assert [function({}) for _ in range(CALLS)] == [{}] * CALLS
    with pytest.raises(Stopped, match="train_fn more than 500 times"):
        function({})


@pytest.mark.parametrize(("train", "serve", "says"), [
    (LookupError("no order yet"), LookupError("no order yet"),
     r"^train_fn raised LookupError: no order yet, and find_skew didn't catch it \(line \d+ of its cell\)\. "
     r"serve_fn raises on this case as well: a call that raises on both sides is no difference\.$"),
    ({}, KeyError("toys"),
     "^serve_fn raised KeyError: 'toys', and find_skew didn't catch it .*train_fn doesn't raise on this case: "
     "where exactly one of them raises, they differ.$"),
    (ValueError(), {}, "^train_fn raised ValueError, and find_skew didn't catch it"),
    ({}, {}, r"^find_skew raised ZeroDivisionError")])
def test_an_exception_of_the_pair_that_a_search_lets_through_is_said_to_be_of_the_pair(train, serve, says):
    def careless(train_fn, serve_fn, sampler):
        train_fn(sampler(0)), serve_fn(sampler(0))
        return 1 / 0

    with pytest.raises(Failed, match=says):
        searched(Answer("find_skew", careless), Pair("", result(train), result(serve)), world(1))


@pytest.mark.parametrize("space", ["\n", " "])
@pytest.mark.parametrize(("error", "says"), [
    ("KeyError: 'a'", r"^train_fn raised KeyError: 'a', and .* \(line 3 of its cell\)\. serve_fn"),
    ("ValueError", r"^find_skew raised ValueError \(line 3 of its cell\)\.$"),
    ("TypeError: find_skew() takes 2", "find_skew.. takes 2 .line 3 of its cell..$"),
])
def test_nobody_is_shown_a_call_that_cannot_be_repeated(space, error, says):
    """Neither here, where it is on a line of its own, nor in the words of a worker, which are on one."""
    def careless(train_fn, serve_fn, sampler):
        with suppress(KeyError):
            train_fn(sampler(0))
        raise Failed(f"find_skew raised {error} (line 3 of its cell).{space}find_skew(given, given, given)")

    with pytest.raises(Failed, match=says):
        searched(careless, Pair("", result(KeyError("a")), result({})), world(1))


def test_an_exception_of_the_answers_own_is_still_its_own():
    def careless(train_fn, serve_fn, sampler):
        try:
            train_fn(sampler(0))
        except LookupError:
            return 1 / 0

    with pytest.raises(Failed, match=r"^find_skew raised ZeroDivisionError"):
        searched(Answer("find_skew", careless), Pair("", result(LookupError()), result({})), world(1))


def test_each_pair_is_asked_once():
    asked = []
    find_skew.judge({"find_skew": lambda train, serve, sampler: asked.append(sampler(0)["as_of"])}, [1])
    assert len(asked) == len(world(1).pairs) == 8


def test_an_event_is_spare_if_the_rest_differs():
    for seed in range(5):
        case = odd_case(random.Random(seed), ["a", "b"])
        for pair in world(seed).differing["zone"]:
            rests = [{**case, "events": [e for e in case["events"] if e is not event]} for event in case["events"]]
            assert (spare(pair, case) is not None) == any(differ(pair, rest) for rest in rests)
