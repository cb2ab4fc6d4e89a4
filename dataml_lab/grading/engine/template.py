"""A template, a process that has imported what submissions need, and its forks, as the grader holds them."""

import contextlib
import json
import os
import pkgutil
import platform
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import dataml_lab
from dataml_lab.grading.engine.forkserver import Order
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.seccomp import MACHINES
from dataml_lab.runtime import is_hidden

START, PATIENCE = 180, 30  # seconds that a template has for its imports, and a fork to be made or to end
DYING = 1  # seconds between the end of a fork's socket and of the fork, while its memory is given back

# Read by libraries when they load. OpenBLAS, Arrow and DuckDB (SLURM) would start threads at once, which no fork has; a
# waiting OpenMP thread that spins slows others a hundredfold on a busy machine; and the C library would reserve so much
# for each thread (an arena) that a limit of memory is reached by 35.
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "SLURM_CPUS_ON_NODE": "1", "MALLOC_ARENA_MAX": "2", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
# What judges need of it, when libraries are imported for the first time: they are forks, too.
JUDGES = {name: value for name, value in ENVIRONMENT.items() if name not in ("PATH", "HOME", "LANG")}


ORPHANED = "its template has ended"  # says nothing of the fork


class TemplateError(RuntimeError):
    """A template or a fork that could not be made; the message says why."""


def _search_path() -> list[str]:
    """Where this process finds modules, besides Python's own folders."""
    own = {sys.prefix, sys.base_prefix}
    return [path for path in sys.path if path and not any(Path(path).is_relative_to(folder) for folder in own)]


