"""What a fork of the fork server does, from its first moment to its end."""

import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from dataml_lab.grading.engine import kernel
from dataml_lab.grading.engine.sandbox import Limits, Sandbox, limit

Serve = Callable[[socket.socket], None]
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)  # the fork server ignores them; its forks don't
STREAM, LEASH = 3, 4  # a fork's descriptors


class ForkSpec(NamedTuple):
    """How a fork is to be: its limits; the core that it runs on, if only on one; the descriptors of its stream, the
    socket that it serves, and of its leash, on which it reports; without a sandbox, its folder on the host."""

    limits: Limits
    core: int | None
    stream: int
    leash: int
    folder: str


def run(spec: ForkSpec, serve: Serve, sandbox: Sandbox | None) -> NoReturn:
    """Prepares and confines this process, which is a new fork, reports on its leash that it is ready, and serves."""
    code = 1
    try:
        prepare(spec)
        try:
            confine(spec, sandbox)
        except OSError as error:
            report(LEASH, f"no sandbox could be made: {error}")
            raise
        report(LEASH, "")
        os.close(LEASH)
        serve(socket.socket(fileno=STREAM))
        code = 0
    except SystemExit as end:
        code = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code & 255)


def prepare(spec: ForkSpec) -> None:
    """Gives a fork a session, a core, and no descriptors but STREAM and, until it is ready, LEASH."""
    import fcntl  # not there on Windows

    os.setsid()
    for number in INTERRUPTS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in (spec.stream, spec.leash)]
    for number, descriptor in enumerate([null, null, null, *high]):
        os.dup2(descriptor, number, inheritable=number < STREAM)
    os.closerange(LEASH + 1, 1 << 20)
    if spec.core is not None:
        os.sched_setaffinity(0, {spec.core})


def confine(spec: ForkSpec, sandbox: Sandbox | None) -> None:
    """Confines a fork to its sandbox or, without one, its limits; it is then in its own folder, and has random numbers
    of its own."""
    if sandbox:
        sandbox.confine(spec.limits)
    else:
        os.chdir(spec.folder)
        limit(spec.limits)
        kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
    os.environ.update(HOME=spec.folder or "/work", TMPDIR=spec.folder or "/tmp")
    tempfile.tempdir = None
    if "numpy" in sys.modules:  # Python's own generator is seeded in each fork
        sys.modules["numpy"].random.seed()


def report(leash: int, text: str, *descriptors: int) -> None:
    """Sends a text, and descriptors, on a leash; nothing where its other end is closed."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(leash)) as end:
        socket.send_fds(end, [json.dumps(text).encode()], descriptors, socket.MSG_NOSIGNAL)
