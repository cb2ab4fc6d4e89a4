"""No exercise of 04c needs a reference: its properties decide."""

ORACLES = {}
