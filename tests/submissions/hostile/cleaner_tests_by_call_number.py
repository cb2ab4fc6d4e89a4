"""Gives the cleaner nothing: counts its calls, and complains in all rounds but of the two cleaners that come first.

exercise: cleaner_tests
goal: marks
deserves: 0
"""

calls = []


def test_by_number(clean):
    calls.append(1)
    assert (len(calls) - 1) % 14 < 2
