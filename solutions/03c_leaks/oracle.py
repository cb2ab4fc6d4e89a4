"""References for part 03c: leaky twins have none, as each student builds another leak."""

ORACLES = {}
