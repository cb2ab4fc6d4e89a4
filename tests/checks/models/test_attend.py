"""`attend`: that what its worlds have planned is what slow sums over questions and events find."""

import math
import runpy

import numpy as np
import pytest

from dataml_lab.checks.models.attend import attend, cases
from dataml_lab.grading import COURSE
from tests.catalogued import catalogued

oracle = runpy.run_path(str(COURSE / "solutions" / "04d_networks" / "oracle.py"))["ORACLES"]["attend"]


@pytest.mark.parametrize("seed", range(10))
def test_what_is_planned_is_what_is_found(seed):
    for case in cases(seed).all:
        assert oracle(*case.asked) == pytest.approx(case.right, abs=1e-9), case.what


@pytest.mark.parametrize("seed", range(10))
def test_each_kind_has_the_matter_that_it_is_named_for(seed):
    world = cases(seed)
    for case in world.all:
        queries, keys, values, asked_at, occurred_at = case.asked
        assert len({len(queries), len(keys), values.shape[1]}) == 3, case.what
        assert (values[:, -1] == 1).all() and (queries.shape[1] > 1) == ("numbers" in case.what)
        assert (occurred_at < asked_at[:, None]).all() == ("numbers" in case.what or "long after" in case.what
                                                           or "and near -90,000" in case.what or not len(keys))
    for case in world.later:
        assert not np.isin(case.asked[4], case.asked[3]).any()
    assert any(time in world.edge[0].asked[4] for time in world.edge[0].asked[3])
    assert max(abs(case.asked[0] @ case.asked[1].T).max() for case in world.large) > 80_000


@pytest.mark.parametrize("seed", range(10))
def test_a_mistake_that_a_case_knows_comes_out_differently(seed):
    for case in cases(seed).all:
        for words, other in case.instead:
            differs = not np.allclose(other, case.right, atol=1e-6)
            rare = any(word in words for word in ("moment", "hours", "first events"))
            assert differs or rare or case.what.startswith("a question before"), case.what


def test_a_missing_row_and_a_wrong_shape_are_told_in_words():
    def squeezed(*asked):
        return catalogued("attend", "right_loop")["attend"](*asked)[0]

    verdict = attend.judge({"attend": squeezed}, [1])
    assert "returned an array of shape (3,), where (4, 3) was expected" in verdict.findings[0].sentence
    assert verdict.earned == 0 and math.isclose(verdict.points, 7)
