"""A program beside the notebook: its end is waited for, what goes wrong is told, and nothing of it is left."""

import os
import sys
from functools import partial

import pytest

from dataml_lab.store import program
from dataml_lab.store.program import finished, workplace

WRITES = """
import os, pathlib, tempfile
pathlib.Path("found").write_text(os.environ["GREETING"])
pathlib.Path(tempfile.gettempdir(), "temporary").touch()
print("done")
"""


def run(code, folder, patience=60.0):
    return finished("Python", [sys.executable, "-c", code], folder, patience, OSError, GREETING="hello")


def test_what_it_wrote_is_there_until_the_block_ends():
    with workplace() as folder, run(WRITES, folder):
        assert (folder / "found").read_text() == "hello" and (folder / "temporary").exists()
        assert (folder / "program.log").read_text().splitlines() == ["done"]
    assert not folder.exists()


def test_what_it_said_is_told_when_it_fails():
    told = r"Python ended without an answer\. Its log ends:\sno luck"
    with pytest.raises(OSError, match=told), workplace() as folder, run("import sys; sys.exit('no luck')", folder):
        pytest.fail("the block isn't run")


def test_what_takes_too_long_is_stopped(processes, monkeypatch):
    family = partial(processes.family, os.getpid())
    others, running = {*family()}, []
    monkeypatch.setattr(program, "last_words", lambda log: running.extend({*family()} - others))
    told, code = "Python took longer than 1 s and was stopped", "import time; time.sleep(600)"
    with pytest.raises(OSError, match=told), workplace() as folder, run(code, folder, patience=1):
        pytest.fail("the block isn't run")
    assert len(running) >= 2 and all(map(processes.gone, running))  # the keeper and the program


def test_progress_is_one_line_on_a_terminal(capsys, monkeypatch):
    program.show_progress("Python", 7)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    program.show_progress("Python", 1)
    program.show_progress("Python", 7)
    assert capsys.readouterr().err == "Python is at work, 7 s \r"
