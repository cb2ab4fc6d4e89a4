"""How a notebook shows a verdict: a table, in which nothing of an answer's becomes HTML; elsewhere the text."""

from dataml_lab.checks.exercise import Finding, Verdict
from dataml_lab.checks.report import html, show

HELD, FAILED = Finding("adds up", 2, "holds"), Finding("ends", 1, "fails", "It said <b>1</b>.\nends(1)\nends(2)")
LATER = [Finding(name, 1, "not judged", "Judged once “ends” holds.") for name in ("one", "two")]
VERDICT = Verdict("sums", (HELD, FAILED, *LATER), measured="a < b")


def test_a_row_for_each_finding_and_one_for_all_that_are_not_judged_for_a_reason():
    page = html(VERDICT)
    assert page.count("<tr>") == 1 + 3 and "one; two" in page and "1 of 2" not in page
    assert ">2 of 2<" in page and ">0 of 1<" in page
    assert "sums: 1 of 4 properties hold, 2 of 5 points." in page


def test_what_an_answer_wrote_is_text_and_its_code_stays_in_lines():
    page = html(VERDICT, "Printed:\n<script>alert(1)</script>")
    assert "<b>1</b>" not in page and "It said &lt;b&gt;1&lt;/b&gt;." in page and "ends(1)\nends(2)</pre>" in page
    assert "<script>" not in page and "a &lt; b</pre>" in page


def test_what_stands_between_backticks_is_code_and_nothing_else_in_it_becomes_html():
    said = Finding("keeps", 1, "fails", "Keep it in `self`, not in `<b>`: one ` alone is text.")
    page = html(Verdict("sums", (said,)), "See `x`.")
    assert "in <code>self</code>, not in <code>&lt;b&gt;</code>: one ` alone" in page and "See <code>x</code>." in page


def test_what_was_not_attempted_has_no_table():
    page = html(Verdict("sums", (HELD,), not_attempted="there is none"))
    assert "<table>" not in page and "not attempted, 0 of 2 points (there is none)" in page


def test_without_a_notebook_it_is_printed(capsys):
    show(VERDICT, "And more.")
    assert capsys.readouterr().out == f"{VERDICT}\nAnd more.\n"
