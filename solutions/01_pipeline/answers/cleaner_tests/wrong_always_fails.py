"""Fails on every cleaner, correct ones too.

points: 0
says: fails on a correct cleaner
"""


def test_nothing_is_good_enough(clean):
    assert clean({}) == "perfect"
