"""What is handed in: in its place, in another, or as a link."""

import os
import subprocess
from pathlib import Path

import pytest

from dataml_lab.grading.strays import strays
from dataml_lab.grading.submissions import Submission, SubmissionProblem, handed_in, notebook_name, submissions
from tests.grading.conftest import TOGETHER
from tests.grading.test_grade import LESSON

pytestmark = TOGETHER
ADAS, ANYBODYS = f"submitted/ada/{LESSON}/", f"submitted/<student>/{LESSON}/"


def put(course, *names):
    """Files of these names below `submitted/`."""
    for name in names:
        path = course / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def link(course, name, target):
    """A link below `submitted/`."""
    path = course / "submitted" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def told(course, lessons=(LESSON,), students=()):
    return list(map(str, strays(course, list(lessons), list(students))))


# ------------------------------------------------------------------------------------------------ in another place

@pytest.mark.parametrize(("name", "student", "where", "advice"), [
    ("ada/90_Tiny/90_tiny.ipynb", "ada", "ada/90_Tiny", f"move what it holds into {ADAS}"),
    ("ada/90_tiny (1)/work.py", "ada", "ada/90_tiny (1)", f"move what it holds into {ADAS}"),
    ("ada/90-tiny_submission.ipynb", "ada", "ada/90-tiny_submission.ipynb", f"move it into {ADAS}"),
    ("ada/90_tiny.html", "ada", "ada/90_tiny.html", f"move it into {ADAS}"),
    ("ada/90_tiny.zip", "ada", "ada/90_tiny.zip", f"unpack it into {ADAS}"),
    ("ada/mine.ipynb", "ada", "ada/mine.ipynb", "move it into submitted/ada/<lesson>/"),
    ("ada_71_assignsubmission_file_/90_tiny.ipynb", "ada_71_assignsubmission_file_",
     "ada_71_assignsubmission_file_/90_tiny.ipynb", "move it into submitted/ada_71_assignsubmission_file_/90_tiny/"),
    ("ada/Downloads/90_tiny.ipynb", "ada", "ada/Downloads/90_tiny.ipynb", f"move it into {ANYBODYS}"),
    ("moodle/ada/90_tiny/90_tiny.ipynb", "moodle", "moodle/ada/90_tiny", f"move what it holds into {ANYBODYS}"),
    ("90_tiny/ada/work.ipynb", "ada", "90_tiny/ada/work.ipynb", f"move it into {ADAS}"),
    ("ada_71_90_tiny.ipynb", "nobody's", "ada_71_90_tiny.ipynb", f"move it into {ANYBODYS}"),
    ("class.tar.gz", "nobody's", "class.tar.gz", "unpack it into submitted/<student>/<lesson>/"),
])
def test_what_lies_elsewhere_is_named_with_what_to_do(tiny_course, name, student, where, advice):
    put(tiny_course, name, "bob/90_tiny/90_tiny.ipynb")
    assert told(tiny_course) == [f"{student}: submitted/{where} is not graded there: {advice}"]


@pytest.mark.parametrize("name", [
    "ada/90_tiny/deep/90_tiny.ipynb", "ada/notes.txt", "ada/.ipynb_checkpoints/90_tiny-checkpoint.ipynb",
    "__MACOSX/ada/._90_tiny.ipynb", "ada/own/own.ipynb", "ada/90_tiny/90_tiny.zip"])
def test_what_is_graded_or_no_work_is_not_named(tiny_course, name):
    (tiny_course / "notebooks" / "own").mkdir()  # an assignment of the instructor's
    put(tiny_course, name)
    assert told(tiny_course) == []


def test_only_what_may_be_meant_is_named(tiny_course):
    put(tiny_course, "ada/90_Tiny/a.ipynb", "bob/x.ipynb", "cyd/01A_Ingest/a.ipynb")
    assert len(told(tiny_course, [LESSON, "01a_ingest"])) == 3
    assert [line.split(":")[0] for line in told(tiny_course)] == ["ada", "bob"]
    assert [line.split(":")[0] for line in told(tiny_course, students=["bob"])] == ["bob"]


def test_names_are_shown_without_what_a_terminal_obeys(tiny_course):
    put(tiny_course, "ada/\x1b[2J90_tiny\n.ipynb")
    assert told(tiny_course) == [f"ada: submitted/ada/?[2J90_tiny?.ipynb is not graded there: move it into {ADAS}"]


@pytest.mark.parametrize(("names", "problem"), [
    (["deep/90_tiny.ipynb"], "no notebook, and deep/90_tiny.ipynb is in a folder of its own: move it up"),
    (["90_tiny.zip", "b.zip"], "no notebook, and 90_tiny.zip and 1 more is packed: unpack it"),
    (["work.py"], "no notebook"), (["a.ipynb", "b.ipynb"], "several notebooks, and none that is called 90_tiny.ipynb")])
def test_a_lesson_folder_without_a_notebook_says_what_to_do(tiny_course, names, problem):
    put(tiny_course, *(f"ada/{LESSON}/{name}" for name in names))
    with pytest.raises(SubmissionProblem) as raised:
        notebook_name(handed_in(Submission(tiny_course, "ada", LESSON)), LESSON)
    assert str(raised.value) == f"it holds {problem}"


