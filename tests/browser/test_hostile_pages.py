"""What a student wrote, opened in a real browser by the instructor who grades it and as feedback: nothing of it acts,
and honest words look as they were meant."""

import base64
import re
from urllib.parse import urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook

from tests.browser.tiny import LESSON, grade, hand_in, released_course, run

expect = pytest.importorskip("playwright.sync_api", reason="No playwright here: pip install dataml-lab[test]").expect
pytestmark = pytest.mark.xdist_group("hostile pages")

MARK = "http://127.0.0.1:9/mark"  # what acts asks this address, or titles the page so
ACT = f"document.title='mark';new Image().src='{MARK}'"
PAGE = base64.b64encode(f"<script>fetch('{MARK}')</script>".encode()).decode()
VECTOR = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ACT}"><script>{ACT}</script></svg>'
PAYLOADS = f"""
<script>{ACT}</script>
<ScRiPt src="{MARK}.js"></sCrIpT>
<script type="module">{ACT}</script>
<<script>{ACT}//<</script>
<img src=x onerror="{ACT}">
<img src="x` `<script>{ACT}</script>"` `>
<img src="{MARK}.png">
<img src="/logout?mark">
<img srcset="{MARK}.png 1x">
<svg onload="{ACT}"></svg>
<svg><script>{ACT}</script></svg>
<svg><image href="{MARK}.png"/></svg>
<svg><animate onbegin="{ACT}" attributeName=x dur=1s></svg>
<svg><style><img src=x onerror="{ACT}"></style></svg>
<svg><a xlink:href="javascript:{ACT}"><text y=20>click</text></a></svg>
<body onload="{ACT}">
<details open ontoggle="{ACT}"><summary>open</summary></details>
<input autofocus onfocus="{ACT}">
<video><source onerror="{ACT}"></video>
<audio src=x onerror="{ACT}"></audio>
<marquee onstart="{ACT}">moves</marquee>
<div style="animation-name:rotation;animation-duration:1s" onanimationstart="{ACT}">turns</div>
<div onmouseover="{ACT}">over</div>
<iframe src="{MARK}"></iframe>
<iframe srcdoc="<script>parent.{ACT}</script>"></iframe>
<iframe src="javascript:parent.{ACT}"></iframe>
<iframe src="data:text/html;base64,{PAGE}"></iframe>
<frameset><frame src="{MARK}"></frameset>
<object data="data:text/html;base64,{PAGE}"></object>
<object data="{MARK}"></object>
<embed src="{MARK}.svg">
<applet code="{MARK}"></applet>
<link rel="stylesheet" href="{MARK}.css">
<style>@import url("{MARK}.css");</style>
<style>body {{ background: url("{MARK}.png") }}</style>
<base href="{MARK}/">
<meta http-equiv="refresh" content="0;url={MARK}">
<form action="{MARK}"><button>Full credit</button></form>
<form id="send" action="/api/shutdown" method="post"></form><button form="send" formaction="{MARK}">Save</button>
<a href="javascript:{ACT}">link</a>
<a href="JaVaScRiPt:{ACT}">link</a>
<a href="java&#x0A;script:{ACT}">link</a>
<a href="&#1;javascript:{ACT}">link</a>
<a href="/files/javascript:{ACT}">link</a>
<a href="vbscript:{ACT}">link</a>
<a href="data:text/html;base64,{PAGE}">link</a>
<a href="/formgrader/submissions/x/page.html">link</a>
<a href="//127.0.0.1:9/mark" ping="{MARK}">link</a>
[link](javascript:{ACT})
[link](<java script:{ACT}>)
[link](javascript&colon;{ACT})
[link](data:text/html;base64,{PAGE})
[link](/files/javascript:alert%281%29)
[link](../../../lab?reset)
![picture]({MARK}.png)
![picture](data:image/svg+xml;base64,{base64.b64encode(VECTOR.encode()).decode()})
![picture](x"onerror="{ACT})
![a](attachment:there-is-none.png)
<javascript:{ACT}>
<div style="position:fixed;inset:0;z-index:9999;background:url({MARK}.png)">over everything</div>
<div class="navbar-fixed-top modal in" style="display:block">over everything</div>
<span id="formgrader" name="submission_id">named as what the page knows</span>
<input id="mean-essay" value="4">
<a id="base_url" name="base_url" href="{MARK}">named</a>
<div data-toggle="tooltip" data-html="true" title="<img src=x onerror={ACT}>" class="name-hidden">tip</div>
<math><maction actiontype="statusline" xlink:href="javascript:{ACT}">click</maction></math>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={ACT}&gt;">
<math><annotation-xml encoding="text/html"><script>{ACT}</script></annotation-xml></math>
<noscript><p title="</noscript><img src=x onerror={ACT}>"></noscript>
<template><script>{ACT}</script></template>
<textarea><img title="</textarea><img src=x onerror={ACT}>"></textarea>
<xmp><p title="</xmp><img src=x onerror={ACT}>"></xmp>
<!--><img src=x onerror="{ACT}">-->
<![CDATA[><script>{ACT}</script>]]>
<?xml-stylesheet href="javascript:{ACT}"?><img src=x onerror="{ACT}">
</div></div></body></html><script>{ACT}</script>
</textarea></pre></script><script>{ACT}</script>
$\\href{{javascript:{ACT}}}{{x}}$
$</script><script>{ACT}</script>$
$$<img src=x onerror="{ACT}">$$
\\begin{{equation}}<img src=x onerror="{ACT}">\\end{{equation}}
`<script>{ACT}</script>`
{{{{ 7 * 7 }}}} {{% include '/etc/passwd' %}}
""".strip().splitlines()

