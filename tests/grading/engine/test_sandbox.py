"""A fork can reach nothing but what it shall, by whatever way. Each of these tests has a real one."""

import json
import os
import socket
import sysconfig
from contextlib import closing
from pathlib import Path

import pytest

import dataml_lab
from dataml_lab.checks import ABSENT
from dataml_lab.grading.engine.mounts import SCRATCH, hidden_rooms, visible
from dataml_lab.grading.engine.remote import RemoteWorker
from dataml_lab.grading.engine.sandbox import NOBODY
from dataml_lab.grading.engine.seccomp import FORBIDDEN, MACHINES
from dataml_lab.grading.engine.template import TemplateError
from dataml_lab.runtime import HIDDEN
from dataml_lab.runtime.answers import function

CHECKOUT = Path(dataml_lab.__file__).parents[1]


def outcome(runner, *calls):
    """The names of the errors that these expressions end with in a fork, or their values."""
    source = "import os, socket\nanswer = []\n"
    for call in calls:
        source += f"try: answer.append({call})\nexcept Exception as error: answer.append(type(error).__name__)\n"
    return runner.run(source)


@pytest.mark.parametrize("path", [
    CHECKOUT / "solutions", CHECKOUT / ".git", Path.home() / ".bashrc", "/etc/shadow", "/etc/hostname", "/var/lib",
    "/mnt", "/dev/vda", "/proc/1/root/etc/shadow",
])  # fmt: skip
def test_it_sees_nothing_else_of_the_host(runner, path):
    assert outcome(runner, f"os.stat({str(path)!r})") == ["FileNotFoundError"]


def test_it_sees_the_package_and_is_at_home(runner):
    assert outcome(runner, f"'store' in os.listdir({str(CHECKOUT / 'dataml_lab')!r})", "open('a', 'w').write('x')",
                   "os.getcwd()", "os.environ['HOME']", "os.path.expanduser('~student')",
                   "__import__('tempfile').gettempdir()") == [True, 1, "/work", "/work", "/work", "/tmp"]  # fmt: skip


def test_its_folders_are_empty_but_for_what_shall_be_seen_there(runner):
    shown = visible([str(Path(__file__).parent)])
    for folder, names in zip(SCRATCH, outcome(runner, *(f"os.listdir({folder!r})" for folder in SCRATCH)), strict=True):
        assert [name for name in names if not any(path.is_relative_to(Path(folder, name)) for path in shown)] == []