class Template:
    """A running template. Where its block is left, or `close` called, it ends, and all its forks. Processes forked from
    the one that made it can use it too, at the same time."""

    def __init__(
        self, serve: str, modules: Sequence[str] = (), readable: Sequence[Path] = (), isolated: bool = True
    ) -> None:
        """Starts it: it imports the modules, and "module:function" `serve`, which each fork calls with its socket.
        A fork sees system libraries, Python, this package without what is hidden, and what is readable, and can write
        to none of it. Without isolation it may read and write what this process may. It is ready after `wait`; until
        then this process can do something else."""
        if missing := [str(path) for path in readable if not Path(path).exists()]:
            raise TemplateError(f"there is no {', '.join(missing)}")
        if sys.platform != "linux":
            raise TemplateError("warm templates need Linux: grade in the container")
        order = Order(serve, list(modules), [str(Path(path).absolute()) for path in readable], isolated)
        self._is_ready = False
        self._owner, self._words = os.getpid(), tempfile.TemporaryFile()  # noqa: SIM115 (close() closes it)
        self._control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its_control:
            self._process = self._start(its_control)
        self._control.send(json.dumps(order).encode())

    def wait(self) -> None:
        """Returns once it can be forked; TemplateError if it could not start."""
        if self._is_ready:
            return
        try:
            self._hear()
        except BaseException:
            self.close()
            raise
        self._is_ready = True

    def _start(self, control: socket.socket) -> subprocess.Popen:
        number = str(control.fileno())
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "dataml_lab.grading.engine.forkserver", number], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self._words, cwd="/", pass_fds=[control.fileno()], start_new_session=True,
            env={**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(_search_path())},
        )  # fmt: skip

    def _hear(self) -> None:
        self._control.settimeout(START)
        try:
            answer = self._control.recv(1 << 16)
            trouble = json.loads(answer) if answer else f"it ended. {self._last_words()}"
        except OSError as error:
            trouble = str(error)
        if trouble:
            raise TemplateError(f"the template did not start: {trouble}")
        self._control.settimeout(None)

    @property
    def pid(self) -> int:
        """The id of its process; where it is isolated, of the process that waits for it."""
        return self._process.pid

    def fork(self, limits: Limits = Limits(), core: int | None = None) -> "Fork":  # noqa: B008 (it never changes)
        """A new fork, on one core where that is given; TemplateError if none could be made."""
        self.wait()
        stream, its_stream = socket.socketpair()
        leash, its_leash = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fork = Fork(stream, leash)
        try:
            with its_stream, its_leash:
                request = json.dumps([limits, core]).encode()
                socket.send_fds(self._control, [request], [its_stream.fileno(), its_leash.fileno()])
            fork._wait_until_ready()
        except BaseException as error:
            fork.close()
            if isinstance(error, OSError):
                raise TemplateError(f"no fork could be made: {error}. {self._last_words()}") from None
            raise
        return fork

    def close(self) -> None:
        """Ends it, and all its forks; called in a process that did not make it, only closes the connection to it."""
        if os.getpid() == self._owner:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control.close()
        self._words.close()

    def _last_words(self) -> str:
        size = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), 1000, max(size - 1000, 0)).decode(errors="replace").strip()

    def __enter__(self) -> Self:
        self.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Fork:
    """A running fork: `socket` is connected to what serves in it, `process` is a descriptor of its first process
    (a pidfd). Where its block is left, or `close` called, it ends."""

    def __init__(self, stream: socket.socket, leash: socket.socket) -> None:
        self.socket, self.process, self._leash, self._why = stream, -1, leash, ""

    def _wait_until_ready(self) -> None:
        ready = False
        self._leash.settimeout(PATIENCE)
        while not ready or self.process < 0:
            message, descriptors, _, _ = socket.recv_fds(self._leash, 4096, 1)
            if trouble := json.loads(message or b'"the template has ended"'):
                raise TemplateError(f"no fork could be made: {trouble}")
            self.process, ready = (descriptors[0], ready) if descriptors else (self.process, True)

    def ended(self) -> str:
        """Empty while it runs, else why it ended, in words that a student understands."""
        return self._why or self._hear(DYING if self._hung_up() else 0)

    def _hung_up(self) -> bool:
        """Whether nothing in the fork holds its socket any more, as when it dies."""
        poll = select.poll()
        poll.register(self.socket, 0)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    def _hear(self, seconds: float) -> str:
        """Why it ended; empty if that isn't known in time."""
        self._leash.settimeout(seconds)
        try:
            self._why = json.loads(self._leash.recv(4096) or json.dumps(ORPHANED))
        except (BlockingIOError, TimeoutError):
            return ""
        except ConnectionResetError:
            self._why = ORPHANED
        return self._why

    def kill(self) -> None:
        """Ends it with all that it started, and returns once they have ended; TemplateError if they don't."""
        if self._why or self._hear(0):
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)
        gone = select.poll()
        gone.register(self.process, select.POLLIN)
        if not gone.poll(PATIENCE * 1000) or not self._hear(PATIENCE):
            raise TemplateError(f"a fork has not ended {PATIENCE} seconds after it was killed: end its template")
        if self._why.startswith("killed by signal 9 "):
            self._why = "it was stopped"

    def close(self) -> None:
        """Ends it, and closes its socket."""
        try:
            if self.process >= 0:
                self.kill()
        finally:
            self.socket.close()
            self._leash.close()
            if self.process >= 0:
                os.close(self.process)
                self.process = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def worker_template(readable: Sequence[Path] = (), isolated: bool = True) -> Template:
    """A template whose forks are workers: in each `runtime.worker` runs what a student wrote. It has imported the
    libraries, the Store and the lesson modules, and nothing of the checks."""
    rooms = [f"dataml_lab.{room.name}" for room in pkgutil.iter_modules(dataml_lab.__path__) if room.ispkg]
    modules = ["dataml_lab.runtime.warm", *(room for room in rooms if not is_hidden(room))]
    return Template("dataml_lab.runtime.worker:serve", modules, readable, isolated)


SWITCHES = {
    "user.max_user_namespaces": ("0", "15000"),
    "kernel.unprivileged_userns_clone": ("0", "1"),
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),
}  # settings of Linux: the value that keeps users from isolating anything, and one that doesn't


def hindrance() -> str:
    """Why this host can't isolate forks, and what to do about it; empty where it can. It is tried once."""
    if sys.platform != "linux":
        return "Submissions can be isolated on Linux only: grade on a Linux machine, or in the container."
    if platform.machine() not in MACHINES:
        return f"Submissions can be isolated on {' and '.join(MACHINES)} only, and this is {platform.machine()}."
    return _tried()


@cache
def _tried() -> str:
    """Why no isolated fork can be made, and what to do about it; empty where one was made."""
    try:
        with Template("builtins:id") as template, template.fork():  # id() takes a socket like anything else
            return ""
    except TemplateError as error:
        return f"Submissions can't be isolated on this machine: {error}. {_advice()}"


def _advice() -> str:
    for name, (off, on) in SWITCHES.items():
        with contextlib.suppress(OSError):
            if Path("/proc/sys", *name.split(".")).read_text().strip() == off:
                return f"User namespaces are switched off: an administrator can allow them, `sysctl -w {name}={on}`."
    return ("A container has to allow namespaces and a whole /proc: `--security-opt seccomp=unconfined --security-opt "
            "apparmor=unconfined --security-opt systempaths=unconfined` for Docker.")
