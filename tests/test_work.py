"""The student's folder: made once, never overwritten, put back and brought up to date, with every file kept."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys

import nbformat
import pytest

from dataml_lab import cli, grading, work
from dataml_lab.checks.overview import PROGRESS, overview
from dataml_lab.checks.reached import keep, reached
from dataml_lab.grading import COURSE

PARTS = ("00_start_here", "01b_push")
MINE = 'def revenue(orders):\n    return sum(order["total"] for order in orders)'


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Two released parts, one of them without exercises, in the place of the course."""
    for part in PARTS:
        shutil.copytree(COURSE / "notebooks" / part, tmp_path / "notebooks" / part)
    monkeypatch.setattr(grading, "COURSE", tmp_path)
    monkeypatch.setenv("DATAML_LAB_PROGRESS", str(tmp_path / PROGRESS))
    return tmp_path


def path(course, part=PARTS[0], folder="work"):
    return course / folder / part / f"{part}.ipynb"


def edit(path, change):
    book = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in book.cells}, book)
    path.write_text(nbformat.writes(book), "utf-8")


def answer(course, source=MINE):
    edit(path(course), lambda cells, book: cells["revenue-answer"].update(source=source))


def sources(path):
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def released_anew(course):
    """A release with another first text and another version."""
    def change(cells, book):
        book.cells[0].source = "# 00 Start here\n\nMended. It takes about 55 minutes."
        book.metadata["dataml_lab"]["version"] = "another"
    edit(path(course, folder="notebooks"), change)


# ------------------------------------------------------------------------------------------------ making it ready

def test_what_is_released_is_copied_once_and_never_overwritten(course):
    first = work.prepare(course)
    assert first.copied == list(PARTS) and first.page == "work/start.ipynb"
    answer(course)
    before = path(course).read_bytes()
    again = work.prepare(course)
    assert not again.copied and not again.newer and path(course).read_bytes() == before


def test_a_part_that_was_deleted_comes_back_as_released(course):
    work.prepare(course)
    path(course, PARTS[1]).unlink()
    assert work.prepare(course).copied == [PARTS[1]]


def test_the_start_page_links_every_part_and_is_made_anew(course):
    work.prepare(course)
    page = sources(course / "work" / "start.ipynb")["welcome"]
    assert all(f"({part}/{part}.ipynb)" in page for part in PARTS) and "0 of 10 points" in page
    keep("revenue", 2, 2)
    work.prepare(course)
    assert "2 of 10 points" in sources(course / "work" / "start.ipynb")["welcome"]


def test_once_something_is_begun_the_next_part_that_is_not_done_opens(course):
    work.prepare(course)
    keep("revenue", 2, 2)
    assert work.prepare(course).page == "work/00_start_here/00_start_here.ipynb"
    keep("worth_it", 8, 8)
    assert work.prepare(course).page == "work/01b_push/01b_push.ipynb"


def test_a_pull_that_changes_a_release_loses_no_answer_and_is_offered(course):
    work.prepare(course)
    answer(course)
    released_anew(course)
    prepared = work.prepare(course)
    assert prepared.newer == ["00_start_here"] and "dataml-lab update 00_start_here" in str(prepared)
    assert "dataml-lab update 00_start_here" in sources(course / "work" / "start.ipynb")["welcome"]
    assert sources(path(course))["revenue-answer"] == MINE


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"cells": 1}', '{"cells": [], "nbformat": 4}'])
def test_a_copy_that_cannot_be_read_is_left_alone(course, damage):
    work.prepare(course)
    path(course).write_text(damage)
    prepared = work.prepare(course)
    assert path(course).read_text() == damage and not prepared.newer and len(prepared.overview.rows) == 2