def test_it_reads_what_it_shall_and_nothing_beside(make_template, isolation, runners, tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/taxis.csv").touch(0o600)
    (tmp_path / "data/taxis.csv").write_text("a,b")
    (tmp_path / "secret").write_text("42")
    with make_template(readable=[tmp_path / "data"]) as template:
        runner = runners(template)
        read, write = f"open({str(tmp_path / 'data/taxis.csv')!r}).read()", f"open({str(tmp_path / 'data/new')!r}, 'w')"
        append, secret = f"open({str(tmp_path / 'data/taxis.csv')!r}, 'a')", f"open({str(tmp_path / 'secret')!r})"
        assert outcome(runner, read, write, append, secret) == ["a,b", "OSError", "OSError", "FileNotFoundError"]
        assert outcome(runner, f"os.chmod({str(tmp_path / 'data')!r}, 0o777)") == ["OSError"]
        runner.fork.close()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_a_file_that_it_could_not_read_is_told(make_template, isolation, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/taxis.csv").touch(0o600)
    os.chown(tmp_path / "data/taxis.csv", 12345, 12345)
    with pytest.raises(TemplateError, match=r"data/taxis.csv can't be read by user 65533"):
        make_template(readable=[tmp_path / "data"])


def test_it_writes_to_its_scratch_only(runner):
    source = """
import os
mounts = [line.split()[1:4:2] for line in open('/proc/self/mounts')]
options = dict(mounts)  # of mounts on the same folder, the last one is seen
answer = sorted(folder for folder in options if not os.statvfs(folder).f_flag & os.ST_RDONLY)
"""
    assert runner.run(source) == sorted(["/dev/pts", "/proc", *SCRATCH])
    assert outcome(runner, "open('/x', 'w')", "open('/usr/x', 'w')", "open('/etc/passwd', 'a')", "open('/dev/x', 'w')",
                   "os.mknod('/tmp/disk', 0o60600, os.makedev(254, 0))", "open(os.__file__, 'a')") == [
        *["OSError"] * 4, *["PermissionError"] * (1 + bool(os.getuid())), *["OSError"] * (not os.getuid())]


def test_it_changes_no_setting_of_the_kernel(runner):
    source = """
import os
answer = []
for top in ('/proc/sys', '/proc/irq', '/proc/sysrq-trigger', '/proc/kcore', '/proc/kmsg', '/proc/keys'):
    for path in [top, *(f'{folder}/{name}' for folder, _, names in os.walk(top) for name in names)]:
        try: os.close(os.open(path, os.O_WRONLY)); answer.append(path)
        except OSError: pass
"""
    assert set(runner.run(source)) <= {"/proc/sys/kernel/ns_last_pid"}  # anybody may open that, but not write to it
    last = "open('/proc/sys/kernel/ns_last_pid', 'w', buffering=1).write('1\\n')"
    assert outcome(runner, last) == ["PermissionError"]


def test_it_has_no_rights(runner):
    status = dict(line.split(":", 1) for line in runner.run("answer = open('/proc/self/status').read()").splitlines())
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2"
    assert outcome(runner, "os.setuid(0)", "os.setgid(0)", "os.chroot('/')", "os.nice(-5)") == [
        "OSError", "OSError", "PermissionError", "PermissionError"]  # no user 0 is known in it


def test_the_host_has_no_process_of_root_in_it(runner):
    status = dict(line.split(":", 1) for line in Path(f"/proc/{runner.pid}/status").read_text().splitlines())
    assert {int(user) for user in status["Uid"].split()} == {os.getuid() or NOBODY}
    assert {int(group) for group in status["Gid"].split()} == {os.getgid() or NOBODY}


CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*numbers):
    result = libc.syscall(*numbers)
    return os.strerror(ctypes.get_errno()) if result == -1 else result
"""


def test_no_forbidden_call_is_made(runner):
    column = list(MACHINES).index(os.uname().machine)
    numbers = {name: found[column] for name, found in FORBIDDEN.items() if found[column] is not None}
    calls = f"{{name: call(number, 0, 0, 0, 0, 0, 0) for name, number in {numbers}.items()}}"
    answers = runner.run(f"{CALL}answer = {calls}")
    assert answers == dict.fromkeys(numbers, "Operation not permitted")


@pytest.mark.parametrize("kind", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
def test_it_makes_no_namespaces(runner, kind):
    clone = MACHINES[os.uname().machine].clone
    calls = f"call({clone}, {kind | 17}, 0, 0, 0, 0), call(435, 0, 0), libc.unshare({kind})"
    answers = runner.run(f"{CALL}answer = [{calls}]")
    assert answers == ["Operation not permitted", "Function not implemented", -1]


def test_it_types_into_no_terminal_and_keeps_no_memory_back(runner):
    runner.run(f"{CALL}import fcntl, pty\nmaster, slave = pty.openpty()")
    assert outcome(runner, "fcntl.ioctl(slave, 0x5412, b'x')", "libc.shmget(0, 1 << 20, 0o1600)",
                   "libc.shmget(0, 56, 0o1600) >= 0", "os.memfd_create('x')") == [
        "PermissionError", -1, True, "PermissionError"]


def test_it_talks_to_nobody(runner):
    with socket.create_server(("127.0.0.1", 0)) as server, closing(socket.socket(socket.AF_UNIX)) as abstract:
        abstract.bind("\0dataml-lab-test")
        abstract.listen()
        port = server.getsockname()[1]
        assert outcome(
            runner,
            f"socket.create_connection(('127.0.0.1', {port}), 2)", "socket.create_connection(('192.0.2.1', 53), 2)",
            "socket.socket(socket.AF_UNIX).connect('\\0dataml-lab-test')", "socket.socket(socket.AF_PACKET)",
            "socket.socket(40)", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)", "socket.if_nameindex()",
        ) == ["ConnectionRefusedError", "OSError", "ConnectionRefusedError", *["OSError"] * 3, [[1, "lo"]]]  # fmt: skip


SERVER = """
import os, socket
for folder in ('/work', '/tmp', '/dev/shm'): open(folder + '/mark', 'w').close()
abstract = socket.socket(socket.AF_UNIX); abstract.bind('\\0mark')
server = socket.create_server(('127.0.0.1', 8000))
client = socket.create_connection(('127.0.0.1', 8000)); connection, _ = server.accept(); client.send(b'hello')
answer = connection.recv(5).decode()
"""


def test_two_forks_do_not_see_each_other(runners):
    one, two = runners(), runners()
    assert one.run(SERVER) == "hello"
    assert outcome(two, *(f"os.path.exists('{folder}/mark')" for folder in SCRATCH)) == [False] * 3
    assert two.run(SERVER) == "hello"
    processes = "[name for name in os.listdir('/proc') if name.isdigit()]"
    seen = outcome(one, processes, "os.getpid()", "os.getppid()", "os.kill(2, 9)")
    assert seen == [["1"], 1, 0, "ProcessLookupError"]


def test_it_has_nothing_of_the_grader(make_template, isolation, runners, tmp_path, monkeypatch):
    monkeypatch.setenv("DATAML_LAB_SALT", "planted")
    with (tmp_path / "gradebook").open("w") as planted:
        os.set_inheritable(planted.fileno(), True)
        with make_template() as template:
            runner = runners(template)
            text = "open('/proc/self/environ').read() + repr(os.environ) + open('/proc/self/cmdline').read()"
            links = "{n: os.readlink(f'/proc/self/fd/{n}') for n in range(9) if os.path.lexists(f'/proc/self/fd/{n}')}"
            found, descriptors = outcome(runner, text, links)
            runner.fork.close()
    assert "planted" not in found and "PATH" in found
    assert {key: value.split(":")[0] for key, value in descriptors.items()} == {
        "0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"}


def answer(worker, source):
    """What a source leaves in `answer`, in a worker."""
    (*_, said), = worker.run(f"{source}\nimport json\nprint(json.dumps(answer, default=repr))", 60)["outputs"]
    return json.loads(said)


def test_random_numbers_differ_between_forks(isolation, workers):
    source = "answer = __import__('numpy').random.rand(), __import__('random').random()"
    with workers.fork() as this, workers.fork() as that:
        one, two = answer(RemoteWorker(this), source), answer(RemoteWorker(that), source)
    assert one[0] != two[0] and one[1] != two[1]
    assert all(0 <= number < 1 for number in one + two)


def test_it_stays_on_its_core(runners):
    core = max(os.sched_getaffinity(0))
    assert outcome(runners(core=core), "sorted(os.sched_getaffinity(0))", "os.sched_setaffinity(0, range(4))") == [
        [core], "PermissionError"]


def test_what_was_imported_but_not_used_works(isolation, worker):
    source = """
import duckdb, numpy, lightgbm, matplotlib.pyplot as plt
from sklearn.ensemble import HistGradientBoostingClassifier
X = numpy.random.rand(300, 4); y = X[:, 0] > .5
plt.plot(X[:, 0]); plt.savefig('figure.png')
scores = [model.fit(X, y).score(X, y) for model in
          (lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=2), HistGradientBoostingClassifier(max_iter=5))]
