"""Feedback: what a page says of points, losses, marks and comments; that it is made again when that changes; that
nothing in it acts or is meant for the grader alone."""

import shutil
import zipfile
from html.parser import HTMLParser

import pytest

from dataml_lab import cli
from dataml_lab.checks import exercises
from dataml_lab.grading.rebuild.damage import Damage
from dataml_lab.term.roster import Student, keep
from tests.term.classroom import again, attempt, graded, mark, nothing_tried, verdict

PLAN, LATE = "01f_plan", "01e_late_data"
HOSTILE = "<script>alert(1)</script><img src=http://x.org/ onerror=f()>"


def attempts():
    """Of ada, who lost something; of bob, who did nothing; of eve, who attacks; of zoe, whose file is no notebook."""
    affected, plan = exercises(LATE)["affected"], exercises(PLAN)["plan"]
    first, second, *_ = [one.name for one in affected.properties]
    return [
        attempt("ada", LATE, {"affected": verdict(affected, {first: f"It named `2024-01-01`.\n{HOSTILE}"}, [second])},
                damage=[Damage("affected-answer", "of 2 copies of the answer cell of affected the last one counts")]),
        attempt("ada", PLAN, {"plan": verdict(plan, measured=f"rows {HOSTILE}")}),
        attempt("bob", PLAN, {"plan": nothing_tried(plan)}, untouched=["plan-answer", "plan-essay"],
                scores={"plan": 0.0, "plan-essay": 0.0}),
        attempt("eve", PLAN, {"plan": verdict(plan, {plan.properties[0].name: HOSTILE})}, endings=[HOSTILE],
                integrity=["plan-answer speaks of the gradebook"], broken={"plan": "Traceback of the check"}),
        attempt("zoe", PLAN, {"plan": plan.lost("it is no JSON")}, problem="it is no JSON",
                scores={"plan": 0.0, "plan-essay": 0.0})]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    course = tmp_path_factory.mktemp("class")
    graded(course, attempts())
    return course


@pytest.fixture
def course(first, tmp_path):
    return shutil.copytree(first, tmp_path / "course")


