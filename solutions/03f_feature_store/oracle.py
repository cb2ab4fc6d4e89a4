"""References for part 03f, which has no exercise."""

ORACLES = {}
