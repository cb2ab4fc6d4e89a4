"""What a search for leaks found, as text, as a frame, and as HTML in a notebook."""

from collections.abc import Hashable, Iterable, Iterator
from html import escape
from typing import Literal, NamedTuple

import pandas as pd

Grade = Literal["leak", "suspect", "check", "shift"]
GRADES: dict[Grade, str] = {
    "leak": "a fact: the value or the row can't be there when the model is used",
    "suspect": "the evidence speaks for a leak",
    "check": "strong, and nothing speaks against it: find out when it is written",
    "shift": "the rows to test differ from those to fit: no leak"}
FOUND = ("leak", "suspect")
ALL_ROWS = "(rows)"  # stands for a column where the finding is about rows


class Finding(NamedTuple):
    """One suspect: its grade, the column (or "(rows)"), the kind of leak, what speaks for it, and what to do.

    `score` is the number that the evidence rests on; the evidence says what it is.
    """

    grade: Grade
    column: Hashable
    kind: str
    score: float
    evidence: str
    advice: str

    def __str__(self) -> str:
        return f"{self.grade:<7} {self.column}: {self.kind}. {self.evidence} {self.advice}"


class Report:
    """Findings, the gravest first, with what was looked for and what could not be, each with its reason.

    It has a length and can be iterated over. `suspects` are the columns graded "leak" or "suspect", each with its kind.
    """

    def __init__(self, findings: Iterable[Finding], looked: Iterable[str], not_looked: Iterable[str]) -> None:
        order = list(GRADES)
        self.findings = sorted(findings, key=lambda found: (order.index(found.grade), -found.score))
        self.looked, self.not_looked = list(looked), list(not_looked)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def suspects(self) -> dict[Hashable, str]:
        """The kind of leak for each column, or "(rows)", that is graded "leak" or "suspect"."""
        return {found.column: found.kind for found in reversed(self.findings) if found.grade in FOUND}

    def frame(self) -> pd.DataFrame:
        """A row for each finding."""
        return pd.DataFrame(self.findings, columns=Finding._fields)

    def __str__(self) -> str:
        lines = [str(found) for found in self.findings] or ["Nothing was found."]
        return "\n".join([*lines, f"Looked for: {', '.join(self.looked)}.", *self.not_looked])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><b>{found.grade}</b></td><td>{escape(str(found.column))}</td><td>{escape(found.kind)}</td>"
            f'<td style="text-align:left">{escape(found.evidence)} <i>{escape(found.advice)}</i></td></tr>'
            for found in self.findings) or '<tr><td colspan="4">Nothing was found.</td></tr>'
        head = "".join(f"<th>{name}</th>" for name in ("grade", "column", "kind", "evidence, and what to do"))
        notes = "".join(f"<br>{escape(note)}" for note in self.not_looked)
        return (f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
                f"<p><small>Looked for: {escape(', '.join(self.looked))}.{notes}</small></p>")
