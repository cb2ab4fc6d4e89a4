"""Pages of nbgrader that show what students wrote: formgrader's and feedback. Nothing of it acts there.

What is sanitised is the HTML that a text is rendered to, not the text. Behind that, the pages themselves forbid all
scripts but their own.
"""

import re
import secrets
import textwrap
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import nbgrader
import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from pygments.token import STANDARD_TYPES
from traitlets import Bool

# Where the exporter looks for a template; ours of the same name as nbgrader's extend those.
TEMPLATES = [str(Path(__file__).with_name("templates")),
             str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates")]
MOST_TEXT = 100_000  # characters that are rendered: longer texts are shown as they are
FORMS = ("text/plain", "text/html", "text/latex", "image/png", "image/jpeg")  # of outputs that are shown
TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"input"}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"},
              "td": {"style", "colspan", "rowspan"}, "th": {"style", "colspan", "rowspan"}, "table": {"border"},
              "input": {"checked"}}
CHECKBOX = {"input": {"type": "checkbox", "disabled": ""}}  # of a list of tasks
# A relative address leads into the server that shows the page, where opening one may do something.
ADDRESSES = {"href": re.compile(r"https?://|mailto:|#"), "src": re.compile(r"data:image/(png|jpeg|gif|webp);base64,")}
CLASSES = {"span": {name for name in STANDARD_TYPES.values() if name}, "div": {"highlight"}, "table": {"dataframe"}}
POLICY = ("default-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; img-src data:; font-src data:; "
          "style-src 'unsafe-inline'; script-src ")
# What a student wrote must not lie over what stands beside it.
WITHIN = "<style>.rendered_html, .output_area {overflow: hidden !important; contain: paint}</style>"


def harmless(html: str) -> str:
    """HTML without anything that acts, loads, covers what is beside it, or can be taken for a part of the page.

    >>> harmless('<b onclick="f()">a &lt; b</b><script>f()</script><a href="javascript:f()">c</a>')
    '<b>a &lt; b</b><a rel="noopener noreferrer">c</a>'
    """
    return nh3.clean(str(html), tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_allowed, allowed_classes=CLASSES,
                     url_schemes={"http", "https", "mailto", "data"}, filter_style_properties={"text-align"},
                     set_tag_attribute_values=CHECKBOX)