class Words(HTMLParser):
    """The words of a page, and its tags with attributes."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(page)

    def handle_data(self, data):
        self.words += data.split()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def feedback(course, *options):
    return cli.main(["feedback", "--course", str(course), *options])


def page(course, student, part):
    return (course / "feedback" / student / part / f"{part}.html").read_text("utf-8")


def words(course, student, part):
    """What a page says below its head."""
    return " ".join(Words(page(course, student, part).partition("<body>")[2]).words)


def test_a_page_says_what_was_lost_why_and_what_was_repaired(course):
    assert feedback(course) == 0
    said = words(course, "ada", LATE)
    first, second, *_ = exercises(LATE)["affected"].properties
    assert f"{first.points:g} point for “{first.name}”; {second.points:g} point for what could not be judged" in said
    assert "It named 2024-01-01 ." in said and "daily_summary: 9 of 9 points" in said and "Nothing was lost." in said
    assert "of 2 copies of the answer cell of affected the last one counts" in said


def test_words_are_not_marked_yet_until_a_person_marks_them(course):
    feedback(course)
    said = words(course, "ada", PLAN)
    assert "5 of 9 points so far" in said and "Your words: not marked yet" in said
    mark(course, PLAN, "ada", "plan-essay", 3.5, "Which readers?\nName <them>.", penalty=2)
    feedback(course)
    said = words(course, "ada", PLAN)
    assert "Your words: 3.5 of 4 points." in said and "Which readers? Name <them>." in said
    assert "6.5 of 9 points." in said and "It was late: 2 points less" in said and "so far" not in said


def test_other_points_for_code_and_nothing_handed_in_are_said(course):
    mark(course, PLAN, "ada", "plan", 2)
    feedback(course)
    assert "Your teacher gave 2 points for the code, in place of 5." in words(course, "ada", PLAN)
    said = words(course, "bob", PLAN)
    assert "not attempted" in said and "Your words: none were handed in, 0 of 4 points." in said and "Lost" not in said
    said = words(course, "zoe", PLAN)
    assert "Nothing could be graded: it is no JSON." in said and "properties hold" not in said


def test_pages_are_made_again_when_they_would_change(course, capsys):
    feedback(course)
    assert "5 pages made, 0 left as they were." in capsys.readouterr().out
    mark(course, PLAN, "ada", "plan-essay", 4)
    feedback(course)
    assert "1 pages made, 4 left as they were." in capsys.readouterr().out
    again(course, attempt("bob", PLAN))
    feedback(course, PLAN, "--student", "bob")
    assert "1 pages made, 0 left as they were." in capsys.readouterr().out
    assert "not attempted" not in words(course, "bob", PLAN)


def test_what_is_not_graded_or_handed_in_again_is_said(course, capsys):
    (course / "submitted" / "new" / PLAN).mkdir(parents=True)
    (course / "submitted" / "ada" / PLAN / "more.txt").write_text("more")
    assert feedback(course) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "ada/01f_plan: it was handed in again, and that is not graded yet", "new/01f_plan: it is not graded yet"]


@pytest.mark.parametrize(("student", "part"), [("ada", PLAN), ("ada", LATE), ("eve", PLAN), ("zoe", PLAN)])
def test_nothing_acts_is_loaded_or_is_for_the_grader_alone(course, student, part):
    mark(course, PLAN, student, "plan-essay", 1, HOSTILE)
    feedback(course)
    found = Words(page(course, student, part))
    assert not {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in found.tags}
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on") or name == "src"]
    assert {one["href"][0] for tag, one in found.tags if tag == "a"} <= {"#"}
    assert "gradebook" not in found.words and "Traceback" not in found.words


def test_a_page_has_headings_landmarks_and_table_headers(course):
    feedback(course)
    tags = Words(page(course, "ada", LATE)).tags
    names = [tag for tag, _ in tags if tag in ("main", "h1", "h2")]
    assert names == ["main", "h1", "h2", "h2", "h2"] and ("html", {"lang": "en"}) in tags
    labels = {one["aria-labelledby"] for tag, one in tags if tag == "section" and "aria-labelledby" in one}
    assert labels == {"affected", "daily_summary"} <= {one.get("id") for _, one in tags}
    assert {one["scope"] for tag, one in tags if tag == "th" and "scope" in one} == {"col", "row"}


def test_pages_are_packed_by_student(course, capsys):
    out = course / "back.zip"
    feedback(course, "01f_plan", "--zip", str(out))
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [f"{name}/01f_plan.html" for name in ("ada", "bob", "eve", "zoe")]
        assert archive.read("ada/01f_plan.html").decode() == page(course, "ada", PLAN)
    before = out.read_bytes()
    feedback(course, "01f_plan", "--zip", str(out))
    assert out.read_bytes() == before and "4 pages packed" in capsys.readouterr().out


@pytest.mark.parametrize(("platform", "names"), [
    ("canvas", {"ada": "lovelaceada_LATE_4711_99_", "bob": "oneillbob_12_98_"}),
    ("moodle", {"ada": "Ada Lovelace_123_assignsubmission_file_/", "bob": "Bob O'Neill_124_assignsubmission_file_/"})])
def test_pages_are_packed_under_the_names_of_the_download(course, capsys, platform, names):
    download, out = course / "download.zip", course / "back.zip"
    with zipfile.ZipFile(download, "w") as archive:
        for student, name in names.items():
            archive.writestr(f"{name}{PLAN}.ipynb", f"{{}}{student}")
            archive.writestr(f"{name}x_1_2_{PLAN}.ipynb", "{}")  # named so by the student
    keep(course, (Student("ada", "Ada", "Lovelace"), Student("bob", "Bob", "O'Neill")))
    assert cli.main(["collect", "--course", str(course), str(download)]) == 0
    assert feedback(course, PLAN, "--zip", str(out), "--shape", platform) == 1
    assert "2 pages packed" in (said := capsys.readouterr().out) and "Left out: eve, zoe, who did not come" in said
    with zipfile.ZipFile(course / f"back_{PLAN}.zip") as archive:
        assert archive.namelist() == [f"{name}{PLAN}.html" for name in names.values()]
        assert archive.read(archive.namelist()[0]).decode() == page(course, "ada", PLAN)
    assert cli.main(["collect", "--course", str(course), str(course / f"back_{PLAN}.zip")]) == 1
    said = capsys.readouterr().out
    assert all(f"{name}{PLAN}.html is no notebook: ask {student} for it" in said for student, name in names.items())
    other = {"canvas": "moodle", "moodle": "canvas"}[platform]
    feedback(course, PLAN, "--zip", str(out), "--shape", other)
    assert "0 pages packed" in capsys.readouterr().out


def test_what_came_by_the_exchange_goes_back_by_its_secret(course):
    folder = course / "inbound" / f"ada+{PLAN}+2026-10-02 12:00:00.123456 UTC+x9"
    folder.mkdir(parents=True)
    for name, text in ((f"{PLAN}.ipynb", "{}"), ("timestamp.txt", "now"), ("submission_secret.txt", "5ec2e7")):
        (folder / name).write_text(text)
    keep(course, (Student("ada"), Student("bob")))
    assert cli.main(["collect", "--course", str(course), str(course / "inbound")]) == 0
    feedback(course, PLAN)
    made = course / "feedback" / "ada" / PLAN
    assert (made / "submission_secret.txt").read_text() == "5ec2e7"
    assert (made / "timestamp.txt").read_text() == "2026-10-02 12:00:00 UTC\n"
    assert [path.name for path in (course / "feedback" / "bob" / PLAN).iterdir()] == [f"{PLAN}.html"]


def test_a_shape_without_an_archive_says_what_is_missing(course, capsys):
    assert feedback(course, "--shape", "canvas") == 2
    assert "--zip OUT" in capsys.readouterr().err


def test_without_a_gradebook_it_says_what_to_do(tmp_path, capsys):
    assert feedback(tmp_path, "01f_plan") == 2 and "dataml-lab grade fills it" in capsys.readouterr().err
