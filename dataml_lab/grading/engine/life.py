"""The life of a fork, from the moment that it is one."""

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
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)  # not for a template
STREAM, LEASH = 3, 4  # a fork's descriptors


class Dowry(NamedTuple):
    """What a fork is given: what it may use, its core, two sockets, and, without a sandbox, a folder on the host."""

    limits: Limits
    core: int | None
    stream: int
    leash: int
    folder: str


def live(dowry: Dowry, serve: Serve, sandbox: Sandbox | None) -> NoReturn:
    """Lives: settles, is confined, says so down its leash, and serves."""
    code = 1
    try:
        settle(dowry)
        try:
            confine(dowry, sandbox)
        except OSError as error:
            tell(LEASH, f"no sandbox could be made: {error}")
            raise
        tell(LEASH, "")
        os.close(LEASH)
        serve(socket.socket(fileno=STREAM))
        code = 0
    except SystemExit as end:
        code = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code & 255)


def settle(dowry: Dowry) -> None:
    """Gives a fork a session, a core and descriptors of its own: STREAM, and LEASH for as long as it isn't ready."""
    import fcntl  # not there on Windows

    os.setsid()
    for number in INTERRUPTS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in (dowry.stream, dowry.leash)]
    for number, descriptor in enumerate([null, null, null, *high]):
        os.dup2(descriptor, number, inheritable=number < STREAM)
    os.closerange(LEASH + 1, 1 << 20)
    if dowry.core is not None:
        os.sched_setaffinity(0, {dowry.core})


def confine(dowry: Dowry, sandbox: Sandbox | None) -> None:
    """Confines a fork, as far as it has a sandbox, in its own folder and with random numbers of its own."""
    if sandbox:
        sandbox.confine(dowry.limits)
    else:
        os.chdir(dowry.folder)
        limit(dowry.limits)
        kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
    os.environ.update(HOME=dowry.folder or "/work", TMPDIR=dowry.folder or "/tmp")
    tempfile.tempdir = None
    if "numpy" in sys.modules:  # Python's own generator is seeded in each fork
        sys.modules["numpy"].random.seed()


def tell(leash: int, text: str, *descriptors: int) -> None:
    """Sends a text down a leash, unless nobody holds its end."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(leash)) as end:
        socket.send_fds(end, [json.dumps(text).encode()], descriptors, socket.MSG_NOSIGNAL)
