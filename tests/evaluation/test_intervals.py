"""Intervals: of 1,000 draws from a generator, 93 to 97 % hold its truth, and pairs and groups are kept together."""

from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import bootstrap as of_scipy

from dataml_lab.evaluation.intervals import Interval, bootstrap, paired

DRAWS = 1_000
APART = 1.0  # standard deviations between the scores of the two classes
AUC = NormalDist().cdf(APART / 2 ** 0.5)


def quick_auc(truth, score):
    """The AUC where no two rows of different classes have the same score; NaN where a class has no rows."""
    ones, zeros = np.sort(score[truth]), np.sort(score[~truth])
    return np.searchsorted(zeros, ones).sum() / (len(ones) * len(zeros)) if len(ones) and len(zeros) else np.nan


def held(interval_of, truth):
    """How many of 1,000 intervals, each from a draw of its own, hold the truth."""
    return sum(truth in interval_of(np.random.default_rng(seed)) for seed in range(DRAWS))


def of_a_mean(random):
    return bootstrap(np.ndarray.mean, random.exponential(3, 150), draws=200)


def of_an_auc(random):
    truth = random.random(150) < 0.4
    return bootstrap(quick_auc, truth, random.normal(APART * truth), draws=200)


def of_a_difference(random):
    """Of the accuracies of two models, 0.8 and 0.7, that fail on the same rows mostly."""
    hard = random.random(200)
    first, second = hard < 0.8, hard + random.normal(0, 0.05, 200) < 0.7
    return paired(lambda truth, found: (truth == found).mean(), np.ones(200), first, second, draws=200)


def customers(random):
    """A value for each of 15 rows of 40 customers, and the customers: rows of one are alike."""
    who = np.repeat(np.arange(40), 15)
    return random.normal(0, 1, 40)[who] + random.normal(0, 1, len(who)), who


def of_groups(random):
    values, who = customers(random)
    return bootstrap(np.ndarray.mean, values, groups=who, draws=200)


@pytest.mark.parametrize(("interval_of", "truth"), [
    (of_a_mean, 3), pytest.param(of_an_auc, AUC, marks=pytest.mark.full),
    pytest.param(of_a_difference, 0.1, marks=pytest.mark.full), pytest.param(of_groups, 0, marks=pytest.mark.full)])
def test_of_1000_intervals_93_to_97_percent_hold_the_truth(interval_of, truth):
    assert 930 <= held(interval_of, truth) <= 970


@pytest.mark.full
def test_of_a_handful_of_rows_an_interval_is_too_narrow():
    assert held(lambda random: bootstrap(np.ndarray.mean, random.exponential(3, 8), draws=200), 3) < 900


@pytest.mark.full
def test_rows_of_groups_drawn_one_by_one_promise_far_too_much():
    assert held(lambda random: bootstrap(np.ndarray.mean, customers(random)[0], draws=200), 0) < 600


def test_an_interval_is_that_of_scipy_but_for_chance():
    values = np.random.default_rng(2).exponential(1, 300)
    ours = bootstrap(np.mean, values, draws=4_000)
    low, high = of_scipy((values,), np.mean, n_resamples=4_000, method="percentile", rng=1).confidence_interval
    assert ours.value == values.mean() and abs(ours.low - low) < 0.01 and abs(ours.high - high) < 0.01


def test_a_pair_is_narrower_than_two_models_apart_and_the_same_model_has_no_difference():
    random = np.random.default_rng(3)
    truth = random.random(300) < 0.5
    first = random.normal(APART * truth)
    second = first + random.normal(0, 0.3, 300)
    apart, together = bootstrap(quick_auc, truth, first, draws=300), paired(quick_auc, truth, first, second, draws=300)
    assert together.high - together.low < 0.6 * (apart.high - apart.low)
    assert paired(quick_auc, truth, first, first, draws=100) == Interval(0, 0, 0)
    assert paired(quick_auc, truth, second, first, draws=100).value == -together.value


def test_whole_groups_are_drawn_in_any_order_of_rows():
    who = np.array(["b", "a", "c", "a", "b", "a"])
    seen = []
    bootstrap(lambda rows: seen.append(rows) or 0.0, np.arange(6), groups=who, draws=50)
    for rows in seen[:-1]:
        for name in "abc":
            counts = np.bincount(rows, minlength=6)[who == name]
            assert len(set(counts)) == 1
    assert {len(rows) for rows in seen[:-1]} > {6}


def test_a_seed_gives_the_same_interval_and_a_level_another_one():
    values = np.random.default_rng(1).random(50)
    one, again, other = (bootstrap(np.mean, values, draws=99, seed=seed) for seed in (0, 0, 1))
    assert one == again != other
    narrow, wide = (bootstrap(np.mean, values, draws=200, level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high and values.mean() in narrow


def test_what_can_not_be_drawn_from_is_refused_in_words():
    with pytest.raises(ValueError, match="There is 1 row"):
        bootstrap(np.mean, [1])
    with pytest.raises(ValueError, match="There is 1 group"):
        bootstrap(np.mean, [1, 2], groups=["a", "a"])
    with pytest.raises(ValueError, match="groups has 1 rows, where there are 2"):
        bootstrap(np.mean, [1, 2], groups=["a"])
    with pytest.raises(ValueError, match="column 1 is missing in 1 of 2 rows, first in row 1"):
        bootstrap(np.mean, [1, np.nan])
    with pytest.raises(ValueError, match=r"NaN in .* of 100 draws: too few rows of a kind"):
        bootstrap(quick_auc, np.arange(30) < 1, np.random.default_rng(0).random(30), draws=100)
    with pytest.raises(ValueError, match="level is 95"):
        bootstrap(np.mean, [1, 2], level=95)
