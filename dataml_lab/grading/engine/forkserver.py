"""The fork server: the process of a template. It imports modules, then forks on request, watches its forks, and reports
how each of them ended.

It is run as `python -m dataml_lab.grading.engine.forkserver DESCRIPTOR`, the descriptor being that of the control
socket. The first datagram on it is an `Order`, answered with an empty text or with what went wrong. Each further one
asks for a fork: its limits and its core, and with them two sockets, the fork's stream and its leash. On the leash the
server sends a descriptor of the fork's process, an empty text once the fork is ready, and at its end why it ended.
Where the other end of the leash closes, the fork is killed; where the control socket closes, all are. (Several
processes can send datagrams at once, and none has to wait for another.)
"""

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import dataml_lab
from dataml_lab.grading.engine import kernel, mounts, usage
from dataml_lab.grading.engine.fork import INTERRUPTS, ForkSpec, Serve, report, run
from dataml_lab.grading.engine.sandbox import Limits, Sandbox, leave_host
from dataml_lab.runtime import is_hidden

LOOK = 0.1  # seconds between looks at what the forks use
UNFIT = {"tqdm", "matplotlib_inline.backend_inline"}  # modules that adapt to the process that imports them


class Order(NamedTuple):
    """What a template is to be: "module:function" that each fork runs with its stream; the modules that it imports; the
    paths that forks can read, besides Python and this package; and whether they are isolated."""

    serve: str
    modules: list[str]
    readable: list[str]
    isolated: bool


class UnfitError(Exception):
    """This process must not fork: a fork would hang, or fail. The message says why, and what to do."""


@dataclass
class Child:
    """A running fork: its id, the descriptor of its process, the moment up to which it may run, what it uses, and why
    it was killed, if it was."""

    pid: int
    process: int
    spec: ForkSpec
    until: float
    meter: usage.Meter
    why: str = ""


def prepare(order: Order) -> Serve:
    """Imports what the order says, and forgets the grader's own modules; returns the function that forks run."""
    if path := next(mounts.unreadable(order.readable), None):
        raise UnfitError(f"{path} can't be read by user {os.getuid()}, as whom forks run: let others read it")
    own = set(sys.modules)
    for module in order.modules:
        importlib.import_module(module)
    module, _, function = order.serve.partition(":")
    serve = getattr(importlib.import_module(module), function)
    secret = {name for name in sys.modules.keys() - own if is_hidden(name)}
    if found := UNFIT.union(secret) & sys.modules.keys():
        raise UnfitError(f"{' and '.join(sorted(found))} must not be imported before a fork: leave out what imports it")
    forget_grading()
    require_one_thread()
    gc.collect()
    gc.freeze()  # so that collections in forks don't touch, and copy, what is here now
    kernel.gather_memory()
    return serve


def forget_grading() -> None:
    """Removes the modules of grading, such as this one, from those that forks find imported."""
    for name in [name for name in sys.modules if is_hidden(name)]:
        del sys.modules[name]
    vars(dataml_lab).pop("grading", None)


def require_one_thread() -> None:
    """UnfitError where there are more: a fork has only the thread that forked, and locks that others hold stay locked
    in it."""
    if (threads := len(list(Path("/proc/self/task").iterdir()))) != 1:
        raise UnfitError(f"the template has {threads} threads and can't be forked: leave out what starts them")


