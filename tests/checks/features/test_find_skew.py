"""Exercise 5: that pairs are equal or differ in one matter alone, and which property catches which mistake."""

import ast
import math
import random
import re
import runpy
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.checks import seeds
from dataml_lab.checks.features.find_skew import TEXTS, differ, find_skew, outcome, spare, wrong_with
from dataml_lab.checks.features.pairs import MATTERS, skews
from dataml_lab.runtime.answers import NotAttempted

ANSWERS = Path(__file__).parents[3] / "solutions" / "03_features" / "answers" / "find_skew"
NEEDED, SILENT = [prop.name for prop in find_skew.properties][-2:]
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


# pairs


@pytest.mark.parametrize("part", range(4))
def test_equal_pairs_are_equal_on_every_case_that_may_come_up(part):
    for seed in range(part, 80, 4):
        of, dice = world(seed), random.Random(seed)
        categories = known(of)
        for _ in range(90):  # with three pairs each, more than twenty thousand in all
            case = odd_case(dice, categories)
            assert wrong_with(case) is None and not any(differ(pair, case) for pair in of.equal)


def test_no_feature_depends_on_the_order_of_simultaneous_events():
    """But of those pairs where the last event in place counts."""
    dice = random.Random(3)
    for seed in range(40):
        pairs = [pair for matter in ("missing", "days", "zone") for pair in world(seed).differing[matter]]
        case = odd_case(dice, known(world(seed)), datetime(2025, 6, 1, tzinfo=UTC))
        for event in case["events"]:
            event["occurred_at"] = case["as_of"].astimezone(event["occurred_at"].tzinfo)
        turned = {**case, "events": case["events"][::-1]}
        for function in [function for pair in pairs for function in (pair.train, pair.serve)]:
            one, other = outcome(function, case), outcome(function, turned)
            assert one.features.keys() == other.features.keys() and one.raised == other.raised
            assert all(one.features[name] == pytest.approx(other.features[name]) for name in one.features)


def test_everyday_cases_show_next_to_nothing():
    for seed in range(30):
        of = world(seed)
        for case in map(of.sampler, range(60)):
            assert wrong_with(case) is None
            if all(event["amount"] is not None for event in case["events"]):
                hidden = [pair for matter in MATTERS for pair in of.differing[matter][matter == "days":]]
                assert not any(differ(pair, case) for pair in [*hidden, *of.equal])


def test_everyday_cases_are_as_the_prompt_says():
    events, missing = 0, 0
    for number in range(2_000):
        case = world(1).sampler(number)
        moments = [event["occurred_at"] for event in case["events"]]
        assert moments == sorted(set(moments)) and all(moment < case["as_of"] for moment in moments)
        assert all(moment.tzinfo is UTC for moment in moments)
        amounts = [event["amount"] for event in case["events"] if event["amount"] is not None]
        assert all(round(amount, 2) == amount for amount in amounts)
        events, missing = events + len(moments), missing + len(moments) - len(amounts)
    assert len(known(world(1))) == 4 and missing / events == pytest.approx(1 / 300, rel=0.4)


def test_a_sample_is_fresh_and_the_same_for_the_same_number():
    sampler = world(1).sampler
    first = sampler(3)
    first["events"].clear()
    assert sampler(3) == sampler(3) != sampler(4) and sampler(3)["events"] and skews(1).sampler(3) == sampler(3)
    with pytest.raises(ValueError, match="from 0 on"):
        sampler(-1)


def test_a_seed_gives_the_same_pairs():
    case = world(5).sampler(1)
    for one, other in zip(skews(5).equal, skews(5).equal, strict=True):
        assert repr(outcome(one.train, case)) == repr(outcome(other.train, case))


def test_functions_leave_a_case_as_it_was_and_return_new_features():
    for pair in [pair for pairs in world(2).differing.values() for pair in pairs] + world(2).equal:
        case = odd_case(random.Random(2), known(world(2)))
        before = repr(case)
        first = outcome(pair.train, case).features
        first["more"] = 1
        assert repr(case) == before and "more" not in outcome(pair.train, case).features


def test_some_equal_functions_look_different():
    """Rounding errors, NaN for None, other orders and exceptions on both sides: what a comparison must bear."""
    noise, gaps, order, raised = 0, 0, 0, 0
    for seed in range(20):
        for pair in world(seed).equal:
            for case in [*map(world(seed).sampler, range(20)), {"as_of": END.replace(month=3), "events": []}]:
                one, other = outcome(pair.train, case), outcome(pair.serve, case)
                raised += bool(one.raised and other.raised)
                order += list(one.features) != list(other.features)
                both = [(value, other.features[name]) for name, value in one.features.items()]
                gaps += any((a is None) != (b is None) for a, b in both)
                noise += any(a != b for a, b in both if None not in (a, b) and not math.isnan(a + b))
    assert min(noise, gaps, order, raised) > 20


