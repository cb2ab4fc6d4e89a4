"""Rosters as platforms export them: whom they name, what is left out, and who has handed in nothing."""

import pytest
from nbgrader.api import Gradebook

from dataml_lab import cli
from dataml_lab.term.roster import RosterError, Student, enter, keep, kept, missing, read, sections, strangers


def file(tmp_path, text):
    path = tmp_path / "class.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("text", "student"), [
    ("id,name,section\nada,Ada Lovelace,B\n", Student("ada", "Ada", "Lovelace", "B")),
    ('Student,ID,SIS User ID,SIS Login ID,Section\n"Lovelace, Ada",4711,1,ada@x.org,Lab 1\n',
     Student("ada@x.org", "Ada", "Lovelace", "Lab 1", "", "4711")),
    ("\ufeffFirst name;Last name;ID number;Email address\nZoë;O'Brien;s17;zoe@x.org\n",
     Student("s17", "Zoë", "O'Brien", "", "zoe@x.org")),
    ('First Name,Last Name,SID,Email,Sections\nAda,"Lovelace, Countess",77,ada@x.org,1\n',
     Student("77", "Ada", "Lovelace, Countess", "1", "ada@x.org")),
    ("id,extension 01a_ingest,extension 02a_windows\nada,\"2,5\",\n", Student("ada", days=(("01a_ingest", 2.5),))),
], ids=["plain", "Canvas", "Moodle", "Gradescope", "extensions"])
def test_what_platforms_export_is_read_and_kept(tmp_path, text, student):
    found = read(file(tmp_path, text))
    assert found.students == (student,) and not found.problems
    keep(tmp_path, found.students)
    assert kept(tmp_path) == found.students


def test_rows_that_name_nobody_are_told_and_the_rest_stays(tmp_path):
    found = read(file(tmp_path, "id,extension 01a_ingest\nada,\n,\n../bob,\nAda,\ncy,soon\n\x1b[2K,\ndan,-1\neve,1\n"))
    assert [one.id for one in found.students] == ["ada", "eve"]
    assert [line.partition(":")[0] for line in found.problems] == [f"line {number}" for number in range(3, 9)]
    assert not any("\x1b" in line for line in found.problems) and "is there already" in found.problems[2]


@pytest.mark.parametrize(("text", "says"), [
    ("", "has no column that identifies"), ("colour,mark\nred,1\n", "Its columns are: colour, mark"),
    ("id,extension 99z\nada,1\n", "there is no part 99z")])
def test_what_is_no_roster_is_refused(tmp_path, text, says):
    with pytest.raises(RosterError, match=says):
        read(file(tmp_path, text))
    path = file(tmp_path, "")
    path.write_bytes(b"id,name\nada,Zo\xeb\n")
    with pytest.raises(RosterError, match="UTF-8"):
        read(path)
    with pytest.raises(RosterError, match="There is no roster yet"):
        kept(tmp_path)


def test_students_and_extensions_are_in_the_gradebook(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment("01a_ingest")
    students = (Student("ada", "Ada", "Lovelace", days=(("01a_ingest", 2), ("02a_windows", 1))), Student("bob"))
    waiting = enter(tmp_path / "gradebook.db", students)
    assert len(waiting) == 1 and "02a_windows isn't released" in waiting[0]
    assert enter(tmp_path / "gradebook.db", students) == waiting  # again is the same
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        assert {one.id for one in book.students} == {"ada", "bob"}
        assert book.find_student("ada").last_name == "Lovelace" and book.find_student("bob").last_name == "bob"
        assert book.find_submission("01a_ingest", "ada").extension.days == 2


def test_who_has_handed_in_nothing_is_named_part_by_part(tmp_path):
    students = (Student("ada", section="1"), Student("bob", section="2"))
    (tmp_path / "submitted" / "ada" / "01a_ingest").mkdir(parents=True)
    (tmp_path / "submitted" / "eve" / "01a_ingest").mkdir(parents=True)
    assert list(map(str, missing(tmp_path, students))) == ["01a_ingest: 1 of 2 have handed in nothing: bob"]
    assert strangers(tmp_path, students) == ["eve"] and sections(students) == "2 students in 2 sections (1: 1, 2: 1)."


def test_the_command_keeps_and_shows(tmp_path, capsys):
    assert cli.main(["roster", "--course", str(tmp_path)]) == 2
    assert "dataml-lab roster FILE.csv" in capsys.readouterr().err
    assert cli.main(["roster", str(file(tmp_path, "id\nada\n../x\n")), "--course", str(tmp_path)]) == 1
    assert "1 students." in capsys.readouterr().out
    assert cli.main(["roster", "--course", str(tmp_path)]) == 0