inverse = numpy.linalg.inv(X.T @ X) @ (X.T @ X)
rows = duckdb.sql('select count(*), sum(i) from range(1000000) t(i)').fetchall()
answer = [min(scores) > .9, bool(numpy.allclose(inverse, numpy.eye(4))), rows]
"""
    assert answer(worker, source) == [True, True, [[1000000, 499999500000]]]


def test_what_lessons_start_runs_in_it(isolation, worker):
    source = """
import subprocess
from dataml_lab.store import Store
store = Store(users=5, days=20)
with store.database('users') as database, database.connect() as connection, store.topic('users', partitions=1) as topic:
    rows = connection.execute('select count(*) from users').fetchone()[0]
    answer = [rows, len(topic), subprocess.run('python -c "print(1)" | cat', shell=True, capture_output=True).stdout]
"""
    assert answer(worker, source) == [5, 5, "b'1\\n'"]


# What is right

SEARCH = """
import gc, importlib.util, inspect, os, sys, types
import dataml_lab
package, secret = os.path.dirname(dataml_lab.__file__), ("dataml_lab.checks.", "dataml_lab.grading")
def of(thing): return str(getattr(thing, "__module__", "") if isinstance(thing, (type, types.FunctionType)) else "")
def code(name):
    try: spec = importlib.util.find_spec(name)
    except ImportError: return None
    return spec and spec.origin
