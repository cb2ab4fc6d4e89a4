"""Tables and procedures with leaks planted in them, the same with the leak mended, and innocents that look like leaks.

Each case says what is planted. A detector is tuned on the half "tune"; the half "held_out" has other seeds, other
sizes, shares and strengths, and worlds and steps that the first half has not.
"""

from dataml_lab.leakage.suite.procedures import Procedure, procedures
from dataml_lab.leakage.suite.tables import Case, tables

__all__ = ["Case", "Procedure", "procedures", "tables"]
