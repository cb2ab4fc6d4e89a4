"""The process that warm kernels are forks of. It ends, with all of them, when its standard input does.

Run as `python -m dataml_lab.grading.kernels.template DESCRIPTOR`, of a listening socket. Whoever connects to it sends
a `Launch`, with the kernel's two output streams, and is told `{"refused": why}`, or `{"pid": number}`, `{"ready":
true}` once the kernel's sockets are bound, and `{"exit": code}`. It may send numbers of signals for the kernel and
its group, which are sent while the kernel exists, never to another process that has got its number; when it closes
the connection, they are killed. So nothing outlives the one who launched it.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from dataml_lab.grading.engine import nursery
from dataml_lab.grading.engine.template import ENVIRONMENT

PATIENCE = 10  # seconds that a launch may take to arrive
MOST = 1 << 20  # bytes of a launch; a socket takes less
STDIN = 0

# Read by libraries when they load, here and not in the kernels, which have their own environment.
OF_TEMPLATE = {name: ENVIRONMENT[name] for name in (
    "OPENBLAS_NUM_THREADS", "JE_ARROW_MALLOC_CONF", "SLURM_CPUS_ON_NODE")}
OF_TEMPLATE["OPENBLAS_THREAD_TIMEOUT"] = "20"  # 2**20 ticks, or each thread spins for 0.1 s when a kernel starts it
USUAL = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as ipykernel has it
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or debugpy warns
}

# How the names of variables start that Python and libraries read while they start: a fork can't have others.
READ_ONCE = (
    "PYTHON", "LD_", "LANG", "LC_", "TZ", "HOME", "XDG_", "MPL", "OMP_", "GOMP_", "OPENBLAS", "GOTO_", "MKL_",
    "NPY_", "JE_", "MALLOC_", "ARROW_", "SLURM_",
)  # fmt: skip


class Launch(NamedTuple):
    """A kernel as it is to be."""

    command: list[str]
    environment: dict[str, str]
    folder: str
    cores: list[int]


@dataclass
class Kernel:
    """A kernel, as its template sees it."""

    pid: int
    process: int  # descriptors
    leash: int


class Template:
    """Makes kernels, and looks after them."""

    def __init__(self, listener: socket.socket, live: Callable, given: dict[str, str], added: dict[str, str]) -> None:
        self.listener, self.live = listener, live
        self.given, self.added = given, added  # to its environment: by who started it, by what it has imported
        self.kernels: dict[int, Kernel] = {}  # by both descriptors
        self.poll = select.poll()
        for descriptor in (STDIN, listener.fileno()):
            self.poll.register(descriptor, select.POLLIN)

    def run(self) -> None:
        """Serves until standard input ends, and then ends all kernels."""
        while True:
            descriptor, _ = self.poll.poll()[0]  # the next could be closed, and its number another's, after the first
            if descriptor == STDIN:
                break
            if descriptor == self.listener.fileno():
                self.admit()
            elif descriptor == (kernel := self.kernels[descriptor]).process:
                self.bury(kernel)
            else:
                self.heed(kernel)
        for kernel in self.kernels.values():
            signal_group(kernel, signal.SIGKILL)

    def admit(self) -> None:
        """Makes the kernel that a new connection asks for, or says why not."""
        connection, _ = self.listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(PATIENCE)
            request, streams, _, _ = socket.recv_fds(connection, MOST, 2)
            if not request:
                return
            launch = Launch(*json.loads(request))
            try:
                why = self.obstacle(launch) or self.fork(launch, streams, connection.fileno())
            except (OSError, nursery.Unfit) as error:
                why = str(error)
            for stream in streams:
                os.close(stream)
            if why:
                connection.send(json.dumps({"refused": why}).encode())

    def obstacle(self, launch: Launch) -> str:
        """Why a fork would differ from the kernel that is asked for; empty where it doesn't."""
        if launch.command[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return f"the template is no `{' '.join(launch.command[:3])}`"
        if set(launch.cores) != os.sched_getaffinity(0):
            return "it may use other cores than the template"
        now, then = (read_once(environment) for environment in (launch.environment, self.given))
        other = sorted(name for name in now | then if now.get(name) != then.get(name))
        return f"{' and '.join(other)} changed since the template started" if other else ""

    def fork(self, launch: Launch, streams: list[int], leash: int) -> None:
        """Forks, and from then on looks after the kernel."""
        nursery._alone()
        pid = os.fork()
        if not pid:
            self.live(launch._replace(environment=self.added | launch.environment), streams, leash)
        kernel = Kernel(pid, os.pidfd_open(pid), os.dup(leash))
        for descriptor in (kernel.process, kernel.leash):
            self.kernels[descriptor] = kernel
            self.poll.register(descriptor, select.POLLIN)
        tell(leash, pid=pid)

    def heed(self, kernel: Kernel) -> None:
        """Sends on a signal for a kernel; kills it when nobody holds its leash any more."""
        try:
            message = os.read(kernel.leash, MOST)
        except ConnectionResetError:
            message = b""
        if not message:
            self.poll.unregister(kernel.leash)
        signal_group(kernel, json.loads(message or b"9"))

    def bury(self, kernel: Kernel) -> None:
        """Tells how a kernel ended, and lets go of it."""
        _, status = os.waitpid(kernel.pid, 0)
        tell(kernel.leash, exit=os.waitstatus_to_exitcode(status))
        for descriptor in (kernel.process, kernel.leash):
            del self.kernels[descriptor]
            with contextlib.suppress(KeyError):
                self.poll.unregister(descriptor)
            os.close(descriptor)


def read_once(environment: dict[str, str]) -> dict[str, str]:
    """The variables that a process reads only while it starts.

    >>> read_once({"OMP_NUM_THREADS": "2", "PATH": "/bin"})
    {'OMP_NUM_THREADS': '2'}
    """
    return {name: value for name, value in environment.items() if name.startswith(READ_ONCE)}


def signal_group(kernel: Kernel, number: int) -> None:
    """Sends a signal to a kernel, which hasn't been waited for, and to its group."""
    try:
        os.killpg(kernel.pid, number)
    except ProcessLookupError:  # it has no group yet
        os.kill(kernel.pid, number)


def tell(leash: int, **news: object) -> None:
    """Sends news down a leash, unless nobody holds its end."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(leash)) as end:
        end.send(json.dumps(news).encode(), socket.MSG_NOSIGNAL)


def main(descriptor: str) -> None:
    """The life of a template."""
    for number in nursery.INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    given = dict(os.environ)
    own = USUAL | given | OF_TEMPLATE
    os.environ.update(own)
    del sys.path[0]  # the working directory of whoever started it
    from dataml_lab.grading.kernels.preload import preload

    preload()
    live = nursery.prepare(nursery.Order("dataml_lab.grading.kernels.fork:live", [], [], isolated=False))
    added = {name: value for name, value in os.environ.items() if name not in own}
    Template(socket.socket(fileno=int(descriptor)), live, given, added).run()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