HONEST = """# What a mean hides

Where a < b and b > c, `a<b` is **true**, and *x* & y:<br>second line, H<sub>2</sub>O.

$x<y$ and $$\\sum_{i<n} x_i$$

| name | value |
|:-----|------:|
| few  | **1** |

```python
if a < b:
    print("<b>")
```

> quoted, with [a source](https://example.org/means) and ![a curve](attachment:curve.png)

1. one
2. two

- [x] done
"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TABLE = '<table border="1" class="dataframe"><tr><td>12.5</td></tr></table>'


def outputs():
    """What a cell can show that holds a payload, each in every form of data, and what forged messages can."""
    forms = ("text/html", "text/markdown", "application/javascript", "image/svg+xml", "text/latex", "text/vnd.mermaid")
    for payload in [*PAYLOADS, VECTOR]:
        for form in forms:
            text = ACT if form == "application/javascript" else payload
            yield new_output("display_data", {form: text, "text/plain": payload})
    for form, data, settings in (("text/html", PAYLOADS[0], {"isolated": True}),
                                 ("image/png", DOT, {"width": f"1 onload={ACT}"})):
        yield new_output("display_data", {form: data}, metadata={form: settings})
    yield new_output("display_data", {"image/png": f'x" onerror="{ACT}'})
    yield new_output("stream", name="stdout", text=f"<script>{ACT}</script>")
    yield new_output("error", ename="<b>", evalue="<b>", traceback=[f"\x1b[31m<script>{ACT}</script>"])


# ------------------------------------------------------------------------------------------------ the course

@pytest.fixture(scope="module")
def course(tmp_path_factory, newcomer, window):
    """The course after eve's and ida's submissions were graded, feedback was made, and eve's notebook was given
    outputs that our own engine never writes."""
    made = released_course(tmp_path_factory.mktemp("course") / "tiny", newcomer)
    essay = "\n\n".join(PAYLOADS)
    cells = [new(payload) for payload in PAYLOADS for new in (new_markdown_cell, new_raw_cell)]
    pictured = new_markdown_cell("![v](attachment:v.svg)", attachments={"v.svg": {"image/svg+xml": VECTOR}})
    hand_in(made, "eve", *cells, pictured, mean_essay=essay)
    hand_in(made, "ida", new_markdown_cell(HONEST, attachments={"curve.png": {"image/png": DOT}}), mean_essay=HONEST)
    made.said = grade(made)
    for student, shown in (("eve", list(outputs())), ("ida", [new_output("display_data", {"text/html": TABLE})])):
        add_cell(made, student, new_code_cell("1", outputs=shown, execution_count=1))
    run(made, "-m", "nbgrader", "generate_feedback", LESSON)
    return made


def add_cell(course, student, cell):
    """Adds a cell to a graded notebook."""
    path = course.folder / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells.append(cell)
    path.chmod(0o644)
    nbformat.write(book, path)


@pytest.fixture(scope="module")
def address(course, opened):
    return opened(course.folder, **course.variables)


@pytest.fixture(params=["formgrader", "feedback"])
def page(request, course, address, window):
    """Shows a student's page; it is a window in which each request to the mark is remembered."""
    window.asked = []
    window.on("request", lambda asked: window.asked.append(asked.url))

    def shown(student):
        if request.param == "feedback":
            window.goto(f"file://{course.folder}/feedback/{student}/{LESSON}/{LESSON}.html")
        else:
            with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
                number = book.find_submission_notebook(LESSON, LESSON, student).id
            window.goto(f"{address}/formgrader/submissions/{number}/")
            window.locator("body[data-loaded]").wait_for()
            window.locator(".rest > summary").click()
        window.wait_for_load_state()
        return window
    return shown


