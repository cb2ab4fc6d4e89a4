"""Checks files, and says what was found: a line for each finding, a table at the end, or data for programs."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dataml_lab.leakage.leakcheck.reading import Place, Program, UnreadableError, read
from dataml_lab.leakage.leakcheck.rows import ProgramWalker
from dataml_lab.leakage.leakcheck.rules import KINDS, findings


class Report(NamedTuple):
    """A finding with the place in a file; `kind` is "preprocessing", "overlap" or "multi-test"."""

    file: str
    place: Place
    kind: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.kind}: {self.why} — {self.mend}"

    def as_data(self) -> dict:
        """For programs."""
        return {"file": self.file, "cell": self.place.cell, "line": self.place.line, "kind": self.kind,
                "why": self.why, "mend": self.mend}


class Checked(NamedTuple):
    """What came of a file: its findings, or the error that kept it from being read."""

    file: str
    reports: list[Report]
    error: str | None = None
    cut_short: bool = False

    @property
    def problem(self) -> str | None:
        """What kept the file, or a part of it, from being read."""
        return self.error or (f"{self.file}: too long, its end was not read" if self.cut_short else None)

    def as_data(self) -> dict:
        """For programs."""
        return {"file": self.file, "error": self.error, "cut_short": self.cut_short,
                "findings": [report.as_data() for report in self.reports]}


def check(path: Path) -> Checked:
    """Reads a file, without running it, and finds leakage in it."""
    try:
        return examined(str(path), read(path))
    except UnreadableError as error:
        return Checked(str(path), [], str(error))


def examined(name: str, program: Program) -> Checked:
    """What is found in a program."""
    diary = ProgramWalker(program.tree).diary
    reports = [Report(name, program.place(one.line), one.kind, one.why, one.mend) for one in findings(diary)]
    return Checked(name, reports, cut_short=diary.cut_short)


def table(found: Iterable[Checked]) -> str:
    """A row for each file, with the number of findings of each kind."""
    found = list(found)
    width = max([len("file"), *(len(one.file) for one in found)])
    lines = ["  ".join([f"{'file':<{width}}", *KINDS])]
    for one in found:
        counts = Counter(report.kind for report in one.reports)
        cells = [f"{'?' if one.error else counts[kind]:>{len(kind)}}" for kind in KINDS]
        lines.append("  ".join([f"{one.file:<{width}}", *cells]))
    return "\n".join(lines)
