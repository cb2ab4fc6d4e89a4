"""A warm kernel finds itself as a cold one does, obeys as one, and ends with whoever started it."""

import json
import logging
import os
import re
import sys
import textwrap
import threading
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import nbformat
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from dataml_lab.grading import COURSE, kernels
from dataml_lab.grading.build import solution_path
from dataml_lab.grading.environment import environment
from dataml_lab.grading.kernels.client import QuickBlockingClient
from dataml_lab.grading.kernels.provisioner import KernelProcess

SECONDS = 60  # that a test waits for a kernel
linux = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")


class Kernel:
    """A running kernel, and a client that is ready."""

    def __init__(self, manager):
        self.manager = manager
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(SECONDS)

    def run(self, source):
        """What a cell prints, or how it fails."""
        told = []
        reply = self.client.execute_interactive(
            textwrap.dedent(source), timeout=SECONDS, output_hook=lambda message: told.append(message["content"]))
        found = "".join(content.get("text", "") for content in told)
        return found if reply["content"]["status"] == "ok" else reply["content"]["ename"]

    def value(self, source):
        """The value of an expression, as JSON has it."""
        return json.loads(self.run(f"import json\nprint(json.dumps({source}))"))

    @property
    def is_warm(self):
        return isinstance(self.manager.provisioner.process, KernelProcess)

    @property
    def pid(self):
        return self.manager.provisioner.process.pid


def new_manager(kind=KernelManager):
    return kind(kernel_name="python3", transport_encryption="auto")


def cold(manager):
    """A manager whose kernel starts as it always did."""
    manager.provisioner = LocalProvisioner(kernel_id="cold", kernel_spec=manager.kernel_spec, parent=manager)
    return manager


@contextmanager
def kernel(manager=None, **launch):
    """A kernel of this launch, for the block."""
    manager = manager or new_manager()
    manager.start_kernel(**launch)
    found = Kernel(manager)
    try:
        yield found
    finally:
        found.client.stop_channels()
        manager.shutdown_kernel(now=True)


# ------------------------------------------------------------------------------------------------ as a cold one

def executed(book, folder, is_warm):
    """The code cells of a notebook by id, executed, but for those whose outputs nbval ignores."""
    manager, kinds = new_manager(AsyncKernelManager), []
    client = NotebookClient(
        book, km=manager if is_warm else cold(manager), timeout=2 * SECONDS, record_timing=False, coalesce_streams=True,
        shutdown_kernel="immediate", resources={"metadata": {"path": str(folder)}},
        on_notebook_start=lambda notebook: kinds.append(isinstance(manager.provisioner.process, KernelProcess)))
    client.owns_km = True
    client.execute()
    assert kinds == [is_warm]
    return {cell.id: cell for cell in book.cells
            if cell.cell_type == "code" and "nbval-ignore-output" not in cell.metadata.get("tags", [])}


def steady(cells, but=()):
    """The outputs as text, without the kernel's number and the kinds of data that vary."""
    for output in (output for cell in cells.values() for output in cell.outputs if "data" in output):
        for kind in but:
            output.data.pop(kind, None)
    return {name: re.sub(r"ipykernel_\d+", "ipykernel", json.dumps(cell.outputs)) for name, cell in cells.items()}


@linux
def test_a_lesson_has_the_outputs_of_a_cold_kernel(warm_kernels):
    path = solution_path(COURSE, "00_start_here")
    books = [nbformat.read(path, as_version=4) for _ in range(2)]
    with environment(DATAML_LAB_SALT=None, DATAML_LAB_ORACLES=None, DATAML_LAB_STUDENT=None):
        # One after the other: OpenMP's threads, which spin, would slow each other many times over.
        found, expected = map(executed, books, [path.parent] * 2, [True, False])
    varying = ["image/png"]  # figures show measured times
    assert steady(found, varying) == steady(expected, varying)
    assert sum(bool(cell.outputs) for cell in expected.values()) > 10


CELLS = [
    "import numpy as np, pandas as pd, matplotlib.pyplot as plt, seaborn as sns\nrandom = np.random.default_rng(7)",
    "plt.plot(random.normal(size=20)); plt.show()",
    "sns.histplot(pd.Series(random.normal(size=50)))",
    "pd.DataFrame(random.normal(size=(3, 18)))",
    "data = random.normal(size=(300, 300))\nnp.linalg.inv(data) @ data, np.linalg.svd(data)[1]",
    "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit(data, data[:, 0] > 0).coef_",
    "from lightgbm import LGBMClassifier\nmodel = LGBMClassifier(n_estimators=5, n_jobs=2, verbose=-1)",
    "model.fit(data, data[:, 0] > 0).predict_proba(data)",
    "!echo shell",
    "import os\nos.write(1, b'raw\\n')",
    "import warnings\nwarnings.warn('told')",
    "import asyncio, sys\nawait asyncio.sleep(0)\nprint(__name__, vars(sys.modules['__main__']) is globals())",
    "input()",
    "1 / 0",
]


