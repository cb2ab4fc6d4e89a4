"""What a template and its forks see: a root folder that holds only what is listed, read only, without what is hidden;
and folders of each fork's own to write to."""

import contextlib
import errno
import itertools
import os
import signal
import site
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import dataml_lab
from dataml_lab.grading.engine import kernel
from dataml_lab.runtime import HIDDEN

SYSTEM = [Path(name) for name in (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store",
    "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
    "/sys/devices/system/cpu", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
)]  # fmt: skip
LINKS = {"dev/fd": "/proc/self/fd", "dev/stdin": "/proc/self/fd/0", "dev/stdout": "/proc/self/fd/1",
         "dev/stderr": "/proc/self/fd/2", "dev/ptmx": "pts/ptmx"}  # fmt: skip
FOLDERS = ["proc", "tmp", "work", "dev/shm", "dev/pts", "etc", "run", "var/tmp"]
SCRATCH = {"/work": 0o700, "/dev/shm": 0o1777, "/tmp": 0o1777}  # folders that are a fork's own; /tmp comes last
PLACE = Path("/tmp")  # where the new root is put together: a folder that every host has
HARMLESS = kernel.NOSUID | kernel.NODEV


class Tree(NamedTuple):
    """A file or folder of the host that will be seen in the root, under the same path."""

    path: Path
    descriptor: int
    is_folder: bool


def visible(readable: Iterable[str]) -> list[Path]:
    """The paths that a template sees besides SYSTEM, none of them in another: Python, this package, and those given."""
    given = [Path(name) for name in (sys.base_prefix, sys.prefix, Path(dataml_lab.__file__).parent, *readable)]
    paths = {path for name in given for path in (name, name.resolve()) if not _is_in(path, SYSTEM)}
    return sorted(path for path in paths if not _is_in(path, paths - {path}))


def _is_in(path: Path, folders: Iterable[Path | str]) -> bool:
    """Whether the path is one of the folders, or below one."""
    return any(path.is_relative_to(folder) for folder in folders)


def unreadable(paths: Iterable[str]) -> Iterator[Path]:
    """The files and folders at and below these paths that this process can't read."""
    for top in map(Path, paths):
        below = (Path(folder, name) for folder, *names in os.walk(top) for name in itertools.chain(*names))
        for path in itertools.chain([top], below):
            if not path.is_symlink() and not os.access(path, os.R_OK):
                yield path


def open_trees(paths: Iterable[Path], reader: int | None) -> list[Tree]:
    """The trees of SYSTEM and of these paths, read only; files of the latter that belong to the path's owner are, where
    the file system can do that, the reader's (a user id; None: nothing is translated)."""
    system = [_open(path, kernel.RDONLY | kernel.NOSUID) for path in SYSTEM if path.exists() and not path.is_symlink()]
    return system + [_open(path, kernel.RDONLY | HARMLESS, reader) for path in paths]


def _open(path: Path, flags: int, reader: int | None = None) -> Tree:
    tree = Tree(path, kernel.open_tree(path), path.is_dir())
    kernel.restrict(tree.descriptor, flags)
    if reader is not None:
        _translate(tree, reader)
    return tree


def _translate(tree: Tree, reader: int) -> None:
    """Makes the files of the tree's owner the reader's, so that they can read what only the owner can."""
    about = tree.path.stat()
    owners = _namespace(f"{about.st_uid} {reader} 1", f"{about.st_gid} {reader} 1")
    try:
        kernel.restrict(tree.descriptor, kernel.IDMAP, owners)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EPERM):  # a file system that can't; what it forbids is found later
            raise
    finally:
        os.close(owners)


