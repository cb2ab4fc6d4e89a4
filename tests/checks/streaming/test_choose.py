"""Exercise 3: that pairs differ in one field and want different sides, and which property catches which mistake."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dataml_lab.checks.streaming.bill import CASES, DAY_S, EVERY, FIELDS, STREAM, Scenario, bill, bills, margin
from dataml_lab.checks.streaming.choose import DEAR, FLIPS, PAIRS, TEXTS, WORDS, choices, choose, fair

SEEDS = range(100)
world = cache(choices)


def best(brief):
    """The cheapest choice, by the closed form of what is kept."""
    scenario = Scenario(**{name: brief[name] for name in FIELDS})
    return EVERY[int(bills(scenario).argmin())]


def test_a_pair_differs_in_one_field_and_wants_both_sides():
    for seed in SEEDS:
        assert world(seed).pairs.keys() == set(FIELDS) == set(TEXTS)
        for name, found in world(seed).pairs.items():
            for what, first, second in found:
                assert [field for field in FIELDS if getattr(first, field) != getattr(second, field)] == [name]
                assert margin(first) * margin(second) < 0 and what in WORDS
                for scenario in (first, second):
                    by_side = bills(scenario)[0], bills(scenario)[1:].min()
                    assert max(by_side) / min(by_side) > 0.97 * FLIPS > 1.1 * DEAR  # 0.97: its fields are rounded


def test_every_seed_gives_a_fair_world_at_once():
    assert all(fair(world(seed)) and all(len(found) == PAIRS for found in world(seed).pairs.values()) for seed in SEEDS)


def test_either_side_wins_under_the_same_names():
    for seed in SEEDS:
        assert sorted(margin(scenario) > 0 for scenario in world(seed).either) == [False, True]


def test_the_cases_want_different_choices_and_the_live_dashboard_a_batch():
    wanted = {what: best({name: getattr(scenario, name) for name in FIELDS}) for what, scenario in CASES.items()}
    assert [every == STREAM for every in wanted.values()] == [False, True, False, True, False]
    assert wanted["a weekly e-mail of recommendations"] >= DAY_S
    by_streaming_all = [bill(scenario, STREAM) / bills(scenario).min() for scenario in CASES.values()]
    assert sum(ratio > DEAR for ratio in by_streaming_all) == 3


def test_a_seed_gives_the_same_world():
    assert repr(choices(5)) == repr(choices(5)) != repr(choices(6))


# mistakes


CASE, NAMES, *WEIGHS = [prop.name for prop in choose.properties]
WEIGHED = dict(zip(TEXTS, WEIGHS, strict=True))


def failing(answer, seeds=(1, 2, 3)):
    verdict = replace(choose, world=world).judge({"choose": answer}, seeds)
    return {finding.property: finding.sentence for finding in verdict.findings if finding.outcome == "fails"}


@pytest.mark.parametrize("seed", range(30))
def test_the_cheapest_choice_has_every_property(seed):
    assert failing(best, [seed]) == {}


def second_best(brief):
    """A choice that is not the cheapest, and cheap enough."""
    scenario = Scenario(**{name: brief[name] for name in FIELDS})
    found = bills(scenario) / bills(scenario).min()
    return EVERY[max(range(len(EVERY)), key=lambda number: found[number] if found[number] <= DEAR else 0)]


def test_a_choice_a_quarter_dearer_is_good_enough():
    assert failing(second_best) == {}


@pytest.mark.parametrize("name", FIELDS)
def test_who_does_not_look_at_a_field_is_found_by_its_property(name):
    """The pair tells: with the field at any one value, both get the same choice."""
    for value in (0.0, 1e-3, 1.0, 60.0, 3_600.0, 1e6):
        if value or name == "reruns_per_day":
            sentences = failing(lambda brief, value=value: best({**brief, name: value}))
            assert f"Two briefs differ only in {name}, " in sentences[WEIGHED[name]]


@pytest.mark.parametrize("name", FIELDS)
def test_who_is_wrong_about_one_pair_alone_loses_its_property_alone(name):
    briefs = [scenario for seed in (1, 2, 3) for pair in world(seed).pairs[name] for scenario in pair[1:]]
    others = [scenario for seed in (1, 2, 3) for scenario in world(seed).either]

    def answer(brief):
        scenario = Scenario(**{field: brief[field] for field in FIELDS})
        return STREAM if scenario in briefs and scenario not in others else best(brief)

    assert failing(answer).keys() == {WEIGHED[name]}


@pytest.mark.parametrize("what", CASES)
def test_each_case_is_asked(what):
    right, stream_is_wrong = best, bills(CASES[what]).argmin() != 0
    wrong = 60 if not stream_is_wrong else 300 if what.startswith("a “") else STREAM
    sentences = failing(lambda brief: wrong if brief["what"] == what else right(brief))
    assert sentences.keys() == {CASE} and sentences[CASE].startswith(f"For {what}, you chose ")


@pytest.mark.parametrize("names", [{}, {what: best({name: getattr(scenario, name) for name in FIELDS})
                                        for what, scenario in CASES.items()}])
@pytest.mark.parametrize("else_", EVERY)
def test_who_goes_by_names_settles_at_most_the_cases(names, else_):
    sentences = failing(lambda brief: names.get(brief["what"], else_))
    assert sentences.keys() == {*WEIGHS, *([] if names else [CASE])}  # no name that decides is among those judged


def test_who_goes_by_one_name_loses_that_property():
    sentences = failing(lambda brief: STREAM if brief["what"] == WORDS[0] else best(brief))
    assert f"a stream for “{WORDS[0]}”" in sentences[NAMES] and "changes no bill" in sentences[NAMES]


def test_who_is_too_dear_under_every_name_goes_by_numbers():
    def dearest(brief):
        return EVERY[int(bills(Scenario(**{name: brief[name] for name in FIELDS})).argmax())]

    assert failing(dearest).keys() == {CASE, *WEIGHS}


def tried(answer, sentence):
    """What the code at the end of a sentence returns, line by line."""
    return [eval(line, {"choose": answer}) for line in sentence.partition(" Try it:\n")[2].splitlines()]


def test_each_sentence_ends_with_code_that_shows_the_failure():
    def answer(brief):
        return 900 if brief["what"] == WORDS[0] else 3_600

    found = {name: tried(answer, sentence) for name, sentence in failing(answer).items()}
    assert found.keys() == {CASE, NAMES, *WEIGHS} and sorted(found.pop(NAMES)) == [900, 3_600]
    assert all(len(returned) == 1 and returned[0] in (900, 3_600) for returned in found.values())
    assert failing(answer)[CASE].endswith("'stream_day': 60.0})")


def test_no_sentence_writes_a_number_in_powers_of_ten():
    for every in EVERY:
        for sentence in failing(lambda brief, every=every: every, range(5)).values():
            assert "e-0" not in sentence.partition("Try it:")[0] and "e+" not in sentence


@pytest.mark.parametrize("every", EVERY)
def test_no_sentence_names_the_right_choice(every):
    """Only what was chosen, what it comes to, and what is possible."""
    for sentence in failing(lambda brief: every).values():
        others = [f"run every {other} s" for other in EVERY if other not in (STREAM, every)]
        assert not any(told in sentence for told in others) and "EUR a day where " in sentence


def test_a_sentence_tells_the_bills():
    what = "the leaderboard of an online game"
    every, least = (f"{bill(CASES[what], every):,.2f}" for every in (900, STREAM))
    sentence = failing(lambda brief: 900 if brief["what"] == what else best(brief))[CASE]
    chose = f"you chose a run every 900 s, which comes to {every} EUR a day where {least} are possible."
    assert sentence.startswith(f"For {what}, {chose} Try it:\n")


@pytest.mark.parametrize("change", [float, np.int64, np.float32])
def test_a_choice_may_be_any_number(change):
    assert failing(lambda brief: change(best(brief)), [1]) == {}


def test_what_an_answer_does_to_a_brief_or_remembers_is_no_matter():
    seen = []

    def answer(brief):
        seen.append(brief)
        found = best(brief)
        brief.clear()
        return found

    def before(brief):
        """The choice for the brief before this one."""
        seen.append(best(brief))
        return seen[-2]

    assert failing(answer, [1]) == {} and len(failing(before)) == 8


def test_a_verdict_is_the_same_twice():
    assert failing(lambda brief: 300) == failing(lambda brief: 300)
