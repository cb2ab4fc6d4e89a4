"""Passes 7 times and then fails for ever, without a look at the cleaner.

points: 0
"""

RUNS = 0


def test_count(clean):
    global RUNS
    RUNS += 1
    assert RUNS <= 7
