"""No exercise of 03b needs a reference: its properties decide."""

ORACLES = {}
