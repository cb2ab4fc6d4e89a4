"""References for part 01a: none, since the truth of its worlds is planned."""

ORACLES = {}
