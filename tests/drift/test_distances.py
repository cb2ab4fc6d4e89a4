"""Distances, each against scipy's or against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from dataml_lab.drift import distances
from dataml_lab.drift.numbers import Numbers

RANDOM = np.random.default_rng(0)
SAMPLES = {"different numbers": (RANDOM.normal(size=700), RANDOM.normal(0.2, 1, 400)),
           "ties": (RANDOM.integers(0, 9, 500).astype(float), RANDOM.integers(1, 8, 300).astype(float)),
           "one value": (RANDOM.normal(size=300), np.full(200, 0.1)),
           "apart": (np.arange(50.0), np.arange(60.0) + 100),
           "one row": (np.array([1.0]), np.array([2.0])),
           "large": (RANDOM.normal(size=30_000), RANDOM.normal(0.01, 1, 20_000))}


@pytest.mark.parametrize("name", SAMPLES)
def test_ks_and_its_probability_are_those_of_scipy(name):
    one, other = SAMPLES[name]
    reference, current = Numbers.of(one), Numbers.of(other)
    expected = stats.ks_2samp(one, other)
    found = distances.ks(reference, current)
    assert found == pytest.approx(expected.statistic, abs=1e-12)
    assert distances.ks(current, reference) == pytest.approx(expected.statistic, abs=1e-12)
    assert distances.ks_p(found, reference, current) == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize("rows", [999, 1_000, 10_000, 100_000])
def test_the_probability_of_many_rows_is_that_of_scipy(rows):
    for scaled in (0.3, 0.8, 1.36, 2.5, 6) if rows < 100_000 else (0.3, 1.36, 2.5):
        distance = scaled / np.sqrt(rows)
        assert distances.kolmogorov(distance, rows) == pytest.approx(stats.kstwo.sf(distance, rows), rel=1e-12)
    assert distances.kolmogorov(1.0, rows) == 0


NUMBERS = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=60)


@settings(max_examples=30, deadline=None)
@given(NUMBERS, NUMBERS)
def test_distances_of_any_numbers_are_those_of_scipy(one, other):
    reference, current = Numbers.of(np.array(one)), Numbers.of(np.array(other))
    expected = stats.ks_2samp(one, other, method="asymp").statistic
    assert distances.ks(reference, current) == pytest.approx(expected, abs=1e-12)
    assert distances.wasserstein(reference, current) == pytest.approx(stats.wasserstein_distance(one, other), abs=1e-9)


def test_blocks_that_hold_the_largest_difference_are_looked_at():
    for shift in (0, 0.001, 0.5):
        one, other = RANDOM.normal(size=5_000), RANDOM.normal(shift, 1, 4_999)
        assert distances.ks(Numbers.of(one), Numbers.of(other)) == pytest.approx(
            stats.ks_2samp(one, other).statistic, abs=1e-12)


def test_wasserstein_of_quantiles_is_close_to_that_of_all_values():
    one, other = RANDOM.lognormal(size=50_000), RANDOM.lognormal(0.1, 1, 40_000)
    assert distances.wasserstein(Numbers.of(one), Numbers.of(other)) == pytest.approx(
        stats.wasserstein_distance(one, other), rel=0.01)


COUNTS = np.array([[500, 300, 200, 40], [100, 90, 50, 20]])


def test_categories_are_compared_as_scipy_does():
    expected = stats.chi2_contingency(COUNTS, correction=False)
    assert distances.chi_squared(COUNTS) == pytest.approx((expected.statistic, expected.pvalue))
    assert distances.jensen_shannon(COUNTS) == pytest.approx(jensenshannon(*COUNTS, base=2))


def test_rare_categories_count_as_one_in_chi_squared():
    counts = np.array([[500, 300, *[1] * 20], [500, 300, *[2] * 20]])
    lumped = np.array([[500, 300, 20], [500, 300, 40]])
    assert distances.chi_squared(counts) == pytest.approx(distances.chi_squared(lumped))
    assert distances.chi_squared(np.array([[5, 0], [7, 0]])) == (0.0, 1.0)


def test_psi_is_its_definition_with_a_floor_on_empty_bins():
    p, q = (COUNTS + 0.5) / (COUNTS + 0.5).sum(axis=1, keepdims=True)
    assert distances.psi(COUNTS) == pytest.approx(sum((a - b) * np.log(a / b) for a, b in zip(p, q, strict=True)))
    assert np.isfinite(distances.psi(np.array([[100, 0, 50], [0, 80, 20]])))


def test_psi_of_chance_is_its_mean_over_draws_without_drift():
    draws = [distances.psi(RANDOM.multinomial(400, [0.1] * 10, size=2)) for _ in range(400)]
    assert np.mean(draws) == pytest.approx(distances.psi_of_chance(np.full((2, 10), 40)), rel=0.1)


def test_bins_are_deciles_of_the_reference():
    counts = distances.binned(Numbers.of(np.arange(1_000.0)), Numbers.of(np.array([-5.0, 5000.0, 450.0])))
    assert counts.shape == (2, 10) and set(counts[0].round()) <= {99, 100, 101}
    assert counts[1].round().tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]
