"""Reference answers for part 01d: none, since its worlds are planned."""

ORACLES = {}
