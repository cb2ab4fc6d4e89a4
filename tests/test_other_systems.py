"""Windows and macOS, as far as Linux can tell: what only Unix has is not there, and encodings are not UTF-8."""

import ast
import os
import subprocess
import sys
from collections import Counter

import pytest

from dataml_lab import cli, lab
from dataml_lab.grading import COURSE

# What grades, on Linux alone.
LINUX = tuple(f"dataml_lab/{name}" for name in ("grading/engine", "grading/grade.py", "grading/trials.py",
                                                "term/regrade.py", "runtime/warm.py"))
WITHOUT = """\
import importlib, os, signal, socket, sys
names = sys.argv[1:]
[importlib.import_module(name) for name in names]  # and what they import, which has its own ways on Windows
for name in [name for name in sys.modules if name.partition(".")[0] == "dataml_lab"]:
    del sys.modules[name]
sys.modules.update(dict.fromkeys(["fcntl", "pwd", "grp", "resource", "termios", "pty"]))
for module, only in [(os, "fork killpg getuid geteuid chown setsid getpgid O_DIRECTORY sched_getaffinity wait4"),
                     (signal, "SIGALRM SIGKILL SIGQUIT SIGHUP SIGPROF setitimer alarm ITIMER_REAL ITIMER_PROF"),
                     (socket, "AF_UNIX")]:
    [delattr(module, name) for name in only.split() if hasattr(module, name)]
[importlib.import_module(name) for name in names]
from dataml_lab.checks import check
check("revenue", {"revenue": lambda orders: sum(o["total"] for o in orders if o["status"] == "completed")})
"""


def sources():
    """The modules that students need, as paths in the course."""
    paths = (path.relative_to(COURSE) for path in sorted((COURSE / "dataml_lab").rglob("*.py")))
    return [path for path in paths if not path.as_posix().startswith(LINUX)]


@pytest.mark.full
def test_students_need_nothing_that_only_unix_has():
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in sources()
             if path.name != "__main__.py"]
    done = subprocess.run([sys.executable, "-c", WITHOUT, *names], capture_output=True, text=True)
    assert "revenue: 2 of 2 properties hold" in done.stdout, done.stderr[-2000:]


def test_every_text_file_is_read_and_written_in_an_encoding_that_is_named():
    unnamed = [f"{path}:{call.lineno}" for path in sources()
               for call in ast.walk(ast.parse((COURSE / path).read_text("utf-8")))
               if isinstance(call, ast.Call) and is_unnamed(call)]
    assert not unnamed


def is_unnamed(call):
    """Whether it reads or writes text in the encoding of the system."""
    name, named = getattr(call.func, "attr", ""), any(keyword.arg == "encoding" for keyword in call.keywords)
    most = {"read_text": 0, "write_text": 1}.get(name)
    return most is not None and not named and len(call.args) <= most


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_an_encoding_lacks_is_replaced_when_printed(encoding):
    run = subprocess.run([sys.executable, "-m", "dataml_lab.cli", "progress"], capture_output=True, cwd=COURSE,
                         env={**os.environ, "PYTHONIOENCODING": encoding})
    assert run.returncode == 0 and b"00 Start here" in run.stdout


def test_where_there_is_no_exec_the_command_waits_for_jupyterlab(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(lab, "command", lambda *_: [sys.executable, "-c", "raise SystemExit(7)"])
    assert cli.main(["lab", "--instructor"]) == 7


def test_names_of_files_are_possible_everywhere():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=COURSE, capture_output=True, text=True).stdout
    names = [name for name in listed.split("\0") if name]
    reserved = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
    stems = {part.partition(".")[0].lower() for name in names for part in name.split("/")}
    assert not [name for name in names if set(name) & set('<>:"\\|?*') or len(name) > 150] and not stems & reserved
    assert max(Counter(map(str.lower, names)).values(), default=1) == 1
