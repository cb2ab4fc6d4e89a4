"""Refuses everything, and so every fault.

points: 0
"""


def clean(raw):
    return None
