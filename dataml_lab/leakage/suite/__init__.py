"""Tables and procedures with leaks planted in them, the same with the leak mended, and innocents that look like leaks.

Each case says what is planted. A detector is tuned on the half "tune"; the half "held_out" has other seeds, other
sizes, shares and strengths, and a world that the first half has not.
"""

from dataml_lab.leakage.suite.tables import Case, tables

__all__ = ["Case", "tables"]
