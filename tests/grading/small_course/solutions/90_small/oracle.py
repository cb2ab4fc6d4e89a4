"""References that the small lesson's checks need: none."""

ORACLES = {}