# ------------------------------------------------------------------------------------------------ what is refused

WORDS = ".text_cell_render, .output_subarea, .rendered_html"
CLICKED = f"""() => document.querySelectorAll('{WORDS}').forEach(words => words.querySelectorAll('*').forEach(part => {{
    for (const kind of ['mouseover', 'focus', 'toggle'])
        part.dispatchEvent(new Event(kind));
    if (!/^(https?|mailto):/.test(part.href))
        part.dispatchEvent(new MouseEvent('click', {{bubbles: true, cancelable: true}}));
}}))"""
REFUSED = "script, svg, math, iframe, object, embed, form, input:enabled, button, style, link, base, meta, textarea"
LEFT = f"""() => [...document.querySelectorAll('{WORDS}')].flatMap(words => [...words.querySelectorAll('*')]
    .filter(part => getComputedStyle(part).position != 'static' || part.id || part.getAttribute('name')
                    || part.origin == location.origin || part.matches('{REFUSED}'))
    .map(part => part.outerHTML.slice(0, 200)))"""


def test_nothing_that_a_student_wrote_acts(page):
    shown = page("eve")
    shown.evaluate(CLICKED)
    shown.wait_for_timeout(1_000)
    assert shown.title() == LESSON
    assert not [url for url in shown.asked if "mark" in url]
    assert {urlsplit(url).hostname for url in shown.asked} <= {None, "127.0.0.1"}  # a file, and the server
    assert shown.evaluate(LEFT) == []


def test_where_something_gets_through_the_page_itself_forbids_it(page):
    """As if the sanitiser had missed it. No policy can forbid a page to be left."""
    shown, missed = page("ida"), [payload for payload in PAYLOADS if "refresh" not in payload]
    shown.evaluate("all => all.forEach(one => document.body.insertAdjacentHTML('beforeend', one))", missed)
    shown.evaluate("""code => { const script = document.createElement('script'); script.textContent = code;
                                document.body.append(script) }""", ACT)
    shown.evaluate("() => document.querySelectorAll('form').forEach(form => form.requestSubmit?.())")
    shown.wait_for_timeout(1_000)
    assert "mark" not in shown.title()


def test_grade_names_what_is_left_out(course):
    said = course.said.splitlines()
    lines = [line for line in said if "mean-essay" in line]
    assert len(lines) == 1 and "<script>" in lines[0] and "onerror" in lines[0]
    assert not [line for line in said if line.startswith("ida")]


# ------------------------------------------------------------------------------------------------ what stays

def test_honest_words_look_as_they_were_meant(page, shots, request):
    shown = page("ida")
    words = shown.locator(".nbgrader_cell .rendered_html", has_text="What a mean hides")
    assert "Where a < b and b > c, a<b is true, and x & y:\nsecond line, H2O." in words.inner_text()
    assert "$x<y$" in words.inner_text() and r"\sum_{i<n} x_i" in words.inner_text()
    tags = {"h1": 1, "strong": 2, "em": 1, "br": 1, "sub": 1, "table": 1, "blockquote": 1, "ol": 1, "input": 1}
    assert {tag: words.locator(tag).count() for tag in tags} == tags
    assert words.locator("td", has_text="1").evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    assert 'print("<b>")' in words.locator("pre").inner_text() and words.locator("pre .k").inner_text() == "if"
    assert words.get_by_role("link", name="a source").get_attribute("href") == "https://example.org/means"
    assert words.locator("img").count() == 0  # an essay's picture was not handed in
    assert shown.locator("img[alt='a curve']").evaluate("picture => picture.naturalWidth") == 1
    assert shown.locator(".output_html td").inner_text() == "12.5"
    shown.screenshot(path=shots / f"10_{re.sub('[^a-z]+', '_', request.node.name)}.png", full_page=True)
