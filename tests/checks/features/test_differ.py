"""Exercise differ: that what a world says of two results is what the check of find_skew goes by."""

from dataml_lab.checks.features.differ import results
from dataml_lab.checks.features.find_skew import differ
from dataml_lab.checks.features.pairs import Pair


def test_results_differ_where_the_world_says_so():
    for seed in range(10):
        world = results(seed)
        for both in world.numbers + world.missing:
            assert differ(Pair("", lambda case: case.one, lambda case: case.other), both) == both.apart, both


def test_either_answer_is_right_about_some_results_of_each_kind():
    for seed in range(10):
        for kind in (results(seed).numbers, results(seed).missing):
            assert {both.apart for both in kind} == {True, False}
