"""Dashboard: served tables, and figures of them, as a page that stands alone: it loads nothing and runs no program."""

import io
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
from pandas.api.types import is_float_dtype, is_numeric_dtype

from dataml_lab.pipeline.page import page, scrolled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = ".drift figure{margin:0}.drift figure svg{width:100%;max-width:48rem;height:auto;background:#fff}"
REPRODUCIBLE = {"svg.fonttype": "path", "svg.hashsalt": "dashboard"}


def dashboard(title: str, shown: Mapping[str, "pd.DataFrame | Figure"]) -> str:
    """The page: below each heading a table, or a figure of matplotlib.

    What a figure shows is said to those who don't see it by its heading; so let the heading say the finding.
    """
    body = "".join(f"<section><h2>{escape(heading)}</h2>{block(heading, what)}</section>"
                   for heading, what in shown.items())
    return page(title, body, STYLE)


def block(heading: str, what: "pd.DataFrame | Figure") -> str:
    """A table, which can be scrolled, or a figure, as HTML."""
    return scrolled(heading, table(what)) if isinstance(what, pd.DataFrame) else drawn(what, heading)


def table(frame: pd.DataFrame) -> str:
    """The columns of a frame; numbers stand to the right, those with fractions with two places.

    >>> table(pd.DataFrame({"who": ["a<b"], "spent": [1234.5]}))[-64:]
    '<tr><td>a&lt;b</td><td class="number">1,234.50</td></tr></table>'
    """
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame)
    rows = zip(*(cells(frame[name]) for name in frame), strict=True)
    body = "".join(f"<tr>{row}</tr>" for row in map("".join, rows))
    return f"<table><tr>{head}</tr>{body}</table>"


def cells(column: pd.Series) -> list[str]:
    """The cells of a column as HTML; what is missing is a dash."""
    if not is_numeric_dtype(column):
        return [f"<td>{escape(value)}</td>" for value in column.astype("str").where(column.notna(), "–")]
    places = 2 if is_float_dtype(column) else 0
    return [f'<td class="number">{"–" if pd.isna(value) else f"{value:,.{places}f}"}</td>' for value in column]


def drawn(figure: "Figure", name: str) -> str:
    """A figure as SVG in the page."""
    import matplotlib as mpl

    with mpl.rc_context(REPRODUCIBLE), io.StringIO() as file:
        figure.savefig(file, format="svg", metadata={"Date": None}, bbox_inches="tight")
        svg = file.getvalue()
    return f'<figure role="img" aria-label="{escape(name)}">{svg[svg.index("<svg"):]}</figure>'
