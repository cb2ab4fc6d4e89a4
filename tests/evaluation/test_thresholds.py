"""Thresholds by cost: equal to a slow count, right at ties and where nothing or everything gets an alarm."""

import numpy as np
import pytest

from dataml_lab.evaluation.thresholds import break_even, cheapest_threshold, cost_at, costs


def slow(truth, score, threshold, cost_miss, cost_alarm):
    """The cost of a threshold, row by row."""
    return sum(cost_miss if label and value < threshold else cost_alarm if not label and value >= threshold else 0
               for label, value in zip(truth, score, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_costs_are_those_counted_row_by_row_and_the_cheapest_is_the_smallest(seed):
    random = np.random.default_rng(seed)
    truth, score = random.random(60) < 0.3, random.integers(0, 9, 60) / 8
    table = costs(truth, score, 7, 2)
    assert table["cost"].tolist() == [slow(truth, score, cut, 7, 2) for cut in table["threshold"]]
    assert cost_at(truth, score, cheapest_threshold(truth, score, 7, 2), 7, 2) == table["cost"].min()
    for cut in (-1, 0.3, 0.5, 2, np.inf):
        assert cost_at(truth, score, cut, 7, 2) == slow(truth, score, cut, 7, 2)


def test_of_equally_cheap_thresholds_the_highest_gives_the_fewest_alarms():
    assert cheapest_threshold([1, 0], [0.5, 0.5], 3, 3) == np.inf
    assert cheapest_threshold([1, 0, 0], [0.9, 0.5, 0.1], 1, 0) == 0.9


def test_one_class_is_enough_to_choose():
    assert cheapest_threshold([0, 0], [0.2, 0.4], 10, 1) == np.inf
    assert cheapest_threshold([1, 1], [0.2, 0.4], 10, 1) == 0.2


def test_the_break_even_probability_is_the_cheapest_threshold_of_probabilities():
    random = np.random.default_rng(1)
    probability = random.integers(0, 21, 200_000) / 20
    truth = random.random(200_000) < probability
    assert break_even(7, 3) == 0.3 and break_even(1, 0) == 0 and break_even(0, 1) == 1
    for cost_miss, cost_alarm in ((8, 3), (2, 7)):  # break-even between two of the probabilities
        above = probability[probability >= break_even(cost_miss, cost_alarm)].min()
        assert cheapest_threshold(truth, probability, cost_miss, cost_alarm) == above


def test_what_is_no_cost_and_what_is_missing_is_refused_in_words():
    with pytest.raises(ValueError, match="cost_miss is -1"):
        costs([1, 0], [0.1, 0.2], -1, 1)
    with pytest.raises(ValueError, match="cost_alarm is nan"):
        break_even(1, np.nan)
    with pytest.raises(ValueError, match="Both costs are 0"):
        break_even(0, 0)
    with pytest.raises(ValueError, match="score is missing in 1 of 2 rows, first in row 1"):
        cheapest_threshold([1, 0], [0.1, np.nan], 1, 1)
    with pytest.raises(ValueError, match="threshold is missing"):
        cost_at([1, 0], [0.1, 0.2], np.nan, 1, 1)
