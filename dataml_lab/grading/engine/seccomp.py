"""The system calls that a fork may not make, as a program that the kernel runs before each call."""

import ctypes
import errno
import platform
import struct
from typing import NamedTuple

from dataml_lab.grading.engine import kernel

# Calls that could reach beyond a sandbox or around its limits: their numbers on x86-64 and on arm64 (None: not there).
FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "process_madvise": (440, 440), "pidfd_getfd": (438, 438), "perf_event_open": (298, 241),
    "sched_setaffinity": (203, 122),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "fanotify_init": (300, 262),
    # the wide and young doors of the kernel
    "bpf": (321, 280), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "personality": (135, 92), "modify_ldt": (154, None), "uselib": (134, None), "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    # the machine
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "vhangup": (153, 58), "syslog": (103, 116),
    # memory that no limit counts
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "msgget": (68, 186),
}  # fmt: skip


class Machine(NamedTuple):
    """An architecture: its number in the kernel's audit, and its numbers of the calls whose arguments are checked."""

    audit: int
    clone: int
    socket: int
    ioctl: int
    shmget: int


MACHINES = {"x86_64": Machine(0xC000003E, 56, 41, 16, 29), "aarch64": Machine(0xC00000B7, 220, 198, 29, 194)}
CLONE3 = 435  # its arguments are behind a pointer, which no filter can follow: libraries then use clone
NEW_NAMESPACES = 0x7E020000
FAMILIES = (1, 2, 10)  # of sockets: Unix, IPv4, IPv6
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # typing into the terminal of somebody else
SHARED = 65536  # bytes of a System V segment: PostgreSQL wants 56; they stay when no process has them any more

Step = tuple[int, int, int, int]  # an instruction of classic BPF: operation, jumps if true and if not, operand
_LOAD, _IS, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def _load(offset: int) -> Step:
    return (_LOAD, 0, 0, offset)


def _argument(number: int) -> Step:
    return _load(16 + 8 * number)  # its low half: both machines are little-endian


def _give(value: int) -> Step:
    return (_RETURN, 0, 0, value)


def _when(test: int, operand: int, *then: Step) -> list[Step]:
    return [(test, 0, len(then), operand), *then]


def _refuse(error: int) -> Step:
    return _give(_REFUSE | error)


def program(machine: str) -> list[Step]:
    """The filter's steps for a machine of MACHINES."""
    this, column = MACHINES[machine], list(MACHINES).index(machine)
    forbidden = [numbers[column] for numbers in FORBIDDEN.values() if numbers[column] is not None]
    return [
        _load(4), (_IS, 1, 0, this.audit), _give(_KILL),
        _load(0), *_when(_AT_LEAST, 0x40000000, _give(_KILL)),  # x32, with numbers of its own
        *_when(_IS, CLONE3, _refuse(errno.ENOSYS)),
        *_when(_IS, this.clone, _argument(0), *_when(_HAS, NEW_NAMESPACES, _refuse(errno.EPERM)), _give(_ALLOW)),
        *_when(_IS, this.ioctl, _argument(1), *_when(_IS, TIOCSTI, _refuse(errno.EPERM)),
               *_when(_IS, TIOCLINUX, _refuse(errno.EPERM)), _give(_ALLOW)),
        *_when(_IS, this.shmget, _load(28), *_when(_AT_LEAST, 1, _refuse(errno.EINVAL)),
               _argument(1), *_when(_AT_LEAST, SHARED + 1, _refuse(errno.EINVAL)), _give(_ALLOW)),
        *_when(_IS, this.socket, _argument(0),
               *(step for family in FAMILIES for step in _when(_IS, family, _give(_ALLOW))),
               *_when(_IS, 16, _argument(2), *_when(_IS, 0, _give(_ALLOW))),  # netlink, but only to see interfaces
               _refuse(errno.EAFNOSUPPORT)),
        *(step for number in forbidden for step in _when(_IS, number, _refuse(errno.EPERM))),
        _give(_ALLOW),
    ]  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


class Filter:
    """The compiled filter of this machine; OSError where it has none."""

    def __init__(self) -> None:
        if platform.machine() not in MACHINES:
            raise OSError(errno.ENOSYS, f"system calls of {platform.machine()} are not known")
        steps = program(platform.machine())
        self._program = _Program(len(steps), b"".join(struct.pack("HBBI", *step) for step in steps))

    def install(self) -> None:
        """Installs the filter in this process and all that it will start, for good; no program can gain rights then."""
        kernel.control(kernel.NO_NEW_PRIVS, 1)
        kernel.control(kernel.SECCOMP, 2, ctypes.byref(self._program))
