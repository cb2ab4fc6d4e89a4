"""References for part 03d: the encoder has none, as its properties say all that it does."""

ORACLES = {}
