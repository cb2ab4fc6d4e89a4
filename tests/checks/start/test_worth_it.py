"""That its pairs differ in one field, have the best choices that a slow count finds, and leave no doubt."""

import itertools
import re
import runpy
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dataml_lab.checks.start.briefs import (
    CHOICES,
    MISTAKES,
    RANGES,
    THEMES,
    best,
    expected,
    is_clear,
    mistakes_shown,
    model_right,
    one_year,
    pairs,
    values,
)
from dataml_lab.checks.start.worth_it import worth_it

FOLDER = Path(__file__).parents[3] / "solutions" / "00_start_here"
ORACLE = runpy.run_path(str(FOLDER / "oracle.py"))["ORACLES"]["worth_it"]
SEEDS = range(3)
world = cache(pairs)


def listed(seed):
    """Each theme of a world with its pair."""
    return [(theme, pair) for name, themes in THEMES.items()
            for theme, pair in zip(themes, world(seed).by_property[name], strict=True)]


def outcomes(answer):
    return [finding.outcome for finding in worth_it.judge({"worth_it": answer}, [1]).findings]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_briefs_of_a_pair_differ_in_one_field_and_in_their_best_choice(seed):
    for theme, pair in listed(seed):
        low, high = pair.briefs
        assert [field for field in low if low[field] != high[field]] == [pair.field] == [theme.field]
        assert [best(low), best(high)] == pair.best == [theme.low, theme.high] and theme.low != theme.high


@pytest.mark.parametrize("seed", [0])
def test_the_best_choice_is_what_a_count_of_single_cases_finds(seed):
    for _, pair in listed(seed):
        assert [ORACLE(brief) for brief in pair.briefs] == [best(brief) for brief in pair.briefs]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wrong_choice_costs_a_fifth_of_what_is_at_stake_and_no_year_says_otherwise(seed):
    random = np.random.default_rng(seed)
    for brief in (brief for _, pair in listed(seed) for brief in pair.briefs):
        second, first = sorted(expected(brief).values())[-2:]
        assert first - second >= 0.2 * max(first, -second) >= 0 and is_clear(brief)
        for _ in range(20):
            year = one_year(brief, random)
            assert max(year, key=year.get) == best(brief)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_shows_in_the_pairs_that_are_about_it_alone(seed):
    about = {name: {shown for theme in themes for shown in theme.shows} for name, themes in THEMES.items()}
    assert set().union(*about.values()) == set(MISTAKES)
    for name, themes in THEMES.items():
        for theme, pair in zip(themes, world(seed).by_property[name], strict=True):
            assert set(theme.shows) <= mistakes_shown(theme, pair.briefs) <= about[name]


@pytest.mark.parametrize("field", ["loss", "labels", "cases_per_year", "rule_right", "model_cost"])
def test_no_threshold_on_a_field_is_right_for_both_of_its_pairs(field):
    for seed in SEEDS:
        spans = [[brief[field] for brief in pair.briefs] for theme, pair in listed(seed)
                 if theme.field == field and theme.part in ("lower", "upper")]
        (_, low), (high, _) = spans
        assert low <= high


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_those_that_people_write(seed):
    random = np.random.default_rng(seed)
    for field, (low, middle, high) in RANGES.items():
        for part, least, most in (("lower", low, middle), ("upper", middle, high), ("any", low, high)):
            drawn = values(field, part, random)
            assert least <= min(drawn) and max(drawn) <= most
            assert drawn == [float(f"{one:.2g}") for one in drawn]


def test_the_worked_example_of_the_prompt():
    brief = {"cases_per_year": 10_000, "gain": 2.0, "loss": 5.0, "rule_right": 0.8, "rule_cost": 1_000, "labels": 2_500,
             "model_best": 0.9, "model_cost": 20_000}
    assert model_right(brief) == pytest.approx(0.82) and best(brief) == "rule"
    assert expected(brief) == pytest.approx({"rule": 5_000, "model": -12_600, "nothing": 0})


@pytest.mark.parametrize(("labels", "right"), [(0, 0.5), (50, 0.5), (100, 0.5), (101, 0.5), (400, 0.7), (10**12, 0.9)])
def test_a_model_learns_from_labels(labels, right):
    assert model_right({"labels": labels, "model_best": 0.9}) == pytest.approx(right, abs=0.003)


@pytest.mark.parametrize("choice", CHOICES)
def test_a_constant_answer_earns_nothing(choice):
    assert outcomes(lambda brief: choice) == ["fails"] * len(THEMES)


