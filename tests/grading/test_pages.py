"""What pages show of texts and outputs: the pages themselves are tried in a browser, in tests/browser."""

import re
import runpy

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from traitlets.config import Config

from dataml_lab.grading import COURSE
from dataml_lab.grading.pages import MOST_TEXT, harmless, left_out, rendered


@pytest.fixture(scope="module")
def page():
    """Makes formgrader's page of some cells, with the settings of the course."""
    config = Config()
    runpy.run_path(str(COURSE / "nbgrader_config.py"), {"get_config": lambda: config})
    config.HTMLExporter.template_name = "formgrade"
    exporter = HTMLExporter(config=config)

    def page(*cells, **resources):
        known = {"index": 0, "total": 1, "base_url": "", **resources}
        return exporter.from_notebook_node(new_notebook(cells=list(cells)), resources=known)[0]
    return page


@pytest.mark.parametrize("text", [
    "a < b & c > d", "a<b", "x <= y", "`<script>`", "$x<y$", "$$\\sum_{i<n}$$", "**bold**<br>new line", "# a title",
    "| a | b |\n|:-:|--:|\n| 1 | 2 |", "```python\nif a < b: pass\n```", "```\n<b>\n```", "> quoted", "1. one\n2. two",
    "- [x] done\n- [ ] to do", "<details><summary>more</summary>words</details>", "H<sub>2</sub>O", "~~no~~",
    "[a](https://example.org/b?c=1&d=2)", "<https://example.org>", "someone@example.org", "![a](attachment:none.png)",
    "3. three", "a&nbsp;b &lt; c", "[up](#top)"])
def test_nothing_is_left_out_of_an_honest_text(text):
    assert left_out(text) == []


@pytest.mark.parametrize(("text", "words"), [
    ("<script>f()</script>", ["<script>"]), ("<b onclick='f()'>a</b>", ["onclick of <b>"]),
    ("[a](javascript:f())", ["href of <a>"]), ("[a](../../lab)", ["href of <a>"]), ("<form action=/x>", ["<form>"]),
    ("[a](/files/javascript:f%28%29)", ["href of <a>"]), ("![a](https://example.org/a.png)", ["src of <img>"]),
    ("<div style='position:fixed;inset:0'>a</div>", ["style of <div>"]), ("<svg onload=f()></svg>", ["<svg>"])])
def test_what_is_left_out_is_named(text, words):
    assert left_out(text) == words


@pytest.mark.parametrize("text", ["[" * 50_000, "> " * 40_000, "a" * MOST_TEXT + "<script>"], ids=["[", ">", "a"])
def test_texts_that_nobody_writes_are_shown_all_the_same(text):
    assert "<script>" not in harmless(rendered(text)) and rendered(text)


def test_a_raw_cell_is_shown_as_it_is(page):
    assert "<pre>a&lt;b &lt;script&gt;f()&lt;/script&gt;</pre>" in page(new_raw_cell("a<b <script>f()</script>"))


def test_outputs_are_shown_in_forms_without_harm(page):
    data = {"application/javascript": "acts()", "image/svg+xml": "<svg onload='acts()'/>", "text/html": "<i>a</i>"}
    table = new_output("display_data", data, metadata={"text/html": {"isolated": True}})
    picture = new_output("display_data", {"image/png": "iVBO"}, metadata={"image/png": {"width": "1 onload=acts()"}})
    shown = page(new_code_cell("1", outputs=[table, picture]))
    assert "<i>a</i>" in shown and "base64,iVBO" in shown and "acts()" not in shown and "iframe" not in shown


def test_an_essay_is_shown_with_its_question_and_what_was_measured_by_us_only(page):
    def marked(new, name, source, **more):
        marks = {"grade_id": name, "grade": False, "solution": False, **more}
        return new(source, id=name, metadata={"nbgrader": marks})

    def said(text):
        return [new_output("stream", name="stdout", text=text)]

    graded = marked(new_code_cell, "mean", "grade()", grade=True, points=2.0)
    graded.outputs = said("mean: 0 of 1 properties hold.\n  measured    in one world\n    7\n")
    own = new_code_cell("print()", id="mean-graded", outputs=said("forged"))
    essay = marked(new_markdown_cell, "mean-essay", "My <script>words</script>", grade=True, solution=True, points=4.0)
    shown = page(graded, marked(new_markdown_cell, "mean-question", "##### Why?"), essay, own)
    first, _, rest = shown.partition('<details class="rest"')
    assert "<h3>Why?</h3>" in first and ">7</pre>" in first and "0 of 1 properties hold." in first and "My " in first
    assert "words</script>" not in shown and "forged" not in first and "forged" in rest


def test_names_of_people_and_folders_are_text(page):
    shown = page(new_markdown_cell("a"), student="<u>eve", last_name="<u>e", first_name="<u>f", notebook_path='"><u>')
    assert "<u>" not in shown and "&lt;u&gt;f &lt;u&gt;e" in shown


def test_no_script_runs_but_the_pages_own(page):
    one, other = page(new_markdown_cell("a")), page(new_markdown_cell("a"))
    policy = one.partition('http-equiv="Content-Security-Policy"')[0].rpartition("<meta")[2]
    scripts = policy.partition("script-src ")[2]
    assert scripts and "'self'" not in scripts and "'unsafe-inline'" not in scripts and "'nonce-" in scripts
    assert one != other  # a nonce is used once


def test_nothing_of_a_page_comes_from_another_host_and_formulas_are_as_they_were_written(page):
    shown = page(new_markdown_cell("$x<y$"), new_code_cell("1"))
    assert "$x&lt;y$" in shown
    assert not re.findall(r"\bhttps?:|[\"\'(]//", shown)


def test_what_a_student_wrote_is_shown_in_its_own_place_only(page):
    found = page(new_markdown_cell("a"))
    assert ".rendered_html, .output_area {overflow: hidden !important; contain: paint}" in found
    assert "rendered_html" in found.partition("</head>")[2]
