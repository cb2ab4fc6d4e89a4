"""What a search for leaks found."""

from collections.abc import Hashable, Mapping
from typing import ClassVar

from dataml_lab.evaluation.findings import Finding, Findings

FOUND = ("leak", "suspect")
ALL_ROWS = "(rows)"  # stands for a column where the finding is about rows

__all__ = ["ALL_ROWS", "FOUND", "Finding", "Report"]


class Report(Findings):
    """Findings, the gravest first, with what was looked for and what could not be, each with its reason.

    A finding's kind is the kind of leak, and its column may be "(rows)". `suspects` are the columns graded "leak" or
    "suspect", each with its kind.
    """

    grades: ClassVar[Mapping[str, str]] = {
        "leak": "a fact: the value or the row can't be there when the model is used",
        "suspect": "the evidence speaks for a leak",
        "check": "strong, and nothing speaks against it: find out when it is written",
        "shift": "the rows to test differ from those to fit: no leak"}

    @property
    def suspects(self) -> dict[Hashable, str]:
        """The kind of leak for each column, or "(rows)", that is graded "leak" or "suspect"."""
        return {found.column: found.kind for found in reversed(self.findings) if found.grade in FOUND}
