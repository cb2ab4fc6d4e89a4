"""Exercise boost: that the predictions planned are those of boosting, and that a sentence names what went wrong."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor

from dataml_lab.checks.models.boost import boost
from dataml_lab.checks.models.boosted import NAMES, tasks
from tests.catalogued import catalogued

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 10))]


def boosted(task):
    """Boosting as slow and obvious as can be: each stage is computed from the first round on, row by row."""
    start = sum(w * v for w, v in zip(task.weights, task.y, strict=True)) / sum(task.weights)

    def stage(rows, rounds):
        found = [start] * len(rows)
        for number in range(rounds):
            residuals = task.y - np.array(stage(task.X, number))
            predicted = task.fit(task.X, residuals, task.weights)(rows)
            found = [f + task.rates[number] * p for f, p in zip(found, predicted, strict=True)]
        return found

    return np.array([stage(task.new, rounds) for rounds in range(len(task.rates) + 1)])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planned_is_what_boosting_predicts(seed):
    for task in tasks(seed).all:
        assert abs(boosted(task) - task.right).max() < 1e-10
        for number, target in enumerate(task.targets):
            assert task.y.shape == target.shape and (number or np.isclose(np.average(target, weights=task.weights), 0))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lent_stump_is_that_of_scikit_learn(seed):
    for task in (tasks(seed).plain, tasks(seed).whole, tasks(seed).weights):
        model = GradientBoostingRegressor(n_estimators=len(task.rates), learning_rate=task.rates[0], max_depth=1)
        model.fit(task.X, task.y, sample_weight=task.weights)
        assert abs(np.array(list(model.staged_predict(task.new))) - task.right[1:]).max() < 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_tasks_differ_in_one_matter_each_and_mistakes_show(seed):
    world = tasks(seed)
    assert len(set(world.plain.weights)) == 1 < len(set(world.weights.weights)) and not world.no_rounds.rates
    assert len(set(world.plain.rates)) == 1 < len(set(world.rates.rates))
    assert world.whole.y.dtype.kind == "i" and world.whole.right[0, 0] % 1 == 0.5
    assert all(task.y.dtype.kind == "f" for task in world.all if task is not world.whole)
    lent = world.learner
    weights = (lent.weights, lent.weights / 32)
    as_they_are, of_sum_1 = (lent.fit(lent.X, lent.y, each)(lent.new) for each in weights)
    assert as_they_are.std() > 10 * of_sum_1.std()
    size = (np.array(world.rates.targets) ** 2).sum(axis=1)
    worse = np.flatnonzero(size[1:] > size[:-1])
    assert [world.rates.rates[place] for place in worse] == [2.5]
    known = {tuple(row) for row in world.plain.X.to_numpy()}
    assert len(world.plain.new) == 12 and sum(tuple(row) not in known for row in world.plain.new.to_numpy()) == 8
    assert abs(np.average(world.weights.y) - np.average(world.weights.y, weights=world.weights.weights)) > 0.5


def test_what_is_no_table_for_fit_is_said_to_be_none():
    task = tasks(1).plain
    with pytest.raises(ValueError, match="one finite number for each of 32 rows"):
        task.fit(task.X, task.y[:-1], task.weights)
    with pytest.raises(ValueError, match="DataFrame with the columns far"):
        task.fit(task.X.to_numpy(), task.y, task.weights)
    with pytest.raises(ValueError, match="DataFrame"):
        task.fit(task.X, task.y, task.weights)(pd.DataFrame(np.zeros((1, 6)), columns=list("abcdef")))
    assert list(task.X) == list(NAMES)


def test_an_answer_that_lies_about_its_stages_is_told_where():
    right = catalogued("boost", "right_loop")["boost"]

    def off(*given):
        found = right(*given)
        return [*found[:3], *(row + 1e-6 for row in found[3:])]

    sentence = boost.judge({"boost": off}, [1]).findings[2].sentence
    assert "after round 3 of 8" in sentence and "In round 3, what was added isn't" in sentence
