"""Effects from sufficient statistics: as scipy and statsmodels find them in the rows, and as the bootstrap does."""

import numpy as np
import pytest
from scipy.stats import ttest_ind
from statsmodels.api import OLS, add_constant
from statsmodels.stats.proportion import confint_proportions_2indep

from dataml_lab.experiments.effects import (
    Term,
    counted,
    difference_of_means,
    difference_of_proportions,
    difference_with_cuped,
    mean_of,
    sample,
)
from dataml_lab.experiments.plan import Plan, reach
from dataml_lab.experiments.simulate import BEFORE, PER_ORDER, POPULATIONS, SPENT, reduced


def arms(units=(300, 500), effect=2.0, seed=1):
    """The rows of shoppers in both arms: EUR, orders, EUR before."""
    random, rows = np.random.default_rng(seed), POPULATIONS["ratio"].rows
    return rows(random, (1, units[0]), 0.0)[0], rows(random, (1, units[1]), effect)[0]


def test_a_mean_is_welchs_test_of_scipy():
    control, treatment = arms()
    ours = difference_of_means(sample(control), sample(treatment), Term(0))
    theirs = ttest_ind(treatment[:, 0], control[:, 0], equal_var=False)
    assert float(ours.p_value()) == pytest.approx(theirs.pvalue, rel=1e-9)
    limits = ours.interval(reach(ours, Plan(), 0.1, np.ones(1)))
    assert np.ravel(limits) == pytest.approx(list(theirs.confidence_interval(0.9)), rel=1e-9)


@pytest.mark.parametrize("counts", [(30, 0, 40, 1), (1_000, 200, 1_100, 260), (12, 12, 11, 3)])
def test_a_proportion_has_the_interval_of_statsmodels(counts):
    units, ones, more, others = counts
    ours = difference_of_proportions(counted(units, ones), counted(more, others), Term(0))
    theirs = confint_proportions_2indep(others, more, ones, units, method="agresti-caffo")
    assert ours.interval(1.959963984540054) == pytest.approx(theirs, abs=1e-9)
    assert (float(ours.control), float(ours.treatment)) == (ones / units, others / more)


def test_a_ratio_is_as_sure_as_the_bootstrap_says():
    control, _ = arms(units=(2_000, 2))
    ours = mean_of(sample(control), PER_ORDER)
    assert float(ours.value) == pytest.approx(control[:, 0].sum() / control[:, 1].sum())
    random = np.random.default_rng(2)
    drawn = [control[random.integers(0, len(control), len(control))].sum(axis=0) for _ in range(1_000)]
    assert np.std([one[0] / one[1] for one in drawn]) == pytest.approx(float(ours.variance) ** 0.5, rel=0.08)


def test_cuped_is_the_regression_of_statsmodels():
    """The coefficient of treatment, in a regression that has the time before as well (Deng et al. 2013)."""
    control, treatment = arms(units=(4_000, 4_000))
    rows = np.vstack([control, treatment])
    arm = np.repeat([0, 1], [len(control), len(treatment)])
    theirs = OLS(rows[:, 0], add_constant(np.column_stack([arm, rows[:, 2]]))).fit(cov_type="HC0")
    ours, kept = difference_with_cuped(sample(control), sample(treatment), SPENT, BEFORE)
    assert float(ours.value) == pytest.approx(theirs.params[1], rel=2e-3)
    assert float(ours.error) == pytest.approx(theirs.bse[1], rel=2e-3)
    assert float(kept) == pytest.approx(1 - np.corrcoef(control[:, 0], control[:, 2])[0, 1] ** 2, abs=0.05)


def test_cuped_changes_nothing_where_nothing_is_known():
    control, treatment = (np.column_stack([rows[:, :2], np.ones(len(rows))]) for rows in arms())
    ours, kept = difference_with_cuped(sample(control), sample(treatment), SPENT, BEFORE)
    plain = difference_of_means(sample(control), sample(treatment), SPENT)
    assert kept == 1 and ours.value == plain.value and ours.error == plain.error


def test_a_correlation_of_82_percent_leaves_a_third():
    random = np.random.default_rng(3)
    before = random.normal(0, 1, (2, 50_000))
    rows = [np.column_stack([0.82 * one + (1 - 0.82**2) ** 0.5 * random.normal(0, 1, len(one)), one]) for one in before]
    _, kept = difference_with_cuped(sample(rows[0]), sample(rows[1]), Term(0), Term(1))
    assert float(kept) == pytest.approx(1 - 0.82**2, abs=0.01)


def test_a_relative_interval_holds_no_effect_where_the_interval_does():
    for seed in range(40):
        control, treatment = arms((60, 80), effect=4.0, seed=seed)
        found = difference_of_means(sample(control), sample(treatment), SPENT)
        for wide in (1.5, 2.0, float(np.abs(found.centre) / found.error) * 1.001):
            (low, high), (below, above) = found.interval(wide), found.relative_interval(wide)
            assert (low > 0) == (below > 0) and (high < 0) == (above < 0)
            assert below < found.relative < above


def test_nothing_is_relative_to_a_control_near_0():
    found = difference_of_means(sample([[-1.0], [1.0], [0.5]]), sample([[3.0], [1.0], [2.0]]), Term(0))
    assert np.isnan(found.relative) and np.isnan(found.relative_interval(2.0)).all()


def test_many_experiments_at_once_are_as_one_by_one():
    random, population = np.random.default_rng(4), POPULATIONS["ratio, CUPED"]
    rows = [population.rows(random, (5, 90), effect) for effect in (0.0, 1.0)]
    together = population.compare(*map(reduced, rows))
    for number in range(5):
        alone = population.compare(sample(rows[0][number]), sample(rows[1][number]))
        assert together.value[number] == pytest.approx(float(alone.value))
        assert together.error[number] == pytest.approx(float(alone.error))
        assert together.relative_interval(2)[0][number] == pytest.approx(float(alone.relative_interval(2)[0]))


def test_a_constant_metric_has_no_difference_for_sure():
    found = difference_of_means(sample([[2.0]] * 5), sample([[2.0]] * 5), Term(0))
    assert found.p_value() == 1 and found.interval(2.0) == (0, 0)
