"""References that the tiny lesson's checks compare with."""


def total(values):
    """The sum, slow and obvious."""
    found = 0
    for value in values:
        found += value
    return found


ORACLES = {"total": total}
