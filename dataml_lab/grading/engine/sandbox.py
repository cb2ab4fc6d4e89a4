"""The sandbox of a template and of each fork: namespaces, a root of its own, limits, no rights, fewer system calls."""

import contextlib
import os
import socket
import struct
from pathlib import Path
from typing import NamedTuple

from dataml_lab.grading.engine import kernel, mounts
from dataml_lab.grading.engine.seccomp import Filter

NOBODY = 65533  # who root becomes: no process of a template is the host's user 0, nor one that services have
DESCRIPTORS = 512  # open files of a process
MB = 1 << 20


class Limits(NamedTuple):
    """What a fork, with all the processes that it starts, may use before it is ended or refused."""

    seconds: float = 600  # from its start to its end
    cpu_seconds: int = 600  # of processor time, of all processes together
    memory: int = 2000  # MB that are its own, of all processes together
    processes: int = 64  # at once; threads count
    file: int = 64  # MB of one file
    scratch: int = 256  # MB of its working folder, /tmp and /dev/shm together


def leave_host(paths: list[Path]) -> list[mounts.Tree]:
    """Gives this process namespaces of its own, as an unprivileged user, and all rights in them; its next child is
    the first process of the new process namespace. Returns the trees that `make_root` shall attach there."""
    trees = None
    if is_root():
        with contextlib.suppress(PermissionError):  # root in a container may have no more rights than others
            trees = mounts.open_trees(paths, NOBODY)  # before root's rights are dropped
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        kernel.control(kernel.DUMPABLE, 1)  # or /proc/self would still be root's
    own_namespaces(kernel.NEWNS | kernel.NEWPID | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWCGROUP)
    return mounts.open_trees(paths, None) if trees is None else trees


def is_root() -> bool:
    """Whether this process may become NOBODY. (In a container, user 0 may be the only one that there is.)"""
    users = [map(int, line.split()) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return os.geteuid() == 0 and any(first <= NOBODY < first + count for first, _, count in users)


def own_namespaces(kinds: int = 0) -> None:
    """Gives this process a new user namespace, in which it keeps its ids and has all rights, and others of its own."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.NEWUSER | kinds)
    for name, text in {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}.items():
        Path("/proc/self", name).write_text(text)


class Sandbox:
    """What confines the forks of a template; made in the template, once."""

    def __init__(self, keep: list[Path]) -> None:
        self.keep, self.filter = keep, Filter()

    def confine(self, limits: Limits) -> None:
        """Confines this process, the first of a process namespace, for good, and moves it to an empty folder."""
        kernel.unshare(kernel.NEWNS | kernel.NEWNET | kernel.NEWIPC)
        raise_loopback()
        mounts.mount_scratch(limits.scratch, self.keep)
        os.chdir("/work")
        Path("/proc/self/oom_score_adj").write_text("1000")
        own_namespaces()  # so that it has a number of processes of its own
        limit(limits)
        kernel.drop_capabilities()
        self.filter.install()
        kernel.control(kernel.PDEATHSIG, 9)  # a change of rights would have cleared it


def raise_loopback() -> None:
    """Makes 127.0.0.1 work between processes of this network namespace."""
    import fcntl  # not there on Windows

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def limit(limits: Limits) -> None:
    """Sets the limits that the kernel keeps for each process. The fork server watches the others, and processor time
    too: it ends a fork a little earlier, and reports why."""
    import resource  # not there on Windows

    pages = map(int, Path("/proc/self/statm").read_text().split()[:3])
    size, resident, shared = (number * resource.getpagesize() for number in pages)
    own = resident - shared  # the template's, which counts towards the memory of the fork
    most = {
        "AS": size + max(limits.memory * MB - own, 64 * MB), "CPU": limits.cpu_seconds + 1, "FSIZE": limits.file * MB,
        "NPROC": limits.processes, "NOFILE": DESCRIPTORS, "MSGQUEUE": 0,
        "CORE": 1,  # byte: that there be none, and with 0 the host's program for cores would still be called
    }  # fmt: skip
    for name, value in most.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
