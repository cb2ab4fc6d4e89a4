"""Warm kernels, for the project's own notebooks: forks of a process that has imported what lessons use.

nbclient, nbval and nbgrader, none of them changed, get such kernels within `with warm_kernels():`. A kernel is given
the environment, the working directory, the output streams and the arguments of its launch, and finds itself as a cold
one does, but for four things: all kernels of a template have one hash seed, what libraries say while they are imported
isn't heard, idle threads of OpenBLAS sleep sooner, and input history is kept in memory unless the launch says where.

Nothing is isolated here. Submissions are run by the `engine`, which never falls back to anything less.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import entry_points
from pathlib import Path

from dataml_lab.grading.environment import environment

PROVISIONER, GROUP = "dataml-lab-warm", "jupyter_client.kernel_provisioners"
SOCKET = "DATAML_LAB_KERNELS"  # the environment variable that says where the template listens
PATIENCE = 10  # seconds that a template has to end


@contextmanager
def warm_kernels(template: str | None = None) -> Iterator[None]:
    """The kernels that this process, and those that it starts, launch in the block are warm; all end with it.

    They are forks of the template that listens there, else of one that is started, for which the block need not wait.
    Where there can be none, kernels start cold, and a warning says why: off Linux, since libraries of macOS don't
    survive a fork, and where this package is installed as it was before it had warm kernels.
    """
    if why := _hindrance():
        warnings.warn(f"Kernels start cold: {why}.", stacklevel=3)
        yield
        return
    with (
        nullcontext(template) if template else listening_template() as address,
        environment(JUPYTER_DEFAULT_PROVISIONER_NAME=PROVISIONER, **{SOCKET: address}),
        _other_provisioner(),
    ):
        yield


def _hindrance() -> str:
    if sys.platform != "linux":
        return "a process that has imported much can safely be forked on Linux only"
    if not entry_points(group=GROUP, name=PROVISIONER):
        return f"{PROVISIONER} is not installed: install this package again (`make setup`)"
    return ""


@contextmanager
def _other_provisioner() -> Iterator[None]:
    """jupyter_client looks once, at the first kernel of a process, which provisioner is named: here it looks again."""
    def forget() -> None:
        if factory := sys.modules.get("jupyter_client.provisioning.factory"):
            factory.KernelProvisionerFactory.clear_instance()

    forget()
    try:
        yield
    finally:
        forget()


@contextmanager
def listening_template() -> Iterator[str]:
    """Where a new template listens, for several `warm_kernels`; it ends with the block, or with this process."""
    folder = tempfile.mkdtemp(prefix="dataml-lab-kernels-", dir="/tmp")  # a socket's path has room for 107 characters
    address = str(Path(folder, "socket"))
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(address)
            listener.listen(128)
            process = _started(listener.fileno())
        with process:
            try:
                yield address
            finally:
                _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(listener: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "dataml_lab.grading.kernels.template", str(listener)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=[listener], start_new_session=True)


def _end(process: subprocess.Popen) -> None:
    process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
