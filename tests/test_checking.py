"""A notebook's checks in a terminal: what each says, what raised, and again after a save."""

import itertools
import shutil

import nbformat
import pytest

from dataml_lab import checking, cli
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
