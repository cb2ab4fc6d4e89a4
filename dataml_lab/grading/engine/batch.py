"""Work on many things side by side: a forked process for each, on its own core, whose result comes back as JSON."""

import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

PR_SET_PDEATHSIG = 1
MOST_MEMORY = 8 << 30  # bytes of address space that a piece of work may take


LATE = "took too long, and was ended"


class Outcome(NamedTuple):
    """What came of a piece of work: its result; or the `error` that it raised; or how its process was `lost`."""

    piece: Any
    result: Any = None
    error: str = ""
    lost: str = ""


@dataclass
class _Job:
    """A process at work on a piece: where its result is read from, and when its time is up."""

    piece: Any
    core: int
    pid: int
    pipe: int
    until: float
    received: list[bytes] = field(default_factory=list)


def side_by_side(pieces: Iterable[Any], work: Callable[[Any, int], Any], workers: int, seconds: float) \
        -> Iterator[Outcome]:
    """The outcomes of `work(piece, core)`, in the order in which they come; work that takes longer is ended.

    Each piece is worked on in a fork of this process, which should have one thread and have imported what the work
    needs. When the iterator is closed, as by an exception, what is still at work is ended.
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    free = [cores[number % len(cores)] for number in range(workers)]
    todo, at_work, selector = iter(pieces), {}, selectors.DefaultSelector()
    gc.freeze()  # so that collections in the forks don't touch, and copy, what is here now
    try:
        while True:
            while free and (piece := next(todo, None)) is not None:
                with uninterrupted():
                    job = _started(piece, free.pop(0), work, seconds)
                    at_work[job.pipe] = job
                    selector.register(job.pipe, selectors.EVENT_READ)
            if not at_work:
                return
            for job in _finished(selector, at_work):
                selector.unregister(job.pipe)
                del at_work[job.pipe]
                free.append(job.core)
                yield _outcome(job)
    finally:
        gc.unfreeze()
        for job in at_work.values():
            _end(job)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Delays an interrupt (Ctrl-C) in the block to its end: Python drops one that comes while it forks or collects."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(piece: Any, core: int, work: Callable[[Any, int], Any], seconds: float) -> _Job:
    """A process that works on a piece."""
    reading, writing = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        os.close(reading)
        _work(piece, core, work, writing, parent)
    os.close(writing)
    return _Job(piece, core, pid, reading, time.monotonic() + seconds)


def _work(piece: Any, core: int, work: Callable[[Any, int], Any], writing: int, parent: int) -> None:
    """What the process does, to its end."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that waits for us
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.sched_setaffinity(0, {core})
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        if os.getppid() == parent:
            _be_silent()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(_result(piece, core, work)).encode())
            code = 0
    finally:
        os._exit(code)


def _be_silent() -> None:
    """Standard streams read and write nothing, so that this process says nothing where its parent does."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.stdout = sys.stderr = os.fdopen(silence, "w")


def _result(piece: Any, core: int, work: Callable[[Any, int], Any]) -> dict:
    try:
        return {"result": work(piece, core)}
    except Exception as error:
        return {"error": "".join([*traceback.format_exception_only(error), *traceback.format_tb(error.__traceback__)])}


def _finished(selector: selectors.BaseSelector, at_work: dict[int, _Job]) -> list[_Job]:
    """The jobs that are done, or whose time is up, as soon as there is one."""
    while True:
        wait = min(job.until for job in at_work.values()) - time.monotonic()
        found = []
        for key, _ in selector.select(max(wait, 0)):
            job = at_work[key.fd]
            data = os.read(key.fd, 1 << 20)
            job.received.append(data)
            found += [] if data else [job]
        late = [job for job in at_work.values() if time.monotonic() > job.until and job not in found]
        for job in late:
            job.received = [json.dumps({"lost": LATE}).encode()]
        if found or late:
            return found + late


def _outcome(job: _Job) -> Outcome:
    _end(job)
    try:
        return Outcome(job.piece, **json.loads(b"".join(job.received)))
    except ValueError:
        return Outcome(job.piece, lost="ended without a result")


def _end(job: _Job) -> None:
    """Kills the process of a job, where it runs, and clears up after it."""
    os.close(job.pipe)
    os.kill(job.pid, signal.SIGKILL)
    os.waitpid(job.pid, 0)