def test_a_crash_while_a_part_is_copied_leaves_none_or_a_whole_one(course, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        work.prepare(course)
    assert not list((course / "work").rglob("*.ipynb"))
    monkeypatch.undo()
    assert work.prepare(course).copied == list(PARTS)


# ------------------------------------------------------------------------------------------------ back, and up to date

def test_reset_puts_one_answer_back_and_keeps_the_file(course):
    work.prepare(course)
    answer(course)
    edit(path(course), lambda cells, book: cells["worth_it-answer"].update(source="def worth_it(brief): return 'rule'"))
    keep("revenue", 2, 2)
    keep("worth_it", 1, 8)
    kept = work.reset(course, "00_start_here", "revenue")
    found = sources(path(course))
    assert "NotImplemented" in found["revenue-answer"] and "rule" in found["worth_it-answer"]
    assert sources(kept)["revenue-answer"] == MINE and reached(course / PROGRESS).keys() == {"worth_it"}


def test_reset_puts_a_whole_part_back(course):
    work.prepare(course)
    answer(course)
    kept = work.reset(course, "00_start_here")
    assert path(course).read_text() == path(course, folder="notebooks").read_text()
    assert sources(kept)["revenue-answer"] == MINE


def test_a_part_is_reset_even_if_its_copy_is_broken_or_gone(course):
    work.prepare(course)
    path(course).write_text("{")
    kept = work.reset(course, "00_start_here")
    assert kept.read_text() == "{" and "revenue-answer" in sources(path(course))
    path(course).unlink()
    work.reset(course, "00_start_here")
    assert "revenue-answer" in sources(path(course))


def test_what_cannot_be_reset_changes_nothing_and_says_what_to_do(course):
    work.prepare(course)
    before = path(course).read_bytes()
    with pytest.raises(work.WorkError, match="It has: revenue, worth_it"):
        work.reset(course, "00_start_here", "plan")
    edit(path(course), lambda cells, book: book.cells.remove(cells["revenue-answer"]))
    without = path(course).read_bytes()
    with pytest.raises(work.WorkError, match="reset the whole part"):
        work.reset(course, "00_start_here", "revenue")
    assert before != without == path(course).read_bytes() and not (course / "work" / "kept").exists()
    with pytest.raises(work.WorkError, match="isn't released here"):
        work.reset(course, "01a_ingest")


def test_update_takes_the_new_text_with_the_answers_and_own_cells(course):
    work.prepare(course)
    answer(course)

    def add(cells, book):
        place = [cell.id for cell in book.cells].index("revenue-answer")
        book.cells.insert(place, nbformat.v4.new_code_cell("mine = 1", id="3f2a"))
        book.cells.insert(0, nbformat.v4.new_markdown_cell("My notes", id="77b1"))
    edit(path(course), add)
    released_anew(course)
    kept = work.update(course, "00_start_here")
    cells = nbformat.read(path(course), as_version=4).cells
    ids = [cell.id for cell in cells]
    assert cells[0].source == "My notes" and "Mended" in cells[1].source
    assert ids[ids.index("3f2a") + 1] == "revenue-answer" and sources(path(course))["revenue-answer"] == MINE
    assert len(cells) == len(sources(path(course, folder="notebooks"))) + 2
    assert "3f2a" in sources(kept) and not work.prepare(course).newer


def test_update_of_what_is_up_to_date_changes_no_source(course):
    work.prepare(course)
    answer(course)
    before = sources(path(course))
    work.update(course, "00_start_here")
    assert sources(path(course)) == before


# ------------------------------------------------------------------------------------------------ the commands

def test_reset_asks_first(course, monkeypatch, capsys):
    work.prepare(course)
    answer(course)
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert cli.main(["reset", "00_start_here"]) == 1 and sources(path(course))["revenue-answer"] == MINE
    monkeypatch.setattr("builtins.input", lambda question: "y")
    assert cli.main(["reset", "00_start_here", "revenue"]) == 0
    assert "kept as work" in capsys.readouterr().out and "NotImplemented" in sources(path(course))["revenue-answer"]


def test_commands_say_what_is_wrong(course, capsys):
    assert cli.main(["update", "01b_push"]) == 2 and "can't be read" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["reset", "01z_nothing"])


def test_progress_is_shown_in_a_terminal(course, capsys):
    work.prepare(course)
    keep("revenue", 1, 2)
    assert cli.main(["progress"]) == 0
    out = capsys.readouterr().out
    assert "0 of 2 parts done, 1 of 10 points. Next: 00 Start here, about 60 minutes." in out and "1 of 10" in out


def test_a_part_without_exercises_is_done_once_its_cells_ran(course):
    work.prepare(course)
    row = overview(course, PARTS).rows[1]
    assert not row.is_done and not row.is_begun
    edit(path(course, PARTS[1]), lambda cells, book: [
        cell.update(execution_count=1) for cell in book.cells if cell.cell_type == "code"])
    assert overview(course, PARTS).rows[1].is_done


def test_two_notebooks_keep_progress_at_once(course):
    code = ("import sys; from dataml_lab.checks.reached import keep\n"
            "for number in range(40): print(keep(f'{sys.argv[1]}{number}', 1, 1))")
    (course / "work").mkdir()
    running = [subprocess.Popen([sys.executable, "-c", code, name], stdout=subprocess.PIPE, text=True) for name in "ab"]
    assert not "".join(one.communicate()[0] for one in running).strip()
    assert len(reached(course / PROGRESS)) == 80


def test_a_file_of_progress_that_is_broken_is_named_and_stops_nothing(course):
    work.prepare(course)
    (course / PROGRESS).write_text("no database")
    assert "can be deleted at any time" in keep("revenue", 1, 2)
    assert overview(course, PARTS).rows[0].earned == 0
    (course / PROGRESS).unlink()
    assert keep("revenue", 1, 2) == "" and sqlite3.connect(course / PROGRESS).execute(
        "SELECT count(*) FROM reached").fetchone() == (1,)


def test_an_answer_that_is_checked_is_kept_and_an_untouched_one_is_not(course):
    from dataml_lab.checks import check, progress

    (course / "work").mkdir()
    check("revenue", {"revenue": lambda orders: NotImplemented})
    assert not reached(course / PROGRESS)
    check("revenue", {"revenue": lambda orders: sum(order["total"] for order in orders)})
    assert reached(course / PROGRESS)["revenue"].points == 2
    assert "Next:" in str(progress())


def test_nothing_is_kept_where_the_workbook_was_not_opened_by_its_command(course, monkeypatch):
    from dataml_lab.checks import progress

    monkeypatch.delenv("DATAML_LAB_PROGRESS")
    assert keep("revenue", 2, 2) == "" and not (course / PROGRESS).exists()
    assert "make lab" in progress()


def test_the_start_page_is_a_notebook(course):
    work.prepare(course)
    nbformat.validate(nbformat.from_dict(json.loads((course / "work" / "start.ipynb").read_text())))
