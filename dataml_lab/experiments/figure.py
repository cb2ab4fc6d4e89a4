"""Figures of an experiment: the intervals of its metrics, and the primary metric as days end."""

import math
from typing import Any

import pandas as pd

from dataml_lab.experiments.readings import Reading
from dataml_lab.experiments.report import Report

GOOD, BAD, OPEN = "C0", "C1", "0.45"  # colours of intervals for the better, for the worse, and of those with both


def draw_effects(report: Report, title: str | None = None) -> Any:
    """Draws a row for each metric, the first on top: the difference as a share of control, with its interval, and the
    numbers. Metrics whose control is near 0 have no share, and no row. Returns the axes."""
    import matplotlib.pyplot as plt

    rows = [one for one in report.readings if math.isfinite(one.relative_low) and math.isfinite(one.relative_high)]
    if not rows:
        raise ValueError("No metric has a finite interval as a share of control: nothing can be drawn.")
    _, axes = plt.subplots(figsize=(8, 1.6 + 0.55 * len(rows)))
    for place, row in enumerate(rows):
        colour = GOOD if row.better else BAD if row.worse else OPEN
        axes.plot([100 * row.relative_low, 100 * row.relative_high], [place, place], color=colour)
        axes.plot(100 * row.relative, place, "o", color=colour)
        axes.text(100 * row.relative, place - 0.12, row.relative_interval(), color=colour, ha="center", va="bottom",
                  bbox={"color": "white", "pad": 0.5})
    axes.axvline(0, color="0.4", linestyle=":", zorder=0)
    axes.set_yticks(range(len(rows)), [_named(row) for row in rows])
    axes.grid(False)
    axes.set(xlabel=f"treatment against control, % of control, with {1 - report.alpha:.0%} intervals",
             ylim=(len(rows) - 0.5, -0.8), title=title or report.decision.verdict)
    return axes


def _named(row: Reading) -> str:
    """The metric, and what it is for."""
    lower = ", lower is better" * (row.metric.better == "lower")
    return f"{row.metric.name}\n({row.role}{lower})"


def draw_looks(looks: pd.DataFrame, title: str, unit: str = "difference") -> Any:
    """Draws what `looks` gives: the difference as days end, its interval by the plan, and the first day with an effect.
    Returns the axes."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots()
    days = range(1, len(looks) + 1)
    axes.fill_between(days, looks["low"], looks["high"], color="C0", alpha=0.2, linewidth=0)
    axes.plot(days, looks["difference"], color="C0")
    axes.axhline(0, color="0.4", linestyle=":", zorder=0)
    if looks["effect"].any():
        first = int(looks["effect"].to_numpy().argmax())
        axes.plot(first + 1, looks["difference"].iloc[first], "D", color="C1", markersize=8)
        axes.annotate(f"first effect: day {first + 1}", (first + 1, looks["difference"].iloc[first]), color="C1",
                      xytext=(8, 10), textcoords="offset points")
    finite = looks[["low", "high"]].where(looks[["low", "high"]].abs() < math.inf).iloc[len(looks) // 5:].stack()
    room = 0.05 * (finite.max() - finite.min())
    axes.set(xlabel="days since the start", ylabel=unit, title=title, ylim=(finite.min() - room, finite.max() + room))
    return axes
