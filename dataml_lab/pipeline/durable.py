"""Files that are whole or absent, and storage failures told in words."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space, then run again",
    errno.EDQUOT: "the disk is full for you, who may use a part of it: free some space, then run again",
    errno.EFBIG: "a file may not be so large here: allow larger ones (`ulimit -f`), then run again",
    errno.EACCES: "permission denied: choose a folder you may write to, or change its permissions",
    errno.EPERM: "permission denied: choose a folder you may write to, or change its permissions",
    errno.EROFS: "the disk is read-only: choose a folder you may write to",
    errno.ENOENT: "no such file or folder: check the path",
}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path whose file takes the place of `path` when the block ends well.

    Readers of `path` see the old file or the new one, never half of either, even after a power cut.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        sync_file(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Waits until the file's bytes are on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the folder's names are on the disk: a rename is durable only after that."""
    if os.name == "nt":  # Windows can't open a folder, and journals its names by itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def storage_errors(error: type[Exception], path: Path) -> Iterator[None]:
    """Turns an OSError of the block into `error`: which path, what happened, what to do."""
    try:
        yield
    except OSError as cause:
        raise error(f"{path}: {REMEDIES.get(cause.errno, cause.strerror or cause)}") from cause
