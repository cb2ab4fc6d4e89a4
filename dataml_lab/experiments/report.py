"""The report on an experiment, as text, as a frame, and as HTML in a notebook: the decision, and intervals."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from dataml_lab.experiments.decide import Decision
from dataml_lab.experiments.readings import Reading
from dataml_lab.experiments.split import Split


class Report:
    """The decision, the split, a reading for each metric, and notes. It prints as text, and shows as a table."""

    def __init__(self, decision: Decision, split: Split, readings: Sequence[Reading], alpha: float,
                 notes: Sequence[str]) -> None:
        self.decision, self.split, self.readings = decision, split, list(readings)
        self.alpha, self.notes = alpha, list(notes)

    def __getitem__(self, name: str) -> Reading:
        """The reading of the metric with this name."""
        return next(one for one in self.readings if one.metric.name == name)

    def frame(self) -> pd.DataFrame:
        """A row for each metric, with all numbers."""
        rows = [one._asdict() | {"metric": one.metric.name} for one in self.readings]
        return pd.DataFrame(rows).set_index("metric")

    def as_data(self) -> dict[str, Any]:
        """All of it for JSON; None where there is no number. A broken split has no metrics: their effects are none."""
        metrics = [] if self._hidden() else self.frame().reset_index().to_dict("records")
        numbers = [{name: None if isinstance(value, float) and not math.isfinite(value) else value
                    for name, value in row.items()} for row in metrics]
        return {**self.decision._asdict(), "split": self.split._asdict(), "metrics": numbers, "notes": self.notes}

    def table(self) -> pd.DataFrame:
        """A row for each metric, as people read it."""
        rows = [{"metric": one.metric.name, "role": one.role, "control": one.said(one.control),
                 "treatment": one.said(one.treatment), f"difference ({1 - self.alpha:.0%} interval)": one.interval(),
                 "relative": one.relative_interval(), "p": one.p_text()} for one in self.readings]
        found = pd.DataFrame(rows).set_index("metric")
        return found.loc[:, (found != "").any()]

    def _hidden(self) -> bool:
        """A broken split leaves no effect to be read."""
        return self.decision.verdict == "invalid"

    def _lines(self) -> list[str]:
        """What is said below the table."""
        if self._hidden():
            return self.notes
        lines = [f"Split: {self.split}."]
        if any(one.role == "secondary" for one in self.readings):
            lines.append("Secondary metrics decide nothing; their intervals hold together, and p is corrected for all.")
        return lines + self.notes + [
            f"CUPED leaves {one.kept:.0%} of the variance of {one.metric.name}." for one in self.readings
            if one.metric.before]

    def __str__(self) -> str:
        rows = [] if self._hidden() else [*aligned(self.table().reset_index()), ""]
        return "\n".join([str(self.decision), "", *rows, *self._lines()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = "" if self._hidden() else self.table().to_html(border=0, escape=True)
        lines = "<br>".join(escape(line) for line in self._lines())
        return (f"<p><b>{self.decision.verdict}</b>: {escape(self.decision.reason)}</p>{table}"
                f"<p><small>{lines}</small></p>")

    def page(self, title: str) -> str:
        """The same as a whole page."""
        return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
                f"<body><h1>{escape(title)}</h1>{self._repr_html_()}</body></html>\n")


def aligned(table: pd.DataFrame) -> list[str]:
    """The lines of a table of text, its columns as wide as their widest cell."""
    cells = [list(table.columns), *table.to_numpy().tolist()]
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in cells]
