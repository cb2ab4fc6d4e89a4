import multiprocessing
import os
import signal
import sys
import threading

import pytest

from dataml_lab.store import sidecar
from dataml_lab.store.sidecar import Sidecar

PROGRAM = """
import contextlib, os, pathlib

def fail():
    raise ValueError("the shelf is empty")

@contextlib.contextmanager
def commands(mark):
    yield {"add": lambda a, b: a + b, "pid": os.getpid, "fail": fail, "die": lambda: os.kill(os.getpid(), 9),
           "leave": lambda: os._exit(print("no paper", file=__import__("sys").stderr) or 3)}
    pathlib.Path(mark).touch()
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups and no SIGKILL")


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "counter.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def counter(program, tmp_path):
    counter = Sidecar(program, mark=str(tmp_path / "end"))
    yield counter
    counter.stop()


def test_it_answers(counter):
    assert counter.ask("add", a=2, b=3) == 5 and counter.ask("pid") == counter.pid and counter.alive


def test_it_survives_a_failing_command(counter):
    with pytest.raises(RuntimeError, match="the shelf is empty"):
        counter.ask("fail")
    assert counter.ask("add", a=1, b=1) == 2


def test_stopping_lets_it_clear_up_and_may_be_repeated(counter, tmp_path):
    counter.stop()
    counter.stop()
    assert not counter.alive and (tmp_path / "end").exists()
    with pytest.raises(RuntimeError, match=r"counter \(process \d+\) has ended: start a new one"):
        counter.ask("pid")


@pytest.mark.parametrize(("command", "words"), [("die", "start a new one"), ("leave", "no paper")])
def test_an_end_on_its_own_is_told_with_its_last_words(counter, command, words):
    with pytest.raises(RuntimeError, match=words):
        counter.ask(command)


def test_what_cannot_start_is_an_error(monkeypatch, program):
    monkeypatch.setattr(sidecar.sys, "executable", "/nowhere/python")
    with pytest.raises(RuntimeError, match=r"counter did not start: .*nowhere"):
        Sidecar(program)


def test_threads_take_turns(counter):
    found = []
    threads = [
        threading.Thread(target=lambda n=n: found.append((n, counter.ask("add", a=n, b=0)))) for n in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(n, n) for n in range(50)]


def test_it_outlives_the_thread_that_started_it(program, tmp_path):
    started = []
    thread = threading.Thread(target=lambda: started.append(Sidecar(program, mark=str(tmp_path / "end"))))
    thread.start()
    thread.join()
    assert started[0].ask("add", a=1, b=2) == 3
    started[0].stop()


@posix
@pytest.mark.parametrize("end", ["kill", *(pytest.param(end, marks=pytest.mark.full) for end in ("exit", "interrupt"))])
def test_it_ends_with_its_parent(program, tmp_path, processes, end):
    code = f"from dataml_lab.store.sidecar import Sidecar; from pathlib import Path\n" \
           f"s = Sidecar(Path({str(program)!r}), mark={str(tmp_path / 'end')!r}); print(s.ask('pid'))"
    with processes.parent(code) as parent:
        (pid,) = map(int, parent.words)
        assert not processes.gone(pid)
        processes.finish(parent, end)
        processes.until(lambda: processes.gone(pid))
    assert (tmp_path / "end").exists()


@posix
def test_it_ends_though_a_forked_worker_holds_its_input(program, tmp_path, processes):
    code = f"import os; from dataml_lab.store.sidecar import Sidecar; from pathlib import Path\n" \
           f"s = Sidecar(Path({str(program)!r}), mark={str(tmp_path / 'end')!r}); print(s.ask('pid'))\n" \
           "import time\nworker = os.fork()\nif not worker: time.sleep(60); os._exit(0)\nprint(worker)"
    with processes.parent(code) as parent:
        pid, worker = map(int, parent.words)
        processes.finish(parent, "kill")
        processes.until(lambda: processes.gone(pid))
        assert not processes.gone(worker)
        os.kill(worker, signal.SIGKILL)


@posix
def test_a_forked_copy_of_the_parent_leaves_it_alone(counter):
    worker = multiprocessing.get_context("fork").Process(target=counter.stop)
    worker.start()
    worker.join()
    assert worker.exitcode == 0 and counter.ask("add", a=1, b=2) == 3


@posix
def test_an_interrupt_of_the_group_does_not_reach_it(program, tmp_path, processes):
    code = f"import signal; from dataml_lab.store.sidecar import Sidecar; from pathlib import Path\n" \
           f"signal.signal(signal.SIGINT, signal.SIG_IGN)\n" \
           f"s = Sidecar(Path({str(program)!r}), mark={str(tmp_path / 'end')!r}); print(s.ask('pid'))\n" \
           "print('ready', flush=True); sys.stdin.readline(); print(s.ask('add', a=2, b=3))"
    with processes.parent(code) as parent:
        (pid,) = map(int, parent.words)
        os.killpg(parent.pid, signal.SIGINT)
        os.kill(pid, signal.SIGINT)
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "5\n" and not processes.gone(pid)
