"""A template makes forks for several processes, says how they ended, and leaves nothing behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from dataml_lab.grading.engine import template as engine
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import Template, TemplateError, hindrance
from dataml_lab.grading.engine.usage import resident

linux = pytest.mark.skipif(sys.platform != "linux", reason="templates need Linux")


@pytest.fixture(params=["template", "open_template"])
def any_template(request):
    """An isolated template, and one that is not."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("source", "words"), [
    ("import os\nos._exit(3)", "its process ended with code 3"),
    ("import os\nos._exit(0)", "its process ended with code 0"),
    ("import ctypes\nctypes.string_at(0)", "killed by signal 11 (SIGSEGV)"),
])  # fmt: skip
def test_it_says_how_a_fork_ended(runners, any_template, source, words):
    runner = runners(any_template)
    runner.run(source)
    assert runner.fork.ended() == words


def test_it_says_what_an_open_fork_used_up(runners, open_template):
    assert runners(open_template, memory=100).run("a = bytearray(200 << 20)").startswith("MemoryError")
    slow, busy = runners(open_template, seconds=0.3), runners(open_template, cpu_seconds=1)
    busy.start("while True: pass")
    assert slow.run("while True: pass") is None and slow.fork.ended() == "it ran longer than 0.3 s"
    assert busy.lines.readline() == "" and busy.fork.ended() == "it used more than 1 s of processor time"


def test_an_open_fork_leaves_no_folder_and_no_process_of_its_session(runners, open_template, processes):
    runner = runners(open_template)
    folder, pid = runner.run("import os, subprocess\nanswer = [os.getcwd(), subprocess.Popen(['sleep', '99']).pid]")
    assert not any(Path(folder).iterdir()) and not processes.gone(pid)
    runner.fork.kill()
    assert not Path(folder).exists()
    processes.until(lambda: processes.gone(pid))


def test_a_fork_that_is_killed_says_so_once_and_for_all(runners, any_template):
    runner = runners(any_template)
    assert runner.fork.ended() == ""
    runner.fork.kill()
    runner.fork.kill()
    assert runner.fork.ended() == "it was stopped"


def test_a_fork_that_closes_its_socket_runs_on_and_can_be_killed(runners):
    runner = runners()
    assert runner.run("import os, time\nos.close(3)\ntime.sleep(99)") is None and runner.fork.ended() == ""
    runner.fork.kill()
    assert runner.fork.ended() == "it was stopped"


DAEMON = """
import os, subprocess
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp('sleep', ['sleep', '99'])
    os._exit(0)
os.wait()
answer = len([name for name in os.listdir('/proc') if name.isdigit()])
"""


def test_a_daemon_ends_with_its_fork(runners, alone):
    runner = runners()
    assert runner.run(DAEMON) == 2
    runner.fork.kill()
    assert alone()


def test_a_fork_killed_from_outside_is_told_and_leaves_nothing(runners, alone):
    runner = runners()
    runner.run(DAEMON)
    os.kill(runner.pid, signal.SIGKILL)
    assert runner.lines.readline() == "" and runner.fork.ended() == "killed by signal 9 (SIGKILL)" and alone()


def test_a_fork_ends_when_nobody_has_its_leash(template, alone):
    fork = template.fork()  # its socket stays open
    fork._leash.close()
    assert alone()
    fork.socket.close()


GRADER = """
import os, socket, sys
sys.path.insert(0, {here!r})
from dataml_lab.grading.engine.template import Template
template = Template("runner:serve", isolated={isolated}, readable=[{here!r}])
def judge():
    fork = template.fork()
    lines = fork.socket.makefile("rw")
    print('"import os; answer = os.fork()"', file=lines, flush=True)
    lines.readline()
    print('"import time; time.sleep(99)"', file=lines, flush=True)
    return fork
fork = judge()
"""
JUDGES = """
import signal
for _ in range(2):
    told, tell = os.pipe()
    if not (pid := os.fork()):
        fork = judge()
        os.write(tell, b".")
        signal.pause()
    os.read(told, 1)
    print(pid)
"""


def grader(isolated, more=""):
    return GRADER.format(here=str(Path(__file__).parent), isolated=isolated) + more + "print(template.pid)"


@pytest.mark.parametrize("isolated", [True, False])
def test_nothing_outlives_the_grader(isolated, isolation, processes):
    with processes.parent(grader(isolated)) as process:
        family = processes.family(process.pid)
        assert len(family) == 3 + isolated  # the template, who waits for it, the runner, and its child
        process.kill()
    processes.until(lambda: all(map(processes.gone, family)))


@pytest.mark.parametrize("victim", ["who waits for it", "itself"])
def test_nothing_outlives_the_template(victim, isolation, processes):
    with processes.parent(grader(True)) as process:
        family = processes.family(process.pid)
        os.kill(family[0 if victim == "who waits for it" else 1], signal.SIGKILL)
        processes.until(lambda: all(map(processes.gone, family)))


def test_the_forks_of_a_judge_end_with_it_and_those_of_others_go_on(isolation, processes):
    with processes.parent(grader(True, JUDGES)) as process:
        judges = [int(word) for word in process.words[:-1]]
        family = processes.family(int(process.words[-1]))
        assert len(family) == 1 + 3 * 2
        os.kill(judges[0], signal.SIGKILL)
        processes.until(lambda: len(list(filter(processes.gone, family))) == 2)
        process.kill()
        processes.until(lambda: processes.gone(process.pid))
        assert len(list(filter(processes.gone, family))) <= 4  # the other judge has the template still
        os.kill(judges[1], signal.SIGKILL)
        processes.until(lambda: all(map(processes.gone, family)))


