"""References for part 01a, push: it has no exercises."""

ORACLES = {}
