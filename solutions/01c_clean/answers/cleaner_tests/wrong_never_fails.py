"""Swallows what it asserts.

points: 0
says: passes all your tests
"""


def test_calmly(clean):
    try:
        assert clean({"total": -1}) == 1
    except AssertionError:
        print("hm")