def test_differing_is_what_the_prompt_says():
    def pair(one, other):
        def function(result):
            def raising(case):
                if isinstance(result, Exception):
                    raise result
                return result
            return raising
        return type("Pair", (), {"train": staticmethod(function(one)), "serve": staticmethod(function(other))})

    nan = math.nan
    for one, other in [({"a": None}, {"a": nan}), ({"a": 3}, {"a": 3.0}), ({"a": 1e9}, {"a": 1e9 + 0.5}),
                       (KeyError("a"), ValueError()), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 0}, {"a": 9e-10})]:
        assert not differ(pair(one, other), {}) and not differ(pair(other, one), {})
    for one, other in [({"a": None}, {"a": 0}), ({"a": 1}, {}), ({"a": 1}, KeyError("a")), ({"a": 0}, {"a": 1.1e-9}),
                       ({"a": None}, {}), ({}, KeyError())]:
        assert differ(pair(one, other), {}) and differ(pair(other, one), {})


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
    (True, "is True"), ((), "is ()"), ({}, "is a dict with []"), ({**CASE, "more": 1}, "as_of"),
    *(({**CASE, "as_of": moment}, "has as_of") for moment in [
        None, BEGIN, datetime(2025, 2, 1), END + timedelta(days=1), datetime.min, "2025-02-01",
        datetime(2025, 2, 1, tzinfo=BERLIN)]),
    *(({**CASE, "events": events}, "0 to 50") for events in ([EVENT] * 51, None, (EVENT,))),
    ({**CASE, "events": [1]}, "1"),
    *(({**CASE, "events": [{**EVENT, **more}]}, says) for more, says in [
        ({"amount": 0}, "amount 0"), ({"amount": -1}, "-1"), ({"amount": math.nan}, "nan"), ({"amount": True}, "True"),
        ({"amount": 10_000.01}, "10000.01"), ({"amount": "3"}, "'3'"), ({"category": ""}, "category"),
        ({"category": None}, "None"), ({"more": 1}, "more"), ({"occurred_at": datetime(2024, 5, 1)}, "time zone"),
        ({"occurred_at": datetime.min.replace(tzinfo=BERLIN)}, "2024 or 2025"),
        ({"occurred_at": datetime(2024, 1, 1, tzinfo=BERLIN)}, "in UTC"),
        ({"occurred_at": END + timedelta(microseconds=1)}, "2024 or 2025")])])
def test_a_case_that_may_not_come_up(case, says):
    assert says in wrong_with(case)


# answers


def failing(answer, seeds=(1, 2, 3)):
    verdict = find_skew.judge({"find_skew": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome != "holds"}


def catalogued(kind):
    return sorted(path for path in ANSWERS.glob(f"{kind}_*.py") if "forever" not in path.name)


@pytest.mark.parametrize("path", catalogued("right"), ids=lambda path: path.stem)
def test_a_right_answer_loses_nothing(path):
    assert failing(runpy.run_path(str(path))["find_skew"], seeds("find_skew", "a", count=2)) == {}


@pytest.mark.parametrize("path", catalogued("wrong"), ids=lambda path: path.stem)
def test_a_wrong_answer_loses_what_it_should(path):
    stated = dict(re.findall(r"(?m)^(fails|says): +(.+)$", ast.get_docstring(ast.parse(path.read_text("utf-8")))))
    found = failing(runpy.run_path(str(path))["find_skew"], seeds("find_skew", "a", count=1))
    if path.stem not in ("wrong_many_samples", "wrong_common_names"):  # of which one shop may not tell
        assert found.keys() == set(stated["fails"].split("; "))
    assert stated.get("says", "").lower() in " ".join(found.values()).lower()


def test_an_untouched_answer_is_not_attempted():
    assert find_skew.judge({"find_skew": lambda *_: NotImplemented}, [1]).not_attempted
    assert find_skew.judge({}, [1]).not_attempted
    with pytest.raises(NotAttempted):
        find_skew.take({"find_skew": 3})


def generator(*_):
    yield 1


ODD = [0, "x", [], {1: 2}, math.nan, 10**9, object(), CASE["as_of"], {"as_of": [], "events": 3},
       {**CASE, "events": [[]]}, lambda case: case]


@pytest.mark.parametrize("result", ODD, ids=lambda result: type(result).__name__)
def test_odd_answers_are_told_in_a_sentence(result):
    found = failing(lambda *_: result, [1])
    assert found.keys() == {*TEXTS.values(), NEEDED, SILENT} and all(found.values())


@pytest.mark.parametrize("answer", [generator, type("find_skew", (), {}), lambda: None, lambda *_: 1 / 0],
                         ids=["generator", "class", "no arguments", "raising"])
def test_answers_that_cannot_be_called_are_told_in_a_sentence(answer):
    found = failing(answer, [1])
    assert set(TEXTS.values()) < found.keys() and all("find_skew" in found[text] for text in TEXTS.values())


def test_an_endless_answer_is_stopped(monkeypatch):
    monkeypatch.setattr("dataml_lab.runtime.answers.DEADLINE", 0.2)

    def endless(*_):
        while True:
            pass

    found = failing(endless, [1])
    assert "still running" in next(iter(found.values())) and len(found) == 8


def test_a_false_alarm_shows_the_case_and_both_results():
    sentence = failing(lambda train, serve, sampler: sampler(3), [1])[SILENT]
    assert sentence.count("\n") >= 3 and "as_of 2025-" in sentence
    assert "\ntrain_fn: {" in sentence and "\nserve_fn: {" in sentence


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 10**6))
def test_an_event_is_spare_if_the_rest_differs(seed, number):
    """By brute force over all parts with one event less."""
    of, case = world(seed), odd_case(random.Random(number), ["a", "b"])
    for pair in of.differing["zone"]:
        rests = [{**case, "events": [e for e in case["events"] if e is not event]} for event in case["events"]]
        assert (spare(pair, case) is not None) == any(differ(pair, rest) for rest in rests)
