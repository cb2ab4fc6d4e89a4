"""The bill of exercises 3 and 4: the table of the prompt, computed independently, and the figures that it gives."""

import math

import numpy as np
import pytest

from dataml_lab.checks.streaming.bill import (
    CASES,
    EVERY,
    STREAM,
    Scenario,
    bill,
    bills,
    draw,
    kept,
    margin,
    one_of,
    rows,
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
    return running, event * brief["events_per_day"], rerun * brief["reruns_per_day"], brief["events_per_day"] * lost


def drawn(seed, reruns):
    return one_of(draw(np.random.default_rng(seed), 3, reruns), seed % 3)


@pytest.mark.parametrize("scenario", [*CASES.values(), *(drawn(seed, seed % 4) for seed in range(4))])
def test_the_bill_is_that_of_the_prompt(scenario):
    for every in EVERY:
        by_row = by_the_table(scenario.brief(""), every)
        assert rows(scenario, every) == pytest.approx(by_row, rel=1e-4, abs=1e-6)
        assert bill(scenario, every) == pytest.approx(sum(by_row), rel=1e-4)


def test_the_figures_of_the_prompt():
    scenario = CASES["a “real-time” warehouse dashboard"]
    assert [round(float(bill(scenario, every)), 2) for every in (STREAM, 3_600, 900)] == [68.09, 77.28, 58.84]
    assert bills(scenario).min() == bill(scenario, 900)
    assert scenario.brief(EXAMPLE["what"]) == EXAMPLE
    assert round(float(kept(3_600.0, 3_600)), 2) == 0.72
    assert margin(scenario.at("stream_day", 48)) > 0 > margin(scenario.at("stream_day", 53))


def test_the_choices_are_those_that_the_prompt_offers():
    assert EVERY == (0, 60, 300, 900, 3600, 21600, 86400, 604800)


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
    assert all(value == float(f"{value:.3g}") for seed in range(100) for value in drawn(seed, 6))
