"""Slow and obvious references: the properties of this part leave nothing to compare."""

ORACLES = {}
