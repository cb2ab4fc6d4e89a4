"""The process of a template: it imports, and from then on forks, watches its forks, and tells how each of them ended.

Run as `python -m dataml_lab.grading.engine.nursery DESCRIPTOR`, of the control socket. That brings first an `Order`,
answered with an empty text or what went wrong, and then a datagram for each fork: its limits and its core, with two
sockets, the fork's own and a leash. Down the leash come a descriptor of the fork's process, an empty text when it is
ready, and at last why it ended; when the other side of the leash closes, the fork is ended. When the control socket
closes, all are. (A datagram can be sent by several processes at once, none of which has to wait for another.)
"""

import contextlib
import fcntl
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dataml_lab.grading.engine import kernel, mounts, usage
from dataml_lab.grading.engine.sandbox import Limits, Sandbox, leave_host, limit

LOOK = 0.1  # seconds between looks at what the forks use
UNFIT = {"tqdm", "matplotlib_inline.backend_inline"}  # modules that look, when imported, at where they are
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Serve = Callable[[socket.socket], None]


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
    process: int  # descriptors
    leash: int
    limits: Limits
    scratch: str
    end: float
    meter: usage.Meter
    why: str = ""


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
            self.fork(Limits(*limits), core, stream, leash)
        except (OSError, Unfit) as error:
            tell(leash, f"{error}")
            os.close(leash)
        os.close(stream)
        return True

    def fork(self, limits: Limits, core: int | None, stream: int, leash: int) -> None:
        """Forks, and from then on looks after the fork."""
        scratch = "" if self.sandbox else tempfile.mkdtemp(prefix="dataml-lab-")
        end = time.monotonic() + limits.seconds
        pid = self.first_of_its_own() if self.sandbox else os.fork()
        if not pid:
            self.live(limits, core, stream, leash, scratch)
        process = os.pidfd_open(pid)
        child = Child(pid, process, leash, limits, scratch, end, usage.Meter(pid))
        for descriptor in (process, leash):
            self.children[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)
        tell(leash, "", process)

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

    def live(self, limits: Limits, core: int | None, stream: int, leash: int, scratch: str) -> None:
        """The life of a fork, which never returns."""
        code = 1
        try:
            self.control.detach()  # or it would close one of the fork's descriptors when it is collected
            settle(stream, leash, core)
            try:
                self.confine(limits, scratch)
            except OSError as error:
                tell(LEASH, f"no sandbox could be made: {error}")
                raise
            tell(LEASH, "")
            os.close(LEASH)
            self.serve(socket.socket(fileno=STREAM))
            code = 0
        except SystemExit as end:
            code = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
        finally:
            os._exit(code & 255)

    def confine(self, limits: Limits, scratch: str) -> None:
        """Confines a fork, as far as the order says."""
        if self.sandbox:
            self.sandbox.confine(limits)
        else:
            os.chdir(scratch)
            limit(limits)
            kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
        os.environ.update(HOME=scratch or "/work", TMPDIR=scratch or "/tmp")
        tempfile.tempdir = None
        if "numpy" in sys.modules:  # Python's own generator is seeded in each fork
            sys.modules["numpy"].random.seed()

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
            if time.monotonic() > child.end:
                self.end(child, f"it ran longer than {child.limits.seconds:,g} s")
            elif child.meter.cpu_seconds() > child.limits.cpu_seconds:
                self.end(child, too_much_cpu(child.limits))
            elif child.meter.exceeds(child.limits.memory):
                self.end(child, f"it used more than {child.limits.memory:,} MB of memory")

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
        tell(child.leash, child.why or words(os.waitstatus_to_exitcode(status)))
        for descriptor in (child.process, child.leash):
            del self.children[descriptor]
            with contextlib.suppress(KeyError):
                self.poll.unregister(descriptor)
            os.close(descriptor)

    def leave(self) -> None:
        """Ends and removes what isn't in namespaces that end with this process."""
        if not self.sandbox:
            for child in self.children.values():
                clear_up(child)
            shutil.rmtree(os.environ["MPLCONFIGDIR"])


def clear_up(child: Child) -> None:
    """Ends what is left of a fork that isn't isolated, as far as it can be found, and removes its folder."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    shutil.rmtree(child.scratch, ignore_errors=True)


STREAM, LEASH = 3, 4  # a fork's descriptors


def settle(stream: int, leash: int, core: int | None) -> None:
    """Gives a fork a session, a core and descriptors of its own: STREAM, and LEASH for as long as it isn't ready."""
    os.setsid()
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDWR)
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in (stream, leash)]
    for number, descriptor in enumerate([null, null, null, *high]):
        os.dup2(descriptor, number, inheritable=number < STREAM)
    os.closerange(LEASH + 1, 1 << 20)
    if core is not None:
        os.sched_setaffinity(0, {core})


def tell(leash: int, text: str, *descriptors: int) -> None:
    """Sends a text down a leash, unless nobody holds its end."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(leash)) as end:
        socket.send_fds(end, [json.dumps(text).encode()], descriptors, socket.MSG_NOSIGNAL)


def too_much_cpu(limits: Limits) -> str:
    """Why a fork was ended."""
    return f"it used more than {limits.cpu_seconds:,} s of processor time"


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
    try:
        sandbox = move_in(order, control)
        os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="dataml-lab-")  # or Matplotlib warns, and makes its own
        nursery = Nursery(control, prepare(order), sandbox)
    except BaseException as error:  # a module may end the process as well
        tell(control.fileno(), f"{type(error).__name__}: {error}")
        raise
    tell(control.fileno(), "")
    nursery.run()
    os._exit(0)


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
