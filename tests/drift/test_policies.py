"""Policies of retraining: what each knows on a morning, what models learn from, and what they cost together."""

import numpy as np
import pytest

from dataml_lab.drift.policies import Days, Known, compared, every, never, on_days, on_loss, run

WINDOW, DELAY = 5, 2


def mean_model(inputs, targets):
    level = np.concatenate(targets).mean()
    return lambda rows: np.full(len(rows), level)


def days(levels, delay=DELAY, **more):
    """Ten rows a day, all at its level; what is predicted is the mean of the days learned from."""
    targets = [np.full(10, float(level)) for level in levels]
    return Days(targets, targets, mean_model, lambda actual, predicted: abs(actual - predicted), WINDOW, delay, **more)


def test_a_model_learns_from_the_last_days_whose_labels_have_come():
    world = days(range(20))
    assert world.first == 7
    assert world.model(7)(np.zeros(1))[0] == pytest.approx(np.mean(range(5)))
    assert world.model(12)(np.zeros(1))[0] == pytest.approx(np.mean(range(5, 10)))


def test_a_run_of_a_calendar():
    found = run(every(4), days(range(20)))
    assert found.index.tolist() == list(range(7, 20))
    assert found["age"].tolist() == [0, 1, 2, 3] * 3 + [0]
    assert found["retrained"].tolist() == [False] * 4 + [True, False, False, False] * 2 + [True]
    assert found["mean"].tolist() == pytest.approx([5, 6, 7, 8] * 3 + [5])
    assert found["loss"].tolist() == pytest.approx((found["mean"] * 10).tolist())


def test_a_policy_knows_the_losses_of_its_model_whose_labels_have_come():
    asked = []

    def policy(known: Known) -> bool:
        asked.append(known)
        return known.day == 11

    run(policy, days(range(20)))
    assert [one.day for one in asked] == list(range(7, 20))
    assert {one.day: one.losses for one in asked if one.day in (9, 10, 11)} == {9: [], 10: [5], 11: [5, 6]}
    assert {one.day: (one.age, one.losses) for one in asked if one.day in (13, 14, 15)} == {
        13: (2, []), 14: (3, [5]), 15: (4, [5, 6])}


def test_on_loss_asks_for_enough_days():
    policy = on_loss(1.5, days=2, first=3)
    assert not policy(Known(9, 9, [1, 1, 1, 9]))
    assert policy(Known(9, 9, [1, 1, 1, 9, 9]))
    assert not policy(Known(9, 9, [1, 1, 1, 1.4, 1.5]))


def test_the_cheapest_policy_is_first():
    world = days([0.0] * 20 + [8.0] * 20, delay=0)
    policies = {"never": never, "weekly": every(7), "daily": every(1), "on the day": on_days([20]),
                "when known": on_days([25])}
    found = compared(policies, world, cost=30)
    assert found.loc["never"].tolist() == [20 * 80, 0, 20 * 80]
    assert found.loc["daily", "retrained"] == 34
    assert found.loc["daily", "loss"] == pytest.approx(10 * 8 * (1 + 0.8 + 0.6 + 0.4 + 0.2))
    assert found.loc["on the day", "loss"] == found.loc["never", "loss"]  # no day of the change was learned from
    assert found.loc["when known"].tolist() == [5 * 80, 1, 5 * 80 + 30]
    assert found["total"].is_monotonic_increasing
    assert found.index[0] == "when known"


def test_models_of_the_same_day_are_trained_once():
    trained = []

    def fit(inputs, targets):
        trained.append(1)
        return mean_model(inputs, targets)

    compared({"a": every(3), "b": every(3), "c": never}, days(range(20))._replace(fit=fit), 1)
    assert len(trained) == 5


def test_too_few_days():
    with pytest.raises(ValueError, match="there are 7 days, and a model can be trained after 7"):
        run(never, days(range(7)))
