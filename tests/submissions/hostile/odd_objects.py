"""Returns, one after the other, everything that is no data: generators, coroutines, memoryviews, mmaps, ctypes objects,
files, locks, modules, frames, code.

exercise: revenue
goal: batch
deserves: 0
"""

import ctypes
import io
import mmap
import socket
import sys
import threading
import types
import weakref
from itertools import cycle

import numpy as np


async def coroutine():
    return 0


def generator():
    while True:
        yield 0.0


class Empty:
    """Something to refer to."""


empty = Empty()
turns = cycle(
    [
        generator,
        coroutine,
        lambda: memoryview(bytearray(1 << 20)),
        lambda: mmap.mmap(-1, 1 << 20),
        lambda: (ctypes.c_double * 100)(),
        lambda: ctypes.py_object(object()),
        lambda: ctypes.CDLL(None),
        io.BytesIO,
        socket.socket,
        threading.Lock,
        lambda: sys,
        sys._getframe,
        lambda: generator.__code__,
        lambda: weakref.ref(empty),
        lambda: weakref.proxy(empty),
        lambda: types.MappingProxyType({}),
        lambda: type,
        lambda: object,
        lambda: range(10**18),
        lambda: slice(1),
        lambda: ...,
        lambda: NotImplemented,
        lambda: revenue,
        lambda: empty.__init__,
        lambda: Exception("x"),
        lambda: np.memmap("/dev/zero", mode="c", shape=8),
        lambda: np.rec.array([(1, "a")]),
        lambda: np.ma.masked,
        lambda: np.dtype("f8"),
        lambda: np.random.default_rng(0),
        lambda: bytearray(8),
        lambda: 1j,
        lambda: {}.keys(),
    ]
)


def revenue(orders):
    return next(turns)()