def judge(template, number, rounds):
    """Whether each of this judge's forks answered it, and not another."""
    right = True
    for step in range(rounds):
        with template.fork() as fork, fork.socket.makefile("rw") as lines:
            source = f"import os; answer = [{number}, {step}, os.path.exists('a')]; open('a', 'w')"
            print(json.dumps(source), file=lines, flush=True)
            right &= json.loads(lines.readline()) == [number, step, False]
    return right


def test_several_processes_share_a_template(any_template):
    judges = []
    for number in range(4):
        judges.append(os.fork())
        if not judges[-1]:
            os._exit(0 if judge(any_template, number, 10) else 1)
    assert [os.waitpid(pid, 0)[1] for pid in judges] == [0] * 4


def test_two_hundred_forks_leave_a_template_as_it_was(template, processes):
    server, own = psutil.Process(template.pid).children()[0], psutil.Process()

    def forks(number):
        for _ in range(number):
            with template.fork() as fork:
                assert fork.ended() == ""

    forks(20)
    processes.until(lambda: server.num_fds() == 5)  # standard ones, the control socket, its process namespace
    descriptors, memory = own.num_fds(), resident(server.pid)
    forks(200)
    processes.until(lambda: server.num_fds() == 5)
    assert own.num_fds() == descriptors and resident(server.pid) < memory + 0.5


# What can't be had

@linux
def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(TemplateError, match=r"there is no .*nowhere"):
        Template("builtins:id", readable=[tmp_path / "nowhere"])
    with pytest.raises(TemplateError, match=r"did not start: ModuleNotFoundError: .*no_such_module"):
        Template("builtins:id", ["no_such_module"], isolated=False).wait()
    with pytest.raises(TemplateError, match=r"did not start: AttributeError: .*no_such_function"):
        Template("builtins:no_such_function", isolated=False).wait()


@pytest.mark.parametrize(("source", "words"), [
    ("import threading, time; threading.Thread(target=time.sleep, args=[99], daemon=True).start()", "has 2 threads"),
    ("import tqdm", "tqdm must not be imported"), ("import os; os._exit(3)", "it ended"),
    ("raise SystemExit(3)", "SystemExit: 3"),
])  # fmt: skip
def test_a_module_that_spoils_a_template_is_told(make_template, isolation, tmp_path, monkeypatch, source, words):
    (tmp_path / "spoiler.py").write_text(source)
    (tmp_path / "tqdm.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TemplateError, match=words):
        make_template(modules=["spoiler"], readable=[tmp_path])


def test_a_thread_that_starts_later_is_told(make_template, tmp_path, monkeypatch):
    (tmp_path / "late.py").write_text(textwrap.dedent("""
        import json, threading, time
        def alone(text, loads=json.loads):  # called for each fork
            threading.Thread(target=time.sleep, args=[99], daemon=True).start()
            return loads(text)
        def serve(connection): pass
        json.loads = lambda text, loads=json.loads: loads(text) if 'runner' in str(text) else alone(text)
    """))
    monkeypatch.syspath_prepend(tmp_path)
    late = make_template(isolated=False, modules=["late"])
    with late, pytest.raises(TemplateError, match="has 2 threads"):
        late.fork()


def test_a_template_that_is_gone_makes_no_forks(make_template, isolation):
    with make_template() as template:
        fork = template.fork()
        os.kill(template.pid, signal.SIGKILL)
        template._process.wait()
        with pytest.raises(TemplateError, match="no fork could be made"):
            template.fork()
        assert fork.ended() in ("", "its template has ended")
        fork.close()
        assert fork.ended()


def test_a_fork_without_its_sandbox_is_no_fork(template):
    with pytest.raises(TemplateError, match=r"no fork could be made: no sandbox could be made: .*tmpfs"):
        template.fork(Limits(scratch=-1))
    with template.fork() as fork:
        assert fork.ended() == ""


# Hosts that can't isolate

@pytest.mark.parametrize(("system", "machine", "words"), [
    ("darwin", "arm64", "on Linux only"), ("linux", "riscv64", "x86_64 and aarch64 only, and this is riscv64")])
def test_other_systems_are_told(monkeypatch, system, machine, words):
    monkeypatch.setattr(engine.sys, "platform", system)
    monkeypatch.setattr(engine.platform, "machine", lambda: machine)
    assert words in hindrance()


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare of util-linux")
@pytest.mark.parametrize("few", ["0", "2"])
def test_switched_off_namespaces_are_told(isolation, few):
    shell = f"echo {few} > /proc/sys/user/max_user_namespaces && exec \"$@\""
    python = [sys.executable, "-c", "from dataml_lab.grading.engine.template import hindrance; print(hindrance())"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run(["unshare", "-r", "sh", "-c", shell, "sh", *python], capture_output=True, text=True,
                         timeout=60, env=environment)
    words = "sysctl -w user.max_user_namespaces=15000" if few == "0" else ""
    assert (words in run.stdout and run.stdout.strip() if words else run.stdout.strip() == ""), run.stdout + run.stderr
