"""Wants two cleaners.

points: 0
"""


def test_two(clean, other):
    assert clean({}) == other({})