def _namespace(users: str, groups: str) -> int:
    """A descriptor of a new user namespace that translates these ids."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            kernel.unshare(kernel.NEWUSER)
            os.write(writing, b".")
            signal.pause()
        os._exit(1)
    try:
        os.close(writing)
        if not os.read(reading, 1):
            raise OSError(errno.EPERM, "new user namespace")
        Path(f"/proc/{child}/uid_map").write_text(users)
        Path(f"/proc/{child}/gid_map").write_text(groups)
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def make_root(trees: list[Tree], rooms: Iterable[Path]) -> None:
    """Moves this process, alone in its mount namespace, into a root that holds the trees, in which the rooms are
    hidden, a /proc, and its own /tmp."""
    kernel.mount("none", "/", None, kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("tmpfs", PLACE, "tmpfs", HARMLESS, "size=4m,mode=755")
    for folder in FOLDERS:
        (PLACE / folder).mkdir(parents=True)
    kernel.mount("tmpfs", PLACE / "tmp", "tmpfs", HARMLESS, "size=64m,mode=700")
    _write_files(PLACE)
    for tree in sorted(trees):
        _attach(tree, PLACE / tree.path.relative_to("/"))
    kernel.mount("proc", PLACE / "proc", "proc", HARMLESS | kernel.NOEXEC)
    os.chdir(PLACE)
    kernel.become_root_folder()
    for room in {place.resolve() for place in rooms if place.is_dir()}:
        _hide(room)
    root = os.open("/", os.O_PATH)
    kernel.restrict(root, kernel.RDONLY | HARMLESS, below=False)
    os.close(root)


def hidden_rooms() -> set[Path]:
    """Where the rooms of HIDDEN may be on the host, in this package and in copies of it in Python's folders."""
    folders = [*sys.path, *site.getsitepackages([sys.prefix, sys.base_prefix])]
    copies = [Path(dataml_lab.__file__).parent, *(Path(folder, "dataml_lab") for folder in folders if folder)]
    return {place / room for copy in copies for place in (copy, copy.resolve()) for room in HIDDEN}


def _hide(room: Path) -> None:
    """Covers a folder with an empty one; of `checks` the front is left, which notebooks import, and which says that
    checks don't run here."""
    front = (room / "__init__.py").read_bytes() if room.name == "checks" else b""
    kernel.mount("tmpfs", room, "tmpfs", HARMLESS, "size=64k,mode=755")
    if front:
        (room / "__init__.py").write_bytes(front)
    kernel.mount("none", room, None, kernel.BIND | kernel.REMOUNT | kernel.RDONLY | HARMLESS)


def _write_files(root: Path) -> None:
    """Writes the files and links that stand in for those of the host."""
    (root / "etc/passwd").write_text(f"student:x:{os.getuid()}:{os.getgid()}:student:/work:/bin/sh\n")
    (root / "etc/group").write_text(f"student:x:{os.getgid()}:\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (root / "etc/nsswitch.conf").write_text("hosts: files\n")
    links = {path.relative_to("/"): path.readlink() for path in SYSTEM if path.is_symlink()}
    for path, target in {**LINKS, **links}.items():
        (root / path).symlink_to(target)


def _attach(tree: Tree, target: Path) -> None:
    """Mounts a tree where there may be nothing yet."""
    (target if tree.is_folder else target.parent).mkdir(parents=True, exist_ok=True)
    if not tree.is_folder:
        target.touch()
    kernel.attach(tree.descriptor, target)


def beneath_scratch(trees: list[Tree]) -> list[Path]:
    """Paths of the trees that the folders of SCRATCH would cover."""
    return [tree.path for tree in trees if _is_in(tree.path, SCRATCH)]


def mount_scratch(megabytes: int, keep: list[Path]) -> None:
    """Gives this mount namespace empty folders of SCRATCH, which share a size, a new /proc and a new /dev/pts; the
    paths to keep are seen in them."""
    trees = [Tree(path, kernel.open_tree(path), path.is_dir()) for path in keep]
    kernel.mount("tmpfs", "/tmp", "tmpfs", HARMLESS, f"size={megabytes}m,nr_inodes={megabytes * 64},mode=755")
    for number, (folder, mode) in enumerate(SCRATCH.items()):
        own = Path(f"/tmp/{number}")
        own.mkdir()
        own.chmod(mode)
        kernel.mount(own, folder, None, kernel.BIND)
    for tree in trees:
        _attach(tree, tree.path)
    kernel.mount("proc", "/proc", "proc", HARMLESS | kernel.NOEXEC)
    kernel.mount("devpts", "/dev/pts", "devpts", kernel.NOSUID | kernel.NOEXEC,
                 "newinstance,ptmxmode=0666,mode=0620,max=16")  # fmt: skip
