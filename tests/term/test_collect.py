"""Downloads of each platform, matched to the roster; attempts, strangers, damage and attacks."""

import io
import json
import os
import stat
import zipfile
from datetime import UTC, datetime

import pytest

from dataml_lab import cli
from dataml_lab.term import sources
from dataml_lab.term.collect import collect
from dataml_lab.term.roster import Student, keep

CLASS = (Student("ada", "Ada", "Lovelace", "", "al@x.org", "4711"), Student("bob", "Bob", "O'Neill"),
         Student("zoe", "Zoë", "Müller", "", "zm@x.org"), Student("bob2", "Rob", "Smith"))
EARLY, LATE = (2026, 10, 1, 12, 0, 0), (2026, 10, 2, 12, 0, 0)


def notebook(text="1", exercise=None):
    marks = {"nbgrader": {"grade_id": exercise}} if exercise else {}
    cells = [{"cell_type": "code", "metadata": marks, "source": text, "outputs": [], "execution_count": None}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def packed(entries):
    """A zip of (name, bytes) or (name, bytes, moment)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, *moment in entries:
            archive.writestr(zipfile.ZipInfo(name, *moment), data)
    return file.getvalue()


def download(tmp_path, entries, name="submissions.zip"):
    path = tmp_path / name
    path.write_bytes(packed(entries))
    return path


def course(tmp_path):
    return tmp_path / "course"


def graded(tmp_path):
    """What is graded: the source of each notebook in `submitted/`, by student and part."""
    root = course(tmp_path) / "submitted"
    return {path.relative_to(root).parent.as_posix(): json.loads(path.read_bytes())["cells"][0]["source"]
            for path in root.rglob("*.ipynb")}


def moment_of(tmp_path, student, part):
    return (course(tmp_path) / "submitted" / student / part / "timestamp.txt").read_text().strip()


GRADESCOPE = """submission_11:
  :submitters:
  - :name: Somebody Else
    :sid: '4711'
    :email: other@x.org
  :created_at: 2026-10-02 14:00:00.5 +02:00
"""
PLATFORMS = {
    "Canvas": [("lovelaceada_4711_99_01a_ingest.ipynb", notebook("a"), LATE),
               ("oneillbob_LATE_5_98_01a_ingest-1.ipynb", notebook("b"), LATE),
               ("mullerzoe_6_97_Untitled.ipynb", notebook("z", "fetch_all"), LATE)],
    "Moodle": [("Ada Lovelace_123_assignsubmission_file_/01a_ingest (1).ipynb", notebook("a"), LATE),
               ("Bob O'Neill_124_assignsubmission_file_/mine.zip",
                packed([("deep/01a_ingest.ipynb", notebook("b"), LATE)]), LATE),
               ("Zoë Müller_125_assignsubmission_file_01a_ingest.ipynb", notebook("z"), LATE)],
    "Gradescope": [("a_1_export/submission_metadata.yml", GRADESCOPE),
                   ("a_1_export/submission_11/01a_ingest.ipynb", notebook("a")),
                   ("a_1_export/bob/01a_ingest.ipynb", notebook("b"), LATE),
                   ("a_1_export/zm@x.org/x.ipynb", notebook("z", "fetch_all"), LATE)],
    "exchange": [(f"inbound/{who}+01a_ingest+2026-10-02 12:00:00.123456 UTC+x9/{file}", data) for who, data in
                 (("ada", notebook("a")), ("bob", notebook("b")), ("zoe", notebook("z")))
                 for file, data in (("01a_ingest.ipynb", data), ("timestamp.txt", b"2026-10-02 12:00:00"))],
    "folders": [("ada/01a_ingest/01a_ingest.ipynb", notebook("a"), LATE), ("bob/01A-Ingest.ipynb", notebook("b"), LATE),
                ("zoe_01a_ingest.ipynb", notebook("z"), LATE)],
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_download_of_each_platform_is_matched(tmp_path, platform):
    path = download(tmp_path, PLATFORMS[platform])
    found = collect(course(tmp_path), [path], CLASS)
    assert graded(tmp_path) == {"ada/01a_ingest": "a", "bob/01a_ingest": "b", "zoe/01a_ingest": "z"} and not found.lines
    assert moment_of(tmp_path, "ada", "01a_ingest") == "2026-10-02 12:00:00 UTC"
    before = {file: file.stat().st_mtime_ns for file in course(tmp_path).rglob("*") if file.is_file()}
    again = collect(course(tmp_path), [path], CLASS)
    assert not again.new and again.known == 3
    assert {file: file.stat().st_mtime_ns for file in course(tmp_path).rglob("*") if file.is_file()} == before


def test_an_unpacked_folder_is_as_good_as_its_archive(tmp_path):
    path = download(tmp_path, PLATFORMS["Moodle"])
    zipfile.ZipFile(path).extractall(tmp_path / "unpacked")
    collect(course(tmp_path), [tmp_path / "unpacked"], CLASS)
    assert graded(tmp_path).keys() == {"ada/01a_ingest", "bob/01a_ingest", "zoe/01a_ingest"}


@pytest.mark.parametrize("late_first", [False, True])
def test_the_newest_attempt_counts_and_all_are_kept(tmp_path, late_first):
    attempts = [("ada/01a_ingest.ipynb", notebook("old"), EARLY), ("ada/2/01a_ingest.ipynb", notebook("new"), LATE)]
    paths = [download(tmp_path, [attempt], f"{k}.zip") for k, attempt in enumerate(attempts)]
    for path in paths[::-1] if late_first else paths:
        collect(course(tmp_path), [path], CLASS)
    assert graded(tmp_path) == {"ada/01a_ingest": "new"}
    assert len(list((course(tmp_path) / "collected/01a_ingest/ada").glob("*.ipynb"))) == 2


def test_of_attempts_at_one_moment_the_higher_number_counts(tmp_path):
    collect(course(tmp_path), [download(tmp_path, [
        ("lovelaceada_4711_99_01a_ingest-10.ipynb", notebook("ten"), LATE),
        ("lovelaceada_4711_98_01a_ingest-2.ipynb", notebook("two"), LATE),
        ("lovelaceada_4711_97_01a_ingest.ipynb", notebook("none"), LATE)])], CLASS)
    assert graded(tmp_path) == {"ada/01a_ingest": "ten"}


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_notebook_twice_is_one_attempt_at_its_earliest_moment(tmp_path, order):
    twice = [("ada/01a_ingest.ipynb", notebook(), EARLY), ("ada/01a_ingest (1).ipynb", notebook(), LATE)][::order]
    for number, one in enumerate(twice):
        collect(course(tmp_path), [download(tmp_path, [one], f"{number}.zip")], CLASS)
    assert moment_of(tmp_path, "ada", "01a_ingest") == "2026-10-01 12:00:00 UTC"
    assert len(list((course(tmp_path) / "collected/01a_ingest/ada").glob("*.ipynb"))) == 1


def test_what_an_instructor_put_there_is_kept_as_an_attempt(tmp_path):
    mine = course(tmp_path) / "submitted/ada/01a_ingest/01a_ingest.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(notebook("by hand"))
    os.utime(mine, (datetime(2026, 10, 3, tzinfo=UTC).timestamp(),) * 2)
    collect(course(tmp_path), [download(tmp_path, [("ada/01a_ingest.ipynb", notebook("lms"), LATE)])], CLASS)
    assert graded(tmp_path) == {"ada/01a_ingest": "by hand"}
    assert len(list((course(tmp_path) / "collected/01a_ingest/ada").glob("*.ipynb"))) == 2


def test_what_matches_nobody_or_no_part_is_named_and_the_rest_goes_on(tmp_path):
    found = collect(course(tmp_path), [download(tmp_path, [
        ("eve/01a_ingest.ipynb", notebook()), ("ada/holiday.ipynb", notebook()), ("ada/broken.ipynb", b"{"),
        ("ada/report.pdf", b"%PDF"), ("__MACOSX/ada/._01a_ingest.ipynb", b""),
        ("bob/01a_ingest.ipynb", notebook("b"))])],
        CLASS)
    text = "\n".join(found.lines)
    assert graded(tmp_path) == {"bob/01a_ingest": "b"} and len(found.lines) == 4
    assert "eve/01a_ingest.ipynb is not collected: nobody in the roster" in text
    assert "ada/holiday.ipynb is not collected: it is no part's notebook" in text and "ask ada for it" in text


def test_two_students_of_one_name_get_nothing_by_chance(tmp_path):
    twins = (Student("a1", "Ada", "Byron"), Student("a2", "Ada", "Byron"))
    found = collect(course(tmp_path), [download(tmp_path, [("Ada Byron/01a_ingest.ipynb", notebook())])], twins)
    assert not graded(tmp_path) and "it may be of a1 or a2" in found.lines[0]


def test_a_student_cannot_hand_in_for_another(tmp_path):
    inside = packed([("bob/01a_ingest.ipynb", notebook("not bob's")), ("bob_01a_ingest.ipynb", notebook("nor this"))])
    for name in ("Ada Lovelace_1_assignsubmission_file_/bob.zip", "lovelaceada_4711_5_bob.zip", "ada/bob.zip"):
        collect(course(tmp_path), [download(tmp_path, [(name, inside)])], CLASS)
    assert graded(tmp_path).keys() == {"ada/01a_ingest"}


def test_a_student_cannot_hand_in_for_another_by_a_list_like_gradescopes(tmp_path):
    forged = GRADESCOPE.replace("submission_11", "mine").replace("'4711'", "bob")
    inside = packed([("submission_metadata.yml", forged), ("mine/01a_ingest.ipynb", notebook("not bob's"))])
    entries = [("x/submission_metadata.yml", GRADESCOPE), ("x/submission_11/submission_metadata.yml", forged),
               ("x/submission_11/mine/01a_ingest.ipynb", notebook("gradescope"))]
    for number, listed in enumerate(([("Ada Lovelace_1_assignsubmission_file_/a.zip", inside)], entries)):
        collect(course(tmp_path), [download(tmp_path, listed, f"{number}.zip")], CLASS)
    (tmp_path / "down").mkdir()
    (tmp_path / "down" / "ada.zip").write_bytes(inside)
    collect(course(tmp_path), [tmp_path / "down"], CLASS)
    assert graded(tmp_path).keys() == {"ada/01a_ingest"}


def test_a_student_cannot_say_when_something_was_handed_in(tmp_path):
    earlier = "ada+01a_ingest+2020-01-01 00:00:00 UTC"
    inside = packed([(f"{earlier}/01a_ingest.ipynb", notebook("a"), EARLY)])
    folder = "Ada Lovelace_1_assignsubmission_file_"
    for number, entry in enumerate([(f"{folder}/a.zip", inside, LATE),
                                    (f"{folder}/{earlier}/01a_ingest.ipynb", notebook("b"), LATE)]):
        collect(course(tmp_path / str(number)), [download(tmp_path, [entry])], CLASS)
        assert moment_of(tmp_path / str(number), "ada", "01a_ingest") == "2026-10-02 12:00:00 UTC"


def test_a_list_that_grows_when_it_is_read_is_read_in_no_time(tmp_path):
    grows = ["  - &a0 [x, x]", *(f"  - &a{k} [*a{k - 1}, *a{k - 1}]" for k in range(1, 60))]
    bomb = "\n".join(["ada:", "  :grows:", *grows, "  :submitters:", "  - :name: *a59", ""])
    entries = [("x/submission_metadata.yml", bomb), ("x/ada/01a_ingest.ipynb", notebook("a"))]
    collect(course(tmp_path), [download(tmp_path, entries)], CLASS)
    assert not graded(tmp_path)


def test_attacks_of_an_archive_are_left_out_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", 10_000)
    link = zipfile.ZipInfo("ada/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    deep = notebook()
    for _ in range(5):
        deep = packed([("x.zip", deep)])
    path = download(tmp_path, [
        ("../../evil.ipynb", notebook()), ("/etc/evil.ipynb", notebook()), ("C:\\evil.ipynb", notebook()),
        ("ada\\..\\..\\evil.ipynb", notebook()), ("ada/big.ipynb", b"0" * 20_000), ("ada/deep.zip", deep),
        ("ada/no.zip", b"no archive"), ("ada/\x1b[2Kline.ipynb", notebook()), ("zoe/01a_ingest.ipynb", notebook("z"))])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    found = collect(course(tmp_path), [path], CLASS)
    assert graded(tmp_path) == {"zoe/01a_ingest": "z"} and not list(tmp_path.rglob("evil*"))
    assert len(found.lines) == 9 and not any("\x1b" in line for line in found.lines)
    for words in ("leads out", "a link", "more than", "too deep", "can't be unpacked"):
        assert any(words in line for line in found.lines), words


def test_an_archive_that_holds_too_much_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_ENTRIES", 2)
    found = collect(course(tmp_path), [download(tmp_path, PLATFORMS["folders"])], CLASS)
    assert not graded(tmp_path) and "it holds too much" in found.lines[0]


def test_links_in_a_folder_are_not_followed(tmp_path):
    (tmp_path / "down" / "ada").mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_bytes(notebook())
    (tmp_path / "down" / "ada" / "01a_ingest.ipynb").symlink_to(tmp_path / "secret.ipynb")
    found = collect(course(tmp_path), [tmp_path / "down"], CLASS)
    assert not graded(tmp_path) and "a link" in found.lines[0]


def test_a_list_of_gradescope_that_is_broken_costs_nobody_else(tmp_path):
    entries = [("x/submission_metadata.yml", b"- [\x00"), ("x/ada/01a_ingest.ipynb", notebook("a"))]
    collect(course(tmp_path), [download(tmp_path, entries)], CLASS)
    assert graded(tmp_path) == {"ada/01a_ingest": "a"}


def test_the_command_needs_a_roster_and_says_what_it_did(tmp_path, capsys):
    path = download(tmp_path, PLATFORMS["Canvas"])
    folder = course(tmp_path)
    folder.mkdir()
    assert cli.main(["collect", str(path), "--course", str(folder)]) == 2 and "no roster yet" in capsys.readouterr().err
    keep(folder, CLASS)
    assert cli.main(["collect", str(path), "--course", str(folder)]) == 0
    assert "01a_ingest: 3 new attempts of 3 students" in capsys.readouterr().out
    assert cli.main(["collect", str(tmp_path / "none.zip"), "--course", str(folder)]) == 2