class ForkServer:
    """Makes forks, watches them, and reports their ends."""

    def __init__(self, control: socket.socket, serve: Serve, sandbox: Sandbox | None) -> None:
        self.control, self.serve, self.sandbox = control, serve, sandbox
        self.children: dict[int, Child] = {}  # by the descriptors of process and leash
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)
        self.processes = os.open("/proc/self/ns/pid", os.O_RDONLY)

    def run(self) -> None:
        """Serves until the control socket closes."""
        look = 0.0
        while True:
            ready = dict(self.poll.poll(LOOK * 1000 if self.children else None))
            for descriptor in ready:
                if child := self.children.get(descriptor):
                    self.attend(child, descriptor)
            if self.control.fileno() in ready and not self.start():  # last: new descriptors get old numbers
                return self.leave()
            if time.monotonic() > look:
                self.look()
                look = time.monotonic() + LOOK

    def start(self) -> bool:
        """Makes the fork that the next datagram asks for; False where the control socket is closed."""
        request, (*sockets,), _, _ = socket.recv_fds(self.control, 4096, 2)
        if not request:
            return False
        limits, core = json.loads(request)
        stream, leash = sockets
        try:
            require_one_thread()
            folder = "" if self.sandbox else tempfile.mkdtemp(prefix="dataml-lab-")
            self.fork(ForkSpec(Limits(*limits), core, stream, leash, folder))
        except (OSError, UnfitError) as error:
            report(leash, f"{error}")
            os.close(leash)
        os.close(stream)
        return True

    def fork(self, spec: ForkSpec) -> None:
        """Forks, and from then on watches the fork."""
        until = time.monotonic() + spec.limits.seconds
        pid = self.first_of_its_own() if self.sandbox else os.fork()
        if not pid:
            self.control.detach()  # or it would close one of the fork's descriptors when it is collected
            run(spec, self.serve, self.sandbox)
        process = os.pidfd_open(pid)
        child = Child(pid, process, spec, until, usage.Meter(pid))
        for descriptor in (process, spec.leash):
            self.children[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)
        report(spec.leash, "", process)

    def first_of_its_own(self) -> int:
        """Forks a process that is the first of a new process namespace."""
        kernel.unshare(kernel.NEWPID)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:
                kernel.enter(self.processes, kernel.NEWPID)
        return pid

    def attend(self, child: Child, descriptor: int) -> None:
        """Acts where a descriptor is ready: that of a process has ended, and a leash is closed."""
        if descriptor == child.process:
            self.reap(child)
        else:
            self.poll.unregister(descriptor)
            self.kill(child, "nobody waited for it any more")

    def look(self) -> None:
        """Kills the forks that have used up their limits."""
        for child in {child.pid: child for child in self.children.values() if not child.why}.values():
            limits = child.spec.limits
            if time.monotonic() > child.until:
                self.kill(child, f"it ran longer than {limits.seconds:,g} s")
            elif child.meter.cpu_seconds() > limits.cpu_seconds:
                self.kill(child, f"it used more than {limits.cpu_seconds:,} s of processor time")
            elif child.meter.exceeds(limits.memory):
                self.kill(child, f"it used more than {limits.memory:,} MB of memory")

    def kill(self, child: Child, why: str) -> None:
        """Kills a fork."""
        child.why = child.why or why
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(child.process, signal.SIGKILL)

    def reap(self, child: Child) -> None:
        """Clears up after a fork that has ended, and reports why it did."""
        _, status = os.waitpid(child.pid, 0)
        if not self.sandbox:
            clear_up(child)
        report(child.spec.leash, child.why or words(os.waitstatus_to_exitcode(status)))
        for descriptor in (child.process, child.spec.leash):
            del self.children[descriptor]
            with contextlib.suppress(KeyError):
                self.poll.unregister(descriptor)
            os.close(descriptor)

    def leave(self) -> None:
        """Kills the forks that would outlive this process: those without a namespace of processes."""
        for child in self.children.values() if not self.sandbox else ():
            clear_up(child)


def clear_up(child: Child) -> None:
    """Kills the processes that a fork without a sandbox has left in its group, and removes its folder."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    shutil.rmtree(child.spec.folder, ignore_errors=True)


def words(code: int) -> str:
    """How a process ended, from its exit code (negative: a signal).

    >>> words(3), words(-11)
    ('its process ended with code 3', 'killed by signal 11 (SIGSEGV)')
    """
    if code >= 0:
        return f"its process ended with code {code}"
    names = {number: f" ({number.name})" for number in signal.Signals}
    return f"killed by signal {-code}{names.get(-code, '')}"


def main(descriptor: str) -> None:
    """Runs a fork server whose control socket has this descriptor."""
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    control = socket.socket(fileno=int(descriptor))
    order = Order(*json.loads(control.recv(1 << 20)))
    with reporting(control):
        sandbox = move_in(order, control)
    with tempfile.TemporaryDirectory(prefix="dataml-lab-") as folder:
        os.environ["MPLCONFIGDIR"] = folder  # or Matplotlib warns, and makes its own
        with reporting(control):
            server = ForkServer(control, prepare(order), sandbox)
        report(control.fileno(), "")
        server.run()
    os._exit(0)


@contextlib.contextmanager
def reporting(control: socket.socket) -> Iterator[None]:
    """Reports on the control socket what goes wrong in the block."""
    try:
        yield
    except BaseException as error:  # a module may end the process as well
        report(control.fileno(), f"{type(error).__name__}: {error}")
        raise


def move_in(order: Order, control: socket.socket) -> Sandbox | None:
    """Isolates the fork server, if its order says so: it goes on in a child of this process, in namespaces and a root
    folder of its own. That child is the first process of its namespace, so that no fork survives it; this process only
    waits for its end."""
    if not order.isolated:
        return None
    rooms = mounts.hidden_rooms()
    trees = leave_host(mounts.visible(order.readable))
    if child := os.fork():
        control.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
    kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
    keep = mounts.beneath_scratch(trees)
    mounts.make_root(trees, rooms)
    return Sandbox(keep)


if __name__ == "__main__":
    main(sys.argv[1])
