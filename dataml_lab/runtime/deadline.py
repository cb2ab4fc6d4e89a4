"""Deadlines: a block that has run too long ends with `TimeOut`, whatever the code in it catches."""

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = str(Path(__file__).resolve().parents[1])


class Stopped(BaseException):
    """What a simulated system raises to end the answer that uses it; an `except Exception` does not catch it."""


class TimeOut(Stopped):
    """The answer ran past its deadline."""


@contextlib.contextmanager
def within(seconds: float, work: float = 0) -> Iterator[None]:
    """Raises `TimeOut` in the block once it has run for so many seconds, or this process has worked for so many seconds
    of processor time (0: however many).

    Needs the main thread of a system with interval timers (Linux, macOS); elsewhere the block just runs.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    missed = 0

    def stop(_: int, frame: FrameType | None) -> None:
        nonlocal missed
        if undisturbed.depth:
            undisturbed.late = stop
            return
        missed += 1
        if missed > 1:  # a bare `except:` has swallowed one
            _end_at_the_next_line(frame)
        raise TimeOut

    timers = {signal.ITIMER_REAL: (signal.SIGALRM, seconds), signal.ITIMER_PROF: (signal.SIGPROF, work)}
    before, tracing = [signal.signal(number, stop) for number, _ in timers.values()], sys.gettrace()
    for timer, (_, most) in timers.items():
        signal.setitimer(timer, most, 0.2)  # again and again
    try:
        yield
    finally:
        for timer, (number, _), handler in zip(timers, timers.values(), before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
        if missed > 1:
            sys.settrace(tracing)


class Undisturbed:
    """A block that no deadline of `within` cuts short: one that passes meanwhile does so at its end. To mask the signal
    would not do, since a second thread takes it, and the main thread is disturbed all the same."""

    depth, late = 0, None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.late = self.late if self.depth else None
            self.depth += 1

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self.depth -= 1
        if self.late and not self.depth:
            frame, late, self.late = sys._getframe(), self.late, None
            while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
                frame = frame.f_back
            late(signal.SIGALRM, frame)


undisturbed = Undisturbed()


def _end_at_the_next_line(frame: FrameType | None) -> None:
    """Lets the frames of an answer raise `TimeOut` at the next line that they come to: that of an `except` and those
    after it are outside of the `try` that swallowed one."""
    def again(_: FrameType, event: str, __: Any) -> Callable:
        if event == "line":
            raise TimeOut
        return again

    while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
        frame.f_trace, frame = again, frame.f_back
    sys.settrace(lambda *_: None)
