"""The process of a template: it imports, and from then on forks, watches its forks, and tells how each of them ended.

Run as `python -m dataml_lab.grading.engine.nursery DESCRIPTOR`, of the control socket. That brings first an `Order`,
answered with an empty text or what went wrong, and then a datagram for each fork: its limits and its core, with two
sockets, the fork's own and a leash. Down the leash come a descriptor of the fork's process, an empty text when it is
ready, and at last why it ended; when the other side of the leash closes, the fork is ended. When the control socket
closes, all are. (A datagram can be sent by several processes at once, none of which has to wait for another.)
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

from dataml_lab.grading.engine import kernel, mounts, usage
from dataml_lab.grading.engine.life import INTERRUPTS, Dowry, Serve, live, tell
from dataml_lab.grading.engine.sandbox import Limits, Sandbox, leave_host

LOOK = 0.1  # seconds between looks at what the forks use
UNFIT = {"tqdm", "matplotlib_inline.backend_inline"}  # modules that look, when imported, at where they are


class Order(NamedTuple):
    """What a template shall be."""

    serve: str
    modules: list[str]
    readable: list[str]
    isolated: bool


class Unfit(Exception):
    """A template that must not be forked; the message says why, and what to do."""


@dataclass
class Child:
    """A fork, as its template sees it."""

    pid: int
    process: int  # a descriptor
    dowry: Dowry
    end: float  # at the latest
    meter: usage.Meter
    why: str = ""  # it was killed


def prepare(order: Order) -> Serve:
    """Imports what the order says; returns the function that serves."""
    if path := next(mounts.unreadable(order.readable), None):
        raise Unfit(f"{path} can't be read by user {os.getuid()}, as whom forks run: let others read it")
    for module in order.modules:
        importlib.import_module(module)
    module, _, function = order.serve.partition(":")
    serve = getattr(importlib.import_module(module), function)
    if found := UNFIT & set(sys.modules):
        raise Unfit(f"{' and '.join(sorted(found))} must not be imported before a fork: leave out what imports it")
    _alone()
    gc.collect()
    gc.freeze()  # so that collections in forks don't touch, and copy, what is here now
    kernel.gather_memory()
    return serve


def _alone() -> None:
    """A fork has only the thread that forked: locks of others would stay locked in it, and pools wait for ever."""
    if (threads := len(list(Path("/proc/self/task").iterdir()))) != 1:
        raise Unfit(f"the template has {threads} threads and can't be forked: leave out the module that starts them")


class Nursery:
    """Makes forks, and looks after them."""

    def __init__(self, control: socket.socket, serve: Serve, sandbox: Sandbox | None) -> None:
        self.control, self.serve, self.sandbox = control, serve, sandbox
        self.children: dict[int, Child] = {}  # by both descriptors
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
        """Makes the fork that is asked for; False where nobody will ask any more."""
        request, (*sockets,), _, _ = socket.recv_fds(self.control, 4096, 2)
        if not request:
            return False
        limits, core = json.loads(request)
        stream, leash = sockets
        try:
            _alone()
            folder = "" if self.sandbox else tempfile.mkdtemp(prefix="dataml-lab-")
            self.fork(Dowry(Limits(*limits), core, stream, leash, folder))
        except (OSError, Unfit) as error:
            tell(leash, f"{error}")
            os.close(leash)
        os.close(stream)
        return True

    def fork(self, dowry: Dowry) -> None:
        """Forks, and from then on looks after the fork."""
        end = time.monotonic() + dowry.limits.seconds
        pid = self.first_of_its_own() if self.sandbox else os.fork()
        if not pid:
            self.control.detach()  # or it would close one of the fork's descriptors when it is collected
            live(dowry, self.serve, self.sandbox)
        process = os.pidfd_open(pid)
        child = Child(pid, process, dowry, end, usage.Meter(pid))
        for descriptor in (process, dowry.leash):
            self.children[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)
        tell(dowry.leash, "", process)

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
        """Acts on what a descriptor says: the fork has ended, or nobody wants it any more."""
        if descriptor == child.process:
            self.bury(child)
        else:
            self.poll.unregister(descriptor)
            self.end(child, "nobody waited for it any more")

    def look(self) -> None:
        """Ends the forks that have used up what they may use."""
        for child in {child.pid: child for child in self.children.values() if not child.why}.values():
            limits = child.dowry.limits
            if time.monotonic() > child.end:
                self.end(child, f"it ran longer than {limits.seconds:,g} s")
            elif child.meter.cpu_seconds() > limits.cpu_seconds:
                self.end(child, f"it used more than {limits.cpu_seconds:,} s of processor time")
            elif child.meter.exceeds(limits.memory):
                self.end(child, f"it used more than {limits.memory:,} MB of memory")

    def end(self, child: Child, why: str) -> None:
        """Kills a fork."""
        child.why = child.why or why
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(child.process, signal.SIGKILL)

    def bury(self, child: Child) -> None:
        """Clears up after a fork that has ended, and tells why it did."""
        _, status = os.waitpid(child.pid, 0)
        if not self.sandbox:
            clear_up(child)
        tell(child.dowry.leash, child.why or words(os.waitstatus_to_exitcode(status)))
        for descriptor in (child.process, child.dowry.leash):
            del self.children[descriptor]
            with contextlib.suppress(KeyError):
                self.poll.unregister(descriptor)
            os.close(descriptor)

    def leave(self) -> None:
        """Ends the forks that have no namespace that would end with this process."""
        for child in self.children.values() if not self.sandbox else ():
            clear_up(child)


def clear_up(child: Child) -> None:
    """Ends what is left of a fork that isn't isolated, as far as it can be found, and removes its folder."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    shutil.rmtree(child.dowry.folder, ignore_errors=True)


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
    """The life of a template."""
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    control = socket.socket(fileno=int(descriptor))
    order = Order(*json.loads(control.recv(1 << 20)))
    with telling(control):
        sandbox = move_in(order, control)
    with tempfile.TemporaryDirectory(prefix="dataml-lab-") as folder:
        os.environ["MPLCONFIGDIR"] = folder  # or Matplotlib warns, and makes its own
        with telling(control):
            nursery = Nursery(control, prepare(order), sandbox)
        tell(control.fileno(), "")
        nursery.run()
    os._exit(0)


@contextlib.contextmanager
def telling(control: socket.socket) -> Iterator[None]:
    """Tells what goes wrong at the start of a template."""
    try:
        yield
    except BaseException as error:  # a module may end the process as well
        tell(control.fileno(), f"{type(error).__name__}: {error}")
        raise


def move_in(order: Order, control: socket.socket) -> Sandbox | None:
    """Moves the template to where its order says. Isolated, it goes on in a child, which is the first process of its
    namespace, so that nothing survives it; this process only waits for it."""
    if not order.isolated:
        return None
    trees = leave_host(mounts.visible(order.readable))
    if child := os.fork():
        control.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
    kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
    keep = mounts.hidden(trees)
    mounts.make_root(trees)
    return Sandbox(keep)


if __name__ == "__main__":
    main(sys.argv[1])
