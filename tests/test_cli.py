"""The command line: help on one screen, exit codes that mean something, a line per lesson, Ctrl-C."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dataml_lab import cli, grading
from dataml_lab.checks import PARTS
from dataml_lab.grading import build
from dataml_lab.grading.releases import ReleaseError


def test_help_fits_on_one_screen_and_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    out = capsys.readouterr().out
    assert stopped.value.code == 0 and len(out.splitlines()) < 40
    assert all(command in out for command in ("lab", "doctor", "build", "release", "catalogue", "experiment"))


@pytest.mark.parametrize("call", [[], ["buidl"], ["build", "11_pipeline"], ["catalogue", "--answers"]])
def test_a_wrong_call_ends_with_2(call, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(call)
    assert stopped.value.code == 2 and "usage: dataml-lab" in capsys.readouterr().err


def test_the_command_is_installed_beside_python():
    program = shutil.which("dataml-lab", path=str(Path(sys.executable).parent))
    run = subprocess.run([program, "build", "--help"], capture_output=True, text=True, check=True)
    assert "--force" in run.stdout


def test_a_lesson_that_has_not_changed_is_left_alone(capsys, monkeypatch):
    monkeypatch.setattr(build, "build", lambda *_: pytest.fail("built"))
    assert cli.main(["build"]) == 0
    assert capsys.readouterr().out == "".join(f"{lesson}: unchanged\n" for lesson in PARTS)


def test_nobody_who_reads_on_is_no_error():
    code = "import sys; from dataml_lab import cli; sys.exit(cli.main(['progress']))"
    found = subprocess.run(f'"{sys.executable}" -c "{code}" | true', shell=True, capture_output=True, text=True)
    assert "Traceback" not in found.stderr and "Broken" not in found.stderr


def test_a_part_is_named_by_its_number_and_letter():
    assert cli._parts("01a") == ["01a_ingest"] == cli._parts("01a_ingest") and len(cli._parts("01")) == 6


def test_the_number_of_a_lesson_names_all_of_its_parts(capsys, monkeypatch):
    monkeypatch.setattr(build, "is_current", lambda *_: True)
    assert cli.main(["build", "03", "00_start_here"]) == 0
    parts = [part for part in PARTS if part.startswith("03")]
    assert capsys.readouterr().out == "".join(f"{part}: unchanged\n" for part in [*parts, "00_start_here"])


def test_a_lesson_that_fails_ends_with_1_and_says_why(capsys, monkeypatch):
    def fail(*_):
        raise build.BuildError("cell 3: NameError")
    monkeypatch.setattr(build, "build", fail)
    assert cli.main(["build", "--force", "01a_ingest"]) == 1
    assert "cell 3: NameError" in capsys.readouterr().err


def test_a_release_that_is_refused_ends_with_1_and_a_line_and_the_others_are_made(capsys, monkeypatch):
    def refuse(course, lesson, gradebook):
        if lesson == "01a_ingest":
            raise ReleaseError(f"{lesson}: gone: plan-essay")
        if lesson == "02a_windows":
            raise OSError(28, "No space left on device")
    monkeypatch.setattr(build, "release", refuse)
    assert cli.main(["release"]) == 1
    out, err = capsys.readouterr()
    assert err == "01a_ingest: gone: plan-essay\n[Errno 28] No space left on device\n"
    assert [line.split()[1] for line in out.splitlines()] == [
        "failed" if lesson in ("01a_ingest", "02a_windows") else "released" for lesson in PARTS]


def test_ctrl_c_ends_with_130_in_words(capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt
    monkeypatch.setattr(build, "is_current", interrupt)
    assert cli.main(["build"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_release_enters_the_lesson_in_the_gradebook_of_the_course(capsys, monkeypatch, tmp_path):
    entered = []
    monkeypatch.setattr(grading, "COURSE", tmp_path)
    monkeypatch.setattr(build, "release", lambda *arguments: entered.append(arguments) or "abc")
    assert cli.main(["release"]) == 0
    assert entered == [(tmp_path, lesson, tmp_path / "gradebook.db") for lesson in PARTS]
    said = capsys.readouterr().out
    assert said.splitlines() == [
        f"{lesson}: released as version abc: hand out notebooks/{lesson}/{lesson}.ipynb" for lesson in PARTS]
