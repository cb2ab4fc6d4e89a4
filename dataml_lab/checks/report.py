"""A verdict as a notebook shows it: as text, and as a table where there is a browser."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from dataml_lab.checks.exercise import Finding, Verdict, each_said_once

# JupyterLab's own colours, in a light and a dark theme; what follows each is for pages elsewhere.
COLOURS = {"holds": "var(--jp-success-color1, #388e3c)", "fails": "var(--jp-error-color1, #d32f2f)",
           "not judged": "var(--jp-border-color1, #9e9e9e)"}
SIGNS = {"holds": "✓", "fails": "✗", "not judged": "–"}
LEFT = "text-align: left; vertical-align: top; white-space: normal"
NARROW = "text-align: left; vertical-align: top; white-space: nowrap"
PLAIN = "margin: 0.3em 0; background: transparent; word-break: normal"
CODE = f"{PLAIN}; white-space: pre-wrap; overflow-wrap: anywhere"
LINES = f"{PLAIN}; white-space: pre; overflow-x: auto"


def show(verdict: Verdict, *more: str) -> None:
    """Shows a verdict, and paragraphs after it: in a notebook as a table, elsewhere as text."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    text = "\n".join([str(verdict), *more])
    if InteractiveShell.initialized():
        display({"text/plain": text, "text/html": html(verdict, *more)}, raw=True)
    else:
        print(text)


def html(verdict: Verdict, *more: str) -> str:
    """A verdict as HTML, and paragraphs after it. Nothing in it is taken for HTML that came from an answer."""
    head, *_ = str(verdict).split("\n")
    rows = "" if verdict.not_attempted else _table(verdict.findings)
    lines = f'<pre style="{LINES}">{escape(verdict.measured)}</pre>'
    measured = verdict.measured and f"<p>Measured in one world:</p>{lines}"
    return f"<div><p><b>{_worded(head)}</b></p>{rows}{measured}{''.join(map(_paragraph, more))}</div>"


def _table(findings: Iterable[Finding]) -> str:
    heads = "".join(f'<th style="{LEFT}">{name}</th>' for name in ("verdict", "points", "property"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(_rows(findings))}</tbody></table>"


def _rows(findings: Iterable[Finding]) -> Iterator[str]:
    """A row for each finding; those that are not judged for the same reason share one."""
    def alike(finding: Finding) -> tuple[str, str] | int:
        return (finding.outcome, finding.sentence) if finding.outcome == "not judged" else id(finding)

    for _, group in groupby(list(each_said_once(findings)), alike):
        first, *others = group
        names = "; ".join([first.property, *(finding.property for finding in others)])
        yield _row(first, names, "" if others else first.worth)


def _row(finding: Finding, name: str, points: str) -> str:
    words, code = finding.parts
    said = f"<br>{_worded(words)}" if words else ""
    lines = f'<pre style="{CODE}">{escape(chr(10).join(code))}</pre>' if code else ""
    border = f"border-left: 4px solid {COLOURS[finding.outcome]}"
    cells = {f"{NARROW}; {border}": f"{SIGNS[finding.outcome]} {finding.outcome}", NARROW: points}
    first = "".join(f'<td style="{style}">{text}</td>' for style, text in cells.items())
    return f'<tr>{first}<td style="{LEFT}"><b>{escape(name)}</b>{said}{lines}</td></tr>'


def _paragraph(text: str) -> str:
    """A paragraph; the lines after the first of a text stay as they are."""
    words, *lines = text.split("\n")
    rest = f'<pre style="{CODE}">{escape(chr(10).join(lines))}</pre>' if lines else ""
    return f"<p>{_worded(words)}</p>{rest}"


def _worded(text: str) -> str:
    """A sentence, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
