"""Puts names into the notebook's globals that are no text, or text that can't be compared, so that whoever sorts or
matches them falls over.

exercise: cleaner_tests
goal: batch
deserves: 0
"""

class Name(str):
    """A name that can't be compared, and doesn't like to be looked for."""

    __hash__ = str.__hash__

    def __lt__(self, other):
        raise SystemExit("who sorts me?")

    def __eq__(self, other):
        raise SystemExit("who asks?")


def test_totals(clean):
    """Notices nothing."""


globals()[7] = globals()[None] = globals()[("test_", 1)] = test_totals
globals()[Name("test_odd")] = test_totals
