"""A warm kernel finds itself as a cold one does, obeys as one, and ends with whoever started it."""

import json
import os
import signal
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import nbformat
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from dataml_lab.grading import COURSE, kernels
from dataml_lab.grading.build import solution_path
from dataml_lab.grading.environment import environment
from dataml_lab.grading.kernels.provisioner import KernelProcess

SECONDS = 60  # that a test waits for a kernel
linux = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")


class Kernel:
    """A running kernel, and a client that is ready."""

    def __init__(self, manager):
        self.manager, self.client = manager, manager.client()
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


@contextmanager
def kernel(manager=None, **launch):
    """A kernel of this launch, for the block."""
    manager = manager or KernelManager(kernel_name="python3", transport_encryption="auto")
    manager.start_kernel(**launch)
    found = Kernel(manager)
    try:
        yield found
    finally:
        found.client.stop_channels()
        manager.shutdown_kernel(now=True)


def cold(manager):
    """A manager whose kernel starts as it always did."""
    manager.provisioner = LocalProvisioner(kernel_id="cold", kernel_spec=manager.kernel_spec, parent=manager)
    return manager


def cold_kernel(**launch):
    return kernel(cold(KernelManager(kernel_name="python3", transport_encryption="auto")), **launch)


# ------------------------------------------------------------------------------------------------ as a cold one

def outputs(book, folder, is_warm):
    """The outputs of a notebook's cells, but of those that nbval ignores."""
    manager = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
    client = NotebookClient(book, timeout=2 * SECONDS, km=manager if is_warm else cold(manager), record_timing=False,
                            shutdown_kernel="immediate", resources={"metadata": {"path": str(folder)}})
    client.owns_km = True
    client.execute()
    return {cell.id: cell.outputs for cell in book.cells
            if cell.cell_type == "code" and "nbval-ignore-output" not in cell.metadata.get("tags", [])}


def without_figures(cells):
    """The same, without pixels: those of lesson 00 show measured times."""
    for output in (output for outputs in cells.values() for output in outputs if "data" in output):
        output.data.pop("image/png", None)
    return cells


def test_a_lesson_has_the_outputs_of_a_cold_kernel(warm_kernels):
    path = solution_path(COURSE, "00_start_here")
    books = [nbformat.read(path, as_version=4) for _ in range(2)]
    with environment(DATAML_LAB_SALT=None, DATAML_LAB_ORACLES=None, DATAML_LAB_STUDENT=None):
        with ThreadPoolExecutor() as pool:
            found, expected = pool.map(outputs, books, [path.parent] * 2, [True, False])
    assert without_figures(found) == without_figures(expected)
    assert sum(map(bool, expected.values())) > 10


CELLS = [
    "import numpy as np, pandas as pd, matplotlib.pyplot as plt, seaborn as sns\nrandom = np.random.default_rng(7)",
    "plt.plot(random.normal(size=20)); plt.show()", "sns.histplot(pd.Series(random.normal(size=50)))",
    "data = random.normal(size=(300, 300))\nnp.linalg.inv(data) @ data, np.linalg.svd(data)[1]",
    "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit(data, data[:, 0] > 0)",
    "from lightgbm import LGBMClassifier\n"
    "LGBMClassifier(n_estimators=5, n_jobs=2, verbose=-1).fit(data, data[:, 0] > 0).predict_proba(data)",
    "!echo shell", "import os\nos.write(1, b'raw\\n')", "import warnings\nwarnings.warn('told')", "await asyncio.sleep(0)",
    "import sys, asyncio\nprint(__name__, sys.modules['__main__'].__dict__ is globals())", "%timeit?", "1 / 0",
]


def test_figures_numbers_and_errors_are_those_of_a_cold_kernel(warm_kernels, tmp_path):
    found, expected = (outputs(nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(source, id=f"cell-{place}", metadata={"tags": ["raises-exception"]})
        for place, source in enumerate(CELLS)]), tmp_path, is_warm) for is_warm in (True, False))
    assert json.dumps(found).replace("ipykernel_", "") and steady(found) == steady(expected)
    assert [place for place in range(len(CELLS)) if "image/png" in str(expected[f"cell-{place}"])] == [1, 2]


def steady(cells):
    """Outputs as text, without the number of the process."""
    import re
    return re.sub(r"ipykernel_\d+", "ipykernel", json.dumps(cells))


SURROUNDINGS = """
import gc, json, locale, logging, os, re, resource, signal, sys, tempfile, warnings
import duckdb, ibis, lightgbm, matplotlib.pyplot, numpy, pandas, pyarrow, scipy.linalg, seaborn, sklearn, threadpoolctl
here = {name: re.sub("0x[0-9a-f]+", "", str(eval(name))) for name in '''
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
    with kernel(**launch) as warm, cold_kernel(**launch) as other:
        assert warm.is_warm and not other.is_warm
        assert warm.run(SURROUNDINGS) == other.run(SURROUNDINGS) == ""
        assert warm.value("here") == other.value("here")
