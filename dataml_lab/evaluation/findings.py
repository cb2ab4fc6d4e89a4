"""What an examination of data found: graded findings, as text, as a frame, and as HTML in a notebook."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from html import escape
from typing import ClassVar, NamedTuple

import pandas as pd

CELL = '<td style="text-align:left; vertical-align:top">'


class Finding(NamedTuple):
    """One finding: its grade, the column it is about, its kind, what speaks for it, and what to do.

    `score` is the number that the evidence rests on; the evidence says what it is.
    """

    grade: str
    column: Hashable
    kind: str
    score: float
    evidence: str
    advice: str

    def __str__(self) -> str:
        return f"{self.grade:<7} {self.column}: {self.kind}. {self.evidence} {self.advice}"


class Findings:
    """Findings, the gravest first, with what was looked for and what could not be, each with its reason.

    It has a length and can be iterated over. A subclass says which grades there are, the gravest first, and what each
    means.
    """

    grades: ClassVar[Mapping[str, str]]

    def __init__(self, findings: Iterable[Finding], looked: Iterable[str], not_looked: Iterable[str]) -> None:
        order = list(self.grades)
        self.findings = sorted(findings, key=lambda found: (order.index(found.grade), -found.score))
        self.looked, self.not_looked = list(looked), list(not_looked)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def frame(self) -> pd.DataFrame:
        """A row for each finding."""
        return pd.DataFrame(self.findings, columns=Finding._fields)

    def __str__(self) -> str:
        lines = [str(found) for found in self.findings] or ["Nothing was found."]
        return "\n".join([*lines, f"Looked for: {', '.join(self.looked)}.", *self.not_looked])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr>{CELL}<b>{found.grade}</b></td>{CELL}{escape(str(found.column))}</td>{CELL}{escape(found.kind)}</td>"
            f"{CELL}{escape(found.evidence)} <i>{escape(found.advice)}</i></td></tr>"
            for found in self.findings) or "<tr><td colspan='4' style='text-align:left'>Nothing was found.</td></tr>"
        names = ("grade", "column", "kind", "evidence, and what to do")
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in names)
        notes = "".join(f"<br>{escape(note)}" for note in self.not_looked)
        return (f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
                f"<p><small>Looked for: {escape(', '.join(self.looked))}.{notes}</small></p>")