def _allowed(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute; None where it leads where it must not."""
    return value if name not in ADDRESSES or ADDRESSES[name].match(value) else None


class _Renderer(IPythonRenderer):
    """nbconvert's own, to which a picture that isn't there is its description."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        try:
            return super().image(text, url, title)
        except InvalidNotebook:
            return escape(text)


def rendered(source: str, attachments: dict | None = None) -> str:
    """A text in Markdown as HTML, with everything in it that may act. What is too long or nested too deep is shown as
    it is."""
    try:
        if len(source) <= MOST_TEXT:
            renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
            return MarkdownWithMath(renderer).render(source)
    except RecursionError:
        pass
    return f"<pre>{escape(source)}</pre>"


# ------------------------------------------------------------------------------------------------ what is left out

class _Parts(HTMLParser):
    """The tags and attributes in HTML, each as words that name it, by what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = f"<{tag}>"
        for name, value in attrs:
            if name not in ("id", "class", "rel"):  # renderer and sanitiser set these themselves
                self.found[tag, name, re.sub(r"[\s;]", "", value or "")] = f"{name} of <{tag}>"


def left_out(source: str, attachments: dict | None = None) -> list[str]:
    """What pages leave out of a text in Markdown, in words.

    >>> left_out("a < b, *c*<br><img src=x onerror='f()'> [d](javascript:f()) <svg onload=f()>")
    ['src of <img>', 'onerror of <img>', 'href of <a>', '<svg>']
    """
    before = rendered(source, attachments)
    kept = _Parts(harmless(before)).found
    lost = {part: words for part, words in _Parts(before).found.items() if part not in kept}
    return list(dict.fromkeys(words for part, words in lost.items() if isinstance(part, str) or part[0] not in lost))


# ------------------------------------------------------------------------------------------------ nbconvert

@pass_context
def markdown2html(context: Context, source: str) -> str:
    """The filter of templates that renders a cell's text."""
    return harmless(rendered(source, context.get("cell", {}).get("attachments")))


class HarmlessOutputs(Preprocessor):
    """Leaves of outputs the forms that can be shown without harm, and nothing about how."""

    enabled = Bool(True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """The cell, and the resources as they came."""
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = NotebookNode({form: output.data[form] for form in FORMS if form in output.data})
                output.metadata = NotebookNode()
        return cell, resources


def guarded(head: str) -> str:
    """A page's head with a policy: no script runs but those in this head, and nothing is loaded from elsewhere. What a
    student wrote is shown in its own place only."""
    nonce = secrets.token_urlsafe(16)
    head = re.sub(r"<script\b", f'<script nonce="{nonce}"', head)
    policy = f"{POLICY}'nonce-{nonce}'"
    return head.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}" />{WITHIN}', 1)


class Essay(NamedTuple):
    """What a person marks: the cell with a student's words on an exercise; the question and what earns points, in
    Markdown, under a heading of the third level; the first line of the verdict on the code, and what was measured."""

    exercise: str
    cell: NotebookNode
    question: str
    code: str
    measured: str


def essays(book: NotebookNode) -> list[Essay]:
    """The essays of a graded notebook. A student's own cells have no grade id, so that none is taken for a verdict."""
    known = {cell.metadata.nbgrader.grade_id: cell for cell in book.cells if "nbgrader" in cell.metadata}
    return [_essay(cell, known) for cell in known.values()
            if cell.cell_type == "markdown" and cell.metadata.nbgrader.grade and cell.metadata.nbgrader.solution]


def _essay(cell: NotebookNode, known: dict[str, NotebookNode]) -> Essay:
    exercise = cell.metadata.nbgrader.grade_id.removesuffix("-essay")
    question, graded = known.get(f"{exercise}-question", {}), known.get(exercise, {})
    said = "".join(output.get("text", "") for output in graded.get("outputs", []))
    code, _, more = said.partition("\n")
    measured = re.split(r"(?m)^  measured +in one world\n", more)[1:]
    return Essay(exercise, cell, re.sub(r"\A#+", "###", question.get("source", "")), code,
                 textwrap.dedent("".join(measured)).strip("\n"))


class Scores(GetGrades):
    """nbgrader's own, which gives a cell its score, and 0 where a person has yet to give one: those are noted."""

    def _get_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata.nbgrader.is_waiting = grade.auto_score is None and grade.manual_score is None


def by_name(body: str, book: NotebookNode) -> str:
    """The body of feedback, in which scores are named by exercise, and one that nobody has given yet is no 0."""
    for marks in (cell.metadata.get("nbgrader", {}) for cell in book.cells):
        if not marks.get("grade"):
            continue
        anchor, name = re.escape(marks["grade_id"]), escape(marks["grade_id"])
        name = f"{name.removesuffix('-essay')}, in words" if marks.get("solution") else name
        body = re.sub(rf'(<a href="#{anchor}">)[^<]*', rf"\g<1>{name}", body, count=1)
        places = (f'<a href="#{anchor}">[^<]*</a> ', f'<a name="{anchor}"></a>.*?') if marks.get("is_waiting") else ()
        for place in places:
            body = re.sub(rf"(?s)({place}\(?)Score: [\d.]+ / ([\d.]+)", r"\g<1>not marked yet, of \g<2>", body, count=1)
    return body


# nbconvert's strip_files_prefix makes other addresses, once they were looked at: "/files/javascript:f()".
FILTERS = {"markdown2html": markdown2html, "clean_html": harmless, "strip_files_prefix": harmless, "guarded": guarded,
           "by_name": by_name, "essays": essays}
