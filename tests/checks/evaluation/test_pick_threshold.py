"""Exercise pick_threshold: the threshold planned is the cheapest that may be taken, and what misleads does mislead."""

import numpy as np
import pytest

from dataml_lab.checks import practice
from dataml_lab.checks.evaluation.pick_threshold import pick_threshold
from dataml_lab.checks.evaluation.scored import NOTHING, scored
from tests.catalogued import catalogued

SEEDS = range(10)


def tried(table):
    """Each threshold that stops other payments, with its cost, and whether it may be taken; counted row by row."""
    found = {}
    for cut in [NOTHING, *sorted(set(table.score), reverse=True)]:
        cost = stopped = 0
        for fraud, score in zip(table.y, table.score, strict=True):
            payments = 1 if fraud else table.one_in
            if score >= cut:
                stopped += payments
                cost += 0 if fraud else payments * table.cost_alarm
            elif fraud:
                cost += table.cost_miss
        found[float(cut)] = (int(cost), int(stopped) <= table.most)
    return found


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in SEEDS[1:])])
def test_the_planned_threshold_is_the_cheapest_that_may_be_taken(seed):
    for table in scored(seed).all:
        found = tried(table)
        cheapest = sorted((cost, cut) for cut, (cost, fits) in found.items() if fits)
        assert cheapest[0][1] == table.right and cheapest[1][0] > cheapest[0][0], table.what
        assert all(table.cost(cut) == cost and table.fits(cut) == fits for cut, (cost, fits) in found.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_what_decides_is_what_is_meant_to(seed):
    world = scored(seed)
    for table in (world.limited, world.just, world.dip):
        free = min(np.unique(table.score), key=table.cost)
        assert not table.fits(free) and table.cost(free) < table.cost(table.right)
    assert sum(world.just.stopped(world.just.right)) == world.just.most
    lower = world.dip.score[world.dip.score < world.dip.right].max()
    assert world.dip.fits(lower) and world.dip.cost(lower) > world.dip.cost(world.dip.right)
    assert world.nothing.right == NOTHING and world.everything.right == world.everything.score.min()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_is_as_the_prompt_says(seed):
    for table in scored(seed).all:
        frauds, legitimate = table.y.sum(), (1 - table.y).sum() * table.one_in
        assert len(table.y) == len(table.score) <= 6_200 and set(table.y) == {0, 1}
        assert ((table.score > 0) & (table.score < 1)).all() and len(set(table.score)) == 8
        assert frauds == 60 and 0.009 < frauds / (frauds + legitimate) < 0.011
        assert (np.diff(table.score) > 0).any() and (np.diff(table.score) < 0).any()
        if table.right != NOTHING:
            assert table.right in table.score


@pytest.mark.parametrize("prop", pick_threshold.properties, ids=lambda prop: prop.name)
def test_a_call_shows_in_a_practice_world_what_a_wrong_answer_does(prop, capsys):
    said = []
    for name in ("right_each", "wrong_changes_arguments" if "arguments" in prop.name else "wrong_swapped"):
        exec(prop.call, catalogued("pick_threshold", name) | {"world": practice("pick_threshold", 1)})
        said.append(capsys.readouterr().out)
    right, wrong = said
    assert right and wrong and right != wrong
