"""Raises, one after the other, whatever is seldom raised: SystemExit, GeneratorExit, StopIteration, MemoryError,
CancelledError, bdb.BdbQuit, pytest's.

exercise: revenue
goal: batch
deserves: 0
"""

import asyncio
import bdb
import concurrent.futures
import signal
from itertools import cycle

turns = cycle(
    [
        SystemExit(0),
        SystemExit("0"),
        GeneratorExit(),
        StopIteration(59.98),
        StopAsyncIteration(),
        MemoryError(),
        asyncio.CancelledError(),
        bdb.BdbQuit(),
        BaseException(),
        BaseExceptionGroup("x", [SystemExit(0)]),
        RecursionError(),
        concurrent.futures.BrokenExecutor(),
        BrokenPipeError(),
        ConnectionResetError(),
        EOFError(),
        TimeoutError(),
        signal.ItimerError(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        Warning(),
        ImportError(name="x"),
        OSError(28, "No space left on device", "/tmp/x"),
        AssertionError(),
        SystemError(),
    ]
)


def revenue(orders):
    raise next(turns)