@pytest.fixture
def nested(tiny_course):
    """A course in which folders are nested deeper than Python calls; pytest could not take them away."""
    places, deep = [tiny_course / "submitted" / "ada" / place for place in (LESSON, "Downloads")], "a/" * 500
    for place in places:
        (place / deep).mkdir(parents=True)
        for _ in range(2):
            (place / "a").rename(place / "b")
            (place / deep).mkdir(parents=True)
            (place / "b").rename(place / deep / "a")
    yield tiny_course
    for place in places:
        subprocess.run(["rm", "-r", place], check=True)


def test_folders_may_be_nested_thousands_deep(nested):
    put(nested, f"ada/{LESSON}/work.txt")
    assert handed_in(Submission(nested, "ada", LESSON)).files == {"work.txt": b"{}"}
    assert told(nested) == []


# ------------------------------------------------------------------------------------------------ links

@pytest.mark.parametrize("name", [f"eve/{LESSON}", "eve"])
def test_a_folder_that_is_a_link_is_not_followed(tiny_course, name):
    put(tiny_course, f"ada/{LESSON}/{LESSON}.ipynb")
    link(tiny_course, name, tiny_course / "submitted" / name.replace("eve", "ada"))
    assert Submission(tiny_course, "eve", LESSON) in submissions(tiny_course, [LESSON])
    found = handed_in(Submission(tiny_course, "eve", LESSON))
    assert not found.files and found.problem.startswith(f"submitted/{name} is a link, and none is followed")
    assert told(tiny_course) == []


def test_a_link_to_nothing_is_named(tiny_course):
    link(tiny_course, f"eve/{LESSON}", "nowhere")
    link(tiny_course, "fay", "nowhere")
    link(tiny_course, f"gil/{LESSON.upper()}", "/etc")
    assert "is a link" in handed_in(Submission(tiny_course, "eve", LESSON)).problem
    assert [line.split(" is not")[0] for line in told(tiny_course)] == [
        "nobody's: submitted/fay", "gil: submitted/gil/90_TINY"]


def test_a_notebook_that_is_a_link_is_left_out_and_hard_links_are_files(tiny_course):
    put(tiny_course, f"ada/{LESSON}/{LESSON}.ipynb")
    (tiny_course / "submitted" / "bob" / LESSON).mkdir(parents=True)
    os.link(tiny_course / ADAS / f"{LESSON}.ipynb", tiny_course / "submitted" / "bob" / LESSON / f"{LESSON}.ipynb")
    link(tiny_course, f"eve/{LESSON}/{LESSON}.ipynb", tiny_course / ADAS / f"{LESSON}.ipynb")
    assert handed_in(Submission(tiny_course, "bob", LESSON)).files == {f"{LESSON}.ipynb": b"{}"}
    found = handed_in(Submission(tiny_course, "eve", LESSON))
    assert not found.files and found.links == (f"{LESSON}.ipynb",)
    with pytest.raises(SubmissionProblem, match=r"90_tiny\.ipynb is a link, and none is followed: put the file"):
        notebook_name(found, LESSON)


# ------------------------------------------------------------------------------------------------ too much

@pytest.mark.parametrize("change", [{"MOST_FILES": 5}, {"MOST_BYTES": 40}])
def test_where_there_is_too_much_the_notebook_is_graded_without_the_rest(tiny_course, monkeypatch, change):
    put(tiny_course, f"ada/{LESSON}/{LESSON}.ipynb", f"ada/{LESSON}/timestamp.txt",
        *(f"ada/{LESSON}/data/{number}.csv" for number in range(30)))
    for name, value in change.items():
        monkeypatch.setattr(f"dataml_lab.grading.submissions.{name}", value)
    found = handed_in(Submission(tiny_course, "ada", LESSON))
    assert sorted(found.files) == [f"{LESSON}.ipynb", "timestamp.txt"] and not found.problem
    assert found.left_out.startswith("32 files of 0 MB, where ")


def test_too_many_notebooks_are_a_problem(tiny_course, monkeypatch):
    put(tiny_course, *(f"ada/{LESSON}/{number}.ipynb" for number in range(7)))
    monkeypatch.setattr("dataml_lab.grading.submissions.MOST_FILES", 5)
    found = handed_in(Submission(tiny_course, "ada", LESSON))
    assert not found.files and found.problem.startswith("there are 7 files")


def test_folders_that_are_nested_too_deep_are_left_out(tiny_course):
    put(tiny_course, f"ada/{LESSON}/{LESSON}.ipynb", f"ada/{LESSON}/{'a/' * 40}notes.txt")
    folder = tiny_course / "submitted" / "ada" / LESSON
    before = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(3_000):
            Path("deep").mkdir()
            os.chdir("deep")
    finally:
        os.chdir(before)
    found = handed_in(Submission(tiny_course, "ada", LESSON))
    subprocess.run(["rm", "-rf", folder], check=True)  # pytest's own way recurses, and fails
    assert sorted(found.files) == [f"{LESSON}.ipynb", f"{'a/' * 40}notes.txt"] and not found.problem
