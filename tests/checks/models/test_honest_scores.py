"""Exercise `honest_scores`: that the models of its worlds are what they are planned to be, however rows are divided."""

import copy

import numpy as np
import pytest
from sklearn.model_selection import KFold

from dataml_lab.checks import practice
from dataml_lab.checks.models.customers import FOLDS, HOLED, KEY, NAMES, table
from dataml_lab.checks.models.honest_scores import honest_scores
from tests.catalogued import catalogued


@pytest.mark.parametrize("seed", range(10))
def test_a_table_is_sorted_and_has_holes_in_two_columns_and_rows_that_five_does_not_divide(seed):
    world = table(seed)
    assert world.y.is_monotonic_decreasing and world.X.index.equals(world.y.index) and len(world.X) % FOLDS
    assert set(world.X.columns[world.X.isna().any()]) == set(HOLED) and world.X[KEY].is_unique
    assert sorted(world.kinds.values()) == sorted(NAMES) and 0 <= world.anchor < len(world.X)


@pytest.mark.parametrize("seed", range(10))
def test_one_model_beats_the_mean_in_each_fold_one_in_none_and_one_in_all_but_one(seed):
    world = table(seed)
    filled, y = world.X.fillna(world.X.median()), world.y
    better = dict.fromkeys(NAMES, 0)
    mean_error = dict.fromkeys([*NAMES, "baseline"], 0.0)
    for fitted, asked in KFold(FOLDS, shuffle=True, random_state=seed).split(filled):
        base = (y.iloc[asked] - y.iloc[fitted].mean()).abs().mean()
        mean_error["baseline"] += base / FOLDS
        for name, model in world.models().items():
            predicted = model.fit(filled.iloc[fitted], y.iloc[fitted]).predict(filled.iloc[asked])
            error = (y.iloc[asked] - predicted).abs().mean()
            mean_error[world.kinds[name]] += error / FOLDS
            better[world.kinds[name]] += int(error < base)
    assert better["linear"] == FOLDS and better["anchored"] == FOLDS - 1 and better["nearest"] < FOLDS
    assert mean_error["anchored"] < mean_error["baseline"] < mean_error["nearest"]


def test_the_nearest_knows_by_heart_what_it_was_fitted_to():
    world = table(1)
    filled, models = world.X.fillna(0.0), world.models()
    nearest = models[next(name for name, kind in world.kinds.items() if kind == "nearest")]
    assert np.array_equal(nearest.fit(filled, world.y).predict(filled), world.y)
    assert copy.deepcopy(nearest) is nearest


@pytest.mark.parametrize(("change", "told"), [
    (lambda X: X, "fit was given X with NaN in"),
    (lambda X: X.fillna(0.0).iloc[:, ::-1], "in this order"),
    (lambda X: X.fillna(0.0).iloc[:, :3].to_numpy(), "an array of the shape"),
    (lambda X: (X - X.mean()).fillna(0.0), "a row that X doesn't have"),
    (lambda X: X.fillna(0.0).iloc[::-1], "a y that isn't theirs"),
])
def test_a_model_says_what_it_refuses(change, told):
    world = table(2)
    with pytest.raises(ValueError, match=told):
        next(iter(world.models().values())).fit(change(world.X), world.y)


def test_a_model_is_asked_after_it_was_fitted():
    world = table(3)
    with pytest.raises(ValueError, match="before fit"):
        next(iter(world.models().values())).predict(world.X.fillna(0.0))


@pytest.mark.parametrize("name", ["right_loop", *(pytest.param(name, marks=pytest.mark.full)
                                                  for name in ("right_numpy", "right_sklearn"))])
def test_right_answers_hold_on_other_seeds(name):
    verdict = honest_scores.judge(catalogued("honest_scores", name), range(20, 23))
    assert verdict.earned == verdict.points, verdict


@pytest.mark.parametrize("prop", honest_scores.properties, ids=lambda prop: prop.name)
def test_a_call_to_paste_runs_in_a_practice_world(prop):
    exec(prop.call, catalogued("honest_scores", "right_loop") | {"world": practice("honest_scores")})
