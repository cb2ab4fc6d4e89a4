"""A class that is drawn: the same by the same seed, in each platform's shape, and collected whole."""

import shutil

import pytest

from dataml_lab import cli
from dataml_lab.grading import COURSE
from dataml_lab.term.collect import collect
from dataml_lab.term.roster import read
from dataml_lab.term.simulate import PLATFORMS, simulate

PARTS = ["00_start_here", "01b_push"]


def drawn(out, platform="folders", seed=1, students=12):
    return simulate(COURSE, PARTS, students, seed, platform, out)


def test_the_same_seed_draws_the_same_class_and_another_one_another(tmp_path):
    first, again, other = (drawn(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in again]
    assert first[1].read_bytes() != other[1].read_bytes()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_gives_the_same_work(tmp_path, platform):
    def collected(folder, kind):
        roster, *zips = drawn(tmp_path / kind, kind)
        found = collect(folder, zips, read(roster).students)
        shutil.rmtree(tmp_path / kind)
        return found, {path.relative_to(folder).as_posix(): path.read_bytes()
                       for path in (folder / "submitted").rglob("*") if path.is_file()}

    found, files = collected(tmp_path / "one", platform)
    assert not found.lines and len(found.new) > 20
    assert files == collected(tmp_path / "two", "folders")[1]


def test_some_are_absent_late_twice_or_damaged(tmp_path):
    roster, *zips = simulate(COURSE, PARTS[:1], 60, 1, "folders", tmp_path / "out")
    collect(tmp_path, zips[:1], read(roster).students)
    times = [path.read_text() for path in (tmp_path / "submitted").rglob("timestamp.txt")]
    attempts = [len(list(folder.glob("*.ipynb"))) for folder in (tmp_path / "collected" / "00_start_here").iterdir()]
    assert 45 < len(times) < 60 and 0 < sum(text > "2026-10-02 12:00" for text in times) < 20
    assert 0 < attempts.count(2) < 25 and set(attempts) == {1, 2}
    cut = [path for path in (tmp_path / "submitted").rglob("*.ipynb") if not path.read_text().rstrip().endswith("}")]
    assert 0 < len(cut) < 10


def test_the_command_says_what_comes_next(tmp_path, capsys):
    assert cli.main(["simulate-class", "00", "--students", "3", "--out", str(tmp_path / "out")]) == 0
    assert "dataml-lab roster" in capsys.readouterr().out and len(list((tmp_path / "out").iterdir())) == 2