def has_source(function):
    try: return bool(inspect.getsource(function))
    except OSError: return False
inside = tuple(os.path.join(package, room, "") for room in ("checks", "grading"))
code_of = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType)
           and thing.__code__.co_filename.startswith(inside)]
answer = {
    "imported": [name for name in sys.modules if name.startswith(secret)],
    "in memory": sorted({of(thing) for thing in gc.get_objects() if of(thing).startswith(secret[0])}),
    "oracles": [thing.__code__.co_filename for thing in gc.get_objects() if isinstance(thing, types.FunctionType)
                and thing.__code__.co_filename.endswith(("oracle.py", "/checks/exercise.py"))],
    "found": [name for name in MODULES if code(name)],
    "files": sorted({os.path.join(folder, name) for place in [package, *sys.path] for room in ("checks", "grading")
              for folder, _, names in os.walk(os.path.join(place, "" if place == package else "dataml_lab", room))
              for name in names}),
    "source": [path for path in PATHS if os.path.exists(path)],
    "shown": sorted({function.__code__.co_filename for function in code_of if has_source(function)}),
}
"""


def test_what_is_right_is_nowhere_in_a_worker(isolation, worker):
    """Neither imported, nor in memory, nor to be imported or read, whatever the name: all that is left of the checks is
    the front that notebooks import."""
    files = [path for room in HIDDEN for path in (CHECKOUT / "dataml_lab" / room).rglob("*.py")]
    names = [".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__") for path in files]
    front = str(CHECKOUT / "dataml_lab/checks/__init__.py")
    worker.run(f"MODULES, PATHS = {names}, {list(map(str, files))}\n{SEARCH}\ndef search():\n    return answer", 30)
    found = function("search")(worker.namespace())()
    assert found == {"imported": [], "in memory": [], "oracles": [], "found": ["dataml_lab.checks"], "files": [front],
                     "source": [front], "shown": []}
    assert len(names) > 60


def test_checks_that_a_cell_calls_say_that_they_are_not_there(isolation, worker):
    source = "from dataml_lab.checks import check, grade\ncheck('revenue', globals())\ngrade('revenue', globals())"
    (_, _, said), (_, points) = worker.run(source, 10)["outputs"]
    assert said == f"{ABSENT}\n" * 2 and points == "0.0"


@pytest.mark.parametrize("module", ["dataml_lab.checks.start", "dataml_lab.checks.exercise"])
def test_no_template_can_be_made_that_holds_a_check(make_template, isolation, module):
    for isolated, words in ((True, "No module named"), (False, "must not be imported before a fork")):
        with pytest.raises(TemplateError, match=words):
            make_template(isolated=isolated, modules=[module])


def test_other_copies_of_the_package_show_no_checks_either(runners, make_template, isolation, tmp_path):
    """As where it is installed from a wheel, and run from a checkout; also where a folder is reached by a link."""
    for room in (*HIDDEN, "store"):
        (tmp_path / "real/dataml_lab" / room).mkdir(parents=True)
        (tmp_path / "real/dataml_lab" / room / "__init__.py").write_text(f"here = '{room}'")
        (tmp_path / "real/dataml_lab" / room / "secret.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path / "link")
        patch.setattr("dataml_lab.grading.engine.template._search_path", lambda: [
            str(CHECKOUT), str(Path(__file__).parent), str(tmp_path / "link")])
        template = make_template(readable=[tmp_path / "link", tmp_path / "real"])
    with template:
        runner = runners(template)
        listed = [f"sorted(os.listdir({str(tmp_path / way / 'dataml_lab' / room)!r}))"
                  for way in ("link", "real") for room in ("checks", "grading", "store")]
        assert outcome(runner, *listed) == [["__init__.py"], [], ["__init__.py", "secret.py"]] * 2
        runner.fork.close()
    assert Path(sysconfig.get_path("purelib"), "dataml_lab/checks") in hidden_rooms()


# Limits

def test_a_fork_bomb_stops(runners, alone):
    runner = runners(processes=20)
    source = """
