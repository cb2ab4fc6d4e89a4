"""What tests promise, tried in simulated experiments: errors, intervals, power, also where they are read every day.

A share of n experiments may be off by 3.5 of its standard errors. `benchmarks/experiments.py` is the same, larger.
"""

import numpy as np
import pytest

from dataml_lab.experiments.bounds import equal_looks, growth, peeking, power_of, spending_bounds, wang_tsiatis
from dataml_lab.experiments.correct import correct
from dataml_lab.experiments.design import size_of_proportions
from dataml_lab.experiments.plan import Plan
from dataml_lab.experiments.simulate import POPULATIONS, looked, record, split_alarms

DAYS = 14
UNITS = {"clusters": 30, "proportion": 400}
ABOUT = {"proportion": 0.03, "clusters": 2.0}


def near(share, experiments):
    """What a share of so many experiments may be, where this is expected."""
    return pytest.approx(share, abs=3.5 * (share * (1 - share) / experiments) ** 0.5)


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("experiments", [1_000, pytest.param(10_000, marks=pytest.mark.full)])
def test_read_once_errors_are_alpha_and_intervals_hold_the_truth(name, experiments):
    population, units = POPULATIONS[name], UNITS.get(name, 200)
    none = record(population, experiments, units)
    assert none.found == near(0.05, experiments)
    some = record(population, experiments, units, effect=ABOUT.get(name, 2.0), seed=1)
    assert some.held == near(0.95, experiments) and some.held_relative == near(0.95, experiments)


def test_peeking_errs_as_often_as_the_integral_says():
    assert looked(Plan(), 4_000, DAYS, 1_000).found == near(peeking(DAYS), 4_000)


def test_daily_looks_err_in_alpha_at_all_times_and_have_nearly_the_power_of_one():
    plan = Plan(2 * DAYS * 1_000, "daily")
    none, some = looked(plan, 4_000, DAYS, 1_000), looked(plan, 4_000, DAYS, 1_000, effect=0.01, seed=1)
    assert none.found == near(0.05, 4_000) and none.held == near(0.95, 4_000)
    looks = equal_looks(DAYS)
    drift = 0.01 / ((0.1 * 0.9 + 0.11 * 0.89) / (DAYS * 1_000)) ** 0.5
    assert some.found == near(power_of(spending_bounds(looks), looks, drift), 4_000)
    assert some.held == near(0.95, 4_000) and some.ended < 0.9 * DAYS


@pytest.mark.parametrize(("name", "experiments"), [("mean", 600), ("ratio, CUPED", 600)] + [
    pytest.param(name, 3_000, marks=pytest.mark.full) for name in ("mean", "ratio", "mean, CUPED", "ratio, CUPED")])
def test_other_metrics_than_proportions_err_as_often_at_looks(name, experiments):
    for looks in ("daily", "always"):
        plan = Plan(2 * 10 * 60, looks)
        none, some = (looked(plan, experiments, 10, 60, effect, seed, name) for seed, effect in enumerate((0.0, 2.0)))
        if looks == "daily":
            assert none.found == near(0.05, experiments) and some.held == near(0.95, experiments)
        else:
            assert none.found <= 0.05 and some.held >= 0.95


def test_units_times_growth_have_the_power_that_was_planned():
    looks = equal_looks(DAYS)
    once = size_of_proportions(0.1, 0.01).control
    per_day = round(once * growth(spending_bounds(looks), looks) / DAYS)
    assert looked(Plan(2 * DAYS * per_day, "daily"), 4_000, DAYS, per_day, effect=0.01).found == near(0.8, 4_000)


def test_always_valid_intervals_hold_the_truth_at_all_of_a_thousand_looks():
    plan = Plan(2 * 200 * 500, "always")
    none, some = looked(plan, 1_000, 200, 500), looked(plan, 1_000, 200, 500, effect=0.01, seed=1)
    assert none.found <= 0.05 and none.held >= 0.95 and some.held >= 0.95
    assert some.found > 0.95 and some.ended < 150


def test_the_published_bounds_of_14_looks():
    looks = equal_looks(DAYS)
    assert wang_tsiatis(looks, shape=0.5)[-1] == pytest.approx(2.616, abs=0.005)  # 2.616 by simulation
    assert wang_tsiatis(looks)[-1] == pytest.approx(2.104, abs=0.005)


def test_a_sound_split_alarms_in_one_of_a_thousand_and_a_broken_one_nearly_always():
    assert split_alarms(200_000, 10_000) == near(0.001, 200_000)
    assert split_alarms(2_000, 16_000, 0.52) > 0.95


def test_twenty_metrics_err_in_64_percent_and_corrected_ones_in_5():
    p = np.random.default_rng(1).random((2_000, 20))
    assert (p < 0.05).any(axis=1).mean() == near(1 - 0.95**20, 2_000)
    assert (correct(p) < 0.05).any(axis=1).mean() == near(0.05, 2_000)
    effects = np.where(np.arange(20) < 10, p / 1_000, p)
    found = correct(effects, "fdr_bh") < 0.05
    assert np.mean(found[:, 10:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)) == pytest.approx(0.025, abs=0.005)


def test_orders_of_users_taken_one_by_one_err_in_a_third():
    """Users are randomised. An analysis of their orders as if these were is wrong; the ratio by the delta method isn't.
    """
    from scipy.stats import ttest_ind

    random = np.random.default_rng(1)

    def p_value():
        arms = []
        for _ in range(2):
            orders = 1 + random.poisson(8, 100)
            arms.append(np.repeat(random.normal(30, 8, 100), orders) + random.normal(0, 8, orders.sum()))
        return ttest_ind(*arms).pvalue
    assert np.mean([p_value() < 0.05 for _ in range(400)]) > 0.3
