"""The worlds of `without_gaps`: what each case should come to, by other means, and that each kind is there."""

import pytest

from dataml_lab.checks.serving.payments import METHODS
from dataml_lab.checks.serving.without_gaps import cases

SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_payment_is_filled_as_the_prompt_says(seed):
    world = cases(seed)
    for payment, known, right in [*world.gaps, *world.complete]:
        if right is None:
            assert payment["amount"] is None
        else:
            assert right["method"] in known["methods"] and [*right] == [*payment]
            assert payment["amount"] is not None
            assert {name: (payment[name], right[name]) for name in right if payment[name] != right[name]}.items() <= {
                "account_days": (None, known["median_days"]), "method": (payment["method"], "other")}.items()
            assert payment["method"] not in known["methods"] or right["method"] == payment["method"]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_one_version_has_not_met_the_other_knows_and_zeros_stay(seed):
    world = cases(seed)
    new = {case.payment["method"] for case in world.gaps} & {*METHODS}
    unknown = {case.payment["method"] for case in world.gaps if case.payment["method"] not in case.known["methods"]}
    assert len(new & unknown) == 2 and len({tuple(case.known["methods"]) for case in world.complete}) == 2
    for name in ("amount", "account_days"):
        assert sum(case.payment[name] == 0 for case in world.complete) == 2
    assert {case.right for case in world.gaps if case.right is None} == {None}
