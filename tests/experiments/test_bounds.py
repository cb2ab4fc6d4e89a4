"""Group-sequential bounds: published tables, an independent integral, and simulated Brownian motions."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from dataml_lab.experiments.bounds import (
    crossing,
    equal_looks,
    growth,
    obrien_fleming,
    peeking,
    pocock,
    power_of,
    spending_bounds,
    wang_tsiatis,
)

# Jennison and Turnbull (2000), tables 2.1, 2.3, 2.2 and 2.4: alpha .05, power .8
POCOCK = {2: (2.178, 1.110), 5: (2.413, 1.229), 10: (2.555, 1.301), 20: (2.672, 1.363)}
OBRIEN = {2: (1.977, 1.008), 5: (2.040, 1.028), 10: (2.087, 1.040), 20: (2.126, 1.047)}
PEEKING = {1: 5.0, 2: 8.3, 5: 14.2, 10: 19.3, 20: 24.8, 50: 32.1, 100: 37.3}  # %, of the course, by simulation


@pytest.mark.parametrize(("looks", "percent"), PEEKING.items())
def test_peeking_has_the_inflation_of_the_course(looks, percent):
    assert 100 * peeking(looks) == pytest.approx(percent, abs=0.12)
    assert looks == 1 or peeking(looks) < 1 - 0.95**looks - 0.01  # looks are not independent


@pytest.mark.parametrize("looks", POCOCK)
def test_bounds_and_growth_are_those_of_the_tables(looks):
    shares = equal_looks(looks)
    for shape, table in ((0.5, POCOCK), (0, OBRIEN)):
        bounds = wang_tsiatis(shares, shape=shape)
        assert bounds[-1] == pytest.approx(table[looks][0], abs=0.0006)
        assert growth(bounds, shares) == pytest.approx(table[looks][1], abs=0.0011)


def test_spending_bounds_are_those_of_the_tables():
    """As gsDesign and ldbounds give them, for five equal looks."""
    shares = equal_looks(5)
    assert spending_bounds(shares) == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4)
    assert spending_bounds(shares, spending=pocock) == pytest.approx([2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=2e-4)


@pytest.mark.parametrize("drift", [0, 1.3, 2.8])
def test_the_integral_is_that_of_the_multivariate_normal(drift):
    shares, bounds = np.array([0.1, 0.45, 1.0]), [2.9, 2.4, 2.0]
    covariance = np.sqrt(np.minimum.outer(shares, shares) / np.maximum.outer(shares, shares))
    mean = drift * shares**0.5
    inside = multivariate_normal(mean, covariance, abseps=1e-6, releps=1e-6, seed=1).cdf(
        bounds, lower_limit=[-bound for bound in bounds])
    assert 1 - crossing(bounds, shares, drift).total == pytest.approx(inside, abs=1e-5)


def test_both_sides_are_alike_and_drift_turns_them():
    shares, bounds = equal_looks(4), wang_tsiatis(equal_looks(4))
    assert crossing(bounds).up == pytest.approx(crossing(bounds).down, abs=1e-12)
    assert crossing(bounds, shares, 2).up == pytest.approx(crossing(bounds, shares, -2).down, abs=1e-12)


def test_one_look_is_the_plain_test():
    assert wang_tsiatis([1]) == pytest.approx([norm.isf(0.025)])
    assert power_of([norm.isf(0.025)], [1], norm.isf(0.025) + norm.ppf(0.8)) == pytest.approx(0.8)
    assert growth([norm.isf(0.025)], [1]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("spending", [obrien_fleming, pocock])
@pytest.mark.parametrize("shares", [[0.001, 0.5, 0.52, 1], [0.01, 0.02, 0.9], np.linspace(0.02, 1, 50)])
def test_what_is_spent_is_what_was_planned(spending, shares):
    found = crossing(spending_bounds(shares, 0.04, spending), shares)
    assert np.cumsum(found.up + found.down) == pytest.approx([spending(one, 0.04) for one in shares], abs=1e-9)
    assert spending(1, 0.04) == pytest.approx(0.04)


def test_a_bound_rests_on_earlier_looks_alone():
    assert spending_bounds([0.2, 0.5, 0.7])[:2] == pytest.approx(spending_bounds([0.2, 0.5, 1])[:2], abs=1e-12)


def test_simulated_motions_leave_the_bounds_as_often():
    shares = np.array([0.2, 0.3, 0.8, 1])
    steps = np.diff(shares, prepend=0)
    motion = np.cumsum(np.random.default_rng(1).normal(1.5 * steps, steps**0.5, (100_000, 4)), axis=1) / shares**0.5
    up = motion > [2.5, 2.4, 2.2, 2.1]
    down = motion < [-2.5, -2.4, -2.2, -2.1]
    first = np.where((up | down).any(axis=1), (up | down).argmax(axis=1), -1)
    found = crossing([2.5, 2.4, 2.2, 2.1], shares, 1.5)
    for look in range(4):
        assert (up[:, look] & (first == look)).mean() == pytest.approx(found.up[look], abs=0.005)
        assert (down[:, look] & (first == look)).mean() == pytest.approx(found.down[look], abs=0.002)


def test_a_huge_drift_ends_at_the_first_look():
    assert crossing([2, 2, 2], drift=100).up == pytest.approx([1, 0, 0])


@pytest.mark.parametrize(("call", "words"), [
    (lambda: crossing([2, 2], [0.5, 0.4]), "must rise"), (lambda: crossing([2], [1.2]), "at most 1"),
    (lambda: crossing([2], [0]), "above 0"), (lambda: crossing([2, 2], [1]), "each look needs a bound"),
    (lambda: crossing([-1]), "0 or more"), (lambda: spending_bounds([]), "must rise")])
def test_looks_that_can_not_be_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
