"""Figures of a column in two samples, in HTML and SVG: cumulative shares of numbers, and shares of categories."""

from html import escape

import numpy as np

from dataml_lab.drift.chart import HIGH, WIDE, ticks
from dataml_lab.drift.numbers import Numbers
from dataml_lab.drift.profile import Column
from dataml_lab.drift.words import Words, aligned

POINTS = 200  # of a line
TAILS = np.array([0.01, 0.99])  # shares between which numbers are drawn
POWERS = 100.0  # how many times the least number the greatest is, from which an axis goes by powers of ten
SHOWN = 8  # categories
SMALL = 0.005  # share of rows
STYLE = """
.drift path.then{stroke:var(--alarm);stroke-width:2.2;stroke-dasharray:7 5}
.drift .plot span.then{color:var(--alarm-ink);transform:translate(calc(-100% - .6rem),-50%)}
.drift .plot span.now{color:var(--line);transform:translate(.6rem,-50%)}
.drift .bar{display:block;height:.6rem;background:var(--line);min-width:1px}
.drift .bar.then{background:var(--alarm)}
.drift .rows.shares li{grid-template-columns:minmax(0,12rem) minmax(0,1fr) minmax(0,14rem)}
.drift .table td:not(:first-child){text-align:right}
@media(max-width:40rem){.drift .rows.shares li{grid-template-columns:minmax(0,1fr)}}
"""


def shape(name: str, reference: Column, current: Column) -> str:
    """The figure of a column: the shares of missing values, where they differ, and the distributions of the others."""
    return without_value(reference, current) + distribution(name, reference, current)


def without_value(reference: Column, current: Column) -> str:
    """The shares of rows without a value, where they differ by half a percent of the rows or more."""
    then, now = (one.missing / one.rows for one in (reference, current))
    return f'<ul class="rows shares">{share_row("no value", then, now)}</ul>' if abs(then - now) >= SMALL else ""


def distribution(name: str, reference: Column, current: Column) -> str:
    """The figure of a column that has values in both samples; nothing, where one has none or the types differ."""
    if type(reference) is not type(current) or reference.rows == reference.missing or current.rows == current.missing:
        return ""
    if isinstance(reference, Numbers):
        return cumulative(name, reference, current)
    if not isinstance(reference, Words):
        return ""
    if reference.is_text:
        return cumulative(f"characters of {name}", reference.lengths, current.lengths)
    return shares(reference, current)


def cumulative(name: str, reference: Numbers, current: Numbers) -> str:
    """For each number the share of rows that have it or less, in both samples."""
    low, high, by_powers = number_range(reference, current)
    forth, back = (np.log10, lambda x: 10.0**x) if by_powers else (np.asarray, np.asarray)
    at = np.linspace(forth(low), forth(high), POINTS)

    def left(x: float) -> float:
        return float((forth(x) - at[0]) / (at[-1] - at[0]))

    lines = "".join(f'<path class="{kind}" d="M' + "L".join(
        f"{WIDE * place / (POINTS - 1):.0f} {HIGH * (1 - share):.0f}"
        for place, share in enumerate(one.shares_upto(back(at)))) + '"/>'
        for kind, one in (("then", reference), ("value", current)))
    middles = [float(one.quantiles(np.array([0.5]))[0]) for one in (reference, current)]
    told = f"{name}: half of the rows have {middles[0]:.4g} or less in the reference, and {middles[1]:.4g} or less now."
    return (f'<div class="chart" role="img" aria-label="{escape(told)}"><div class="plot">'
            f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'
            + line_label("then", "reference", left(reference.quantiles(np.array([0.8]))[0]), 0.8)
            + line_label("now", "now", left(current.quantiles(np.array([0.2]))[0]), 0.2)
            + "".join(f'<span class="y" style="top:{100 - share}%">{share} %</span>' for share in (0, 50, 100))
            + "".join(f'<span class="x" style="left:{100 * left(tick):.1f}%">{tick:.6g}</span>'
                      for tick in (powers(low, high) if by_powers else ticks(low, high)))
            + f'</div></div><p class="quiet">Share of rows with so many {escape(name)} or less.</p>')


def number_range(reference: Numbers, current: Numbers) -> tuple[float, float, bool]:
    """The least and the greatest number that is drawn, and whether the axis goes by powers of ten."""
    ends = np.concatenate([one.quantiles(TAILS) for one in (reference, current)])
    low, high = float(ends.min()), float(ends.max())
    if low == high:
        return low - 0.5, high + 0.5, False
    return low, high, low > 0 and high / low > POWERS


def powers(low: float, high: float) -> list[float]:
    """The powers of ten from low to high."""
    return [10.0**power for power in range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)]


def line_label(kind: str, text: str, left: float, share: float) -> str:
    """The name of a line beside it: of the reference's on its left, of the other on its right, inside of the figure."""
    inside = max(left, 0.25) if kind == "then" else min(left, 0.85)
    return f'<span class="{kind}" style="left:{100 * inside:.1f}%;top:{100 * (1 - share):.0f}%">{text}</span>'


def shares(reference: Words, current: Words) -> str:
    """The share of rows of each category in both samples, those that changed most first."""
    names, counts = aligned(reference, current)
    then, now = counts / counts.sum(axis=1, keepdims=True)
    order = np.abs(now - then).argsort(kind="stable")[::-1]
    rows = "".join(share_row(names[place], then[place], now[place]) for place in order[:SHOWN])
    more = f"; {len(names) - SHOWN} more categories changed less" if len(names) > SHOWN else ""
    return (f'<ul class="rows shares">{rows}</ul>'
            f'<p class="quiet">Shares of the rows: the upper bar is the reference, and the lower one is now{more}.</p>')


def share_row(name: str, then: float, now: float) -> str:
    """Two shares of rows as bars, and in words."""
    return (f'<li><span>{escape(name)}</span><span aria-hidden="true">'
            f'<span class="bar then" style="width:{100 * then:.1f}%"></span>'
            f'<span class="bar" style="width:{100 * now:.1f}%"></span></span>'
            f"<span>{now:.1%}, in the reference {then:.1%}</span></li>")