@linux
def test_figures_numbers_and_errors_are_those_of_a_cold_kernel(warm_kernels, tmp_path):
    def book():
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
            source, id=f"cell-{place}", metadata={"tags": ["raises-exception"]}) for place, source in enumerate(CELLS)])

    found, expected = (steady(executed(book(), tmp_path, is_warm)) for is_warm in (True, False))
    assert found == expected
    assert [place for place in range(len(CELLS)) if "image/png" in expected[f"cell-{place}"]] == [1, 2]
    assert [place for place in range(len(CELLS)) if '"error"' in expected[f"cell-{place}"]] == [12, 13]


SURROUNDINGS = r"""
import gc, json, locale, logging, os, re, resource, signal, sys, tempfile, warnings
import duckdb, ibis, lightgbm, matplotlib.pyplot, numpy, pandas, pyarrow, scipy.linalg, seaborn, sklearn, threadpoolctl
here = {name: re.sub(r"0x[0-9a-f]+|\w+\.json", "", str(eval(name))) for name in '''
    os.getcwd()
    sys.path
    sys.argv[:-1], sys.orig_argv[:-2]
    sys.flags
    sys.executable, sys.warnoptions, locale.getlocale(), tempfile.gettempdir()
    sys.stdin.read(), sys.stdout, sys.__stdout__.encoding, os.path.exists("/proc/self/fd/0")
    os.sched_getaffinity(0), [resource.getrlimit(number) for number in range(16)], os.umask(18)
    os.getpgid(0) == os.getsid(0) == os.getpid()
    [signal.getsignal(number) for number in range(1, 65)], signal.pthread_sigmask(0, [])
    gc.isenabled(), gc.get_threshold()
    sorted(vars(__builtins__))
    sorted({(pool["internal_api"], pool["num_threads"]) for pool in threadpoolctl.threadpool_info()})
    duckdb.sql("SELECT current_setting('threads')"), pyarrow.cpu_count(), ibis.options
    matplotlib.get_backend(), sorted(matplotlib.rcParams.items())
    pandas.describe_option(_print_desc=False).lower()
    numpy.get_printoptions(), numpy.geterr(), sklearn.get_config()
    logging.root.handlers, logging.root.level
    sorted({str(known) for known in warnings.filters})
    type(get_ipython()), sorted(get_ipython().user_ns_hidden), get_ipython().history_manager.hist_file
    {name: value for name, value in get_ipython().kernel.kernel_info.items() if name != "banner"}
'''.strip().splitlines()}
here["environment"] = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
"""


@linux
def test_its_surroundings_are_those_of_its_launch(warm_kernels, tmp_path):
    launch = {"cwd": str(tmp_path), "env": {**os.environ, "LESSON": "zero", "TMPDIR": str(tmp_path)},
              "extra_arguments": ["--HistoryManager.hist_file=:memory:"]}
    with kernel(**launch) as warm, kernel(cold(new_manager()), **launch) as other:
        assert warm.is_warm and not other.is_warm
        assert warm.run(SURROUNDINGS) == other.run(SURROUNDINGS) == ""
        assert warm.value("here") == other.value("here")


@linux
def test_its_output_streams_and_arguments_are_those_of_its_launch(warm_kernels, tmp_path):
    bare = ["--IPKernelApp.capture_fd_output=False"]
    source = "import os\nos.write(1, b'to out'), os.write(2, b'to err')"
    out, err = (tmp_path / name for name in ("out", "err"))
    with out.open("w") as one, err.open("w") as two, kernel(stdout=one, stderr=two, extra_arguments=bare) as found:
        assert found.is_warm and found.run(source) == ""
    assert (out.read_text(), err.read_text()) == ("to out", "to err")


@linux
def test_history_stays_in_memory_unless_the_launch_says_where(warm_kernels, tmp_path):
    place = "str(get_ipython().history_manager.hist_file)"
    with kernel() as one, kernel(extra_arguments=[f"--HistoryManager.hist_file={tmp_path}/history"]) as other:
        assert (one.value(place), other.value(place)) == (":memory:", f"{tmp_path}/history")