@pytest.mark.parametrize(("found", "shown"), [
    ("Model", "'Model'"), ("", "''"), (None, "type NoneType"), (1, "type int"),
    (["model"], "type list"), (np.array(["rule"]), "type ndarray"),
])
def test_what_is_no_choice_is_named(found, shown):
    expected = f'worth_it returned .*{re.escape(shown)}, where the text "rule", "model" or "nothing" was expected'
    for finding in worth_it.judge({"worth_it": lambda brief: found}, [1]).findings:
        assert re.match(expected, finding.sentence)


def test_a_text_of_numpy_is_a_text():
    assert outcomes(lambda brief: np.array([best(brief)])[0]) == ["holds"] * len(THEMES)


def test_a_rule_where_none_is_known_is_told_so_and_an_example_can_be_tried():
    told = [finding.sentence for finding in worth_it.judge({"worth_it": lambda brief: "rule"}, [1]).findings]
    assert "With None there is no rule to choose." in told[-1]
    briefs = [eval(sentence.partition("To see it:\nworth_it(")[2][:-1]) for sentence in told]
    assert all(best(brief) != "rule" and brief["what"].endswith(".") for brief in briefs)


def test_a_year_without_a_rule_is_not_said_to_have_one_that_is_never_right():
    told = [finding.sentence for finding in worth_it.judge({"worth_it": lambda brief: "rule"}, [1]).findings]
    assert "No rule is known; from" in told[-1] and "The rule is right" not in told[-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_where_no_rule_is_known_a_model_that_guesses_may_pay(seed):
    (pair,) = [pair for theme, pair in listed(seed) if theme.guesses]
    assert all(0 < brief["labels"] <= 100 and model_right(brief) == 0.5 for brief in pair.briefs)
    assert pair.briefs[0]["rule_right"] is None and best(pair.briefs[0]) == "model"
    assert pair.briefs[0]["gain"] > pair.briefs[0]["loss"]


def by_number(seed=None):
    """An answer that looks at no brief: the best choices of the themes in turn, or in an order of its own."""
    script = [choice for themes in THEMES.values() for theme in themes for choice in (theme.low, theme.high)]
    calls = itertools.count()
    random = np.random.default_rng(seed)
    order = random.permutation(len(script)) if seed is not None else range(len(script))
    return lambda brief: script[order[next(calls) % len(script)]]


def by_the_briefs_before():
    """An answer that knows the themes: where one of the briefs before differs from this one in a single field, it says
    what is best on that side of it, and else guesses by the field that is rarest."""
    before = []

    def answer(brief):
        differing = [(other, [name for name in brief if brief[name] != other[name]]) for other in before]
        before.append(brief)
        for other, (name, *more) in differing:
            if more:
                continue
            theme = next(theme for themes in THEMES.values() for theme in themes if theme.field == name)
            return theme.high if (brief[theme.field] or 0) > (other[theme.field] or 0) else theme.low
        return "nothing" if brief["rule_right"] is None else "rule"

    return answer


def test_neither_the_number_of_a_call_nor_the_briefs_before_earn_anything():
    for answer in (by_number(), by_number(1), by_the_briefs_before()):
        verdict = worth_it.judge({"worth_it": answer}, [1, 2, 3])
        assert verdict.earned <= 1, verdict


def test_each_brief_is_asked_about_once_and_what_it_raises_costs_its_property_alone():
    asked = []

    def choosy(brief):
        asked.append(brief)
        return best(brief) if brief["labels"] else 1 / 0

    verdict = worth_it.judge({"worth_it": choosy}, [1])
    failing = [finding.property for finding in verdict.findings if finding.outcome == "fails"]
    assert failing == ["expects little of a model with few labels"]
    assert len(asked) == len({repr(brief) for brief in asked}) == 2 * sum(map(len, THEMES.values()))


def test_who_goes_below_a_guess_is_told_that_the_formula_ends_at_100_labels():
    def formula(brief):
        share, labels = brief["model_best"], max(brief["labels"], 1)
        below = share - (share - 0.5) * (100 / labels) ** 0.5
        return best(brief | {"labels": 10**12, "model_best": below})

    told = [finding.sentence for finding in worth_it.judge({"worth_it": formula}, [1]).findings]
    assert [sentence for sentence in told if sentence] == [told[-1]]
    assert "With 100 labels or fewer the formula doesn't hold" in told[-1] and "; the best choice came to" in told[-1]
