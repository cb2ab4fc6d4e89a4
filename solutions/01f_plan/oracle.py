"""Reference answers for part 01f: none, since plans are replayed."""

ORACLES = {}