@linux
def test_nothing_of_one_kernel_reaches_another_and_each_has_random_numbers_of_its_own(warm_kernels):
    with kernel() as one:
        one.run("""
            import os, sys, numpy, pandas, random
            numpy.mark = sys.modules["mark"] = os
            os.environ["MARK"], pandas.options.display.max_rows = "here", 7
            numpy.random.seed(0), random.seed(0)
        """)
    draws = "import numpy, random, uuid\nprint(numpy.random.rand(), random.random(), uuid.uuid4(), end='')"
    with kernel() as two, kernel() as three:
        assert two.value("[name in globals() for name in ('os', 'numpy')]") == [False, False]
        assert two.run("""
            import os, sys, numpy, pandas
            print(hasattr(numpy, "mark"), "mark" in sys.modules, "MARK" in os.environ, pandas.options.display.max_rows)
        """) == "False False False 60\n"
        drawn = [found.run(draws).split() for found in (two, three)]
    assert all(one != other for one, other in zip(*drawn, strict=True))


@linux
def test_threads_and_processes_start_in_it(warm_kernels):
    with kernel() as found:
        assert found.run("""
            import multiprocessing
            import lightgbm, numpy as np
            from sklearn.ensemble import HistGradientBoostingClassifier
            data = np.random.default_rng(0).normal(size=(2000, 10))
            for jobs in (2, 1, 2):
                lightgbm.LGBMClassifier(n_estimators=5, n_jobs=jobs, verbose=-1).fit(data, data[:, 0] > 0)
            HistGradientBoostingClassifier(max_iter=3).fit(data, data[:, 0] > 0)
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(pool.map(abs, [-1, -2]))
        """) == "[1, 2]\n"


@linux
def test_a_client_is_ready_when_nothing_older_is_left_to_read(warm_kernels):
    with kernel() as found, pytest.raises(Empty):
        assert isinstance(found.client, QuickBlockingClient)
        found.client.get_iopub_msg(timeout=0.3)


def test_so_is_one_that_asked_before_its_kernel_listened():
    manager = new_manager()
    manager.client_factory = QuickBlockingClient
    with kernel(cold(manager)) as found, pytest.raises(Empty):
        found.client.get_iopub_msg(timeout=0.3)


@linux
def test_an_interrupt_ends_a_cell_and_not_the_kernel(warm_kernels, tmp_path, processes):
    def interrupt():
        processes.until(Path(tmp_path, "started").exists)
        found.manager.interrupt_kernel()

    with kernel(cwd=str(tmp_path)) as found:
        threading.Thread(target=interrupt).start()
        assert found.run("import time\nopen('started', 'w').close()\ntime.sleep(60)") == "KeyboardInterrupt"
        assert found.value("1 + 1") == 2


@linux
def test_asked_to_end_it_does_what_is_left_to_do(warm_kernels, tmp_path, processes):
    manager = new_manager()
    manager.shutdown_wait_time = SECONDS
    with kernel(manager) as found:
        assert found.run(f"""
            import atexit, pathlib, threading, time
            atexit.register(lambda: pathlib.Path({str(tmp_path)!r}, "exit").touch())
            def late():
                time.sleep(0.3)
                pathlib.Path({str(tmp_path)!r}, "thread").touch()
            threading.Thread(target=late).start()
        """) == ""
        pid = found.pid
        manager.shutdown_kernel()
        assert Path(tmp_path, "exit").exists() and Path(tmp_path, "thread").exists()
        assert processes.gone(pid)


@linux
def test_killed_it_takes_its_processes_along(warm_kernels, processes):
    with kernel() as found:
        process = found.manager.provisioner.process
        child = found.value("__import__('subprocess').Popen(['sleep', '99']).pid")
        pid = found.pid
        found.manager.shutdown_kernel(now=True)
        processes.until(lambda: processes.gone(pid) and processes.gone(child))
    assert process.poll() == -9


@linux
def test_restarted_it_is_another_one(warm_kernels):
    with kernel() as found:
        found.run("x = 1")
        before = found.pid
        found.manager.restart_kernel()
        found.client.wait_for_ready(SECONDS)
        assert found.is_warm and found.pid != before and found.run("x") == "NameError"


@linux
@pytest.mark.parametrize("source", ["import os\nos._exit(3)", "import ctypes\nctypes.string_at(0)",
                                    "import os\nos.kill(os.getpid(), 9)"])
def test_its_death_is_told(warm_kernels, tmp_path, source):
    with pytest.raises(DeadKernelError):
        executed(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), tmp_path, is_warm=True)


# ------------------------------------------------------------------------------------------------ mortal

OWNER = """
from dataml_lab.grading.kernels import warm_kernels
from jupyter_client.manager import KernelManager
block = warm_kernels()
block.__enter__()
manager = KernelManager(kernel_name="python3", transport_encryption="auto")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(60)
client.execute_interactive("import subprocess; child = subprocess.Popen(['sleep', '99'])")
print(manager.provisioner.process.pid)
"""


