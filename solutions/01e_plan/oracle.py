"""Reference answers for part 01e: none, since plans are replayed."""

ORACLES = {}
