"""The page about a class: what to look at, and for each part points, hard properties, misconceptions, and answers that
are alike. It stands alone: it loads nothing, runs no program, and all that its figures show is there as text."""

from collections import Counter
from collections.abc import Iterable
from html import escape
from itertools import pairwise

from dataml_lab.checks.exercise import worth
from dataml_lab.drift.chart import HIGH, WIDE, ticks
from dataml_lab.pipeline.page import page, scrolled
from dataml_lab.term.report import Look, PartReport

BARS = 10
HARDEST = 8  # properties that are shown
NAMED = 8  # students that are named where many are meant
STYLE = """
.drift h1,.drift h2,.drift td:last-child{overflow-wrap:anywhere}.drift td:last-child{min-width:7.5rem}
.drift h2{border-top:2px solid var(--rule);padding-top:.8rem}
.drift .beside{display:flex;flex-wrap:wrap;gap:0 2rem;align-items:flex-start}
.drift .beside .chart{flex:1 1 18rem;padding-right:.5rem}.drift .plot rect{fill:var(--line)}
.drift .told tbody th{min-width:11rem;font-weight:normal}
.drift caption{text-align:left;font-weight:bold;padding:.6rem 0 .3rem}
@media(forced-colors:active){.drift .plot rect{fill:CanvasText}}
"""


def class_page(found: list[PartReport], has_roster: bool) -> str:
    """The page as HTML."""
    looks = [look for one in found for look in one.looks]
    no_roster = "" if has_roster else " There is no roster, so who handed in nothing isn't known."
    parts = "".join(map(_part, found)) or "<p>Nothing is handed in.</p>"
    return page("The class", f'<a class="skip" href="#parts">To the parts</a>{_looks(looks, no_roster)}'
                f'<div id="parts">{parts}</div>', STYLE)


def _table(name: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table with a caption; cells are texts, and the first of a row is its head."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(f'<tr><th scope="row">{escape(str(first))}</th>'
                   + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>" for first, *cells in rows)
    return scrolled(name, f"<table><caption>{escape(name)}</caption><thead><tr>{head}</tr></thead>"
                    f"<tbody>{body}</tbody></table>")


def _looks(looks: list[Look], no_roster: str) -> str:
    """What a person should look at."""
    kinds = Counter(look.kind for look in looks)
    said = ", ".join(f"{many} {kind}" for kind, many in kinds.items()) or "nothing"
    table = _table("What to look at", ("student", "part", "kind", "what"), looks) if looks else ""
    return f"<h2>Who needs a look</h2><p>To look at: {escape(said)}.{no_roster}</p>{table}"


def _part(one: PartReport) -> str:
    waiting = f" Written answers of {one.waiting} are not marked yet, and count as 0." if one.waiting else ""
    mean = sum(one.points.values()) / len(one.points) if one.points else 0.0
    return (f'<section aria-labelledby="{escape(one.part)}"><h2 id="{escape(one.part)}">{escape(one.part)}</h2>'
            f"<p>{len(one.points)} are graded; on average they have {mean:.1f} of {worth(one.most)}.{waiting}</p>"
            f"{_distribution(one)}{_hardest(one)}{_misconceptions(one)}{_alike(one)}</section>")


def _distribution(one: PartReport) -> str:
    """The points as bars, with a table beside them; nothing where no points can be had."""
    if not one.points or not one.most:
        return ""
    count = bars(one.points.values(), one.most)
    names = _bar_names(one.most)
    rows = [(name, many) for name, many in zip(names, count, strict=True) if many]
    told = "; ".join(f"{name} points: {many}" for name, many in rows)
    return (f'<div class="beside">{_chart(count, one.most, f"Students by points in {one.part}. {told}.")}'
            + _table(f"Points in {one.part}", ("points", "students"), rows) + "</div>")


def bars(points: Iterable[float], most: float) -> list[int]:
    """How many students are in each tenth of the points.

    >>> bars([0, 0.9, 1, 10], 10)
    [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    count = Counter(min(max(int(BARS * earned / most + 1e-9), 0), BARS - 1) for earned in points)
    return [count[place] for place in range(BARS)]


def _bar_names(most: float) -> list[str]:
    """The points that a bar stands for."""
    edges = [most * place / BARS for place in range(BARS + 1)]
    return [f"{low:.3g} to {'under ' if high < most else ''}{high:.3g}"
            for low, high in pairwise(edges)]


def _chart(count: list[int], most: float, told: str) -> str:
    """The bars, in a picture that is stretched to the width of the page, with labels beside it."""
    top, wide = max(count) * 1.05, WIDE / BARS
    rects = "".join(f'<rect x="{place * wide + 0.08 * wide:.0f}" y="{HIGH * (1 - many / top):.0f}" '
                    f'width="{0.84 * wide:.0f}" height="{HIGH * many / top:.0f}"/>'
                    for place, many in enumerate(count) if many)
    heights = "".join(f'<span class="y" style="top:{100 * (1 - tick / top):.1f}%">{tick:g}</span>'
                      for tick in ticks(0, top) if tick == int(tick))
    points = "".join(f'<span class="x" style="left:{50 * half}%">{most * half / 2:g}{" points" * (half == 1)}</span>'
                     for half in range(3))
    return (f'<div class="chart" role="img" aria-label="{escape(told)}"><div class="plot">'
            f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">{rects}</svg>'
            f"{heights}{points}</div></div>")


def _hardest(one: PartReport) -> str:
    """The properties that hold in the smallest share of answers."""
    rows = [(share.property, share.exercise, f"{100 * share.holds / share.tried:.0f} %",
             f"{share.holds} of {share.tried}") for share in one.shares[:HARDEST]]
    return _table(f"Hardest properties in {one.part}", ("property", "exercise", "holds", "of those who tried"),
                  rows) if rows else ""


def _misconceptions(one: PartReport) -> str:
    """Mistakes by name, with who has them."""
    rows = [(found.mistake, found.exercise, len(found.students), named(found.students))
            for found in one.misconceptions]
    table = _table(f"Misconceptions in {one.part}", ("what the answer does", "exercise", "answers", "students"), rows)
    return f'<div class="told">{table}</div>' if rows else ""


def named(students: tuple[str, ...]) -> str:
    """The first of them, and how many more there are.

    >>> named(tuple("abcdefghij"))
    'a, b, c, d, e, f, g, h and 2 more'
    """
    more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
    return ", ".join(students[:NAMED]) + more


def _alike(one: PartReport) -> str:
    """Pairs of answers to look at."""
    if not one.alike:
        return ""
    rows = [(" and ".join(pair.students), pair.exercise, pair.sameness) for pair in one.alike]
    told = ("<p>Names and comments aside, few in the class have such an answer. There may be good reasons: it is "
            "something to look at, no verdict.</p>")
    return _table(f"Answers that are alike in {one.part}", ("students", "exercise", "how much"), rows) + told
