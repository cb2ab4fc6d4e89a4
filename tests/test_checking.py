"""A notebook's checks in a terminal: what each says, what raised, and again after a save."""

import itertools
import json
import os
import shutil
import sys

import nbformat
import pytest

from dataml_lab import checking, cli
from dataml_lab.checking import Said
from dataml_lab.grading import COURSE

RIGHT = 'def revenue(orders):\n    return sum(o["total"] for o in orders if o["status"] == "completed")'


@pytest.fixture
def notebook(tmp_path):
    """The first exercise of the first part, answered rightly, with a cell before it that is wrong."""
    book = nbformat.read(COURSE / "notebooks" / "00_start_here" / "00_start_here.ipynb", as_version=4)
    cells = {cell.id: cell for cell in book.cells}
    cells["revenue-answer"].source = RIGHT
    figure = nbformat.v4.new_code_cell(f"{checking.FIGURE}\nraise SystemError")
    book.cells = [nbformat.v4.new_code_cell("1 / 0"), figure,
                  *(cells[f"revenue{end}"] for end in ("-prompt", "-answer", "-check", "-graded"))]
    path = tmp_path / "00_start_here.ipynb"
    path.write_text(nbformat.writes(book), "utf-8")
    return path


def test_checks_run_and_what_raised_is_named(notebook, capsys):
    assert cli.main(["check", str(notebook)]) == 1  # a cell raised, though the answer is right
    out = capsys.readouterr().out
    assert "revenue: 2 of 2 properties hold" in out and "Cell 1 raised ZeroDivisionError" in out
    assert "SystemError" not in out and "hidden" not in out.lower()


def test_programs_get_what_was_said_as_json_that_every_encoding_has(monkeypatch, capsys):
    monkeypatch.setattr(checking, "checks", lambda *_: iter([Said("plan: 3 of 4 …", False), Said("a", True)]))
    assert cli.main(["check", "--json", "part.ipynb"]) == 1
    out = capsys.readouterr().out
    assert json.loads(out) == [{"text": "plan: 3 of 4 …", "is_whole": False}, {"text": "a", "is_whole": True}]
    assert out.isascii()


def test_a_cell_without_end_is_stopped(notebook, monkeypatch):
    book = nbformat.read(notebook, as_version=4)
    for cell, source in zip(book.cells, ["while True:\n    pass", *["0"] * 5], strict=True):
        cell.source = source
    notebook.write_text(nbformat.writes(book), "utf-8")
    monkeypatch.setattr(checking, "LONGEST_S", 2)
    assert list(checking.checks(notebook, lambda done, total: None)) == [
        Said("Cell 1 was stopped after 2 s\n    while True:", False)]


def test_a_question_in_words_has_no_answer_until_there_is_one(tmp_path):
    book = nbformat.read(COURSE / "notebooks" / "01f_plan" / "01f_plan.ipynb", as_version=4)
    assert list(checking._unanswered(book)) == ["plan"]
    next(cell for cell in book.cells if cell.id == "plan-essay").source = "Cron."
    assert not list(checking._unanswered(book))


def test_who_reads_only_the_beginning_is_told_of_no_error(monkeypatch, capfd):
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(checking, "checks", lambda *_: iter([Said("a", True)]))
    with os.fdopen(writer, "w", encoding="utf-8") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        assert cli.main(["check", "part.ipynb"]) == 1
    assert not capfd.readouterr().err


def test_what_is_no_notebook_or_has_no_check_is_said(tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text("{")
    assert cli.main(["check", str(tmp_path / "a.ipynb")]) == 2
    assert cli.main(["check", str(tmp_path / "none.ipynb")]) == 2
    shutil.copy(COURSE / "notebooks" / "01b_push" / "01b_push.ipynb", tmp_path)
    assert cli.main(["check", str(tmp_path / "01b_push.ipynb")]) == 2
    err = capsys.readouterr().err
    assert "no notebook that can be read" in err and "none.ipynb" in err and "no cell that checks" in err


def test_saves_are_seen_once_each(tmp_path, monkeypatch):
    path, looks = tmp_path / "part.ipynb", itertools.count(1)

    def sleep(_):
        path.touch() if next(looks) == 3 else None
        if next(looks) > 12:
            raise KeyboardInterrupt

    path.write_text("")
    monkeypatch.setattr(checking.time, "sleep", sleep)
    seen = 0
    with pytest.raises(KeyboardInterrupt):
        for _ in checking.saves(path):
            seen += 1
    assert seen == 2