@linux
@pytest.mark.parametrize("end", ["exit", "kill"])
def test_template_kernel_and_its_processes_end_with_their_owner(processes, end):
    with processes.parent(OWNER, cwd=COURSE) as owner:
        template = psutil.Process(int(owner.words[0])).parent().pid
        family = [template, *processes.family(template)]
        assert len(family) == 3
        processes.finish(owner, end)
        processes.until(lambda: all(map(processes.gone, family)))


@linux
def test_a_kernel_ends_with_the_process_that_launched_it(warm_kernels, processes):
    with processes.parent(OWNER.replace("block.__enter__()", "")) as owner:
        pid = int(owner.words[0])
        template = psutil.Process(pid).parent()
        processes.finish(owner, "kill")
        processes.until(lambda: processes.gone(pid))
    assert template.is_running() and not processes.gone(template.pid)


@linux
def test_a_template_that_dies_takes_its_kernels_along(processes, tmp_path, monkeypatch):
    folder = tmp_path / ("x" * 120)  # more than the name of a socket has room for
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with kernels.warm_kernels(), kernel() as found:
        pid = found.pid
        psutil.Process(pid).parent().kill()
        processes.until(lambda: not found.manager.is_alive() and processes.gone(pid))


@linux
def test_a_template_keeps_nothing_of_kernels_that_have_ended(warm_kernels):
    def kept():
        with kernel() as found:
            template = psutil.Process(found.pid).parent()
            return template.num_fds(), len(template.children()), template.num_threads()

    assert kept() == kept() == kept()


# ------------------------------------------------------------------------------------------------ or else cold

CHANGES = {
    "OMP_NUM_THREADS changed": {"env": {**os.environ, "OMP_NUM_THREADS": "1"}},
    "independent can't be had warm": {"independent": True},
    "pipes can't be had warm": {"stdout": -1},
}


@linux
@pytest.mark.parametrize("why", CHANGES)
def test_what_a_fork_could_not_be_starts_cold_and_says_why(warm_kernels, caplog, why):
    with told(caplog), kernel(**CHANGES[why]) as found:
        assert not found.is_warm and found.value("1") == 1
    assert f"A kernel starts cold: {why}" in caplog.text


@contextmanager
def told(caplog):
    """What traitlets logs reaches the test."""
    logger = logging.getLogger("traitlets")
    logger.addHandler(caplog.handler)
    try:
        yield
    finally:
        logger.removeHandler(caplog.handler)


@linux
def test_other_cores_than_those_of_the_template_start_cold(warm_kernels):
    cores = os.sched_getaffinity(0)
    with kernel():
        pass
    os.sched_setaffinity(0, {min(cores)})
    try:
        with kernel() as found:
            assert found.is_warm == (len(cores) == 1) and found.value("len(__import__('os').sched_getaffinity(0))") == 1
    finally:
        os.sched_setaffinity(0, cores)


@linux
def test_kernels_are_warm_in_the_block_and_no_longer(kernels_template):
    def is_warm():
        with kernel() as found:
            return found.is_warm

    outside = is_warm()
    with kernels.warm_kernels(kernels_template):
        inside = is_warm()
    assert (outside, inside, is_warm()) == (False, True, False)


@linux
def test_without_a_template_kernels_start_cold_and_say_why(tmp_path, caplog):
    with kernels.warm_kernels(str(tmp_path / "nobody")), told(caplog), kernel() as found:
        assert not found.is_warm
    assert "A kernel starts cold: [Errno 2] No such file or directory" in caplog.text


@linux
def test_a_launch_that_is_too_long_to_be_told_starts_cold(warm_kernels, caplog):
    with told(caplog), kernel(env={**os.environ, **{f"LONG{number}": "x" * 100_000 for number in range(5)}}) as found:
        assert not found.is_warm
    assert "A kernel starts cold: [Errno 90] Message too long" in caplog.text


@linux
def test_a_template_whose_imports_fail_leaves_kernels_cold(tmp_path, monkeypatch, caplog, capfd):
    Path(tmp_path, "lightgbm.py").write_text("raise ImportError('broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with kernels.warm_kernels(), told(caplog), kernel() as found:
        assert not found.is_warm
    assert "A kernel starts cold: its template has ended" in caplog.text and "broken" in capfd.readouterr().err


@pytest.mark.parametrize("elsewhere", [("sys.platform", "darwin"), ("entry_points", lambda **_: ())])
def test_where_there_can_be_no_template_kernels_are_cold_and_a_warning_says_why(monkeypatch, elsewhere):
    name, value = elsewhere
    monkeypatch.setattr(f"dataml_lab.grading.kernels.{name}", value)
    before = dict(os.environ)
    with pytest.warns(UserWarning, match="Kernels start cold: "), kernels.warm_kernels():
        assert dict(os.environ) == before
