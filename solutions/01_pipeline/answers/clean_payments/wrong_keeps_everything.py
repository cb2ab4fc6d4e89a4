"""Keeps everything as it is.

points: 1
says: faulty payments
"""


def clean(raw):
    return dict(raw)
