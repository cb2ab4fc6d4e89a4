"""What all tests share: seconds by folder, the salt of the commit, and processes to start, end and wait for."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import psutil
import pytest
from hypothesis import settings

from dataml_lab import doctor

settings.register_profile("patient", settings.default, deadline=None)  # a busy machine is slow
settings.load_profile("patient")
# A thread of OpenMP that waits must not keep a core from the tests beside it: fits would take many times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
PATIENCE = 120  # seconds


def pytest_terminal_summary(terminalreporter):
    """Prints how many seconds the tests of each folder took, the longest first; workers run side by side."""
    seconds = Counter()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if hasattr(report, "duration") and report.nodeid:
            seconds["/".join(PurePosixPath(report.nodeid.partition("::")[0]).parent.parts[:2])] += report.duration
    if seconds:
        terminalreporter.section("seconds by folder")
    for folder, total in seconds.most_common():
        terminalreporter.write_line(f"{total:7.1f}  {folder}")


@cache
def commit():
    """The beginning of the commit's hash; "no-commit" where there is none."""
    command = ["git", "-C", Path(__file__).parent, "rev-parse", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "no-commit"
    return found.stdout[:8] or "no-commit"


@pytest.fixture(scope="session")
def commit_salt():
    """Salt that differs from commit to commit, so that what is sampled by it is something else each time."""
    return commit()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Looks for no doctests in tests: for that, each file would be imported and its assertions rewritten once more."""
    return [found for found in (yield) if type(found) is pytest.Module]


def pytest_collection_modifyitems(config, items):
    """Of the tests marked `full`, only a share is kept, if `DATAML_LAB_SHARE` names one: others for each commit."""
    share = float(os.environ.get("DATAML_LAB_SHARE") or 1)
    left_out = {item for item in items if item.get_closest_marker("full") and drawn(item) >= share}
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def drawn(item):
    """A number from 0 to 1, from the commit and the test; it is the same for all tests of a group."""
    group = item.get_closest_marker("xdist_group")
    name = f"{commit()} {group.args[0] if group else item.nodeid}"
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 16**8


def needs(engine):
    """Marks a test of a system that can be missing: it is left to `make test-full`, and to `make test-ENGINE`, which
    finds its file by this call."""
    missing = doctor.missing(engine)
    return lambda test: pytest.mark.full(pytest.mark.skipif(bool(missing), reason=missing)(test))


def pytest_report_header():
    share = os.environ.get("DATAML_LAB_SHARE")
    return f"of tests that repeat and multiply: a share of {share}, drawn by commit {commit()}" if share else None


def until(condition):
    """Wait until a condition holds, and fail if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def gone(pid):
    """Whether a process has ended; in a container an orphan may stay as a zombie."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def family(pid):
    """The ids of a process's children, and of theirs."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


@contextmanager
def parent(code, **settings):
    """A Python process in a group of its own that runs some code, prints "ready", and waits for input."""
    # A job in the background ignores interrupts, and hands that down; a notebook doesn't.
    heeding = "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heeding}\n{code}\nprint('ready', flush=True)\nsys.stdin.read()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes, **settings) as process:
        try:
            process.words = words_until_ready(process)
            yield process
        finally:
            process.kill()


def words_until_ready(process):
    """The lines a process prints before it is ready."""
    words = []
    while (line := process.stdout.readline().strip()) != "ready":
        assert line, "the process ended before it was ready"
        words.append(line)
    return words


def finish(process, end):
    """End a parent: by itself, by the interrupt of its group, or by force."""
    if end == "exit":
        process.stdin.close()
    elif end == "interrupt":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()
    process.wait(PATIENCE)


@pytest.fixture(params=[7, pytest.param(1, marks=pytest.mark.full)], ids=["some steps", "all steps"])
def steps(request):
    """The numbers of steps at which a test lets something crash: some in `make test`, in `make test-full` all."""
    return range(1, 1_000, request.param)


@pytest.fixture(params=[10, pytest.param(40, marks=pytest.mark.full)])
def examples(request):
    """How many examples a dear test takes from hypothesis: few in `make test`, more in `make test-full`."""
    return request.param


@pytest.fixture(scope="session")
def processes():
    """What tests of processes need: a parent to end in some way, and to wait for what must come."""
    return SimpleNamespace(until=until, gone=gone, family=family, parent=parent, finish=finish)