import os, time
answer = 0
try:
    for _ in range(200):
        if os.fork() == 0: time.sleep(60); os._exit(0)
        answer += 1
except BlockingIOError: pass
"""
    assert runner.run(source) == 19
    runner.fork.close()
    assert alone()


def test_threads_are_counted_with_processes_and_take_little_memory(runners):
    source = """
import threading
answer, end = 1, threading.Event()
try:
    for _ in range(200):
        threading.Thread(target=end.wait, daemon=True).start()
        answer += 1
except RuntimeError: pass
"""
    assert runners(processes=50).run(source) == 50


def test_the_processes_of_two_forks_are_counted_apart(runners):
    source = "import subprocess\nanswer = [subprocess.Popen(['sleep', '60']).pid for _ in range(8)]"
    assert [len(runners(processes=10).run(source)) for _ in range(3)] == [8, 8, 8]


def test_one_process_gets_no_more_memory(runners):
    runner = runners(memory=300)
    assert runner.run("kept = [bytearray(20 << 20) for _ in range(40)]").startswith("MemoryError")
    assert runner.run("kept = [bytearray(20 << 20) for _ in range(8)]; answer = len(kept)") == 8


CHILDREN = """
import os, time
kept = bytearray(os.urandom(1)) * ({before} << 20)
for _ in range(8):
    if os.fork() == 0:
        own = bytearray(os.urandom(1)) * ({after} << 20)
        time.sleep(60)
        os._exit(0)
time.sleep({seconds})
answer = 'it goes on'
"""


def test_many_processes_together_get_no_more_memory(runners, alone):
    runner = runners(memory=200)
    assert runner.run(CHILDREN.format(before=1, after=50, seconds=30)) is None
    assert runner.fork.ended() == "it used more than 200 MB of memory" and alone()


def test_memory_that_processes_share_counts_once(runners):
    assert runners(memory=200).run(CHILDREN.format(before=60, after=1, seconds=0.5)) == "it goes on"


def test_memory_shared_on_purpose_counts(runners):
    source = """
import mmap, os, time
os.fork()
shared = mmap.mmap(-1, 60 << 20)
for _ in range(60): shared.write(bytes(1 << 20))
time.sleep(30)
"""
    runner = runners(memory=100)
    assert runner.run(source) is None and runner.fork.ended() == "it used more than 100 MB of memory"


def test_the_disk_fills_up(runners):
    source = """
answer = {}
for folder in ('/work', '/tmp', '/dev/shm'):
    size = 0
    try:
        for number in range(100):
            with open(f'{folder}/{number}', 'wb', buffering=0) as file: size += file.write(bytes(1 << 20))
    except OSError as error: answer[folder] = [size >> 20, error.errno]
"""
    written = runners(scratch=16).run(source)
    assert sum(size for size, _ in written.values()) <= 16 and {error for _, error in written.values()} == {28}
    assert len(written) == 3 and written["/work"][0] >= 14


def test_a_file_ends(runners):
    source = """
answer = 0
try:
    with open('a', 'wb', buffering=0) as file:
        while True: answer += file.write(bytes(1 << 20))
except OSError: pass
"""
    assert runners(file=3).run(source) == 3 << 20


STUBBORN = """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True:
    try:
        while True: pass
    except BaseException: pass
"""


def test_time_ends(runners):
    runner = runners(seconds=0.5)
    assert runner.run(STUBBORN) is None and runner.fork.ended() == "it ran longer than 0.5 s"


@pytest.mark.parametrize("source", [STUBBORN, "import os\nos.fork(); os.fork()\n" + STUBBORN], ids=["one", "four"])
def test_processor_time_ends(runners, source):
    runner = runners(cpu_seconds=1)
    assert runner.run(source) is None and runner.fork.ended() == "it used more than 1 s of processor time"
