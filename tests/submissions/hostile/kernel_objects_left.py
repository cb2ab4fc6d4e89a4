"""Right, and leaves what no folder shows: System V memory and queues, a POSIX queue, semaphores, keys, locks, an
abstract socket held by a child.

exercise: revenue
goal: trace
deserves: 2
"""

import contextlib
import ctypes
import fcntl
import os
import socket
import time
from multiprocessing import resource_tracker, shared_memory
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)


def hold():
    """Keeps a name and locks for two minutes, in a process that nobody waits for."""
    os.setsid()
    server = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError):
        server.bind("\0dataml-lab-was-here")
    kept = []
    for path in [*Path().glob("*"), *Path("..").glob("*.db")]:
        with contextlib.suppress(OSError):
            kept.append(path.open("rb"))
            fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    time.sleep(120)


def revenue(orders):
    libc.shmget(0x77617368, 1 << 20, 0o1666)
    libc.msgget(0x77617368, 0o1666)
    libc.semget(0x77617368, 8, 0o1666)
    libc.syscall(248, b"user", b"dataml-lab-was-here", b"x", 1, -4)
    with contextlib.suppress(OSError):
        memory = shared_memory.SharedMemory("dataml-lab-was-here", create=True, size=1 << 20)
        resource_tracker.unregister(memory._name, "shared_memory")
    if os.fork() == 0:
        try:
            hold()
        finally:
            os._exit(0)
    return sum(order["total"] for order in orders if order["status"] == "completed")
