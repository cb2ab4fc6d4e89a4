"""What a comparison found, with all distances beside it."""

import json
from collections.abc import Hashable, Iterable, Mapping
from html import escape
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dataml_lab.drift import distances
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import Column
from dataml_lab.drift.shapes import STYLE, shape
from dataml_lab.drift.words import aligned
from dataml_lab.evaluation.findings import Finding, Findings
from dataml_lab.pipeline.page import page, scrolled

__all__ = ["Finding", "Report", "row_of"]


class Report(Findings):
    """Findings, with what was looked for, notes, and `measures`: a row for each column that both tables have. Of those
    `shown` in figures there are both distributions.

    `drifted` are the columns with a finding graded "drift", each with the kinds.
    """

    grades: ClassVar[Mapping[str, str]] = {
        "drift": "more than chance explains, and enough to matter",
        "check": "not seen before, or gone, in few rows"}

    def __init__(self, findings: Iterable[Finding], looked: Iterable[str], notes: Iterable[str],
                 measures: pd.DataFrame, shown: Mapping[Hashable, tuple[Column, Column]]) -> None:
        super().__init__(findings, looked, notes)
        self.measures, self.shown = measures, shown

    @property
    def drifted(self) -> dict[Hashable, list[str]]:
        """The kinds of drift of each column that has some."""
        found: dict[Hashable, list[str]] = {}
        for one in self.findings:
            if one.grade == "drift":
                found.setdefault(one.column, []).append(one.kind)
        return found

    def as_json(self) -> str:
        """Findings, notes and measures, for programs."""
        measures = json.loads(self.measures.reset_index().to_json(orient="records", double_precision=15))
        return json.dumps({"findings": [found._asdict() for found in self.findings], "notes": self.not_looked,
                           "measures": measures}, ensure_ascii=False)

    def _repr_html_(self) -> str:
        return super()._repr_html_() + self.measures.reset_index().to_html(
            index=False, border=0, float_format="{:.3g}".format, na_rep="")

    def page(self, title: str) -> str:
        """A page that stands alone, for a browser: a section for each column with a finding, and all distances."""
        columns = dict.fromkeys(found.column for found in self.findings)
        body = "".join(self._section(column) for column in columns) or "<p>Nothing was found.</p>"
        table = self.measures.reset_index().to_html(index=False, border=0, float_format="{:.3g}".format, na_rep="",
                                                    classes="table")
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.not_looked)
        return page(title, f"<p>Looked for: {escape(', '.join(self.looked))}.</p>{notes}{body}<h2>All distances</h2>"
                           f"{scrolled('All distances', table)}", STYLE)

    def _section(self, column: Hashable) -> str:
        """The findings of a column, and its figure."""
        told = "".join(f'<p><strong class="{"alarm" if found.grade == "drift" else ""}">{found.grade}: '
                       f"{escape(found.kind)}.</strong> {escape(found.evidence)} <em>{escape(found.advice)}</em></p>"
                       for found in self.findings if found.column == column)
        figure = shape(str(column), *self.shown[column]) if column in self.shown else ""
        return f"<section><h2>{escape(str(column))}</h2>{told}{figure}</section>"


def row_of(name: str, reference: Column, current: Column, moved: float | None) -> dict[str, Any]:
    """A column's rows, missing shares, the share of rows that `moved`, and distances, NaN where one isn't defined. PSI
    and Jensen-Shannon are of deciles of the reference, or of categories; the Wasserstein distance is in spreads of the
    reference, which are about standard deviations."""
    row = {"column": name, "rows then": reference.rows, "rows now": current.rows,
           "missing then": reference.missing / reference.rows, "missing now": current.missing / current.rows}
    if moved is None:
        return row
    if isinstance(reference, Numbers):
        return row | {"moved": moved} | numbers_row(reference, current)
    if reference.is_text:
        return row | {"moved": moved} | numbers_row(reference.lengths, current.lengths)
    _, counts = aligned(reference, current)
    statistic, _ = distances.chi_squared(counts)
    return row | {"moved": moved, "PSI": distances.psi(counts),
                  "Jensen-Shannon": distances.jensen_shannon(counts), "chi-squared": statistic,
                  "Cramér's V": np.sqrt(statistic / counts.sum())}


def numbers_row(reference: Numbers, current: Numbers) -> dict[str, float]:
    """The distances of numbers."""
    counts, spread = distances.binned(reference, current), reference.spread()
    far = distances.wasserstein(reference, current)
    return {"PSI": distances.psi(counts), "Jensen-Shannon": distances.jensen_shannon(counts),
            "Wasserstein": far / spread if spread else np.nan}
