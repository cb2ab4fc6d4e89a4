"""The bill of exercises 3 and 4: the table of the prompt, computed independently, and the figures that it gives."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataml_lab.checks.streaming.bill import (
    CASES,
    DAY_S,
    EVERY,
    STREAM,
    Scenario,
    bill,
    bills,
    draw,
    kept,
    margin,
    one_of,
    told,
)

EXAMPLE = {"what": "live tracking of deliveries", "events_per_day": 400_000.0, "worth": 0.0006, "half_life_s": 3600.0,
           "reruns_per_day": 0.0, "run_cost": 0.4, "stream_day": 60.0}


def by_the_table(brief, every):
    """The bill of a day, row by row of the table in the prompt; a day's events wait one after the other."""
    if every == 0:
        running, event, rerun, waits = brief["stream_day"], 0.00002, 40, [2]
    else:
        running, event, rerun = brief["run_cost"] * 86_400 / every, 0.000002, 2
        waits = [every * (number + 0.5) / 20_000 for number in range(20_000)]
    lost = brief["worth"] * math.fsum(1 - 2 ** (-wait / brief["half_life_s"]) for wait in waits) / len(waits)
    return running + rerun * brief["reruns_per_day"] + brief["events_per_day"] * (event + lost)


def drawn(seed, reruns):
    return one_of(draw(np.random.default_rng(seed), 3, reruns), seed % 3)


@pytest.mark.parametrize("scenario", [*CASES.values(), *(drawn(seed, seed % 4) for seed in range(6))])
def test_the_bill_is_that_of_the_prompt(scenario):
    brief = told("", scenario)
    assert bills(scenario).tolist() == pytest.approx([by_the_table(brief, every) for every in EVERY], rel=1e-4)


def test_the_figures_of_the_prompt():
    scenario = Scenario(**{name: value for name, value in EXAMPLE.items() if name != "what"})
    assert [round(float(bill(scenario, every)), 2) for every in (STREAM, 3_600, 900)] == [68.09, 77.28, 58.84]
    assert bills(scenario).min() == bill(scenario, 900)
    assert told(EXAMPLE["what"], scenario) == EXAMPLE
    assert scenario == CASES["a “real-time” warehouse dashboard"]
    assert round(float(kept(3_600.0, 3_600)), 2) == 0.72
    best = min(bill(scenario, every) for every in EVERY[1:])
    assert round(float(best - (bill(scenario, STREAM) - scenario.stream_day)), 1) == 50.8  # where stream_day tips
    assert margin(scenario._replace(stream_day=48)) > 0 > margin(scenario._replace(stream_day=53))


def test_the_choices_are_those_that_the_prompt_offers():
    assert EVERY == (0, 60, 300, 900, 3600, 21600, 86400, 604800)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(half_life=st.floats(5, 1e7), every=st.sampled_from(EVERY[1:]), seed=st.integers(0, 99))
def test_what_is_kept_is_what_waiting_events_keep(half_life, every, seed):
    moments = (np.arange(40_000) + np.random.default_rng(seed).random(40_000)) / 40_000 * DAY_S * 7
    waits = -moments % every
    assert kept(half_life, every) == pytest.approx(np.mean(0.5 ** (waits / half_life)), rel=0.02, abs=0.003)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(half_life=st.floats(0.01, 1e9))
def test_who_waits_longer_keeps_less(half_life):
    shares = [float(kept(half_life, every)) for every in EVERY]
    assert shares[-1] > 0 and shares[0] <= 1 and shares[1:] == sorted(shares[1:], reverse=True)
    assert kept(half_life, 60) >= 0.5 ** (60 / half_life)


def test_many_scenarios_at_once_are_billed_as_each_is():
    many = draw(np.random.default_rng(3), 50, reruns=1)
    together = bills(many), margin(many)
    for number in range(50):
        one = Scenario(*(field[number] for field in many))
        assert bills(one) == pytest.approx(together[0][:, number]) and margin(one) == pytest.approx(together[1][number])
        assert (margin(one) > 0) == (bills(one).argmin() == 0)


def test_about_as_many_want_a_stream_as_want_batches():
    assert 0.25 < (margin(draw(np.random.default_rng(1), 4_000)) > 0).mean() < 0.75


def test_a_brief_can_be_read():
    scenario = drawn(1, 6)
    assert all(value == float(f"{value:.3g}") for value in scenario)
