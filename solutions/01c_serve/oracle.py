"""Reference answers for part 01c: none, since its worlds are planned."""

ORACLES = {}
