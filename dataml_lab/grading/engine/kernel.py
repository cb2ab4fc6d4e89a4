"""What the Linux kernel is asked for that Python 3.11 has no function for. Each raises OSError with what was asked."""

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8  # the same for mount() and mount_setattr()
REMOUNT, BIND, RECURSIVE, PRIVATE = 1 << 5, 1 << 12, 1 << 14, 1 << 18
IDMAP = 0x100000

PDEATHSIG, DUMPABLE, SECCOMP, CAPBSET_DROP, NO_NEW_PRIVS = 1, 4, 22, 24, 38

_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442  # on every machine
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(platform.machine())
_HERE, _EMPTY_PATH, _ALL_BELOW = -100, 0x1000, 0x8000
_CAPABILITIES = 0x20080522  # the version of capset()'s structures
_HUGE, _COLLAPSE = 2 << 20, 25  # bytes of a page, and madvise()'s name for moving to such


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _text(value: Path | str | None) -> bytes | None:
    return None if value is None else os.fsencode(value)


def unshare(namespaces: int) -> None:
    """Gives this process new namespaces; of processes (NEWPID), only its next children."""
    _checked(LIBC.unshare(namespaces), "new namespaces (unshare)")


def enter(namespace: int, kind: int) -> None:
    """Moves this process into an open namespace; of processes, only its next children."""
    _checked(LIBC.setns(namespace, kind), "a known namespace (setns)")


def mount(source: Path | str, target: Path | str, kind: str | None, flags: int = 0, options: str | None = None) -> None:
    """Mounts a file system on a folder."""
    arguments = _text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(options)
    _checked(LIBC.mount(*arguments), f"mount of {kind or source} on {target}")


def open_tree(path: Path | str) -> int:
    """A descriptor of a copy of the mounts at and below a path, which is mounted nowhere yet."""
    flags = os.O_CLOEXEC | 1 | _ALL_BELOW
    return _checked(LIBC.syscall(_OPEN_TREE, _HERE, _text(path), flags), f"a copy of {path} (open_tree)")


def restrict(tree: int, flags: int, owners: int = 0, below: bool = True) -> None:
    """Sets flags of an open tree's mounts; with IDMAP, `owners` is the user namespace that translates owners."""
    request = struct.pack("QQQQ", flags, 0, 0, owners)
    depth = _EMPTY_PATH | (_ALL_BELOW if below else 0)
    _checked(LIBC.syscall(_MOUNT_SETATTR, tree, b"", depth, request, len(request)), "mount_setattr")


def attach(tree: int, target: Path | str) -> None:
    """Mounts an open tree, and closes its descriptor."""
    _checked(LIBC.syscall(_MOVE_MOUNT, tree, b"", _HERE, _text(target), 4), f"mount on {target} (move_mount)")
    os.close(tree)


def become_root_folder() -> None:
    """Makes the working directory, which is a mount, the root folder; the old root is gone."""
    _checked(LIBC.syscall(_PIVOT_ROOT, b".", b"."), "pivot_root")
    _checked(LIBC.umount2(b".", 2), "umount of the old root")


def control(option: int, value: int, argument: object = 0) -> None:
    """prctl(): a property of this process."""
    _checked(LIBC.prctl(option, value, argument, 0, 0), f"prctl({option})")


def drop_capabilities() -> None:
    """Gives up all capabilities of this process, and the way to get any by running a program."""
    for number in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        control(CAPBSET_DROP, number)
    _checked(LIBC.capset(struct.pack("Ii", _CAPABILITIES, 0), bytes(24)), "capset")


def gather_memory() -> None:
    """Puts this process's memory on huge pages, where the kernel can (6.1 and newer): a fork, which copies a table of
    all pages, then takes half the time, and so does the end of one."""
    regions = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
    for bounds, rights, _, _, file, *_ in regions:
        start, end = (int(bound, 16) for bound in bounds.split("-"))
        if rights == "rw-p" and file == "0" and end - start >= _HUGE:
            LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _COLLAPSE)
