"""Takes its parent's descriptors with pidfd_getfd, reopens its own through /proc/self/fd for writing, and reads what it
then can.

exercise: revenue
goal: secret
deserves: 0
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIDFD_OPEN, PIDFD_GETFD = 434, 438


def taken(pid):
    """Copies of another process's descriptors, as far as the kernel lets us."""
    process = libc.syscall(PIDFD_OPEN, pid, 0)
    for number in range(64):
        copy = libc.syscall(PIDFD_GETFD, process, number, 0)
        if copy >= 0:
            yield number, copy


def revenue(orders):
    said = []
    for number, copy in taken(os.getppid()):
        os.set_blocking(copy, False)
        try:
            said.append(f"parent {number}: {os.pread(copy, 60, 0)!r}")
        except OSError as error:
            said.append(f"parent {number}: {error.errno}")
    for name in os.listdir("/proc/self/fd"):
        try:
            said.append(f"{name}: {os.open(f'/proc/self/fd/{name}', os.O_RDWR | os.O_NONBLOCK)}")
        except OSError:
            continue
    raise LookupError(" ".join(said))
