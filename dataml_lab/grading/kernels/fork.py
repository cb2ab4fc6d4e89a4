"""The life of a warm kernel, in a fork."""

import atexit
import fcntl
import importlib.util
import os
import random
import signal
import sys
import threading
import traceback
from typing import NoReturn

import duckdb
import numpy as np
import threadpoolctl
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from dataml_lab.grading.engine import kernel, nursery
from dataml_lab.grading.kernels.template import Launch, tell

LEASH = 3  # the descriptor, until the kernel is ready
LAUNCHER = importlib.util.find_spec("ipykernel_launcher").origin
CLOSING = 0.05  # seconds; ipykernel can wait for itself for ever when it closes its sockets


def live(launch: Launch, streams: list[int], leash: int) -> NoReturn:
    """Is a kernel, to the end of the process."""
    code = 1
    try:
        settle(streams, leash)
        adopt(launch)
        serve()
        code = 0
    except SystemExit as end:
        code = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            stream.flush()
        os._exit(code & 255)


def settle(streams: list[int], leash: int) -> None:
    """Gives a fork a session and descriptors of its own."""
    os.setsid()
    kernel.control(kernel.PDEATHSIG, signal.SIGKILL)
    for number in nursery.INTERRUPTS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDWR)
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in (null, *streams, leash)]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < LEASH)
    os.closerange(LEASH + 1, 1 << 20)


def adopt(launch: Launch) -> None:
    """Makes a fork what the launch says, with random numbers and pools of threads of its own."""
    os.environ.clear()
    os.environ.update(launch.environment)
    os.chdir(launch.folder)
    sys.orig_argv[:] = launch.command
    sys.argv[:] = [LAUNCHER, *launch.command[3:]]
    random.seed()
    np.random.seed()
    threadpoolctl.threadpool_limits(blas_threads(launch), user_api="blas")
    duckdb.execute("RESET threads")


def blas_threads(launch: Launch) -> int:
    """How many threads OpenBLAS starts when it is loaded."""
    names = "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"
    given = [number for name in names if (number := launch.environment.get(name, "")).isdigit() and int(number)]
    return min(int(number) for number in [*given[:1], len(launch.cores)])


def serve() -> None:
    """Serves as ipykernel does, and ends as Python does."""
    app = IPKernelApp.instance(parent_handle=1, config=Config(HistoryManager={"hist_file": ":memory:"}))
    app.initialize()
    tell(LEASH, ready=True)
    os.close(LEASH)
    app.start()
    atexit.unregister(app.close)
    threading._shutdown()
    atexit._run_exitfuncs()
    closing = threading.Thread(target=app.close, daemon=True)
    closing.start()
    closing.join(CLOSING)
