"""Exercise best_depth: that the depth planned is the one that the rule chooses, however couriers are dealt to folds,
and that what misleads does mislead."""

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.tree import DecisionTreeRegressor

from dataml_lab.checks.models.best_depth import RULES, of_rule
from dataml_lab.checks.models.couriers import COURIERS, FEATURES, tables

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 10))]


def train(table):
    return table.deliveries[table.deliveries["part"] == "train"]


def errors(rows, depth, folds):
    """The mean squared error of a depth in each fold."""
    tree = DecisionTreeRegressor(max_depth=depth, random_state=0)
    groups = None if isinstance(folds, KFold) else rows["courier"]
    return -cross_val_score(tree, rows[list(FEATURES)], rows["minutes"], groups=groups, cv=folds,
                            scoring="neg_mean_squared_error")


def chosen(rows, depths, folds):
    """The depth by the rule of one standard error."""
    found = {depth: errors(rows, depth, folds) for depth in sorted(depths)}
    best = min(found.values(), key=np.mean)
    limit = best.mean() + best.std(ddof=1) / len(best) ** 0.5
    return next(depth for depth, error in found.items() if error.mean() <= limit)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_depth_planned_is_the_one_chosen_however_couriers_are_dealt(seed):
    for table in tables(seed).all:
        for folds in (GroupKFold(4), GroupKFold(5, shuffle=True, random_state=seed)):
            assert chosen(train(table), table.depths, folds) == table.right, table.what


@pytest.mark.parametrize("seed", SEEDS)
def test_folds_of_rows_choose_another_depth_where_couriers_matter(seed):
    world, folds = tables(seed), KFold(5, shuffle=True, random_state=seed)
    for table in (world.offsets, world.near_tie):
        assert chosen(train(table), table.depths, folds) > table.right
    assert chosen(train(world.copies), world.copies.depths, folds) == world.copies.right


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rule_decides_only_where_it_is_meant_to(seed):
    world, folds = tables(seed), GroupKFold(5)
    for table in world.all:
        means = {depth: errors(train(table), depth, folds).mean() for depth in table.depths}
        assert (min(means, key=means.get) == table.right) == (table is not world.near_tie)
    assert chosen(world.copies.deliveries, world.copies.depths, folds) == max(world.copies.depths)


def test_a_table_is_as_the_prompt_says():
    for table in tables(3).all:
        rows = train(table)
        assert list(rows) == [*FEATURES, "courier", "part", "minutes"] and table.right in table.depths
        assert (rows["courier"].value_counts() == 16).all() and rows["courier"].nunique() == COURIERS
        assert rows.groupby("courier")["courier_age"].nunique().max() == 1
        assert not set(rows["courier"]) & set(table.deliveries["courier"][table.deliveries["part"] == "test"])
        assert table.depths != sorted(table.depths) and not table.deliveries.isna().to_numpy().any()


@pytest.mark.parametrize("seed", SEEDS)
def test_each_rule_but_the_right_one_chooses_another_pair_of_depths(seed):
    world = tables(seed)
    pairs = [[4, 2], [4, 3], [3, 3], [3, 2], [1, 1], [2, 1]]
    sentences = [of_rule(pair, [world.near_tie, world.uneven]) for pair in pairs]
    assert sentences == [f"So it comes out if {name}." for name in RULES]
    assert of_rule([1, 3], [world.near_tie, world.uneven]) == ""
